# What intake does while its store waits, fails, or is shared with another intake (G1, G2, G4).
load ../support/flow

setup_file () { stack_up 2025-12-08T09:00:00+07:00; }
teardown_file () { stack_down; }

intake () { timeout 120 "$python" "$BATS_TEST_DIRNAME/intake.py" "$1" "$STATE/clients" "${@:2}"; }

# More than 2,000 short findings; fewer that have more than 512 KiB.
@test "a status of very many findings comes in several answers" { intake status so-ngoaivu II.2 12; }
@test "a status of long findings comes in several answers" { intake status so-yte "$(printf %0150d 0)" 8; }

@test "a notice posted while its department's mailbox is being read: who waits is told" { intake told_meanwhile; }

@test "a mailbox of more than one answer holds is read to its end" { intake large_mailbox; }

@test "a department has a limit on the reports under way, to the last one" {
    "$stack" stop validation-1 validation-2 aggregation notification  # nobody need judge what comes now
    intake flood so-tttt 100 70 64 "The unit has too many"
}
@test "all departments together have a limit on the number of reports that wait" { intake flood_all so-tttt 100 8300 8192; }
@test "all departments together have a limit on the bytes that wait" { intake flood_all so-tttt 1000000 150 68; }

@test "no receipt without the synchronous standby: for a new report, one sent again, or one asked for" { intake standby; }
@test "a connection lost around COMMIT: no receipt, and the report sent again has one" { intake uncertain; }
@test "two intakes for one department: who is overtaken tries again, then says BUSY" { intake overtaken; }
@test "two intakes for one department: what is overtaken together is tried again in its order" { intake overtaken_together; }
@test "one report at two intakes at once: stored once, one receipt" { intake same_at_both; }

@test "all of that left the chains right" {
    baocao-admin chain verify
    refute grep -h '"event":"report.poison"' "$STATE"/log/intake*.log
}
