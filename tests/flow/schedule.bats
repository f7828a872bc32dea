# Deadlines, day by day: what is decided and posted is exactly what an oracle in Python (tests/support/expected.py) expects.
load ../support/flow

setup_file () {
    export BAOCAO_NOTIFICATION_SWEEP_MS=20 stack reports
    stack_up 2025-09-29T09:00:00+07:00
}
teardown_file () { stack_down; }

@test "G6: a period is walked through: outage, kill -9, two notifications, extensions, clock jumps; every notice is as expected" {
    "$python" "$BATS_TEST_DIRNAME/walk.py"
    refute grep '"level":"error"' "$STATE/log/notification.log" "$BATS_TEST_TMPDIR/second.log"
    [ "$(sql "SELECT count(*) FROM (SELECT FROM notice GROUP BY unit_id HAVING max(cursor) <> count(*)) gaps")" = 0 ]
}
