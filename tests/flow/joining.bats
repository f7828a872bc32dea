# Joining: an invite, a key made on the officer's computer, a token that is good once; and what strangers do there.
load ../support/flow

setup_file () { stack_up 2025-12-08T09:00:00+07:00; }
teardown_file () { stack_down; }

invite () { baocao-admin invite "$1" -o "$BATS_FILE_TMPDIR/$2.baocao" "${@:3}" >/dev/null; echo "$BATS_FILE_TMPDIR/$2.baocao"; }  # UNIT FILE [OPTION...]
at () { BAOCAO_HOME=$BATS_FILE_TMPDIR/$1 baocao "${@:2}"; }  # HOME COMMAND...
stranger () { "$python" "$BATS_TEST_DIRNAME/joining.py" "$@"; }  # NAME INVITE...
key_of () { sed -n 's/.*public-key = "\(.*\)"/\1/p' "$BATS_FILE_TMPDIR/$1/client.cert"; }  # HOME
uses () { sql "SELECT count(*) FROM enrolment"; }

@test "an officer joins with the invite alone: the key stays, the agency sees a name, the door lets it in" {
    file=$(invite so-yte hoa)
    [ "$(stat -c %a "$file")" = 600 ]
    run -0 at hoa join "$file" --name "Nguyễn Thị Hoa"
    [[ $output == *"Nguyễn Thị Hoa"*"duties"* ]]
    at hoa duties >/dev/null
    [ "$(stat -c %a "$BATS_FILE_TMPDIR/hoa/client.cert")" = 600 ]
    baocao-admin key list so-yte --json | jq -e --arg key "$(key_of hoa)" 'any(.name == "Nguyễn Thị Hoa" and .public_key == $key)'
    baocao-admin invite list so-yte --json | jq -e --arg key "$(key_of hoa)" 'length == 1 and .[0].state == "used" and .[0].public_key == $key'
}

@test "whatever is repeated is harmless: the same key, one row" {
    before=$(key_of hoa) used=$(uses)
    run -0 --separate-stderr at hoa join --json
    [ "$(jq -r '.joined, .unit, .name, .public_key' <<<"$output" | paste -sd' ')" = "true so-yte Nguyễn Thị Hoa $before" ]
    at hoa join "$BATS_FILE_TMPDIR/hoa.baocao" --name "Tên khác"
    [ "$(key_of hoa)" = "$before" ]
    [ "$(uses)" = "$used" ]
    [ "$(sql "SELECT count(*) FROM client_key WHERE name = 'Tên khác'")" = 0 ]
}

@test "a token is good once: the next computer is refused and told what to do; whoever has joined has joined" {
    LANGUAGE=vi run -77 at thief join "$BATS_FILE_TMPDIR/hoa.baocao" --name "Kẻ Gian"
    [[ $output == *"tệp mời mới"* ]]
    refute at thief duties
    file=$(invite so-yte second)
    at second join "$file" --name "Lê Văn Nam"
    at hoa join "$file"  # used by another, but this home is in
    [ "$(sql "SELECT count(*) FROM client_key WHERE name = 'Kẻ Gian'")" = 0 ]
}

@test "several officers: each receipt says whose it is; one is revoked and the other goes on" {
    at hoa push --yes --json "$reports/so-yte.json" >/dev/null
    at second push --yes --json "$(vary so-yte '.general_assessment += " Bổ sung."')" >/dev/null
    [ "$(at second status --json | jq -r '.submissions[].submitted_by' | paste -sd,)" = "Lê Văn Nam,Nguyễn Thị Hoa" ]
    at second status | grep -q "Nguyễn Thị Hoa"
    at hoa receipt show --json | jq -e '.submitted_by == "Nguyễn Thị Hoa"'
    at hoa receipt show | grep -q "Nguyễn Thị Hoa"
    baocao-admin report list --json | jq -e '[.[].submitted_by] == ["Nguyễn Thị Hoa", "Lê Văn Nam"]'
    id=$(baocao-admin report list --json | jq -r '.[0].submission_id')
    baocao-admin report show "$id" | grep -q "Nguyễn Thị Hoa"
    baocao-admin key revoke "$(key_of hoa)"
    out () { local status=0; at hoa duties >/dev/null 2>&1 || status=$?; [ $status = 77 ]; }
    eventually out
    at second push --yes --json "$(vary so-yte '.general_assessment += " Lần ba."')" >/dev/null
    run -0 at second receipt verify
    eventually drained
    baocao-admin chain verify
}

@test "a revoked key never comes back: with a new invite and --new-key the same computer has another one" {
    old=$(key_of hoa) file=$(invite so-yte again)
    run -77 at hoa join "$file"
    run -0 at hoa join "$file" --new-key
    [ "$(key_of hoa)" != "$old" ]
    [ ! -e "$BATS_FILE_TMPDIR/hoa/client.cert.new" ]
    at hoa duties >/dev/null
    at hoa receipt verify
    # Where the invite is no good the key stays.
    kept=$(key_of hoa)
    run -77 at hoa join "$file" --new-key
    [ "$(key_of hoa)" = "$kept" ]
    at hoa join
}

@test "the agency's name goes before the officer's; without any it is the unit's code" {
    run -0 --separate-stderr at named join --json "$(invite mttq named --name "Phạm Thu Hà")" --name "Người khác"
    [ "$(jq -r .name <<<"$output")" = "Phạm Thu Hà" ]
    run -0 --separate-stderr at nameless join --json "$(invite mttq nameless)" </dev/null
    [ "$(jq -r .name <<<"$output")" = mttq ]
    run -64 at nobody join "$(invite mttq nobody)" --name $'hai\ndòng'
    run -64 at nobody join "$BATS_FILE_TMPDIR/nobody.baocao" --name ""
}

@test "at a terminal join asks for the officer's name" {
    file=$(invite so-khcn typed)
    BAOCAO_HOME=$BATS_FILE_TMPDIR/typed stranger typed "$file"
}

@test "without a line: the home is made, exit 75, and 'join' again does the rest" {
    file=$(invite so-gddt offline)
    "$stack" stop enrolment
    LANGUAGE=vi run -75 at offline join --timeout 1 "$file" --name "Đỗ Thị Lan"
    [[ $output == *"chạy lại 'baocao join'"* ]]
    made=$(key_of offline)
    refute at offline duties
    "$stack" start enrolment
    "$stack" wait
    "$stack" stop intake  # registered, but the door is not there
    run -75 at offline join --timeout 1
    "$stack" start intake
    "$stack" wait
    run -0 --separate-stderr at offline join --json
    [ "$(jq -r '.name, .public_key' <<<"$output" | paste -sd' ')" = "Đỗ Thị Lan $made" ]
}

@test "the database away: nothing is said for sure, and 'join' again does the rest" {
    file=$(invite so-gddt away)
    "$stack" stop postgres
    run -75 at away join --timeout 2 "$file"
    "$stack" start postgres
    "$stack" wait
    at away join --json </dev/null
}

@test "expiry: the last millisecond is good, the next is not" {
    clock 2025-12-08T12:00:00+07:00 --frozen
    file=$(invite so-tttt late --expires 2) other=$(invite so-tttt late2 --expires 2)
    clock 2025-12-10T11:59:59.999+07:00 --frozen
    at last join "$other"
    clock 2025-12-10T12:00:00+07:00 --frozen
    run -77 at late join "$file"
    baocao-admin invite list so-tttt --json | jq -e '[.[].state] == ["expired", "used"]'
    at last join "$other"  # who has joined has joined
    clock 2025-12-08T12:00:00+07:00
    for days in 0 366 x; do run -64 baocao-admin invite so-tttt --expires $days; done
}

@test "an invite can be revoked until it is used" {
    file=$(invite so-tttt unwanted)
    number=$(baocao-admin invite list so-tttt --json | jq '.[-1].id')
    baocao-admin invite revoke "$number"
    run -77 at unwanted join "$file"
    baocao-admin invite list so-tttt --json | jq -e '.[-1].state == "revoked"'
    run -65 baocao-admin invite revoke "$number"
    run -65 baocao-admin invite revoke "$(baocao-admin invite list so-yte --json | jq '.[0].id')"
    [[ $output == *"key revoke"* ]]
}

@test "a reply that is lost is given again to the same key, and to no other" {
    key=$(stranger lost_reply "$(invite so-khcn lost)")
    [ "$(sql "SELECT count(*) FROM enrolment WHERE public_key = '$key'")" = 1 ]
}

@test "every refusal is the same, and takes its time" {
    stranger same_refusal "$(invite so-khcn fresh)" "$BATS_FILE_TMPDIR/hoa.baocao" "$BATS_FILE_TMPDIR/unwanted.baocao" "$BATS_FILE_TMPDIR/late2.baocao"
}

@test "who guesses is slowed down, by key and all together; then others join again" {
    file=$(invite so-khcn guessed)
    stranger guessing "$file"
    stranger guessing_with_many_keys "$file"
    at guessed join "$file"
}

@test "garbage harms nobody" {
    file=$(invite so-khcn garbage)
    before=$(cat "$STATE/run/enrolment.pid")
    stranger garbage "$file"
    at garbage join "$file"
    [ "$(cat "$STATE/run/enrolment.pid")" = "$before" ]
    kill -0 "$before"
}

@test "a stranger who holds many connections: departments notice nothing; when they have gone others join" {
    file=$(invite so-khcn held)
    mkfifo "$BATS_TEST_TMPDIR/hold"
    stranger hold "$file" 300 <"$BATS_TEST_TMPDIR/hold" >"$BATS_TEST_TMPDIR/held" 3>&- &
    exec 7>"$BATS_TEST_TMPDIR/hold"
    eventually grep -q held "$BATS_TEST_TMPDIR/held"
    client so-khcn push "$reports/so-khcn.json"
    run -75 at held join --timeout 1 "$file"
    exec 7>&-
    wait
    at held join
    [ "$(awk '/VmHWM/ { print $2 }' "/proc/$(cat "$STATE/run/enrolment.pid")/status")" -lt 100000 ]
}

@test "an invite without a token: the key is registered by hand" {
    file=$(invite so-noivu hand --no-token)
    refute grep -q token "$file"
    run -0 --separate-stderr at hand join --json "$file"
    jq -e '.joined == false' <<<"$output"
    baocao-admin key add so-noivu "$(jq -r .public_key <<<"$output")" --name "Văn thư" >/dev/null
    let_in () { at hand duties >/dev/null 2>&1; }
    eventually let_in
    for option in --no-token "--name x" "--expires 3"; do run -64 baocao-admin invite --reader $option; done
}

@test "no token is in the database, in a log, or said twice" {
    pg_dump -a >"$BATS_TEST_TMPDIR/dump"
    for file in "$BATS_FILE_TMPDIR"/*.baocao; do
        token=$(sed -n 's/ *token = "\(.*\)"/\1/p' "$file")
        [ -n "$token" ] || continue
        refute grep -rqF "$token" "$BATS_TEST_TMPDIR/dump" "$STATE/log"
    done
    refute grep -q token <(baocao-admin invite so-yte -o "$BATS_TEST_TMPDIR/x.baocao" --json | jq -r 'paths | join("/")')
    others () { grep '"level":"error"' "$STATE/log/enrolment.log" | grep -v '"event":"db.unreachable"'; }  # when it was away
    refute others
}
