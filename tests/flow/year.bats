# The standing agency's year, from the opening of a period to its closing, reopening and second closing: every notice in every mailbox, and
# every mail in the boxes of a real OpenSMTPD, is exactly what an oracle in Python (tests/support/expected.py) expects.
load ../support/flow
load ../support/mail

setup_file () {
    export stack reports BAOCAO_NOTIFICATION_SWEEP_MS=20 BAOCAO_VALIDATION_SWEEP_MS=20 BAOCAO_AGGREGATION_SWEEP_MS=20
    stack_up 2025-09-29T09:00:00+07:00
    mail_up $((PORT_BASE + 50))
    export BAOCAO_NOTIFICATION_SMTP_URL=smtp://127.0.0.1:$((PORT_BASE + 50))
    "$stack" stop notification
    "$stack" start notification
    "$stack" wait
}
teardown_file () {
    stack_down
    mail_down
}

@test "a year: opening, a deadline that moves, an outage, extensions, returns, mergers, closing, quarantine, reopening; every notice and every mail is as expected" {
    "$python" "$BATS_TEST_DIRNAME/year.py"
    baocao-admin totals verify
    baocao-admin chain verify
    refute grep '"level":"error"' "$STATE"/log/*.log
}
