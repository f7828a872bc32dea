# Who may read the pages: accounts, sessions, and what attackers try. Three portals: the stack's own; "front", which believes a proxy at
# 127.0.0.1, so that a test can say where it comes from; and "tls".
load ../support/flow
load ../support/portal

setup_file () {
    stack_up 2025-12-08T09:00:00+07:00
    export PAGES=http://127.0.0.1:$((PORT_BASE - 8)) FRONT=http://127.0.0.1:$((PORT_BASE - 7)) TLS=https://localhost:$((PORT_BASE - 6))
    export OVERVIEW=/vi/208-KH-UBND/2025 WORD='bốn mùa gió nổi' OTHER='một hai ba đánh nhau'
    account chu-tich "$WORD"
    account thu-ky "$WORD" --agency
    "$stack" stop portal  # it reads the accounts when it starts, and then every two seconds
    "$stack" start portal
    "$stack" wait
    another front 7 BAOCAO_PORTAL_PROXY_ADDRESSES=127.0.0.1 BAOCAO_PORTAL_PROXY_HEADER=X-Remote-User BAOCAO_PORTAL_HEADERS_S=2 \
        BAOCAO_PORTAL_BODY_S=2 BAOCAO_PORTAL_CONNECTIONS_AN_ADDRESS=40
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
        -keyout "$STATE/tls.key" -out "$STATE/tls.pem" 2>/dev/null
    another tls 6 BAOCAO_PORTAL_CERTIFICATE="$STATE/tls.pem" BAOCAO_PORTAL_CERTIFICATE_KEY="$STATE/tls.key"
    for portal in "$PAGES" "$FRONT" "$TLS"; do eventually knows "$portal"; done
}
teardown_file () {
    for name in front tls; do kill "$(cat "$STATE/run/$name.pid")"; done
    stack_down
}

account () {  # NAME PASSWORD OPTION...
    baocao-admin reader add "$1" --password-file <(echo "$2") "${@:3}" >/dev/null
}
knows () { [ "$(status -k "$1/vi/sign-in")" = 200 ]; }

status () { curl -sS -o /dev/null -w '%{http_code}' "$@"; }
head_of () { curl -sS -o /dev/null -D - "$@" | tr -d '\r'; }
jar () { echo "$BATS_TEST_TMPDIR/jar"; }
token () {  # CURL-OPTION... URL: what the form there carries
    curl -sS "$@" | sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p' | head -1
}
# sign_in NAME PASSWORD CURL-OPTION...: at $AT; prints the answer's head.
sign_in () {
    local at=${AT:-$PAGES} jar=${JAR:-$(jar)} csrf
    rm -f "$jar"
    csrf=$(token -k -c "$jar" "${@:3}" "$at/vi/sign-in")
    head_of -k -b "$jar" -c "$jar" "$at/vi/sign-in" --data-urlencode "csrf=$csrf" --data-urlencode "name=$1" --data-urlencode "password=$2" \
        --data-urlencode "to=${TO:-/}" "${@:3}"
}
signed_in () { [ "$(status -k -b "${JAR:-$(jar)}" "${AT:-$PAGES}/vi/account" "$@")" = 200 ]; }
cookie () { awk '$6 ~ /baocao$/ { print $7 }' "${JAR:-$(jar)}"; }
with_cookie () { status -H "Cookie: ${2:-baocao}=$1" "$PAGES/vi/account"; }
answers () { head -1 | has " $1 "; }

@test "an account is made with a password that is not easily guessed" {
    local file=$BATS_TEST_TMPDIR/password word
    for word in short Password1234 mậtkhẩu12345 123456789012 aaaaaaaaaaaa; do
        echo "$word" >"$file"
        run -65 baocao-admin reader add hoa --password-file "$file"
    done
    : >"$file"
    run -65 baocao-admin reader add hoa --password-file "$file"
    run -64 baocao-admin reader add hoa </dev/null
    [[ $output == *"--password-file"* ]]
    refute has hoa <(baocao-admin reader list)
    run -65 baocao-admin reader add chu-tich --password-file <(echo "$WORD")
    run -64 baocao-admin reader add hoa 'rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7' --agency
    baocao-admin reader list --json | jq -e '.[] | select(.name == "chu-tich") | .reads == "pages" and .public_key == null'
    baocao-admin reader list --json | jq -e '.[] | select(.name == "thu-ky") | .reads == "pages (agency)"'
    refute has -F "$WORD" <(sql "SELECT * FROM portal_account")
    [ "$(sql "SELECT DISTINCT left(password, 31) FROM portal_account")" = "\$argon2id\$v=19\$m=32768,t=4,p=1\$" ]
}

@test "the password is asked twice, on the terminal, and not shown" {
    $python - "$OTHER" <<'PY'
import pexpect, sys
word = sys.argv[1]
def ask (first, second):
    child = pexpect.spawn ("baocao-admin reader add hoa", encoding="utf-8", timeout=20)
    child.expect ("Password: |Mật khẩu: "); child.sendline (first)
    child.expect ("again: |lần nữa: "); child.sendline (second)
    child.expect (pexpect.EOF); child.close ()
    assert first not in child.before and second not in child.before, child.before
    return child.exitstatus
assert ask (word, word + "!") == 65
assert ask (word, word) == 0
PY
    baocao-admin reader remove hoa
}

@test "without signing in nothing is shown; with it one comes back to where one wanted to go" {
    for path in "$OVERVIEW" /live/208-KH-UBND/2025 /vi/account; do
        [ "$(status "$PAGES$path")" = 303 ]
        head_of "$PAGES$path" | has "^Location: /vi/sign-in?to="
    done
    run -0 head_of "$PAGES/en/208-KH-UBND/2025"
    [[ $output == *"Location: /en/sign-in?to=%2Fen%2F208-KH-UBND%2F2025"* ]]
    TO=$OVERVIEW sign_in chu-tich "$WORD" | has "^Location: $OVERVIEW$"
    curl -sS -b "$(jar)" "$PAGES$OVERVIEW" | has 'id="f-received"'
    curl -sS -b "$(jar)" "$PAGES/vi/account" | has '<b>chu-tich</b>'
    refute has 'chu-tich' <(curl -sS -b "$(jar)" "$PAGES$OVERVIEW")  # a page is the same for all readers
    [ "$(status -b "$(jar)" "$PAGES/vi/sign-in")" = 303 ]
}

@test "the cookie: not for scripts, not for other sites, and Secure behind TLS" {
    sign_in chu-tich "$WORD" >"$BATS_TEST_TMPDIR/head"
    has -E '^Set-Cookie: baocao=[A-Za-z0-9_-]{100,}; Path=/; HttpOnly; SameSite=Lax$' "$BATS_TEST_TMPDIR/head"
    has '^Cache-Control: no-store$' "$BATS_TEST_TMPDIR/head"
    AT=$FRONT sign_in chu-tich "$WORD" -H 'X-Forwarded-Proto: https' >"$BATS_TEST_TMPDIR/head"
    has -E '^Set-Cookie: __Host-baocao=[A-Za-z0-9_-]{100,}; Path=/; HttpOnly; SameSite=Lax; Secure$' "$BATS_TEST_TMPDIR/head"
    head_of -k "$TLS/vi/sign-in" | has -E '^Set-Cookie: __Host-baocao=.*; Secure$'
    head_of "$PAGES/vi/sign-in" -H 'X-Forwarded-Proto: https' | has -E '^Set-Cookie: baocao='  # no proxy that is known
}

@test "a cookie that was forged, cut, changed, or is of another kind, is none" {
    local good other i
    sign_in chu-tich "$WORD"
    good=$(cookie)
    [ "$(with_cookie "$good")" = 200 ]
    for i in 0 30 40 60 100; do
        other=${good:i:1}
        [ "$other" != A ] && other=A || other=B
        [ "$(with_cookie "${good:0:i}$other${good:i+1}")" = 303 ]
    done
    [ "$(with_cookie "${good:0:80}")" = 303 ]
    [ "$(with_cookie "${good}AAAA")" = 303 ]
    [ "$(with_cookie '')" = 303 ]
    [ "$(with_cookie "$(head -c 5000 /dev/zero | tr '\0' A)")" = 303 ]
    [ "$(with_cookie "$good" __Host-baocao)" = 303 ]
    rm "$(jar)"
    token -c "$(jar)" "$PAGES/vi/sign-in"
    [ "$(with_cookie "$(cookie)")" = 303 ]  # the sign-in page's own
}

@test "a session ends 12 hours after signing in, and after 2 hours without use" {
    local good
    clock 2025-12-08T09:00:00+07:00 --frozen
    sign_in chu-tich "$WORD"
    clock 2025-12-08T10:59:00+07:00 --frozen
    signed_in
    for hour in 12:50 14:40 16:30 18:20 20:10; do
        clock "2025-12-08T$hour:00+07:00" --frozen
        signed_in
    done
    clock 2025-12-08T20:59:59+07:00 --frozen
    signed_in
    clock 2025-12-08T21:00:00+07:00 --frozen
    refute signed_in
    sign_in chu-tich "$WORD"
    good=$(cookie)
    clock 2025-12-08T23:00:00+07:00 --frozen
    refute signed_in
    clock 2025-12-08T09:00:00+07:00 --frozen  # a session of the future
    [ "$(with_cookie "$good")" = 303 ]
}

@test "every form carries its session's token" {
    local csrf other=$BATS_TEST_TMPDIR/other
    csrf=$(token -c "$(jar)" "$PAGES/vi/sign-in")
    try () { head_of "$@" "$PAGES/vi/sign-in" --data-urlencode name=chu-tich --data-urlencode "password=$WORD"; }
    try -b "$(jar)" | answers 400
    try -b "$(jar)" -d csrf= | answers 400
    try -b "$(jar)" -d "csrf=$(tr 0-9a-f 1-9a-f0 <<<"$csrf")" | answers 400
    try -d "csrf=$csrf" | answers 400  # without the cookie
    try -b "$(jar)" -d "csrf=$(token -c "$other" "$PAGES/vi/sign-in")" | answers 400  # an attacker's own
    try -b "$(jar)" -d "csrf=$csrf" | answers 303

    sign_in chu-tich "$WORD"
    [ "$(status -b "$(jar)" -X POST "$PAGES/vi/sign-out")" = 400 ]
    [ "$(status -b "$(jar)" -d csrf="$csrf" "$PAGES/vi/sign-out")" = 400 ]
    [ "$(status -b "$(jar)" "$PAGES/vi/sign-out")" = 405 ]
    signed_in
}

@test "signing out ends the session, wherever its cookie is; signing in makes another one" {
    local before after
    rm -f "$(jar)"
    token -c "$(jar)" "$PAGES/vi/sign-in"
    before=$(cookie)
    sign_in chu-tich "$WORD"
    after=$(cookie)
    [ "$before" != "$after" ]
    [ "$(with_cookie "$before")" = 303 ]
    head_of -b "$(jar)" -d "csrf=$(token -b "$(jar)" "$PAGES/vi/account")" "$PAGES/vi/sign-out" | has '^Set-Cookie: baocao=; .*Max-Age=0'
    [ "$(with_cookie "$after")" = 303 ]
    "$stack" stop portal
    "$stack" start portal
    "$stack" wait
    [ "$(with_cookie "$after")" = 303 ]  # a copy of it is worth nothing after a restart, too
}

@test "a removed account and a changed password end sessions within 5 s, and open live pages" {
    local seconds
    account hoa "$WORD"
    read_again 12
    sign_in hoa "$WORD" | answers 303
    curl -sSN -b "$(jar)" "$PAGES/live/208-KH-UBND/2025" >"$BATS_TEST_TMPDIR/events" 3>&- &
    pid=$!
    eventually grep -q '^id:' "$BATS_TEST_TMPDIR/events"
    baocao-admin reader password hoa --password-file <(echo "$OTHER")
    seconds=$SECONDS
    eventually refute signed_in
    eventually refute kill -0 $pid
    [ $((SECONDS - seconds)) -le 5 ]
    sign_in hoa "$WORD" | answers 403
    sign_in hoa "$OTHER" | answers 303
    baocao-admin reader remove hoa
    eventually refute signed_in
    account hoa "$OTHER"
    read_again 12
    local old
    old=$(cookie)
    sign_in hoa "$OTHER" | answers 303
    [ "$(with_cookie "$old")" = 303 ]  # another account of the same name
    baocao-admin reader remove hoa
}

from () { echo "X-Forwarded-For: $1"; }

@test "who guesses has to wait, by account and by address; nobody learns which names there are" {
    local AT=$FRONT n
    account lan "$WORD"
    read_again 2
    sign_in lan "$WORD" -H "$(from 10.0.0.1)" | answers 303
    for n in 1 2 3 4 5; do sign_in lan "guess number $n" -H "$(from 10.0.0.$n)" | answers 403; done
    sign_in lan "$WORD" -H "$(from 10.0.0.7)" | answers 429
    sign_in lan "$WORD" -H "$(from 10.0.0.7)" | has '^Retry-After: '
    for n in 1 2 3 4 5; do sign_in nobody "guess number $n" -H "$(from 10.0.1.$n)" | answers 403; done
    sign_in nobody "$WORD" -H "$(from 10.0.1.7)" | answers 429  # just as well
    for ((n = 1; n <= 30; n++)); do sign_in "user-$n" guess -H "$(from "9.9.9.9, 10.0.2.1")" | answers 403; done
    sign_in chu-tich "$WORD" -H "$(from "8.8.8.8, 10.0.2.1")" | answers 429  # what the client itself says does not count
    sign_in chu-tich "$WORD" -H "$(from 10.0.2.2)" | answers 303
    baocao-admin reader remove lan
}

@test "many guesses at once gain nothing" {
    local AT=$FRONT csrf n pids=()
    csrf=$(token -c "$(jar)" "$FRONT/vi/sign-in")
    for ((n = 1; n <= 12; n++)); do
        status -b "$(jar)" "$FRONT/vi/sign-in" -d "csrf=$csrf" -d name=many -d "password=guess $n" -H "$(from "10.0.3.$n")" \
            >"$BATS_TEST_TMPDIR/status.$n" 3>&- &
        pids+=($!)
    done
    wait "${pids[@]}"
    [ "$(cat "$BATS_TEST_TMPDIR"/status.* | grep -o 403 | wc -l)" = 5 ]
    [ "$(cat "$BATS_TEST_TMPDIR"/status.* | grep -o 429 | wc -l)" = 7 ]
}

@test "an unknown name gets the same answer, after the same work" {
    local AT=$FRONT known=$BATS_TEST_TMPDIR/known unknown=$BATS_TEST_TMPDIR/unknown csrf before
    csrf=$(token -c "$(jar)" "$FRONT/vi/sign-in")
    try () { curl -sS -b "$(jar)" "$FRONT/vi/sign-in" -d "csrf=$csrf" -d "name=$1" -d password=guess -H "$(from 10.0.4.1)"; }
    work () { curl -sS "http://127.0.0.1:$((PORT_BASE - 2))/metrics" | sed -n 's/^baocao_portal_password_passes_total //p'; }
    before=$(work)
    try thu-ky | sed s/thu-ky/NAME/ >"$known"
    [ "$(work)" = $((before + 4)) ]  # Argon2's passes over its memory
    try khong-co | sed s/khong-co/NAME/ >"$unknown"
    [ "$(work)" = $((before + 8)) ]
    cmp "$known" "$unknown"
}

@test "pages do not wait for passwords" {
    local n csrf pids=()
    sign_in chu-tich "$WORD"
    csrf=$(token -c "$BATS_TEST_TMPDIR/form" "$PAGES/vi/sign-in")
    for ((n = 1; n <= 20; n++)); do
        status -b "$BATS_TEST_TMPDIR/form" "$PAGES/vi/sign-in" -d "csrf=$csrf" -d "name=user-$n" -d password=guess \
            >"$BATS_TEST_TMPDIR/status.$n" 3>&- &
        pids+=($!)
    done
    eventually test -s "$BATS_TEST_TMPDIR/status.1" -o -s "$BATS_TEST_TMPDIR/status.2" -o -s "$BATS_TEST_TMPDIR/status.3" -o -s "$BATS_TEST_TMPDIR/status.4"
    for _ in 1 2 3; do signed_in; done
    [ "$(find "$BATS_TEST_TMPDIR" -name 'status.*' -size +0 | wc -l)" -lt 20 ]
    wait "${pids[@]}"
    [ "$(cat "$BATS_TEST_TMPDIR"/status.* | grep -o 403 | wc -l)" = 20 ]
}

# A hash of the word over which Argon2 goes so often that there is time for something else meanwhile.
slow_hash () {  # WORD
    $python - "$1" <<'PY'
import ctypes, sys
sodium, text = ctypes.CDLL ("libsodium.so.23"), ctypes.create_string_buffer (128)
word = sys.argv[1].encode ()
assert sodium.crypto_pwhash_str (text, word, ctypes.c_ulonglong (len (word)), ctypes.c_ulonglong (250), ctypes.c_size_t (32 << 20)) == 0
print (text.value.decode ())
PY
}

@test "a password that is changed while the old one is being looked at lets nobody in" {
    account mai "$WORD"
    sql "UPDATE portal_account SET password = '$(slow_hash "$WORD")' WHERE name = 'mai'"
    read_again 12
    sign_in mai "$WORD" >/dev/null 3>&- &
    pid=$!
    eventually test -s "$(jar)"
    baocao-admin reader password mai --password-file <(echo "$OTHER")
    read_again 12
    wait $pid
    [ "$(with_cookie "$(cookie)")" = 303 ]
    baocao-admin reader remove mai
}

@test "without word from the database nobody is known after a while" {
    "$stack" stop portal
    BAOCAO_PORTAL_BLIND_MS=5000 "$stack" start portal
    "$stack" wait
    sign_in chu-tich "$WORD" | answers 303
    signed_in
    "$stack" kill postgres
    blind () { [ "$(status -b "$(jar)" "$PAGES/vi/account")" = 503 ]; }
    eventually blind
    "$stack" start postgres
    "$stack" wait
    eventually signed_in
    "$stack" stop portal
    "$stack" start portal
    "$stack" wait
}

@test "one is sent to this server's own pages only" {
    local to
    for to in //evil.example '/\evil.example' https://evil.example evil.example '/ /evil' '' $'/x\r\nSet-Cookie: a=b'; do
        TO=$to sign_in chu-tich "$WORD" >"$BATS_TEST_TMPDIR/head"
        has '^Location: /$' "$BATS_TEST_TMPDIR/head"
        [ "$(grep -c '^Set-Cookie' "$BATS_TEST_TMPDIR/head")" = 1 ]
    done
    TO='/vi/x"<y>?z=//evil' sign_in chu-tich "$WORD" | has '^Location: /vi/x%22%3Cy%3E%3Fz%3D//evil$'
    curl -sS "$PAGES/vi/sign-in?to=%22%3E%3Cscript%3E" >"$BATS_TEST_TMPDIR/page"
    refute has '<script>' "$BATS_TEST_TMPDIR/page"
}

@test "a proxy that is known may say who it is; nobody else may" {
    [ "$(status -H 'X-Remote-User: chu-tich' "$FRONT/vi/account")" = 200 ]
    curl -sS -H 'X-Remote-User: thu-ky' "$FRONT/vi/account" | has '<b>thu-ky</b>'
    [ "$(status -H 'X-Remote-User: khong-co' "$FRONT/vi/account")" = 303 ]
    [ "$(status -H 'X-Remote-User: chu-tich' "$PAGES/vi/account")" = 303 ]  # not set there
    kill "$(cat "$STATE/run/front.pid")"
    while kill -0 "$(cat "$STATE/run/front.pid")" 2>/dev/null; do sleep 0.05; done
    another front 7 BAOCAO_PORTAL_PROXY_ADDRESSES=10.0.0.0/8 BAOCAO_PORTAL_PROXY_HEADER=X-Remote-User BAOCAO_PORTAL_HEADERS_S=2 \
        BAOCAO_PORTAL_BODY_S=2 BAOCAO_PORTAL_CONNECTIONS_AN_ADDRESS=40
    eventually knows "$FRONT"
    [ "$(status -H 'X-Remote-User: chu-tich' "$FRONT/vi/account")" = 403 ]
    has '"event":"portal.refused".*X-Remote-User' "$STATE/log/front.log"
}

@test "who signed in, and who did not, is in the log; no password is" {
    AT=$TLS sign_in chu-tich "$WORD" | answers 303
    AT=$TLS sign_in thu-ky "$OTHER" | answers 403
    AT=$TLS sign_in "$WORD" "$OTHER" | answers 403  # typed into the wrong field
    has '"event":"portal.sign-in","text":"chu-tich from 127.0.0.1"' "$STATE/log/tls.log"
    has '"event":"portal.refused","text":"thu-ky from 127.0.0.1' "$STATE/log/tls.log"
    has '"event":"portal.refused","text":"somebody from 127.0.0.1' "$STATE/log/tls.log"
    refute has -F -e "$WORD" -e "$OTHER" "$STATE"/log/*.log
}

@test "TLS 1.2 and 1.3 are spoken, nothing older" {
    [ "$(status --cacert "$STATE/tls.pem" "$TLS/vi/sign-in")" = 200 ]
    [ "$(status --cacert "$STATE/tls.pem" --tls-max 1.2 "$TLS/vi/sign-in")" = 200 ]
    for version in -tls1 -tls1_1; do
        refute openssl s_client -connect "${TLS#https://}" "$version" -cipher ALL:@SECLEVEL=0 </dev/null 2>/dev/null >/dev/null
    done
    refute curl -sS "http://localhost:$((PORT_BASE - 6))/vi/sign-in" 2>/dev/null
}

@test "limits: headers, body, connections of an address, and time" {
    [ "$(status -H "X: $(head -c 20000 /dev/zero | tr '\0' x)" "$FRONT/vi/sign-in")" = 431 ]
    [ "$(head -c 20000 /dev/zero | status --data-binary @- "$FRONT/vi/sign-in")" = 413 ]
    $python - "${FRONT##*:}" <<'PY'
import socket, sys, time
port = int (sys.argv[1])
def line (): return socket.create_connection (("127.0.0.1", port), timeout=20)
def ends (s, drip, what):
    try:
        while True:  # one byte now and then, which a limit on silence alone would let stay
            s.settimeout (0.4)
            try:
                if not s.recv (4096): return
            except socket.timeout: pass
            s.send (drip)
    except (BrokenPipeError, ConnectionResetError): return
    finally: s.close ()
import signal; signal.alarm (18)  # ends for sure when a drip is not cut off
s = line (); s.send (b"GET /vi/sign-in HTTP/1.1\r\nHost: a\r\nX: "); ends (s, b"x", "headers")
s = line (); s.send (b"POST /vi/sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\n"); ends (s, b"x", "body")
signal.alarm (0)
held = [line () for _ in range (40)]
time.sleep (0.3)
late = line (); late.settimeout (10); late.send (b"GET /vi/sign-in HTTP/1.0\r\n\r\n")
try: answer = late.recv (100)
except (ConnectionResetError, BrokenPipeError): answer = b""
assert answer == b"", answer
for s in held: s.close ()
PY
    eventually knows "$FRONT"
}

# nginx as docker-compose.yml has it, with other addresses only.
nginx_up () {
    local dir=$1
    mkdir -p "$dir/tmp"
    $python - "$top/docker-compose.yml" >"$dir/nginx.conf" <<PY
import json, os, re, subprocess, sys
made = subprocess.run (["docker-compose", "-f", sys.argv[1], "config"], check=True, capture_output=True, text=True).stdout
import yaml
conf = yaml.safe_load (made)["services"]["nginx"]["environment"]["NGINX_CONF"].replace ("\$\$", "\$")
for old, new in (("portal:8080", "127.0.0.1:$((PORT_BASE - 7))"), ("listen 80;", "listen 127.0.0.1:$((PORT_BASE + 80));"),
                 ("listen 443 ", "listen 127.0.0.1:$((PORT_BASE + 81)) "), ("/certificates/fullchain.pem", "$STATE/tls.pem"),
                 ("/certificates/privkey.pem", "$STATE/tls.key"), ("access_log /dev/stdout ", "access_log $dir/access "), ("server_tokens off;", "server_tokens off; " + " ".join (
                     f"{kind}_temp_path $dir/tmp;" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")))):
    assert old in conf, old
    conf = conf.replace (old, new)
print ("pid $dir/pid;\n" + conf)
PY
    PATH=$PATH:/usr/sbin nginx -t -c "$dir/nginx.conf" -e "$dir/error"
    PATH=$PATH:/usr/sbin nginx -c "$dir/nginx.conf" -e "$dir/error" 3>&-
}

@test "behind nginx as compose has it: TLS, limits, who one is, and open pages at once" {
    local dir=$BATS_TEST_TMPDIR/nginx WEB=https://localhost:$((PORT_BASE + 81)) n
    export dir
    kill "$(cat "$STATE/run/front.pid")"
    while kill -0 "$(cat "$STATE/run/front.pid")" 2>/dev/null; do sleep 0.05; done
    another front 7 BAOCAO_PORTAL_PROXY_ADDRESSES=127.0.0.1 BAOCAO_PORTAL_PROXY_HEADER=X-Remote-User
    eventually knows "$FRONT"
    nginx_up "$dir"
    [ "$(curl -sS -o /dev/null -w '%{redirect_url}' "http://127.0.0.1:$((PORT_BASE + 80))/vi/sign-in?to=x")" = "https://localhost/vi/sign-in?to=x" ]
    head_of -k "$WEB/vi/sign-in" | has -i '^strict-transport-security: max-age=31536000'
    [ "$(status -k -H 'X-Remote-User: chu-tich' "$WEB/vi/account")" = 303 ]  # nobody says that from outside
    again () { AT=$WEB sign_in chu-tich "$WORD" -H 'X-Forwarded-For: 6.6.6.6' >"$BATS_TEST_TMPDIR/head" && answers 303 <"$BATS_TEST_TMPDIR/head"; }
    eventually again
    has -i '^set-cookie: __Host-baocao=.*; Secure' "$BATS_TEST_TMPDIR/head"
    has '"text":"chu-tich from 127.0.0.1"' <(tail -1 "$STATE/log/front.log")
    AT=$WEB signed_in
    [ "$(head -c 70000 /dev/zero | status -k --data-binary @- "$WEB/vi/sign-in")" = 413 ]
    curl -ksSN -b "$(jar)" "$WEB/live/208-KH-UBND/2025" >"$BATS_TEST_TMPDIR/events" 3>&- &
    pid=$!
    eventually grep -q '^id:' "$BATS_TEST_TMPDIR/events"  # nobody collects it on the way
    client so-gddt push "$reports/so-gddt.json"
    told () { sed 1,4d "$BATS_TEST_TMPDIR/events" | has '"f-received"'; }
    eventually told
    kill $pid
    for ((n = 0; n < 20; n++)); do status -k -d x=y "$WEB/vi/sign-in"; echo; done | has 429
    for n in /send /vi/send; do status -k -H "Referer: $WEB/send/feedfeed" "$WEB$n/0123456789abcdef"; done
    has 'GET /vi/send/\.\.\. HTTP' "$dir/access"
    refute has -e 0123456789abcdef -e feedfeed "$dir/access"
    kill "$(cat "$dir/pid")"
}
