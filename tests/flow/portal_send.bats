# An officer without the tool: a one-time link, a workbook, findings, and the signed receipt, through the portal.
load ../support/flow
load ../support/mail

setup_file () {
    local port
    port=$(($(free_port_base) + 70))
    mail_up "$port"
    export SMTP_URL=smtp://127.0.0.1:$port BAOCAO_PORTAL_SWEEP_S=1
    stack_up 2025-12-08T09:00:00+07:00
    export PAGES=http://127.0.0.1:$((PORT_BASE - 8)) SHEETS=$BATS_FILE_TMPDIR
    for unit in so-yte so-ldtbxh; do
        client $unit template 2025 -o "$SHEETS/$unit.empty.xlsx"
        $python "$BATS_TEST_DIRNAME/workbook.py" fill "$SHEETS/$unit.empty.xlsx" "$reports/$unit.json" "$SHEETS/$unit.xlsx"
    done
}
teardown_file () {
    stack_down
    mail_down
}

status () { curl -sS -o /dev/null -w '%{http_code}' "$@"; }
form () { sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p' | head -1; }
jar () { echo "$BATS_TEST_TMPDIR/${JAR:-jar}"; }
browse () { curl -sS -b "$(jar)" -c "$(jar)" "$@"; }
new_link () { baocao-admin link "$@" --name 'Nguyễn Văn A'; }
token () { browse "$PAGES/vi/send" | form; }
# open_link LINK: as an officer does; prints the status.
open_link () {
    local csrf
    csrf=$(browse "$1" | form)
    browse -o /dev/null -w '%{http_code}' -d "csrf=$csrf" "$PAGES/vi/send/${1##*/}"
}
arrive () { [ "$(open_link "$(new_link "$1")")" = 303 ] && browse "$PAGES/vi/send" >/dev/null; }
give () {  # FILE CURL-OPTION...: uploads it; prints the status
    browse -o /dev/null -w '%{http_code}' -F "csrf=$(token)" -F "workbook=@$1" "${@:2}" "$PAGES/vi/send"
}
digest () { sha256sum "$(home)/upload.xlsx" | cut -d' ' -f1; }
act () { browse -o /dev/null -w '%{http_code}' -d "csrf=$(token)" -d "digest=$(digest 2>/dev/null || true)" "$PAGES/vi/send/do/$1"; }
home () {  # of the browser's session: the one that was used last
    local newest
    newest=$(find "$STATE/sessions" -mindepth 2 -maxdepth 2 -name used -printf '%T@ %h\n' | sort -n | tail -1)
    echo "${newest#* }"
}
homes () { find "$STATE/sessions" -mindepth 1 -maxdepth 1 | wc -l; }
submissions () { sql "SELECT count(*) FROM submission JOIN unit USING (unit_id) WHERE code = '$1'"; }

@test "the link: printed or mailed, kept by nobody, in a name that nobody else can have" {
    local link mail
    link=$(new_link so-yte)
    [[ $link =~ ^$PAGES/send/[0-9a-f]{64}$ ]]
    refute has "${link##*/}" <(sql "SELECT token_hash FROM invitation")
    baocao-admin invite list so-yte --json | jq -e 'any(.[]; .name == "Nguyễn Văn A (qua cổng báo cáo)" and .state == "unused")'
    run -0 baocao-admin link so-yte --name 'Trần Thị Bình' --mail binh@example.vn
    [[ $output != *"/send/"* ]]
    mailed () { mails | has -E "$PAGES/send/[0-9a-f]{64}"; }
    eventually mailed
    mails | jq -e 'select(.to | tostring | contains("binh@example.vn"))' >/dev/null
    run -64 baocao-admin link so-yte
    run -65 baocao-admin link so-yte --name A --mail 'a@example.vn>,<b@example.vn'
    run -65 baocao-admin link no-unit --name A
    run -64 baocao-admin invite so-yte --name 'A (qua cổng báo cáo)'
    baocao-admin invite so-yte -o "$BATS_TEST_TMPDIR/invite"
    run ! env BAOCAO_HOME="$BATS_TEST_TMPDIR/home" baocao join "$BATS_TEST_TMPDIR/invite" --name 'A (qua cổng báo cáo)'
}

@test "looking at the link does not use it up; only its button does, in the browser that looked" {
    local link csrf
    link=$(new_link so-yte)
    for _ in 1 2 3; do [ "$(status "$link")" = 200 ]; done
    [ "$(status -I "$link")" = 200 ]
    [ "$(curl -sSI "$link" | tr -d '\r' | sed -n 's/^referrer-policy: //Ip')" = no-referrer ]
    curl -sS -H 'Accept-Language: en' "$link" | has 'Department of Health'
    [ "$(status -X POST "$PAGES/vi/send/${link##*/}")" = 400 ]
    csrf=$(curl -sS "$link" | form)  # an attacker's own page
    [ "$(status -d "csrf=$csrf" "$PAGES/vi/send/${link##*/}")" = 400 ]
    baocao-admin invite list so-yte --json | jq -e '.[-1].state == "unused"'
    [ "$(open_link "$link")" = 303 ]
    baocao-admin invite list so-yte --json | jq -e '.[-1].state == "used"'
    has -E '^#HttpOnly_.*baocao-send' "$(jar)"
}

@test "from the link to the signed receipt" {
    arrive so-yte
    browse "$PAGES/vi/send/files/template.xlsx" -o "$BATS_TEST_TMPDIR/template.xlsx"
    $python -c 'import openpyxl, sys; openpyxl.load_workbook (sys.argv[1])["Nhiệm vụ"]' "$BATS_TEST_TMPDIR/template.xlsx"
    [ "$(give "$BATS_TEST_TMPDIR/template.xlsx")" = 303 ]
    browse "$PAGES/vi/send" >"$BATS_TEST_TMPDIR/page"
    has '<td>Văn bản</td><td>B6</td>' "$BATS_TEST_TMPDIR/page"
    has '<td>Nhiệm vụ</td><td>D6</td>' "$BATS_TEST_TMPDIR/page"
    refute has 'do/push' "$BATS_TEST_TMPDIR/page"
    [ "$(act push)" = 400 ]  # what is not right is not sent
    [ "$(submissions so-yte)" = 0 ]

    [ "$(give "$SHEETS/so-yte.xlsx")" = 303 ]
    browse "$PAGES/vi/send" >"$BATS_TEST_TMPDIR/page"
    has 'do/push' "$BATS_TEST_TMPDIR/page"
    has "value=\"$(sha256sum <"$SHEETS/so-yte.xlsx" | cut -d' ' -f1)\"" "$BATS_TEST_TMPDIR/page"
    has '<b>so-yte.xlsx</b> · 208/KH-UBND 2025 · [^·]* · [^:]*: [I1]' "$BATS_TEST_TMPDIR/page"
    [ "$(browse -o /dev/null -w '%{http_code}' -d "csrf=$(token)" -d digest=00 "$PAGES/vi/send/do/push")" = 409 ]
    [ "$(browse -o /dev/null -w '%{http_code}' -d csrf=0 "$PAGES/vi/send/do/push")" = 400 ]
    [ "$(submissions so-yte)" = 0 ]
    [ "$(act push)" = 303 ]
    browse "$PAGES/en/send" >"$BATS_TEST_TMPDIR/page"
    refute has 'do/push' "$BATS_TEST_TMPDIR/page"
    has 'Nguyễn Văn A (qua cổng báo cáo)' "$BATS_TEST_TMPDIR/page"
    has '<td>8 December 2025, 09:' "$BATS_TEST_TMPDIR/page"  # the plan's time, as on other pages
    [ "$(sql "SELECT submitted_by FROM submission JOIN unit USING (unit_id) WHERE code = 'so-yte'")" = 'Nguyễn Văn A (qua cổng báo cáo)' ]
    id=$(sed -n 's/.*receipt.pdf?report=\([0-9a-f-]*\)".*/\1/p' "$BATS_TEST_TMPDIR/page")
    [ "$(sql "SELECT encode(report_digest, 'hex') FROM submission WHERE report_id = '$id'")" = "$(sed -n 's/.*<code>\([0-9a-f]\{64\}\)<.*/\1/p' "$BATS_TEST_TMPDIR/page")" ]
    browse "$PAGES/vi/send/files/receipt.pdf?report=$id" -o "$BATS_TEST_TMPDIR/receipt.pdf"
    pdftotext "$BATS_TEST_TMPDIR/receipt.pdf" - | tr '\n' ' ' | has 'qua cổng báo cáo'
    baocao-admin chain verify so-yte
    eventually mailbox_has 'đã được chấp nhận'

    local home
    home=$(home)
    [ "$(stat -c %a "$home" "$STATE/sessions" | sort -u)" = 700 ]
    [ "$(stat -c %a "$home/home/client.cert")" = 600 ]
    [ "$(act leave)" = 200 ]
    [ ! -e "$home" ]
    [ "$(status -b "$(jar)" "$PAGES/vi/send")" = 403 ]
}
mailbox_has () { browse "$PAGES/vi/send/files/mailbox" | has "$1"; }

@test "a link is good once: not used twice, not expired, not revoked, and no other token is a link" {
    local link id
    link=$(new_link so-yte)
    [ "$(open_link "$link")" = 303 ]
    browse "$PAGES/vi/send" >/dev/null
    [ "$(status "$link")" = 404 ]
    [ "$(JAR=second open_link "$link")" != 303 ]
    link=$(new_link so-yte)
    id=$(baocao-admin invite list so-yte --json | jq -r '.[-1].id')
    csrf=$(browse "$link" | form)
    baocao-admin invite revoke "$id"
    [ "$(status "$link")" = 404 ]
    [ "$(browse -o /dev/null -w '%{http_code}' -d "csrf=$csrf" "$PAGES/vi/send/${link##*/}")" = 404 ]
    baocao-admin invite so-yte -o "$BATS_TEST_TMPDIR/invite"
    [ "$(status "$PAGES/send/$(sed -n 's/^ *token = "\(.*\)"/\1/p' "$BATS_TEST_TMPDIR/invite")")" = 404 ]
    [ "$(status "$PAGES/send/$(printf '0%.0s' {1..64})")" = 404 ]
    [ "$(status "$PAGES/send/x")" = 404 ]
    link=$(baocao-admin link so-yte --name A --expires 1)
    [ "$(status "$link")" = 200 ]
    clock 2025-12-09T10:00:00+07:00
    [ "$(status "$link")" = 404 ]
    clock 2025-12-08T09:30:00+07:00
}

@test "whoever sends sees nothing of the committee's pages, and nobody else's" {
    local cookie other
    arrive so-yte
    cookie=$(awk '$6 == "baocao-send" { print $7 }' "$(jar)")
    sees () { status -H "Cookie: $1" "$PAGES/vi/${2:-send}"; }
    [ "$(sees "baocao-send=$cookie")" = 200 ]
    [ "$(sees "baocao-send=$cookie" 208-KH-UBND/2025)" = 303 ]
    [ "$(sees "baocao=$cookie" 208-KH-UBND/2025)" = 303 ]
    [ "$(sees "baocao=$cookie" account)" = 303 ]
    other=${cookie:70:1}
    [ "$other" != A ] && other=A || other=B
    [ "$(sees "baocao-send=${cookie:0:70}$other${cookie:71}")" = 403 ]
    baocao-admin reader add chu-tich --password-file <(echo 'bốn mùa gió nổi')
    known () {
        csrf=$(curl -sS -c "$BATS_TEST_TMPDIR/reader" "$PAGES/vi/sign-in" | form)
        [ "$(status -b "$BATS_TEST_TMPDIR/reader" -c "$BATS_TEST_TMPDIR/reader" "$PAGES/vi/sign-in" -d "csrf=$csrf" -d name=chu-tich \
            --data-urlencode 'password=bốn mùa gió nổi')" = 303 ]
    }
    eventually known
    [ "$(sees "baocao-send=$(awk '$6 == "baocao" { print $7 }' "$BATS_TEST_TMPDIR/reader")")" = 403 ]
    [ "$(sees "baocao=$(awk '$6 == "baocao" { print $7 }' "$BATS_TEST_TMPDIR/reader")")" = 403 ]
    for page in account 208-KH-UBND/2025; do [ "$(sees "baocao=$cookie" $page)" = 303 ]; done
    JAR=theirs arrive so-ldtbxh
    JAR=theirs browse "$PAGES/vi/send" | has 'Sở Lao động'
    refute has 'Sở Lao động' <(browse "$PAGES/vi/send")
    [ "$(browse -o /dev/null -w '%{http_code}' -d "csrf=$(JAR=theirs token)" "$PAGES/vi/send/do/leave")" = 400 ]  # another session's token
    [ "$(status "$PAGES/vi/send/files/../../../home/client.cert" --path-as-is -b "$(jar)")" = 404 ]
    [ "$(status "$PAGES/vi/send/files/client.cert" -b "$(jar)")" = 404 ]
}

@test "what is given is a workbook, small enough, under our name, with the form's token first" {
    local file=$BATS_TEST_TMPDIR/file home
    arrive so-yte
    home=$(home)
    [ "$(status -F csrf=0 -F "workbook=@$SHEETS/so-yte.xlsx" "$PAGES/vi/send")" = 403 ]  # nobody
    curl -sS -F csrf=0 -F "workbook=@$SHEETS/so-yte.xlsx" "$PAGES/en/send" | has 'ask for another one'
    [ "$(browse -o /dev/null -w '%{http_code}' -F "workbook=@$SHEETS/so-yte.xlsx" "$PAGES/vi/send")" = 400 ]
    [ "$(browse -o /dev/null -w '%{http_code}' -F csrf=0 -F "workbook=@$SHEETS/so-yte.xlsx" "$PAGES/vi/send")" = 400 ]
    [ "$(browse -o /dev/null -w '%{http_code}' -F "workbook=@$SHEETS/so-yte.xlsx" -F "csrf=$(token)" "$PAGES/vi/send")" = 400 ]
    [ "$(browse -o /dev/null -w '%{http_code}' -H 'Content-Type: text/plain' -d "csrf=$(token)" "$PAGES/vi/send")" = 400 ]
    : >"$file"
    [ "$(give "$file")" = 400 ]
    [ ! -e "$home/upload.part" ] && [ ! -e "$home/upload.xlsx" ]
    head -c $((11 << 20)) /dev/zero >"$file"
    [ "$(give "$file")" = 413 ]
    [ ! -e "$home/upload.xlsx" ]

    echo '<html><script>alert(1)</script>' >"$file"
    [ "$(give "$file")" = 303 ]
    browse "$PAGES/vi/send" >"$BATS_TEST_TMPDIR/page"
    refute has '<script>alert' "$BATS_TEST_TMPDIR/page"
    refute has 'do/push' "$BATS_TEST_TMPDIR/page"
    $python - "$file" <<'PY'
import sys, zipfile
with zipfile.ZipFile (sys.argv[1], "w", zipfile.ZIP_DEFLATED) as book:
    book.writestr ("[Content_Types].xml", "<Types/>")
    with book.open ("xl/workbook.xml", "w", force_zip64=True) as part:
        for _ in range (3000): part.write (b" " * (1 << 20))
PY
    [ "$(stat -c %s "$file")" -lt $((10 << 20)) ]
    [ "$(give "$file")" = 303 ]
    refute has 'do/push' <(browse "$PAGES/vi/send")
    [ "$(du -sm "$home" | cut -f1)" -lt 20 ]
    [ "$(browse -o /dev/null -w '%{http_code}' -F "csrf=$(token)" -F "workbook=@$SHEETS/so-yte.xlsx;filename=../../../keys/x.xlsx" "$PAGES/vi/send")" = 303 ]
    cmp "$home/upload.xlsx" "$SHEETS/so-yte.xlsx"
    [ -z "$(find "$STATE" -name 'x.xlsx')" ]
}

@test "two at once: the second waits for the first to be through" {
    local first=$BATS_TEST_TMPDIR/first csrf
    arrive so-yte
    csrf=$(token)
    head -c 3000000 /dev/urandom >"$BATS_TEST_TMPDIR/large"
    browse --limit-rate 1M -o /dev/null -w '%{http_code}' -F "csrf=$csrf" -F "workbook=@$BATS_TEST_TMPDIR/large" "$PAGES/vi/send" >"$first" 3>&- &
    pid=$!
    eventually test -e "$(home)/upload.part"
    [ "$(browse -o /dev/null -w '%{http_code}' -F "csrf=$csrf" -F "workbook=@$SHEETS/so-yte.xlsx" "$PAGES/vi/send")" = 409 ]
    wait $pid
    [ "$(cat "$first")" = 303 ]
    cmp "$(home)/upload.xlsx" "$BATS_TEST_TMPDIR/large"
}

pushing () { pgrep -f 'baocao push upload.xlsx' -P "$(cat "$STATE/run/portal.pid")"; }

@test "a command that is killed, and a portal that is: nothing is lost, nothing is sent twice" {
    local before child
    arrive so-ldtbxh
    before=$(submissions so-ldtbxh)
    [ "$(give "$SHEETS/so-ldtbxh.xlsx")" = 303 ]
    "$stack" stop intake
    csrf=$(browse "$PAGES/vi/send" | form)
    push () { browse -o /dev/null -w '%{http_code}' -d "csrf=$csrf" -d "digest=$(digest)" "$PAGES/vi/send/do/push" >"$BATS_TEST_TMPDIR/$1" 3>&- 2>/dev/null & }
    push one
    eventually pushing
    [ "$(browse -o /dev/null -w '%{http_code}' -d "csrf=$csrf" -d "digest=$(digest)" "$PAGES/vi/send/do/push")" = 409 ]
    kill -9 "$(pushing)"
    eventually test -s "$BATS_TEST_TMPDIR/one"
    [ "$(cat "$BATS_TEST_TMPDIR/one")" = 303 ]
    has '"status":-1' "$(home)/push.json"
    push two
    eventually pushing
    child=$(pushing)
    "$stack" kill portal
    eventually refute kill -0 "$child"  # it ends with the portal
    "$stack" start portal intake
    "$stack" wait
    [ "$(status -b "$(jar)" "$PAGES/vi/send")" = 200 ]  # the same session
    delivered () { [ "$(submissions so-ldtbxh)" = $((before + 1)) ]; }
    { [ "$(act push)" = 303 ] || [ "$(act flush)" = 303 ]; } && eventually delivered
    eventually drained
    delivered
}

@test "the server away: the report waits here, whoever leaves, and is delivered" {
    local home before
    clock 2025-12-08T10:00:00+07:00
    arrive so-yte
    home=$(home)
    before=$(submissions so-yte)
    $python - "$SHEETS/so-yte.xlsx" "$BATS_TEST_TMPDIR/again.xlsx" <<'PY'
import openpyxl, sys
book = openpyxl.load_workbook (sys.argv[1])
book["Nhiệm vụ"]["F6"].value = "đã sửa lần hai"
book.save (sys.argv[2])
PY
    [ "$(give "$BATS_TEST_TMPDIR/again.xlsx")" = 303 ]
    csrf=$(token)
    "$stack" stop intake
    browse -o /dev/null -d "csrf=$csrf" -d "digest=$(digest)" "$PAGES/vi/send/do/push"
    [ -n "$(find "$home/home/spool" -name '*.request')" ]
    browse "$PAGES/en/send" >"$BATS_TEST_TMPDIR/page"
    has 'could not be delivered yet' "$BATS_TEST_TMPDIR/page"
    has 'has not left yet; there is no receipt yet' "$BATS_TEST_TMPDIR/page"
    refute has 'has been received' "$BATS_TEST_TMPDIR/page"
    leave () { browse -o /dev/null -w '%{http_code}' -d "csrf=$csrf" "$PAGES/vi/send/do/leave"; }
    left_with () { [ "$(leave)" = "$1" ]; }
    eventually left_with 303  # back to the page, which says why
    [ -e "$home/home/client.cert" ]
    clock 2025-12-09T12:00:00+07:00  # a day without anybody
    "$stack" start intake
    "$stack" wait
    delivered () { [ "$(submissions so-yte)" = $((before + 1)) ]; }
    eventually delivered
    eventually test ! -e "$home"
}

# varied REMARK: a workbook of its own; prints its path.
varied () {
    local file
    file=$(mktemp "$BATS_TEST_TMPDIR/XXXXXX.xlsx")
    $python - "$SHEETS/so-yte.xlsx" "$file" "$1" <<'PY'
import openpyxl, sys
book = openpyxl.load_workbook (sys.argv[1])
book["Nhiệm vụ"]["F6"].value = sys.argv[3]
book.save (sys.argv[2])
PY
    echo "$file"
}

@test "what waited says what has become of it" {
    arrive so-yte
    [ "$(give "$(varied 'đã sửa lần ba')")" = 303 ]
    "$stack" stop intake
    [ "$(act push)" = 303 ]
    browse "$PAGES/en/send" | has 'has not left yet'
    "$stack" start intake
    "$stack" wait
    shows () { browse "$PAGES/en/send" | has "$1"; }
    eventually shows 'has been accepted'  # nobody asked
    refute shows 'has not left yet'
    refute shows 'could not be delivered yet'
}

@test "what is no workbook: why, in words for somebody without a command line" {
    local file=$BATS_TEST_TMPDIR/file
    arrive so-yte
    why () {  # WORDS: of the file
        [ "$(give "$file")" = 303 ]
        browse "$PAGES/en/send" >"$BATS_TEST_TMPDIR/page"
        has 'This is no workbook that could be looked through' "$BATS_TEST_TMPDIR/page"
        has "$1" "$BATS_TEST_TMPDIR/page"
        refute has -e 'upload.xlsx' -e 'baocao: ' -e 'correct what stands below' -e "$STATE" "$BATS_TEST_TMPDIR/page"
    }
    printf '%%PDF-1.7\n%%\xe2\xe3\n' >"$file"
    why 'đây là tệp PDF'
    printf '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1%0600d' 0 >"$file"
    why 'mật khẩu'
}

# slowly FILE CSRF: an upload that takes its time, in the background; $pid.
slowly () {
    browse --limit-rate "${RATE:-100k}" -o /dev/null -w '%{http_code}' -F "csrf=$2" -F "workbook=@$1" "$PAGES/vi/send" >"$BATS_TEST_TMPDIR/slow" 2>/dev/null 3>&- &
    pid=$!
    eventually test -e "$(home)/upload.part"
}

@test "a portal that stops while a workbook comes ends in order" {
    arrive so-yte
    head -c 3000000 /dev/urandom >"$BATS_TEST_TMPDIR/large"
    slowly "$BATS_TEST_TMPDIR/large" "$(token)"
    "$stack" stop portal
    wait $pid || true
    tail -1 "$STATE/log/portal.log" | jq -e '.event == "service.stopped"'
    "$stack" start portal
    "$stack" wait
}

flushing () { pgrep -f 'baocao queue flush' -P "$(cat "$STATE/run/portal.pid")"; }

@test "what is delivered by itself never takes the place of what somebody waits for" {
    local home copy n
    JAR=theirs arrive so-ldtbxh
    arrive so-yte
    home=$(home)
    [ "$(give "$(varied 'đã sửa lần bốn')")" = 303 ]
    "$stack" stop intake
    [ "$(act push)" = 303 ]
    for n in 1 2 3 4 5; do
        copy=$STATE/sessions/$(printf '%032x' $n)
        cp -a "$home" "$copy.part"
        mv "$copy.part" "$copy"
    done
    eventually flushing
    for n in 1 2 3 4 5 6 7 8 9 10; do
        [ "$(flushing | wc -l)" -le 1 ]
        [ "$(JAR=theirs browse --max-time 5 -o /dev/null -w '%{http_code}' "$PAGES/vi/send")" = 200 ]
    done
    "$stack" start intake
    "$stack" wait
    nothing_waits () { [ -z "$(find "$STATE/sessions" -name '*.request')" ]; }
    eventually nothing_waits
    rm -r "$STATE"/sessions/000000000000000000000000*
}

@test "a report that can never be delivered: why, no promise, and its home goes at the usual time" {
    local home
    arrive so-yte
    home=$(home)
    [ "$(give "$(varied 'đã sửa lần năm')")" = 303 ]
    "$stack" stop intake
    [ "$(act push)" = 303 ]
    [ -n "$(find "$home/home/spool" -name '*.request')" ]
    baocao-admin key revoke "$(sed -n 's/^ *public-key = "\(.*\)"/\1/p' "$home/home/client.cert")"
    "$stack" start intake
    "$stack" wait
    shows () { browse "$PAGES/en/send" | has "$1"; }
    eventually shows 'The server does not take the report that waits here'
    eventually shows 'từ chối khóa của máy tính này'  # in the command's words
    refute shows 'It is tried again every minute'
    has '"event":"portal.undelivered"' "$STATE/log/portal.log"
    clock 2025-12-10T13:00:00+07:00
    eventually test ! -e "$home"
}

@test "what one looks at in two windows waits for its turn" {
    local n
    arrive so-yte
    for n in 1 2 3 4 5; do
        browse -o /dev/null -w '%{http_code}\n' "$PAGES/vi/send/files/$([ $((n % 2)) = 0 ] && echo mailbox || echo template.xlsx)" >"$BATS_TEST_TMPDIR/$n" 3>&- &
    done
    wait
    for n in 1 2 3 4 5; do [ "$(cat "$BATS_TEST_TMPDIR/$n")" = 200 ]; done
}
