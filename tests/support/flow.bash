# For the flow tests: a stack of their own with a rehearsal clock. To be loaded by a bats file:
#   setup_file    () { stack_up 2025-12-01T09:00:00+07:00; }
#   teardown_file () { stack_down; }

bats_require_minimum_version 1.5.0
set -o pipefail  # a command that fails is a failure even when jq, given nothing, finds nothing wrong
top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
stack=$top/services/local/stack
reports=$top/tests/support/reports/2025
python="/usr/bin/python3"
export PYTHONPATH=$top/tests/support:$top/build/python

# A base of ports of which none is in use: doors above it, the feed and health just below.
free_port_base() {
  local base used
  used=$(awk 'FNR > 1 { split($2, a, ":"); print a[2] }' /proc/net/tcp /proc/net/tcp6 | while read -r hex; do echo $((16#$hex)); done)
  for ((base = 20000 + ${SLOT:-0} * 4000 + RANDOM % 40 * 100; ; base += 100)); do
    awk -v low=$((base - 20)) -v high=$((base + 60)) '$1 >= low && $1 <= high { found = 1 } END { exit found }' <<<"$used" && break
  done
  echo "$base"
}

stack_up() {  # TIME: of the rehearsal clock
  export STATE=$BATS_FILE_TMPDIR/state REHEARSAL=$1 PORT_BASE
  PORT_BASE=$(free_port_base)
  "$stack" init
  eval "$("$stack" env)"
  "$stack" start
  "$stack" wait
}

stack_down() { "$stack" destroy; }

# grep that reads to the end, so that whoever writes is never cut off.
has() { grep "$@" >/dev/null; }

client() {  # UNIT COMMAND...; what push would ask is answered: there is nobody at a terminal
  local unit=$1
  shift
  [ "$1" != push ] || set -- push --yes "${@:2}"
  BAOCAO_HOME=$STATE/clients/$unit baocao "$@"
}

sql() { psql -XqAt -v ON_ERROR_STOP=1 -c "SET search_path = baocao" -c "$1"; }  # as the superuser

clock() { baocao-admin clock set "$@"; }

eventually() {  # COMMAND...: until it succeeds, at most 20 s
  local limit=$((SECONDS + 20))
  until "$@"; do
    [ $SECONDS -lt $limit ] || { echo "in vain: $*" >&2; return 1; }
    sleep 0.1
  done
}

refute() { if "$@"; then echo "it should have failed: $*" >&2; return 1; fi; }  # `! command` does not end a bats test

drained() { [ "$(sql "SELECT (SELECT count(*) FROM validation_queue) + (SELECT count(*) FROM aggregation_queue) + (SELECT count(*) FROM notification_queue)")" = 0 ]; }

snapshot() { client committee feed snapshot --json; }

# A report of a unit with something changed, as a new file: vary UNIT JQ-EXPRESSION; prints its path.
vary() {
  local file
  file=$(mktemp "$BATS_TEST_TMPDIR/report.XXXXXX.json")
  jq "$2" "$reports/$1.json" >"$file"
  echo "$file"
}
