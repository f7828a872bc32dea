# What the operator meets: ports in use, a full disk, a database that is away, doubled processes, upgrades, metrics.
load ../support/flow

setup_file () {
    # The database lies on a small file system of its own, so that it can be filled.
    export DATABASE_DIR
    DATABASE_DIR=$(mktemp -d /tmp/baocao-disk.XXXXXX)
    as_root mount -t tmpfs -o size=400m tmpfs "$DATABASE_DIR"
    stack_up 2025-12-08T09:00:00+07:00
}
teardown_file () {
    "$stack" stop
    as_root umount "$DATABASE_DIR"
    "$stack" destroy
}
as_root () { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
health () { curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$((PORT_BASE - 20))/health"; }
healthy () { [ "$(health)" = "$1" ]; }

@test "a port in use: that department's door waits for it, the others are open" {
    "$stack" stop intake
    port=$(sql "SELECT $PORT_BASE + door FROM unit_endpoint JOIN unit USING (unit_id) WHERE code = 'so-khcn'")
    "$python" -c "import socket, sys; s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(('127.0.0.1', $port)); s.listen(); print('held', flush=True); sys.stdin.read()" \
        < <(sleep 60) >"$BATS_TEST_TMPDIR/held" 3>&- &
    holder=$!
    eventually grep -q held "$BATS_TEST_TMPDIR/held"
    "$stack" start intake
    eventually healthy 503
    client so-noivu push --no-wait "$reports/so-noivu.json"
    grep -q "$port" "$STATE/log/intake.log"
    kill $holder
    wait $holder || :
    eventually healthy 200
    client so-khcn push "$reports/so-khcn.json"
}

@test "the database away: nothing is acknowledged, the client keeps the report and sends it later" {
    "$stack" stop postgres
    run -75 client so-yte push "$reports/so-yte.json"
    eventually healthy 503
    "$stack" start postgres
    "$stack" wait
    client so-yte queue flush
    [ "$(snapshot | jq -r '.units[] | select(.code == "so-yte") | .standing')" = on_time ]
}

@test "no disk space: no receipt is given for what is not stored, and nothing is lost" {
    before=$(sql "SELECT count(*) FROM submission")
    as_root dd if=/dev/zero of="$DATABASE_DIR/ballast" bs=1M 2>/dev/null || :
    # The write-ahead log has its current segment to fill before the disk's end is felt.
    full () {
        file=$(vary so-gddt ".general_assessment = \"$(head -c 6000 /dev/urandom | od -An -tx1 | tr -d ' \n')\"")
        status=0
        client so-gddt push --no-wait "$file" >>"$BATS_TEST_TMPDIR/out" 2>&1 || status=$?
        [ "$status" = 75 ] || { [ "$status" = 0 ] && pushed=$((pushed + 1)); return 1; }
    }
    pushed=0
    tries=0
    until full; do tries=$((tries + 1)); [ $tries -lt 2000 ]; done
    as_root rm -f "$DATABASE_DIR/ballast"
    "$stack" start postgres
    "$stack" wait
    client so-gddt queue flush
    [ "$(sql "SELECT count(*) FROM submission")" = $((before + pushed + 1)) ]
    eventually drained
    baocao-admin totals verify
    baocao-admin chain verify
}

@test "--exit-when-idle leaves once there is nothing to do" {
    "$stack" stop validation-1 validation-2
    client so-tnmt push --no-wait "$reports/so-tnmt.json"
    BAOCAO_VALIDATION_HTTP_PORT=0 timeout 20 baocao-validation --exit-when-idle 2>"$BATS_TEST_TMPDIR/log"
    [ "$(sql "SELECT count(*) FROM validation_queue")" = 0 ]
    [ "$(sql "SELECT accepted FROM verdict JOIN unit USING (unit_id) WHERE code = 'so-tnmt'")" = t ]
    "$stack" start
}

@test "a service stops in order: what is under way is finished, exit status 0" {
    BAOCAO_VALIDATION_HTTP_PORT=0 baocao-validation 2>"$BATS_TEST_TMPDIR/log" &
    pid=$!
    eventually grep -q '"event":"service.start' "$BATS_TEST_TMPDIR/log"
    kill -TERM $pid
    wait $pid
}

@test "a wrong configuration is named, exit status 78" {
    : >"$BATS_TEST_TMPDIR/empty.conf"
    run -78 timeout 10 baocao-validation --config "$BATS_TEST_TMPDIR/empty.conf"
    [[ $output == *validation/conninfo* ]]
    run -78 env BAOCAO_INTAKE_PORT_BASE=many BAOCAO_FLOW_DIRECTORY="$BATS_TEST_TMPDIR/flow" timeout 10 baocao-intake
    [[ $output == *intake/port_base* ]]
    run -78 timeout 10 baocao-intake --config /nowhere
    [[ $output == *nowhere* ]]
}

@test "a secret key that others can read is refused" {
    "$stack" stop intake
    chmod 644 "$STATE/keys/receipt.key"
    run timeout 10 baocao-intake
    [ "$status" -ne 0 ]
    [[ $output == *receipt.key* ]]
    chmod 600 "$STATE/keys/receipt.key"
    "$stack" start intake
    "$stack" wait
    [ -z "$(find "$STATE/keys" "$STATE/clients" -type f \( -name '*.key' -o -name '*.cert' -o -name '*.password' -o -name '*.pgpass' \) -perm /077)" ]
}

@test "metrics are well-formed, on loopback" {
    for n in 20 19 18 17 16 11; do
        curl -fs "http://127.0.0.1:$((PORT_BASE - n))/metrics" >"$BATS_TEST_TMPDIR/metrics"
        promtool check metrics <"$BATS_TEST_TMPDIR/metrics"
        grep -q '^baocao_' "$BATS_TEST_TMPDIR/metrics"
    done
    [ "$(ss -ltnH | awk '{ print $4 }' | grep -E ":($((PORT_BASE - 20))|$((PORT_BASE - 19)))$" | grep -vc '^127.0.0.1:')" = 0 ]
}

@test "log lines are JSON, and say which service and event" {
    cat "$STATE"/log/{intake,validation-1,aggregation,notification,enrolment}.log | jq -se 'length > 0 and all(.time and .level and .service and .event)'
}

@test "the schema can be taken away and put back (sqitch revert, deploy, verify)" {
    sql 'CREATE DATABASE second'
    target="db:pg://postgres@/second?host=$PGHOST"
    cd "$top/sql"
    sqitch deploy --verify "$target"
    sqitch revert -y "$target"
    [ -z "$(PGDATABASE=second sql "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'baocao'")" ]
    sqitch deploy --verify "$target"
    sqitch verify "$target"
}

@test "docker-compose.yml is valid" {
    docker-compose -f "$top/docker-compose.yml" config -q
}

@test "loading the plan again changes nothing" {
    before=$(sql "SELECT (SELECT count(*) FROM task), (SELECT count(*) FROM unit), (SELECT count(*) FROM task_unit), (SELECT count(*) FROM period)")
    baocao-admin plan load "$top/sql/plans/208-KH-UBND"
    [ "$(sql "SELECT (SELECT count(*) FROM task), (SELECT count(*) FROM unit), (SELECT count(*) FROM task_unit), (SELECT count(*) FROM period)")" = "$before" ]
    [ "$before" = "44|45|54|5" ]
}

@test "a plan with a mistake is refused whole, with file, line and column" {
    cp -r "$top/sql/plans/208-KH-UBND" "$BATS_TEST_TMPDIR/plan"
    sed -i '2s/so-tttt/so-khong-co/' "$BATS_TEST_TMPDIR/plan/task_units.csv"
    run -65 baocao-admin plan load "$BATS_TEST_TMPDIR/plan"
    [[ $output == *task_units.csv:2* ]]
}

@test "setup needs no more than baocao-admin's configuration and the directory of secrets" {
    run -78 env -u KEYS -u BAOCAO_ADMIN_KEYS "$top/services/local/setup"
    [[ $output == *"set KEYS"* ]]
    run -0 env -u KEYS -u PLAN_DIR BAOCAO_ADMIN_KEYS="$STATE/keys" "$top/services/local/setup"
    [[ $output == *208/KH-UBND* ]]
}

@test "a state keeps its ports: another PORT_BASE is refused, and none need be given" {
    for command in init start wait run; do
        run -1 env PORT_BASE=$((PORT_BASE + 100)) "$stack" "$command"
        [[ $output == *"PORT_BASE=$PORT_BASE"* ]]
    done
    env -u PORT_BASE "$stack" wait
    healthy 200
}

@test "stack run: what is stopped stays stopped, what dies comes back, and nothing is left at the end" {
    "$stack" run >"$BATS_TEST_TMPDIR/run" 2>&1 3>&- &
    runner=$!
    eventually grep -q Ctrl-C "$BATS_TEST_TMPDIR/run"
    "$stack" stop intake validation-1
    "$stack" kill notification
    eventually test -s "$STATE/run/notification.pid"  # intake's turn was before it
    [ ! -e "$STATE/run/intake.pid" ]
    [ ! -e "$STATE/run/validation-1.pid" ]
    for _ in {1..5}; do "$stack" stop aggregation; "$stack" start aggregation; done
    kill -TERM $runner
    wait $runner || :
    left () { for pid in $(pgrep -x 'baocao-.*'); do tr '\0' '\n' <"/proc/$pid/environ" | grep -xq "STATE=$STATE" && echo "$pid"; done; }
    [ -z "$(left)" ]
    "$stack" start
    "$stack" wait
    [ "$(left | wc -l)" = 7 ]
}

@test "baocao-admin speaks the language that the environment names, installed or not" {
    for setting in LANG=vi_VN.UTF-8 LC_ALL=vi_VN LANGUAGE=vi; do
        run -0 env -u LANG -u LC_ALL -u LC_MESSAGES -u LANGUAGE "$setting" baocao-admin --help
        [[ $output == *"Ví dụ:"* ]]
    done
    run -0 env -u LC_ALL -u LC_MESSAGES -u LANGUAGE LANG=en_US.UTF-8 baocao-admin --help
    [[ $output == *"Examples:"* ]]
}

@test "baocao-admin in Vietnamese has no English words in its tables and help; JSON stays as it is" {
    export LANGUAGE=vi
    baocao-admin period list | has 'hằng năm'
    refute grep -Ewq 'annual|open|closed|must|may|none|department|committee|press|district|mass-organisation' <(baocao-admin period list; baocao-admin unit list | cut -f4,5)
    refute grep -Ewq 'validation|aggregation|notification' <(baocao-admin queue)
    refute grep -Eq 'UNIT|PUBLIC-KEY|FILE|NAME|TEXT' <(baocao-admin key add --help; baocao-admin invite --help; baocao-admin period open --help)
    [ "$(baocao-admin period list --json | jq -r '.[0].kind')" = annual ]
    [ "$(baocao-admin queue --json | jq -r '.[0].queue')" = validation ]
}

@test "baocao-admin GROUP --help shows the group's commands, with examples first" {
    for group in plan unit key reader period totals chain clock; do
        LANGUAGE=en run -0 baocao-admin "$group" --help
        [ "${lines[0]}" = Examples: ]
        [[ $output == *"Commands:"*"  $group "* ]]
    done
    run -64 baocao-admin plan
    run -64 baocao-admin nothing --help
}
