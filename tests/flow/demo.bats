# The main job on the real plan, from nothing to the feed; and the faults in their short form.
load ../support/flow

@test "the demo" {
    STATE=$BATS_TEST_TMPDIR/demo PORT_BASE=$(free_port_base) "$top/services/local/demo"
    [ ! -e "$BATS_TEST_TMPDIR/demo" ]
}

@test "kill -9 of each process and of PostgreSQL in a stream of submissions, 20 rounds (G1, G2)" {
    "$top/tests/fault/run" 20
}
