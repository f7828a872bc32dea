# What the officer reads: what is owed and what comes next, what differs, the receipt on paper, the mailbox, the report to be corrected.
load ../support/flow

setup_file () { stack_up 2025-12-08T09:00:00+07:00; }
teardown_file () { stack_down; }

owed () { client "$1" status --json | jq -e ".owed[] | select(.period == \"2025\") | $2"; }  # UNIT JQ
report_id () { client "$1" status --json | jq -r '.submissions[0].report_id'; }
submission () { baocao-admin report list --json | jq -r --arg unit "$1" 'map(select(.unit == $unit))[-1].submission_id'; }

@test "status: what is owed, in days and working days, and the next command" {
    clock 2025-12-01T09:00:00+07:00 --frozen
    owed so-yte '.obligation == "must" and .standing == "missing" and .days_left == 8 and .working_days_left == 6 and .latest == null'
    LANGUAGE=vi run -0 --separate-stderr client so-yte status
    [[ $output == *"trước ngày 10/12/2025 — còn 8 ngày (6 ngày làm việc)"* && $stderr == *"baocao template 2025"* ]]
    clock 2025-12-09T09:00:00+07:00 --frozen
    LANGUAGE=vi run -0 --separate-stderr client so-yte status
    [[ $output == *"hôm nay là ngày cuối"* && $stderr == *"baocao extend 2025"* ]]
    clock 2025-12-15T09:00:00+07:00 --frozen
    owed so-yte '.days_left == -6 and .working_days_left == -4'
    clock 2025-12-01T09:00:00+07:00 --frozen
    [ "$(client so-yte status --json | jq -c '[.owed[].period]')" = '["2025"]' ]  # not what lapsed years ago
    LANGUAGE=en run -0 --separate-stderr client so-yte duties
    for line in '^2022 .* lapsed  *missing$' '^2025 .* 8 left  *missing$'; do grep -qE "$line" <<<"$output"; done
    [[ $output != *overdue* ]]
    clock 2026-02-08T09:00:00+07:00 --frozen  # 60 days and more after 9 December: the two still say the same
    [ "$(client so-yte status --json | jq -c '[.owed[].period]')" = '[]' ]
    LANGUAGE=en run -0 client so-yte duties
    grep -qE '^2025 .* lapsed  *missing$' <<<"$output"
    [[ $output != *"next: "* ]]
    clock 2025-12-01T09:00:00+07:00 --frozen
    run -64 client so-yte status 2099
    client so-yte status 2022 --json | jq -e '.owed[0] | .period == "2022" and .days_left < -1000'
    clock 2025-12-08T09:00:00+07:00
}

@test "status counts working days by the calendar that the server sends" {
    printf '%s\n' "$(head -1 "$top/sql/calendars/vn.csv")" '2025-12-03,holiday,Nghỉ bù,test' '2025-12-06,working,Làm bù,test' \
        '2025-12-07,working,Làm bù,test' >"$BATS_TEST_TMPDIR/days.csv"
    baocao-admin calendar load "$BATS_TEST_TMPDIR/days.csv"
    clock 2025-12-01T09:00:00+07:00 --frozen
    owed so-yte '.working_days_left == 7'
    clock 2025-12-08T09:00:00+07:00
}

@test "refused: status says what to correct; the template has what was sent, and what is wrong" {
    run -65 client so-yte push --unchecked "$reports/so-yte-refused.json"
    owed so-yte '.standing == "refused" and (.latest.findings | length) >= 4 and (.next | contains("--from returned"))'
    cd "$BATS_TEST_TMPDIR"
    LANGUAGE=vi run -0 client so-yte template 2025 --from returned -o sua.csv
    grep -q 'Tiến độ 120 nằm ngoài 0-100' sua.csv
    # As it stands it gives the findings of the report itself: nothing was lost, nothing came to it.
    findings () { client so-yte check "$1" --json | jq -sc 'map(.findings // .) | flatten | map([.code, .path])'; }
    [ "$(findings sua.csv)" = "$(findings "$reports/so-yte-refused.json")" ]
    client so-yte diff "$(report_id so-yte)" sua.csv --json | jq -e '.differences == []'
    client so-yte template --from "$(report_id so-yte)" --format json -o sua.json
    jq -e '._to_correct | contains("120")' sua.json
    [ "$(findings sua.json)" = "$(findings "$reports/so-yte-refused.json")" ]
    run -64 client so-yte template --from nonsense
    run -65 client so-khcn template --from returned
    run -65 client so-khcn template --from "$(report_id so-yte)"  # another department's
}

@test "every figure of a report is in the template that --from fills" {
    for unit in so-vhttdl so-ldtbxh so-nnptnt so-tttt; do
        client "$unit" push "$reports/$unit.json"
        client "$unit" template --from "$(report_id "$unit")" --format csv -o "$BATS_TEST_TMPDIR/$unit.csv"
        client "$unit" diff "$(report_id "$unit")" "$BATS_TEST_TMPDIR/$unit.csv" --json | jq -e '.differences == []'
        client "$unit" check "$BATS_TEST_TMPDIR/$unit.csv"
    done
}

@test "diff: between revisions, years, and with a file" {
    client so-yte push "$reports/so-yte.json"
    client so-yte diff --json | jq -e '(.differences | any(.task == "II.2" and .field == "progress_percent" and .before == 120 and .after == 90))
        and (.differences | any(.task == "V.3" and .field == "budget.provincial.disbursed" and .before == 19900000000))
        and (.differences | any(.task == null and .field == "document.signer" and .before == null))
        and (.differences | any(.task == "V.2" and .field == "status" and .before == null and .after == "completed"))'
    LANGUAGE=vi run -0 client so-yte diff
    [[ $output == *"Tiến độ %: 120 → 90"* && $output == *"Người ký: (không có) → "* ]]
    client so-yte push "$(vary so-yte '.period = "2024" | .document.date = "2024-12-05" | .entries[0].progress_percent = 55')"
    client so-yte diff 2025 --json | jq -e '(.before | contains("2024")) and (.differences | any(.field == "progress_percent" and .before == 55 and .after == 90))'
    client so-yte diff 2025 2024 --json | jq -e '.differences | any(.field == "progress_percent" and .before == 90 and .after == 55)'
    file=$(vary so-yte '.entries[1].result += " Thêm." | del(.entries[3])')
    client so-yte diff "$file" --json | jq -e '(.differences | map([.task, .field]) | index([["V.1", "result"]])) and
        (.differences | any(.task == "V.3" and .field == "status" and .after == null))'
    run -65 client so-khcn diff
    run -64 client so-yte diff không-có
    # Without a line, by the receipts that are kept.
    ids=$(client so-yte receipt list --json | jq -rs 'map(.report_id)[0:2] | join(" ")')
    client so-yte duties >/dev/null
    "$stack" stop intake
    client so-yte diff $ids --json --timeout 1 | jq -e '.differences | length > 3'
    "$stack" start intake
    "$stack" wait
}

@test "receipt pdf: one page, its text in Vietnamese, its code verifies; a changed one does not" {
    cd "$BATS_TEST_TMPDIR"
    LANGUAGE=vi client so-yte receipt pdf -o giay.pdf
    run -78 env BAOCAO_HOME="$BATS_TEST_TMPDIR/none" baocao receipt pdf
    run -64 client so-yte receipt pdf -o giay.pdf  # what is there stays
    pdftotext -layout giay.pdf giay.txt 2>/dev/null
    grep -q 'GIẤY BIÊN NHẬN BÁO CÁO' giay.txt
    grep -qE 'Đơn vị +Sở Y tế' giay.txt
    client so-yte receipt list --json | jq -rs '.[-1] | .report_digest, .signature[0:64], .hash' | head -2 | while read -r hex; do grep -q "$hex" giay.txt; done
    [ "$(pdfinfo giay.pdf | awk '/^Pages/ { print $2 } /^Page size/ { print $3, $5 }' | tr '\n' ' ')" = "1 595.276 841.89 " ]
    pdffonts giay.pdf | grep -q 'LiberationSans.*yes'
    pdftocairo -svg giay.pdf giay.svg
    "$python" "$top/tests/support/accents.py" giay.svg
    pdftoppm -r 150 -png giay.pdf giay
    code=$(zbarimg -q --raw giay-1.png)
    run -0 client so-yte receipt verify --qr "$code"
    [[ $output == *so-yte* ]]
    client so-yte receipt verify --qr "$code" --json | jq -se '.[0].valid and .[0].report_checked'
    run -65 client so-yte receipt verify --qr "${code:0:60}$([ "${code:60:1}" = A ] && echo B || echo A)${code:61}"
    [[ $output != *so-yte* ]]  # what is not true is not shown
    run -65 client so-yte receipt verify --qr "xin chào"
    run -0 client so-khcn receipt verify --qr "$code"  # not its own: anybody with an invite can tell a true one
    [[ $output == *so-yte* ]]
}

@test "mailbox: read and unread" {
    unread () { client so-yte mailbox --unread --json | jq -s 'map(.cursor)' -c; }
    count=$(client so-yte mailbox --json | jq -s length)
    [ "$count" -ge 3 ]
    LANGUAGE=en run -0 --separate-stderr client so-yte mailbox
    [ "$(grep -c '^\*' <<<"$output")" = "$count" ]
    [[ $stderr == *"not read yet: $count"* ]]
    LANGUAGE=vi run -0 client so-yte mailbox read 2
    [[ $output == *"Kính gửi"* && $(grep -c "^[0-9]*  2025" <<<"$output") = 1 ]]
    [ "$(unread)" = "$(jq -nc --argjson n "$count" '[range(1; $n + 1)] - [2]')" ]
    run -65 client so-yte mailbox read $((count + 1))
    run -64 client so-yte mailbox read hai
    [ "$(unread)" = "$(jq -nc --argjson n "$count" '[range(1; $n + 1)] - [2]')" ]
    client so-yte mailbox read >/dev/null
    [ "$(unread)" = '[]' ]
    [ "$(cat "$STATE/clients/so-yte/mailbox.read")" = "1-$count" ]
    client so-yte mailbox --json | jq -se 'all(.read)'
    LANGUAGE=en run -0 client so-yte mailbox read
    [[ $output == *"nothing you have not read"* ]]
}

@test "returned: status says why, and the next revision takes its place" {
    client so-yte push --again "$reports/so-yte.json"
    "$stack" stop aggregation
    baocao-admin report return "$(submission so-yte)" --reason "Thiếu số liệu giải ngân" --as test
    LANGUAGE=en run -0 client so-yte status  # before the totals know
    [[ $output == *"working days) left"* && $output != *"still counts"* ]]
    "$stack" start aggregation
    returned () { owed so-yte '.standing == "returned" and .latest.return_reason == "Thiếu số liệu giải ngân"'; }
    eventually returned
    LANGUAGE=vi run -0 --separate-stderr client so-yte status
    [[ $output == *"bị trả lại: Thiếu số liệu giải ngân"* && $stderr == *"--from returned"* ]]
    client so-yte template --from returned --format csv -o "$BATS_TEST_TMPDIR/sua.csv"
    grep -q 'Thiếu số liệu giải ngân' "$BATS_TEST_TMPDIR/sua.csv"
    sed -i 's/Lê Thị Mẫu/Lê Thị Mai/' "$BATS_TEST_TMPDIR/sua.csv"
    client so-yte push "$BATS_TEST_TMPDIR/sua.csv"
    owed so-yte '.standing == "on_time" and .next == null'
    run -65 client so-yte template --from returned
}

@test "mailbox --follow: a notice on the desktop, when there is one" {
    local shown=$BATS_TEST_TMPDIR/shown followed=$BATS_TEST_TMPDIR/followed
    cat >"$BATS_TEST_TMPDIR/session" <<SH
"$python" "$top/tests/support/desktop.py" >"$shown" &
until [ -s "$shown" ]; do sleep 0.1; done
BAOCAO_HOME=$STATE/clients/so-noivu LANGUAGE=vi timeout 60 baocao mailbox --follow >"$followed" &
echo \$! >"$BATS_TEST_TMPDIR/follower"
wait \$!
SH
    timeout 90 dbus-run-session -- bash "$BATS_TEST_TMPDIR/session" 3>&- &
    session=$!
    eventually test -s "$followed"  # what was there before is listed, and no news
    [ "$(cat "$shown")" = '{}' ]
    client so-noivu push "$reports/so-noivu.json"
    eventually grep -q 'đã được chấp nhận' "$shown"
    jq -se '.[1] | .application == "baocao" and (.body | startswith("Kính gửi"))' "$shown"
    kill "$(cat "$BATS_TEST_TMPDIR/follower")"
    wait $session  # it went on until it was told to end
    # What was shown in full is read.
    client so-noivu mailbox --unread --json | jq -se 'map(select(.kind == "accepted")) == []'
    # Without a desktop it goes on as before.
    env -u DBUS_SESSION_BUS_ADDRESS BAOCAO_HOME="$STATE/clients/so-noivu" baocao mailbox --follow >"$followed" 3>&- &
    eventually grep -q 2025 "$followed"
    kill $!
    wait $!
}
