# Whoever is not the department gets nothing; whoever is, cannot harm the others (G3, G4).
load ../support/flow

setup_file () {
    stack_up 2025-12-08T09:00:00+07:00
    # A second reader, whose key is going to be revoked.
    key=$(BAOCAO_HOME=$STATE/clients/leaver baocao join --json "$STATE/invites/feed.baocao" | jq -r .public_key)
    baocao-admin reader add leaver "$key" --as test >/dev/null
}
teardown_file () { stack_down; }

attack () { "$python" "$BATS_TEST_DIRNAME/attack.py" "$1" "$STATE/clients"; }

@test "a wrong key is refused at the handshake" { attack wrong_key; }
@test "another department's key is refused" { attack another_departments_key; }
@test "a feed reader's key opens no department's door" { attack readers_key; }
@test "without CURVE nothing is answered" { attack no_curve; }
@test "a report sent to the wrong door cannot be read" { attack wrong_server_key; }
@test "nothing of another department can be read" { attack anothers_name; }
@test "what is not ZMTP does no harm" { attack not_zmtp; }
@test "an oversized frame ends that connection only" { attack oversized; }
@test "malformed requests are answered as such" { attack malformed; }
@test "an unknown field is refused and named" { attack unknown_fields; }
@test "too many fields are refused" { attack too_many_fields; }
@test "a report of garbage gets its receipt and is refused by the rules" { attack garbage_report; }
@test "bad requests are refused" { attack bad_requests; }
@test "the same id with other bytes is a conflict, recorded" {
    attack conflict
    [ "$(sql "SELECT count(*) FROM resubmission WHERE conflict")" = 1 ]
}
@test "a flood of MORE frames takes bounded memory" { attack more_flood; }
@test "a message of several frames is dropped" { attack multipart; }
@test "past its limit a department is told BUSY" { attack busy; }
@test "past its limit a reader is told BUSY" { attack busy_reader; }
@test "a department asks a few questions at a time" { attack questions; }
@test "long polls are bounded" { attack long_polls; }
@test "large reports that wait for the totals take bounded memory, and all are counted" { attack large_reports; }
@test "many connections at once" { attack connection_storm; }
@test "a revoked key is refused within 5 s, on an open connection too" { attack revoked_on_open_connection; }
@test "a revoked key gives back the lines it took" { attack revoked_key_gives_its_lines_back; }
@test "a key revoked while a long poll waits gets no notice" { attack revoked_while_waiting; }
@test "a revoked reader's open subscription and line end" { attack revoked_reader; }
@test "all of that left the totals right and no secret in the logs" {
    eventually drained
    baocao-admin totals verify
    baocao-admin chain verify
    for secret in $(cat "$STATE"/keys/*.password) $(grep -h secret-key "$STATE"/keys/intake/*.cert "$STATE"/clients/*/client.cert | cut -d'"' -f2); do
        refute grep -rqF -- "$secret" "$STATE/log"
    done
    others () { grep -h '"level":"error"' "$STATE"/log/*.log | grep -v '"event":"memory.exceeded"'; }  # the flood's own
    refute others
}
