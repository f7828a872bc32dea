# For the flow tests of the portal: load ../support/portal, after ../support/flow.

# reader NAME [OPTION...]: an account, signed in.
reader() {
  local file jar=$BATS_FILE_TMPDIR/$1.cookies csrf word='bốn mùa gió nổi'
  file=$(mktemp "$BATS_FILE_TMPDIR/password.XXXXXX")
  echo "$word" >"$file"
  baocao-admin reader add "$1" --password-file "$file" "${@:2}" >/dev/null
  read_again 12
  sign_in_as "$1" "$word" "$jar"
}
sign_in_as() {
  local csrf
  csrf=$(curl -sS -c "$3" "$PAGES/vi/sign-in" | sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p' | head -1)
  curl -sS -o /dev/null -b "$3" -c "$3" --data-urlencode "csrf=$csrf" --data-urlencode "name=$1" --data-urlencode "password=$2" "$PAGES/vi/sign-in"
  [ "$(as "$1" -o /dev/null -w '%{http_code}' "$PAGES/vi/account")" = 200 ]
}
as() { curl -sS -b "$BATS_FILE_TMPDIR/$1.cookies" "${@:2}"; }  # NAME CURL-OPTION...

# another NAME PORT SETTING...: one more portal, at PORT_BASE - PORT. It needs files of its own, should any be asked for.
another() {
  local name=$1 port=$((PORT_BASE - $2))
  shift 2
  env "BAOCAO_PORTAL_PORT=$port" "BAOCAO_PORTAL_HTTP_PORT=$((port + 5))" BAOCAO_PORTAL_CONNECTIONS_AN_ADDRESS=0 "$@" setsid baocao-portal \
    >"$STATE/log/$name.log" 2>&1 </dev/null 3>&- &
  echo $! >"$STATE/run/$name.pid"
}

# read_again PORT: until the portal whose metrics are at PORT_BASE - PORT has read the accounts that there are now.
accounts_read () { curl -sS "http://127.0.0.1:$((PORT_BASE - $1))/metrics" | sed -n 's/^baocao_portal_accounts_read_total //p'; }
read_again () {
  local portal=$1 before
  before=$(accounts_read "$portal")
  moved () { [ "$(accounts_read "$portal")" -ge $((before + 2)) ]; }  # one may have been under way
  eventually moved
}
