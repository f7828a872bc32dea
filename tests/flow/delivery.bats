# What leaves the house: contacts, mail and webhooks. The mails go through a real OpenSMTPD into real mailboxes, which are read back.
load ../support/flow
load ../support/mail

setup_file () {
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
    run -65 baocao-admin contact add so-yte a@b.vn --name $'A\r\nBcc: c@d.vn'
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
}

# --- The mails ---------------------------------------------------------------------------------------------------------------------

waiting () { [ "$(sql "SELECT count(*) FROM delivery_queue")" = "$1" ]; }
no_deliveries_wait () { waiting 0; }
boxes_hold () { [ "$(in_boxes | grep -c "$1")" = "$2" ]; }  # WORD COUNT
delivered () { [ "$(sql "SELECT count(*) FROM delivery")" -ge "$1" ] && no_deliveries_wait; }
notices () { client "$1" mailbox --json; }
contact () { baocao-admin contact add "$@" --json | jq .contact; }
forget_contacts () { for id in $(baocao-admin contact list --json | jq '.[].contact'); do baocao-admin contact remove "$id" >/dev/null; done; }

@test "mail waits as long as there is no server for it, and says so" {
    contact so-yte van-thu@soyte.example.vn --name "Văn thư Sở Y tế"
    contact so-yte giam-doc@soyte.example.vn --role leader
    contact so-ldtbxh tong-hop@soldtbxh.example.vn --role digest
    client so-yte push "$reports/so-yte.json"
    eventually waiting 2
    says_so () { curl -s "http://127.0.0.1:$((PORT_BASE - 18))/metrics" | grep -qx 'baocao_deliveries_waiting 2'; }
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
expected () {  # UNIT AFTER CONTACT-ID ADDRESS LANGUAGE
    notices "$1" | jq -r --argjson after "$2" --arg unit "$1" --arg id "$3" --arg to "$4" --arg language "$5" 'select(.cursor > $after)
        | [$to, "<\($unit).\(.cursor).\($id)@localhost.localdomain>", .["subject_" + $language]] | @tsv'
}
calendars () { mails | jq -r --arg box "$1" 'select(.box == $box and .calendar) | [.method, (.calendar | capture("SEQUENCE:(?<s>.*)\n").s), (.calendar | capture("DTSTART;VALUE=DATE:(?<d>.*)\n").d), (.calendar | capture("UID:(?<u>.*)\n").u)] | @tsv'; }

@test "mail: the officers' boxes hold every notice of their unit, as it is in the mailbox, and nothing else lies anywhere" {
    khcn=$(contact so-khcn van-thu@sokhcn.example.vn --name "Phạm Thị \"Ánh\" <Sở KH&CN>" --language en)
    yte=$(baocao-admin contact list so-yte --json | jq '.[] | select(.role == "officer") | .contact')
    after_khcn=$(notices so-khcn | jq -s 'map(.cursor) | max')
    after_yte=$(notices so-yte | jq -s 'map(select(.kind == "reminder") | .cursor) | max')
    with_mail BAOCAO_NOTIFICATION_SMTP_URL="smtp://127.0.0.1:$((PORT_BASE + 50))"
    clock 2025-12-08T08:00:01+07:00
    eventually delivered 3
    arrived () { diff <(in_boxes) <({ expected so-yte "$after_yte" "$yte" van-thu@soyte.example.vn vi; expected so-khcn "$after_khcn" "$khcn" van-thu@sokhcn.example.vn en; } | sort); }
    eventually arrived
    [ "$(in_boxes | wc -l)" = 3 ]
    mails | jq -se 'all(.from == "baocao@localhost.localdomain" and .list_id == "<baocao.localhost.localdomain>" and .auto_submitted == "auto-generated" and .to == .box)'
    [ "$(mails | jq -r 'select(.box == "van-thu@sokhcn.example.vn") | .name')" = "Phạm Thị \"Ánh\" <Sở KH&CN>" ]
    # The words are the mailbox's.
    notices so-yte | jq -r 'select(.kind == "accepted") | .body_vi, .body_en' >"$BATS_TEST_TMPDIR/words"
    mails | jq -r 'select(.subject | contains("chấp nhận")) | .text' >"$BATS_TEST_TMPDIR/text"
    while IFS= read -r line; do grep -qF -- "$line" "$BATS_TEST_TMPDIR/text"; done <"$BATS_TEST_TMPDIR/words"
    baocao-admin delivery list --json | jq -e 'map(select(.state == "sent" and .status == 250)) | length == 3'
}

@test "calendar: the deadline comes once, is not repeated, moves, and is cancelled when the report is accepted" {
    uid=208/KH-UBND.2025.so-khcn@localhost.localdomain
    [ "$(calendars van-thu@sokhcn.example.vn)" = "REQUEST	0	20251209	$uid" ]
    clock 2025-12-09T08:00:01+07:00
    eventually delivered 4
    eventually boxes_hold @ 4
    [ "$(calendars van-thu@sokhcn.example.vn)" = "REQUEST	0	20251209	$uid" ]
    sql "UPDATE period SET due_before = '2025-12-12' WHERE code = '2025'; UPDATE plan_version SET version = version + 1;
         DELETE FROM reminder_decision WHERE kind = 'd-1'"  # so that there is a reminder to come
    clock 2025-12-10T08:00:01+07:00
    moved () { calendars van-thu@sokhcn.example.vn | grep -q "REQUEST	1	20251211	$uid"; }
    eventually moved
    client so-khcn push "$reports/so-khcn.json"
    cancelled () { calendars van-thu@sokhcn.example.vn | grep -q "CANCEL	2	20251211	$uid"; }
    eventually cancelled
    [ "$(calendars van-thu@sokhcn.example.vn | wc -l)" = 3 ]
    forget_contacts
}

@test "quiet hours: what is decided at night goes out in the morning" {
    eventually delivered 5
    contact so-noivu van-thu@sonoivu.example.vn
    clock 2025-12-10T23:30:00+07:00
    client so-noivu push "$reports/so-noivu.json"
    decided () { [ "$(sql "SELECT count(*) FROM delivery_queue WHERE not_before = '2025-12-11T06:00:00+07:00'")" = 2 ]; }
    eventually decided
    clock 2025-12-11T05:59:50+07:00 --frozen
    looks () { curl -s "http://127.0.0.1:$((PORT_BASE - 18))/metrics" | grep -q '^baocao_deliveries_waiting 2$'; }
    eventually looks
    refute ls "$MAIL_DIR/boxes/sonoivu.example.vn"
    clock 2025-12-11T06:00:01+07:00
    eventually no_deliveries_wait
    eventually boxes_hold sonoivu 2
}

@test "a contact that is removed gets nothing of what still waits" {
    with_mail BAOCAO_NOTIFICATION_SMTP_URL=
    client so-noivu push "$(vary so-noivu '.general_assessment = "Bổ sung đánh giá chung của đơn vị về tình hình thực hiện."')"
    eventually waiting 1
    forget_contacts
    with_mail BAOCAO_NOTIFICATION_SMTP_URL="smtp://127.0.0.1:$((PORT_BASE + 50))"
    eventually no_deliveries_wait
    baocao-admin delivery list so-noivu --json | jq -e 'map(.state) | unique == ["sent", "withdrawn"]'
    boxes_hold sonoivu 2
}
