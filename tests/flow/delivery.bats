# What leaves the house: contacts, mail and webhooks. The mails go through a real OpenSMTPD into real mailboxes, which are read back.
load ../support/flow
load ../support/mail

setup_file () {
    export BAOCAO_NOTIFICATION_SWEEP_MS=100
    stack_up 2025-12-07T09:00:00+07:00
    mail_up $((PORT_BASE + 50))
}
teardown_file () {
    stack_down
    mail_down
}

@test "contacts: added once, listed, removed; who and when are kept" {
    run -0 baocao-admin contact add so-yte van-thu@soyte.example.vn --name "Văn thư Sở Y tế" --as test --json
    [ "$(jq -r '.unit, .role, .channel, .language, .added' <<<"$output" | xargs)" = "so-yte officer mail vi true" ]
    id=$(jq .contact <<<"$output")
    [ "$(baocao-admin contact add so-yte van-thu@soyte.example.vn --json | jq -c '[.contact, .added]')" = "[$id,false]" ]
    [ "$(baocao-admin contact add so-yte van-thu@SoYTe.Example.VN --json | jq -c '[.contact, .address, .added]')" = "[$id,\"van-thu@soyte.example.vn\",false]" ]
    baocao-admin contact list so-yte --json | jq -e --argjson id "$id" '. == [.[] | select(.contact == $id and .name == "Văn thư Sở Y tế")] and length == 1'
    baocao-admin contact remove "$id" --as test
    run -65 baocao-admin contact remove "$id"
    [ "$(baocao-admin contact list --json)" = "[]" ]
    [ "$(sql "SELECT added_by, removed_by, consent_at = added_at, removed_at >= added_at, added_at::date FROM contact WHERE contact_id = $id")" = "test|test|t|t|2025-12-07" ]
    LANGUAGE=vi run -0 baocao-admin contact list
}

@test "contacts: what is no address is refused, and so is a name of two lines" {
    for address in "a@b" "a@b.vn,c@d.vn" $'a@b.vn\nBcc: c@d.vn' "Bộ@b.vn" http://gw.example.vn/ "https://u:p@gw.example.vn/" nonsense; do
        run -65 baocao-admin contact add so-yte "$address"
    done
    run -64 baocao-admin contact add so-yte a@b.vn --name $'A\r\nBcc: c@d.vn'
    run -65 baocao-admin contact add so-khong-co a@b.vn
    run -64 baocao-admin contact add so-yte a@b.vn --role chief
    run -64 baocao-admin contact add so-yte a@b.vn --language fr
    run -65 baocao-admin contact remove "1 OR true"
    [ "$(sql "SELECT count(*) FROM contact WHERE removed_at IS NULL")" = 0 ]
}

@test "contacts: a web address gets a secret, shown once, in a file of 0600" {
    run -0 baocao-admin contact add so-yte https://gateway.example.vn/hook --json
    id=$(jq .contact <<<"$output")
    [ "$(stat -c %a "$STATE/keys/webhook/$id.key")" = 600 ]
    [ "$(cat "$STATE/keys/webhook/$id.key")" = "$(jq -r .secret <<<"$output")" ]
    [ "$(jq -r .secret <<<"$output" | tr -d '\n' | wc -c)" = 64 ]
    baocao-admin contact add so-yte https://gateway.example.vn/hook --json | jq -e 'has("secret") | not'
    baocao-admin contact remove "$id"
    [ ! -e "$STATE/keys/webhook/$id.key" ]
}

# --- The mails ---------------------------------------------------------------------------------------------------------------------

waiting () { [ "$(sql "SELECT count(*) FROM delivery_queue")" = "$1" ]; }
no_deliveries_wait () { waiting 0; }
boxes_hold () { [ "$(in_boxes | grep -c "$1")" = "$2" ]; }  # WORD COUNT
delivered () { [ "$(sql "SELECT count(*) FROM delivery")" -ge "$1" ] && no_deliveries_wait; }
notices () { client "$1" mailbox --json; }
# After a leap of the clock, so that nobody added later is reminded too. All units are reminded in one transaction.
reminded () { [ "$(sql "SELECT count(*) FROM reminder_decision d JOIN unit USING (unit_id) WHERE code = 'so-tttt' AND d.kind = '$1' AND decided_at >= '$2'")" = 1 ]; }  # KIND SINCE
contact () { baocao-admin contact add "$@" --json | jq .contact; }
forget_contacts () { sql "UPDATE contact SET removed_at = added_at, removed_by = 'test' WHERE removed_at IS NULL"; }

@test "mail waits as long as there is no server for it, and says so" {
    contact so-yte van-thu@soyte.example.vn --name "Văn thư Sở Y tế"
    contact so-yte giam-doc@soyte.example.vn --role leader
    contact so-ldtbxh tong-hop@soldtbxh.example.vn --role digest
    client so-yte push "$reports/so-yte.json"
    eventually waiting 2
    says_so () { curl -s "http://127.0.0.1:$((PORT_BASE - 18))/metrics" | has -x 'baocao_deliveries_waiting 2'; }
    eventually says_so
    grep -q delivery.no_mail "$STATE/log/notification.log"
    [ "$(baocao-admin delivery list so-yte --json | jq -c '[.[] | [.state, .attempts]]')" = '[["waiting",0],["waiting",0]]' ]
}

with_mail () {  # VARIABLE=VALUE...: notification again, with these settings
    "$stack" stop notification
    env "$@" "$stack" start notification
    "$stack" wait
}
# What lies in the boxes: receiver, Message-ID, subject.
in_boxes () { mails "$@" | jq -r '[.box, .message_id, .subject] | @tsv' | sort; }
# What ought to lie there: the notices of a unit's mailbox after a cursor, in a contact's language.
expected () {  # UNIT AFTER CONTACT-ID ADDRESS LANGUAGE [KIND]
    notices "$1" | jq -r --argjson after "$2" --arg unit "$1" --arg id "$3" --arg to "$4" --arg language "$5" --arg kind "${6:-}" 'select(.cursor > $after and ($kind == "" or .kind == $kind))
        | [$to, "<\($unit).\(.cursor).\($id)@localhost.localdomain>", .["subject_" + $language]] | @tsv'
}
calendars () { mails | jq -r --arg box "$1" 'select(.box == $box and .calendar) | [.method, (.calendar | capture("SEQUENCE:(?<s>.*)\n").s), (.calendar | capture("DTSTART;VALUE=DATE:(?<d>.*)\n").d), (.calendar | capture("UID:(?<u>.*)\n").u)] | @tsv'; }

@test "mail: the officers' boxes hold every notice of their unit, as it is in the mailbox, the digest's the digest, and nothing else lies anywhere" {
    khcn=$(contact so-khcn van-thu@sokhcn.example.vn --name "Phạm Thị \"Ánh\" <Sở KH&CN>" --language en)
    yte=$(baocao-admin contact list so-yte --json | jq '.[] | select(.role == "officer") | .contact')
    after_khcn=$(notices so-khcn | jq -s 'map(.cursor) | max')
    after_yte=$(notices so-yte | jq -s 'map(select(.kind == "reminder") | .cursor) | max')
    tong_hop=$(baocao-admin contact list so-ldtbxh --json | jq '.[] | select(.role == "digest") | .contact')
    after_ldtbxh=$(notices so-ldtbxh | jq -s 'map(.cursor) | max')
    with_mail BAOCAO_NOTIFICATION_SMTP_URL="smtp://127.0.0.1:$((PORT_BASE + 50))"
    clock 2025-12-08T08:00:01+07:00
    eventually delivered 4
    arrived () { diff <(in_boxes) <({ expected so-yte "$after_yte" "$yte" van-thu@soyte.example.vn vi; expected so-khcn "$after_khcn" "$khcn" van-thu@sokhcn.example.vn en; expected so-ldtbxh "$after_ldtbxh" "$tong_hop" tong-hop@soldtbxh.example.vn vi digest; } | sort) >"$BATS_TEST_TMPDIR/difference"; }
    eventually arrived || { cat "$BATS_TEST_TMPDIR/difference"; false; }
    [ "$(in_boxes | wc -l)" = 4 ]
    mails | jq -se 'all(.from == "baocao@localhost.localdomain" and .list_id == "<baocao.localhost.localdomain>" and .auto_submitted == "auto-generated" and .to == .box)'
    [ "$(mails | jq -r 'select(.box == "van-thu@sokhcn.example.vn") | .name')" = "Phạm Thị \"Ánh\" <Sở KH&CN>" ]
    # The words are the mailbox's.
    notices so-yte | jq -r 'select(.kind == "accepted") | .body_vi, .body_en' >"$BATS_TEST_TMPDIR/words"
    mails | jq -r 'select(.subject | contains("chấp nhận")) | .text' >"$BATS_TEST_TMPDIR/text"
    while IFS= read -r line; do grep -qF -- "$line" "$BATS_TEST_TMPDIR/text"; done <"$BATS_TEST_TMPDIR/words"
    baocao-admin delivery list --json | jq -e 'map(select(.state == "sent" and .status == 250)) | length == 4'
}

@test "calendar: the deadline comes once, is not repeated, moves, and is cancelled when the report is accepted" {
    uid=208/KH-UBND.2025.so-khcn@localhost.localdomain
    [ "$(calendars van-thu@sokhcn.example.vn)" = "REQUEST	0	20251209	$uid" ]
    clock 2025-12-09T08:00:01+07:00
    eventually delivered 6
    eventually boxes_hold @ 6
    [ "$(calendars van-thu@sokhcn.example.vn)" = "REQUEST	0	20251209	$uid" ]
    # The officer leaves, and comes back with another name: to the calendar it is the same.
    baocao-admin contact remove "$(baocao-admin contact list so-khcn --json | jq '.[0].contact')"
    contact so-khcn van-thu@sokhcn.example.vn --name "Phạm Thị Ánh" --language en
    sql "INSERT INTO period_move (period_id, was, at, who) SELECT period_id, due_before, '2025-12-09T08:00:01+07:00', 'test' FROM period WHERE code = '2025';
        UPDATE period SET due_before = '2025-12-12' WHERE code = '2025'; UPDATE plan_version SET version = version + 1"
    moved () { calendars van-thu@sokhcn.example.vn | has "REQUEST	1	20251211	$uid"; }
    eventually moved
    clock 2025-12-10T08:00:01+07:00
    eventually reminded d-1 2025-12-10
    client so-khcn push "$reports/so-khcn.json"
    cancelled () { calendars van-thu@sokhcn.example.vn | has "CANCEL	2	20251211	$uid"; }
    eventually cancelled
    [ "$(calendars van-thu@sokhcn.example.vn | wc -l)" = 3 ]
    forget_contacts
    eventually no_deliveries_wait
}

# Nothing is to come of it: so wait until notification has looked several times, each time in a transaction.
transactions () { curl -s "http://127.0.0.1:$((PORT_BASE - 18))/metrics" | sed -n 's/^baocao_transactions_total{outcome="done"} //p'; }
let_it_look () {
    local enough=$(($(transactions) + 20))
    looked () { [ "$(transactions)" -ge $enough ]; }
    eventually looked
}

@test "quiet hours: what is decided at night goes out in the morning" {
    contact so-noivu van-thu@sonoivu.example.vn
    clock 2025-12-10T23:30:00+07:00
    client so-noivu push "$reports/so-noivu.json"
    eventually waiting 2
    let_it_look
    clock 2025-12-11T05:59:50+07:00 --frozen
    let_it_look
    waiting 2
    refute ls "$MAIL_DIR/boxes/sonoivu.example.vn"
    clock 2025-12-11T06:00:01+07:00
    eventually no_deliveries_wait
    eventually boxes_hold sonoivu 2
}

@test "a contact that is removed gets nothing of what still waits" {
    with_mail BAOCAO_NOTIFICATION_SMTP_URL=
    client so-noivu push "$(vary so-noivu '.general_assessment = "Bổ sung đánh giá chung của đơn vị về tình hình thực hiện."')"
    eventually waiting 1
    baocao-admin contact remove "$(baocao-admin contact list so-noivu --json | jq '.[0].contact')"
    with_mail BAOCAO_NOTIFICATION_SMTP_URL="smtp://127.0.0.1:$((PORT_BASE + 50))"
    eventually no_deliveries_wait
    baocao-admin delivery list so-noivu --json | jq -e 'map(.state) | unique == ["sent", "withdrawn"]'
    boxes_hold sonoivu 2
}

# --- Those that misbehave ------------------------------------------------------------------------------------------------------------

# receiver.py on ports +51 (SMTP with STARTTLS), +52 (SMTPS) and +53 (HTTPS); its certificate is for localhost.
receiver_up () {  # [auth] [--kill PIDFILE]
    RECEIVER=$BATS_TEST_TMPDIR/receiver
    mkdir -p "$RECEIVER"
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$RECEIVER/key.pem" -out "$RECEIVER/cert.pem" -days 2 -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost 2>/dev/null
    "$python" "$top/tests/support/receiver.py" "$RECEIVER" $((PORT_BASE + 51)) $((PORT_BASE + 52)) $((PORT_BASE + 53)) "$@" >"$RECEIVER/out" 2>&1 3>&- &
    RECEIVER_PID=$!
    eventually grep -q ready "$RECEIVER/out"
}
teardown () {  # a test that fails leaves nothing to those after it
    [ -z "${RECEIVER_PID:-}" ] || kill "$RECEIVER_PID"
    [ -n "$BATS_TEST_COMPLETED" ] || { forget_contacts && sql "DELETE FROM delivery_queue"; }
}
with_receiver () {  # VARIABLE=VALUE...
    with_mail BAOCAO_NOTIFICATION_SMTP_URL="smtp://localhost:$((PORT_BASE + 51))" BAOCAO_NOTIFICATION_SMTP_CA="$RECEIVER/cert.pem" \
        BAOCAO_NOTIFICATION_WEBHOOK_CA="$RECEIVER/cert.pem" "$@"
}
# One notice for the unit's contacts: a reminder that has not been decided.
remind () {  # UNIT
    sql "DELETE FROM reminder_decision USING unit u WHERE u.unit_id = reminder_decision.unit_id AND u.code = '$1' AND reminder_decision.kind = 'd-1'; UPDATE plan_version SET version = version + 1"
}
# State and attempts of the last delivery to an address.
state () { baocao-admin delivery list --json | jq -r --arg to "$1" '[.[] | select(.address == $to)] | last | "\(.state) \(.attempts) \(.status)"'; }
is () { [ "$(state "$1")" = "$2" ]; }
copies () { mails "$RECEIVER/boxes" | jq -r --arg box "$1" 'select(.box == $box) | .message_id'; }

@test "a server that misbehaves: what is said to be for later comes again, what is final is not tried twice, nobody waits for another" {
    receiver_up
    with_receiver
    clock 2025-12-11T09:00:00+07:00
    eventually reminded d-0 2025-12-11
    for way in held good later never full busy cut; do contact so-tttt $way@$way.example.vn; done
    remind so-tttt
    eventually is good@good.example.vn "sent 1 250"
    eventually is never@never.example.vn "failed 1 550"
    eventually is full@full.example.vn "failed 1 552"
    eventually is later@later.example.vn "waiting 1 450"
    eventually is busy@busy.example.vn "waiting 1 451"
    eventually is cut@cut.example.vn "waiting 1 null"
    waiting 4
    curl -fsm 10 "http://127.0.0.1:$((PORT_BASE - 18))/health"  # the service waits for nobody either
    touch "$RECEIVER/go"
    eventually is held@held.example.vn "sent 1 250"
    # A minute later, not before.
    [ "$(sql "SELECT count(*) FROM delivery_queue JOIN delivery_attempt a USING (delivery_id) WHERE not_before = a.at + interval '1 minute'")" = 3 ]
    clock 2025-12-11T09:01:10+07:00
    for way in later busy cut; do eventually is $way@$way.example.vn "sent 2 250"; done
    waiting 0
    for way in good held later busy cut; do [ "$(copies $way@$way.example.vn | wc -l)" = 1 ]; done
    [ "$(mails "$RECEIVER/boxes" | wc -l)" = 5 ]
    [ "$(baocao-admin delivery list --failed --json | jq -c 'map(.address) | sort')" = '["full@full.example.vn","never@never.example.vn"]' ]
    baocao-admin delivery list --failed | has "550 5.1.1 no such user here"
    # The digest names them, and nobody else, until their contacts are removed.
    digest_says () {
        [ "$(notices so-ldtbxh | jq -rs 'map(select(.kind == "digest")) | last | .body_vi' | grep -A2 '^Không gửi được' | grep -c "^- Sở Thông tin và Truyền thông: $1")" = "$2" ]
    }
    digest_again () { sql "DELETE FROM digest_decision WHERE audience = 'standing'; UPDATE plan_version SET version = version + 1"; }
    digest_again
    eventually digest_says "never@never.example.vn (550 5.1.1 no such user here)" 1
    digest_says "full@full.example.vn (552" 1
    digest_says "" 2
    forget_contacts
    digest_again
    eventually digest_says "" 0
}

@test "a contact that is removed gets nothing of what waits for its domain's turn" {
    receiver_up
    with_receiver BAOCAO_NOTIFICATION_DOMAIN_AT_ONCE=1
    n=0
    for unit in so-tttt so-khdt so-vhttdl; do
        last=$(contact $unit held@held.example.vn)
        remind $unit
        eventually waiting $((++n))
    done
    let_it_look
    baocao-admin contact remove "$last"
    touch "$RECEIVER/go"
    eventually no_deliveries_wait
    [ "$(baocao-admin delivery list so-vhttdl --json | jq -r 'last.state')" = withdrawn ]
    [ "$(copies held@held.example.vn | wc -l)" = 2 ]
    forget_contacts
}

@test "a stop in the middle of a mail: no half of it arrives, and afterwards it comes whole" {
    receiver_up
    with_receiver
    contact so-tttt stuck@stuck.example.vn
    remind so-tttt
    eventually test -e "$RECEIVER/asked"
    "$stack" stop notification
    touch "$RECEIVER/go"
    with_receiver
    eventually no_deliveries_wait
    [ "$(copies stuck@stuck.example.vn | wc -l)" = 1 ]
    [ -z "$(grep -rL "^Message-ID" "$RECEIVER/boxes/stuck.example.vn")" ]  # as an empty one would have no such line
    forget_contacts
}

@test "no connection is used for more than ten mails" {
    receiver_up
    with_receiver BAOCAO_NOTIFICATION_DOMAIN_AT_ONCE=1
    for number in {1..12}; do contact so-tttt $number@ten.example.vn; done
    remind so-tttt
    attempted () { [ "$(baocao-admin delivery list so-tttt --json | jq -c '[.[] | select((.address | endswith("@ten.example.vn")) and .attempts > 0) | .state] | [length, unique]')" = "$1" ]; }
    eventually attempted '[12,["sent"]]'
    forget_contacts
}

@test "domains that have had their mails of the minute do not stand in the way of others" {
    with_mail BAOCAO_NOTIFICATION_SMTP_URL="smtp://127.0.0.1:$((PORT_BASE + 50))" BAOCAO_NOTIFICATION_DOMAIN_A_MINUTE=1
    sql "INSERT INTO contact (unit_id, name, role, channel, address, language, consent_at, added_at, added_by)
         SELECT unit_id, 'Văn thư', 'officer', 'mail', box || '@full' || n || '.example.vn', 'vi', now(), now(), 'test'
         FROM unit, generate_series(1, 140) n, unnest('{a,b}'::text[]) box WHERE code = 'so-tttt'"
    remind so-tttt
    eventually waiting 140
    contact so-khdt good@turn.example.vn
    remind so-khdt
    eventually is good@turn.example.vn "sent 1 250"
    waiting 140
    forget_contacts
    with_mail BAOCAO_NOTIFICATION_SMTP_URL="smtp://127.0.0.1:$((PORT_BASE + 50))"
    eventually no_deliveries_wait
}

@test "what never gets through is given up after about three days, and shown" {
    with_mail BAOCAO_NOTIFICATION_SMTP_URL="smtp://127.0.0.1:$((PORT_BASE + 59))"  # nobody is there
    contact so-tttt mat@example.vn
    remind so-tttt
    eventually is mat@example.vn "waiting 1 null"
    # Put off by a clock that was wrong: it is not waited for.
    sql "UPDATE delivery_queue SET attempts = 23, not_before = '2027-03-01'"
    eventually is mat@example.vn "waiting 24 null"
    [ "$(sql "SELECT not_before - at FROM delivery_queue JOIN delivery_attempt USING (delivery_id) WHERE attempt = 24")" = 04:00:00 ]
    sql "UPDATE delivery_queue SET not_before = not_before - interval '4 hours'"
    eventually is mat@example.vn "failed 25 null"
    waiting 0
    forget_contacts
}

@test "TLS and a password: STARTTLS and SMTPS; a wrong password or a strange certificate sends nothing, and loses nothing" {
    receiver_up auth
    (umask 077; echo 'mật khẩu' >"$BATS_TEST_TMPDIR/password"; echo wrong >"$BATS_TEST_TMPDIR/wrong")
    contact so-tttt good@example.vn
    with_receiver BAOCAO_NOTIFICATION_SMTP_USER=baocao BAOCAO_NOTIFICATION_SMTP_PASSWORD="$BATS_TEST_TMPDIR/wrong"
    remind so-tttt
    eventually is good@example.vn "waiting 1 535"
    with_receiver BAOCAO_NOTIFICATION_SMTP_CA=
    clock 2025-12-11T10:00:00+07:00
    eventually is good@example.vn "waiting 2 null"
    with_receiver
    clock 2025-12-11T10:30:00+07:00
    eventually is good@example.vn "waiting 3 530"
    [ ! -e "$RECEIVER/boxes" ]
    # A server of this host that has no TLS gets no password, and no mail.
    with_mail BAOCAO_NOTIFICATION_SMTP_URL="smtp://127.0.0.1:$((PORT_BASE + 50))" BAOCAO_NOTIFICATION_SMTP_USER=baocao \
        BAOCAO_NOTIFICATION_SMTP_PASSWORD="$BATS_TEST_TMPDIR/password"
    clock 2025-12-11T10:45:00+07:00
    eventually is good@example.vn "waiting 4 null"
    with_receiver BAOCAO_NOTIFICATION_SMTP_USER=baocao BAOCAO_NOTIFICATION_SMTP_PASSWORD="$BATS_TEST_TMPDIR/password"
    clock 2025-12-11T11:00:00+07:00
    eventually is good@example.vn "sent 5 250"
    with_receiver BAOCAO_NOTIFICATION_SMTP_USER=baocao BAOCAO_NOTIFICATION_SMTP_PASSWORD="$BATS_TEST_TMPDIR/password" \
        BAOCAO_NOTIFICATION_SMTP_URL="smtps://localhost:$((PORT_BASE + 52))"
    remind so-tttt
    eventually is good@example.vn "sent 1 250"
    [ "$(copies good@example.vn | wc -l)" = 2 ]
    chmod 644 "$BATS_TEST_TMPDIR/password"
    run env BAOCAO_NOTIFICATION_SMTP_URL=smtp://localhost BAOCAO_NOTIFICATION_SMTP_USER=baocao BAOCAO_NOTIFICATION_HTTP_PORT=0 \
        BAOCAO_NOTIFICATION_SMTP_PASSWORD="$BATS_TEST_TMPDIR/password" BAOCAO_FLOW_DIRECTORY="$BATS_TEST_TMPDIR/flow" timeout 10 baocao-notification
    [ "$status" -ne 0 ]
    [[ $output == *"$BATS_TEST_TMPDIR/password"* ]]
    forget_contacts
}

@test "kill -9 between the server's word and its being stored: the mail comes twice at most, under one Message-ID, and is never lost" {
    receiver_up --kill "$STATE/run/notification.pid"
    with_receiver
    contact so-tttt kill@example.vn
    remind so-tttt
    taken () { [ "$(copies kill@example.vn | wc -l)" = 1 ]; }
    eventually taken
    is kill@example.vn "waiting 0 null"
    with_receiver
    eventually is kill@example.vn "sent 1 250"
    [ "$(copies kill@example.vn | wc -l)" = 2 ]
    [ "$(copies kill@example.vn | sort -u | wc -l)" = 1 ]
    forget_contacts
}

@test "webhook: the notice as JSON over HTTPS, signed with the contact's secret; 503 comes again, 404 is final" {
    receiver_up
    with_receiver
    for way in good later never; do
        baocao-admin contact add so-tttt "https://localhost:$((PORT_BASE + 53))/$way" --json >"$BATS_TEST_TMPDIR/$way"
    done
    remind so-tttt
    eventually is "https://localhost:$((PORT_BASE + 53))/good" "sent 1 200"
    eventually is "https://localhost:$((PORT_BASE + 53))/later" "waiting 1 503"
    eventually is "https://localhost:$((PORT_BASE + 53))/never" "failed 1 404"
    clock 2025-12-11T12:30:00+07:00
    eventually is "https://localhost:$((PORT_BASE + 53))/later" "sent 2 200"
    [ "$(jq -r .path "$RECEIVER/requests" | sort | xargs)" = "/good /later /later /never" ]
    "$python" - "$RECEIVER/requests" "$BATS_TEST_TMPDIR" <<'PY'
import hashlib, hmac, json, sys
for line in open(sys.argv[1], encoding="utf-8"):
    request = json.loads(line)
    contact = json.load(open(sys.argv[2] + request["path"], encoding="utf-8"))
    headers = request["headers"]
    sign = hmac.new(contact["secret"].encode(), request["body"].encode(), hashlib.sha256).hexdigest()
    assert headers["X-Baocao-Signature"] == "sha256=" + sign, headers
    cursor = json.loads(request["body"])["cursor"]
    assert headers["X-Baocao-Delivery"] == f"so-tttt.{cursor}.{contact['contact']}", headers
    assert headers["Content-Type"] == "application/json"
PY
    diff <(jq -rn --rawfile all "$RECEIVER/requests" '$all | split("\n")[0] | fromjson.body | fromjson | del(.report_id)' | jq -S .) \
        <(notices so-tttt | jq -s 'last | del(.report_id, .read)' | jq -S .)
    forget_contacts
}
