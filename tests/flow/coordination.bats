# Units that share a task: what the coordinating ones send to the lead, and their agreement to what it reports. Task I.1 is led by so-tttt
# and coordinated by bao-thanhhoa and dai-ptth.
load ../support/flow

lead=so-tttt first=bao-thanhhoa second=dai-ptth

setup_file () {
    stack_up 2025-12-08T09:00:00+07:00
    cd "$BATS_FILE_TMPDIR"
    # The parts in the form of the ordinary template.
    client $first template --contribute -o part.xlsx
    $python "$BATS_TEST_DIRNAME/coordination.py" fill part.xlsx I.1 "120 tin, bài về Cộng đồng ASEAN" filled.xlsx
}
teardown_file () { stack_down; }
setup() { cd "$BATS_FILE_TMPDIR"; }

ask () { PEER_HOME=$STATE/clients/$1 "$python" "$top/tests/support/ask.py" "$2"; }  # UNIT REQUEST-JSON: the reply as JSON
entry () { $python "$BATS_TEST_DIRNAME/coordination.py" entry "$@"; }  # TASK TEXT: a packed TaskEntry in hexadecimal
say () { ask "$1" "$(jq -n --arg task "$2" --argjson item "$3" '{coordinate: ({plan: "208/KH-UBND", period: "2025", $task} + $item)}')"; }
refused () { say "$1" "$2" "$3" | jq -e --argjson code "$4" '.error.code == $code'; }  # UNIT TASK ITEM CODE
items () { client "$1" sign-off --json | jq -c "[.items[] | $2]"; }
notices () { client "$1" mailbox --json | jq -s 'map(select(.kind == "coordination"))'; }
told () { [ "$(notices "$1" | jq length)" = "$2" ]; }  # UNIT TIMES
report () { vary $lead "${1:-.}"; }

@test "who has not the role is refused and told who has it; nothing is stored" {
    part="{\"contribution\": \"$(entry I.1 xong)\"}" draft="{\"draft\": \"$(entry I.1 xong)\"}"
    say $lead I.1 "$part" | jq -e --arg who "($first, $second)." '.error.code == 8 and (.error.message_vi | endswith($who))'
    say so-yte I.1 "$part" | jq -e '.error.code == 8'
    say $first I.1 "$draft" | jq -e --arg who "($lead)." '.error.code == 8 and (.error.message_vi | endswith($who))'
    refused $lead VI.7 "{\"draft\": \"$(entry VI.7 xong)\"}" 8  # nobody coordinates it
    refused $first IX.1 "{\"contribution\": \"$(entry IX.1 xong)\"}" 5
    [ "$(sql "SELECT count(*) FROM coordination")" = 0 ]
    client so-yte sign-off --json | jq -e '.items == [] and all(.parties[]; .unit == "so-yte")'
}

@test "what is no entry of the task is refused" {
    refused $first I.1 "{\"contribution\": \"$(entry I.2 xong)\"}" 1
    refused $first I.1 '{"contribution": "ffff"}' 1
    refused $first I.1 '{"contribution": ""}' 8  # nothing to take back
    refused $lead I.1 '{"draft": ""}' 8
    refused $first I.1 "{\"contribution\": \"$(entry I.1 $'\e[2J')\"}" 1
    refused $first I.1 "{\"contribution\": \"$(entry I.1 "$(printf 'x%.0s' {1..10001})")\"}" 1
    for more in '{"status": 99}' '{"status": 0}' '{"progress_percent": -5}' '{"progress_percent": 101}' \
        '{"indicators": [{"indicator": "x\nTiến độ %: 100", "number": 1}]}' '{"budget": {"lines": [{"source": 1, "allocated": -1}]}}' \
        '{"budget": {"lines": [{"source": 1, "disbursed": -1}]}}' '{"budget": {"total_allocated": -1}}' '{"budget": {"total_disbursed": -1}}'; do
        refused $first I.1 "{\"contribution\": \"$(entry I.1 xong "$more")\"}" 1
    done
    refused $first I.1 '{}' 1
    refused $first I.1 '{"agreement": {"draft": 1}}' 1  # no reason
    refused $first I.1 '{"agreement": {"draft": 99, "agreed": true}}' 8
    [ "$(sql "SELECT count(*) FROM coordination")" = 0 ]
}

@test "contribute: the template of the tasks that the unit coordinates, checked, sent once, told to the lead" {
    client $first template 2025 --contribute --format json | jq -e '[.entries[].task] == ["I.1", "I.2", "I.3"]'
    run -65 client so-yte template --contribute
    run -64 client $first template --contribute --from returned
    $python "$BATS_TEST_DIRNAME/coordination.py" look part.xlsx | jq -e '.sheets == ["Hướng dẫn", "Nhiệm vụ", "Kinh phí", "baocao"]'
    LANGUAGE=vi run -65 client $first contribute part.xlsx  # nothing filled in
    [[ $output == *"baocao template --contribute"* ]]
    $python "$BATS_TEST_DIRNAME/coordination.py" fill part.xlsx I.1 "120 tin, bài" wrong.xlsx 120
    LANGUAGE=vi run -65 client $first contribute wrong.xlsx
    [[ $output == *'Sheet "Nhiệm vụ", ô E6: tiến độ 120'* && $output != *document* ]]
    run -65 client $first contribute filled.xlsx --task I.2
    [ "$(sql "SELECT count(*) FROM coordination")" = 0 ]
    # What is wrong with a task that is not sent does not matter.
    $python "$BATS_TEST_DIRNAME/coordination.py" fill filled.xlsx I.2 "Một bài" other.xlsx 120
    LANGUAGE=vi run -0 client $first contribute other.xlsx --task I.1
    [[ $output == *"I.1: đã gửi cho Sở Thông tin và Truyền thông"* ]]
    client $first contribute filled.xlsx --json | jq -e '.sent == [{task: "I.1", to: "Sở Thông tin và Truyền thông"}] or .sent[0].task == "I.1"'
    [ "$(sql "SELECT count(*) FROM coordination")" = 1 ]
    # Whoever checks or pushes it as a report, or begins anew, is told what it is.
    LANGUAGE=vi run -65 client $first check filled.xlsx
    [[ $output == *"'baocao contribute filled.xlsx' kiểm tra rồi gửi"* ]]
    LANGUAGE=vi run -65 client $first push filled.xlsx
    [[ $output == *"'baocao contribute filled.xlsx' kiểm tra rồi gửi"* ]]
    LANGUAGE=vi run -65 client $lead check "$(report '.entries[0].progress_percent = 120')"
    [[ $output != *"baocao contribute"* ]]
    LANGUAGE=vi run -0 client $first template 2025 --contribute --format csv
    [[ $output == *"nhiệm vụ I.1: đơn vị đã gửi phần phối hợp"* && $output != *"120 tin"* ]]
    eventually told $lead 1
    notices $lead | jq -e '.[0] | .period == "2025" and (.body_vi | contains("Báo Thanh Hóa đã gửi phần phối hợp nhiệm vụ I.1"))'
    told $second 0
}

@test "the lead's template shows it, in all formats, and it is no part of what is read" {
    rm -f lead.*
    rm -f plain.xlsx; LANGUAGE=vi run -0 client $lead template 2025 -o lead.xlsx
    [[ $output == *"1 phần"* ]]
    $python "$BATS_TEST_DIRNAME/coordination.py" look lead.xlsx >look.json
    jq -e '.sheets[-2] == "Phần phối hợp" and .unlocked == 0' look.json
    jq -e '.parts | any(.[0] == "I.1" and .[1] == "Báo Thanh Hóa" and (.[2] | endswith("120 tin, bài về Cộng đồng ASEAN")))' look.json
    client $lead template 2025 -o lead.csv
    grep -q '^"# Phần phối hợp nhiệm vụ I.1, Báo Thanh Hóa. Kết quả thực hiện: 120 tin' lead.csv
    client $lead template 2025 -o lead.json
    jq -e '.entries[] | select(.task == "I.1")._contributions[0] | .unit == "bao-thanhhoa" and .entry.result == "120 tin, bài về Cộng đồng ASEAN"' lead.json
    client $lead template 2025 --offline --format json | jq -e 'all(.entries[]; has("_contributions") | not)'
    client $lead template 2025 --offline -o plain.xlsx
    findings () { client $lead check "$1" --json | jq -c '.findings | map(.code)' || :; }
    [ -n "$(findings plain.xlsx)" ]
    [ "$(findings lead.xlsx)" = "$(findings plain.xlsx)" ]
    LANGUAGE=vi run -0 client $second sign-off I.1
    [[ $output == *"    Kết quả thực hiện: 120 tin, bài về Cộng đồng ASEAN"* ]]
}

@test "sign-off: push waits until all who coordinate the task have agreed to exactly this" {
    report=$(report)
    client $lead template 2025 -o empty.xlsx
    LANGUAGE=vi run -65 client $lead sign-off ask empty.xlsx
    [[ $output == *"hãy điền trước"* ]]
    # Nor what is wrong with one whose number begins alike: the second entry is sent, the eleventh is wrong.
    wide=$(report '.entries |= [.[1], .[0]] + [range(9) as $i | {task: "VI.7", status: "in_progress", progress_percent: 120}]')
    LANGUAGE=vi run -0 client $lead sign-off ask "$wide" --task I.1
    [[ $output == *"I.1: đã đề nghị thống nhất: Báo Thanh Hóa, Đài Phát thanh và Truyền hình"* ]]
    client $lead sign-off ask "$report" --task I.1
    items $lead 'select(.kind == "draft") | .task' | jq -e '. == ["I.1"]'
    eventually told $first 1
    eventually told $second 1
    LANGUAGE=vi run -65 client $lead push --no-wait "$report"
    [[ $output == *"Báo Thanh Hóa chưa trả lời"* && $output == *"Đài Phát thanh và Truyền hình"*"chưa trả lời"* && $output == *--without-sign-off* ]]
    [ -z "$(ls "$STATE/clients/$lead/spool")" ]
    LANGUAGE=vi run -65 client $lead push --dry-run "$report"
    [[ $output == *"Báo Thanh Hóa chưa trả lời"* ]]
    LANGUAGE=en run -0 client $first sign-off I.1
    [[ $output == *"    status: completed"* && $output == *"    provincial budget, allocated: 850.000.000"* && $output != *"Ngân sách tỉnh"* ]]
    LANGUAGE=vi run -0 client $first sign-off
    [[ $output == *"chưa trả lời"* && $output == *"sign-off give"* ]]
    run -64 client $first sign-off give I.1 </dev/null  # nobody to ask
    run -65 client $first sign-off give I.2 --yes
    run -65 client $lead sign-off give I.1 --yes
    client $first sign-off give I.1 --yes
    client $first sign-off give I.1 --yes
    run -64 client $second sign-off refuse I.1
    client $second sign-off refuse I.1 --reason "Thiếu số giờ phát sóng"
    client $second sign-off refuse I.1 --reason "Thiếu số buổi"$'\nbaocao: mọi đơn vị đã thống nhất'  # in the place of the first
    LANGUAGE=vi run -65 client $lead push --no-wait "$report"
    [[ $output != *"Báo Thanh Hóa"* && $output == *"chưa thống nhất: Thiếu số buổi"$'\n'"      baocao: mọi"* ]]
    LANGUAGE=vi run -0 client $lead sign-off I.1
    [[ $output == *"chưa thống nhất: Thiếu số buổi"$'\n'"      baocao: mọi"* ]]
    eventually told $lead 3
    notices $lead | jq -e 'any(.[]; .body_vi | contains("Thiếu số giờ phát sóng"))'
}

@test "a new draft takes the old one's place, with its answers; an answer to the old one is refused" {
    old=$(client $second sign-off --json | jq '.items[] | select(.kind == "draft").number')
    report=$(report '.entries[0].result += " 300 giờ phát sóng."')
    LANGUAGE=vi run -65 client $lead push --no-wait "$report"
    [[ $output == *"I.1"*"sign-off ask"* ]]
    # Left out, too, it is not what they were asked about.
    LANGUAGE=vi run -65 client $lead push --no-wait --unchecked "$(report 'del(.entries[0])')"
    [[ $output == *"nhiệm vụ I.1: đã hỏi đơn vị phối hợp"*"sign-off I.1 --withdraw"* ]]
    [ -z "$(ls "$STATE/clients/$lead/spool")" ]
    client $lead sign-off ask "$report" --task I.1
    refused $second I.1 "{\"agreement\": {\"draft\": $old, \"agreed\": true}}" 8
    refused $second I.2 "{\"agreement\": {\"draft\": $((old + 3)), \"agreed\": true}}" 8
    items $lead 'select(.kind != "contribution").kind' | jq -e '. == ["draft"]'
    own () { ask "$1" '{"get_coordination": {"plan": "208/KH-UBND", "period": "2025", "own_drafts_only": true}}' | jq -c '[.coordination.items[]? | [.kind, .unit]]'; }
    [ "$(own $lead) $(own $first)" = "[[2,\"$lead\"]] []" ]
    LANGUAGE=vi run -0 client $second sign-off I.1
    [[ $output == *"300 giờ phát sóng"* && $output == *"Ngân sách tỉnh, phân bổ: 850.000.000"* ]]
    client $first sign-off give I.1 --yes
    run -65 client $lead push --no-wait "$report"
    client $second sign-off give I.1 --yes
    [ "$(own $lead | jq -c 'map(.[0])') $(own $first)" = "[2,3,3] []" ]
    # Agreed, and then changed: what goes out must be what they have seen.
    run -65 client $lead push --no-wait "$(report '.entries[0].result = "Khác"')"
    client $lead push --no-wait "$(report '.entries[0].result += " 300 giờ phát sóng." | .entries[1].result += " Bổ sung."')"  # another task
    client $lead push --no-wait "$report"
    client $lead push --no-wait --without-sign-off "$(report '.entries[0].result = "Khác"')"
    items $first 'select(.kind == "agreed").unit' | jq -e ". == [\"$first\", \"$second\"]"
}

@test "without a line the report is kept and sent as it is; that nobody could be asked is said" {
    cut=$(away $lead)
    LANGUAGE=vi run -75 client $lead push --no-wait --timeout 1 "$(report '.entries[0].result = "Mất mạng"')" --home "$cut"
    [[ $output == *"ý kiến của họ chưa được xem"*"baocao queue drop"* ]]
    LANGUAGE=en run -75 client $lead push --no-wait --timeout 1 "$(report '.entries[0].result = "No line"')" --home "$cut"
    [[ $output == *"the answers were not looked at"* ]]
    LANGUAGE=vi run -0 client $lead template 2025 --format json --timeout 1 --home "$cut"
    [[ $output == *"mẫu không có phần mà đơn vị phối hợp"* ]]
    LANGUAGE=vi run -69 client $first contribute filled.xlsx --timeout 1 --home "$(away $first)"
    [[ $output == *"chưa gửi gì và không giữ lại gì"* ]]
    cp "$STATE/clients/$lead/invite" "$cut/invite"
    client $lead queue flush --no-wait --home "$cut"
    [ -z "$(ls "$cut/spool")" ]
}

@test "a busy server is one that cannot be asked; one that is connected and does not answer is waited for" {
    changed=$(report '.entries[0].result = "Chưa hỏi được"')
    pushed () {  # MODE EXIT-CODE
        other "$1"
        local pid=$COPROC_PID
        LANGUAGE=vi run client $lead push --no-wait --timeout 1 "$changed" --home "$cut"
        kill "$pid"
        wait "$pid" || :
        [ "$status" = "$2" ]
    }
    pushed busy 75
    [[ $output == *"ý kiến của họ chưa được xem"* ]]
    pushed slow 75
    [[ $output != *"ý kiến của họ chưa được xem"* ]]
    pushed silent 69
    [[ $output == *"chưa gửi gì"*"--without-sign-off"* && $output != *"ý kiến của họ chưa được xem"* ]]
    [ -z "$(ls "$cut/spool")" ]
}

@test "whatever else goes wrong when the answers are to be looked at stops push; a template goes without the parts" {
    changed=$(report '.entries[0].result = "Chưa thống nhất"')
    sql "REVOKE SELECT ON coordination FROM baocao_intake"
    LANGUAGE=vi run client $lead push --no-wait "$changed"
    pushed=$status said=$output
    LANGUAGE=vi run client $lead template 2025 --format json
    sql "GRANT SELECT ON coordination TO baocao_intake"
    [ "$pushed $status" = "69 0" ]
    [[ $said == *"chưa gửi gì"*"--without-sign-off"* && $output == *"mẫu không có phần mà đơn vị phối hợp"*--offline* ]]
    [ -z "$(ls "$STATE/clients/$lead/spool")" ]
    # Interrupted while it waits for a server that says nothing.
    coproc silent { "$python" "$BATS_TEST_DIRNAME/coordination.py" silent; }
    read -r port <&"${silent[0]}"
    cut=$(away $lead "$port")
    BAOCAO_HOME=$cut baocao push --yes --no-wait "$changed" &
    pushing=$!
    read -r -t 20 _ <&"${silent[0]}" || kill "$silent_PID"
    kill -TERM $pushing
    status=0
    wait $pushing || status=$?
    kill "$silent_PID"
    [ $status = 69 ]
    [ -z "$(ls "$cut/spool")" ]
}

@test "what was sent is taken back: once, told, and gone from where it stood" {
    client $second contribute "$BATS_FILE_TMPDIR/filled.xlsx"
    report=$(report '.entries[0].result = "Sẽ rút lại"')
    client $lead sign-off ask "$report" --task I.1
    old=$(client $lead sign-off --json | jq '.items[] | select(.kind == "draft").number')
    # What was received before is received, whoever agrees to what comes next.
    client $lead push --no-wait "$(report '.entries[0].result += " 300 giờ phát sóng."')"
    before=$(sql "SELECT count(*) FROM coordination")
    LANGUAGE=vi run -0 client $second contribute I.1 --withdraw
    [[ $output == "I.1, kỳ 2025: đã rút lại"* ]]
    client $second contribute I.1 --withdraw --json | jq -e '. == {withdrawn: "I.1"}'
    client $lead sign-off I.1 --withdraw --plan 208/KH-UBND --period 2025
    client $lead sign-off I.1 --withdraw
    [ "$(sql "SELECT count(*) FROM coordination")" = $((before + 2)) ]
    items $lead '[.kind, .unit]' | jq -e --arg first $first '. == [["contribution", $first]]'
    client $lead template 2025 --format json | jq -e '[.entries[]._contributions[]?.unit] == ["bao-thanhhoa"]'
    refused $first I.1 "{\"agreement\": {\"draft\": $old, \"agreed\": true}}" 8
    refused $first I.1 "{\"agreement\": {\"draft\": $((old + 2)), \"agreed\": true}}" 8
    client $lead push --no-wait "$report"
    run -65 client $first contribute I.2 --withdraw
    run -65 client so-yte contribute I.1 --withdraw
    run -64 client $lead sign-off --withdraw
    run -64 client $first contribute "$BATS_FILE_TMPDIR/filled.xlsx" --period 2025
    withdrawn () { notices "$1" | jq -e --arg text "$2" 'map(select(.body_vi | contains($text))) | length == 1'; }
    eventually withdrawn $lead "Đài Phát thanh và Truyền hình tỉnh đã rút lại phần phối hợp nhiệm vụ I.1"
    eventually withdrawn $first "đã rút lại dự thảo báo cáo nhiệm vụ I.1"
    client $second contribute "$BATS_FILE_TMPDIR/filled.xlsx"
    items $lead 'select(.kind == "contribution").unit' | jq -e "sort == [\"$first\", \"$second\"]"
}

@test "an answer is told to the unit that wrote the draft, though it leads no more, and to no other" {
    sql "INSERT INTO task_unit SELECT task_id, unit_id, 'lead' FROM task, unit WHERE task.code = 'I.1' AND unit.code = 'so-yte'"
    role () { sql "UPDATE task_unit SET role = '$1' WHERE (task_id, unit_id) = (SELECT task_id, unit_id FROM task, unit
                   WHERE task.code = 'I.1' AND unit.code = '$lead')"; }
    client $lead sign-off ask "$(report '.entries[0].result = "Hai đơn vị chủ trì"')" --task I.1
    eventually drained
    leads=$(notices $lead | jq length) others=$(notices so-yte | jq length)
    # Another lead asks for itself; an answer is to one of them, and by who was asked.
    say so-yte I.1 "{\"draft\": \"$(entry I.1 "Dự thảo khác")\"}" >/dev/null
    LANGUAGE=vi run -64 client $first sign-off give I.1 --yes
    [[ $output == *"--of $lead hoặc --of so-yte"* ]]
    run -65 client so-yte sign-off give I.1 --yes
    [[ $output != *"Hai đơn vị chủ trì"* ]]
    client $first sign-off give I.1 --yes --of $lead
    eventually drained
    told so-yte "$others"
    client so-yte sign-off I.1 --withdraw
    told $lead $((leads + 1))
    role coordinating
    client $second sign-off refuse I.1 --reason "Đã đổi đơn vị chủ trì"
    eventually drained
    told so-yte "$others"
    told $lead $((leads + 2))
    # What it may no longer report does not hold it up.
    client $lead push --no-wait --unchecked "$(report 'del(.entries[0])')"
    role lead
    client $lead sign-off I.1 --withdraw
    sql "DELETE FROM task_unit WHERE role = 'lead' AND (task_id, unit_id) = (SELECT task_id, unit_id FROM task, unit
         WHERE task.code = 'I.1' AND unit.code = 'so-yte')"
}

@test "only while the period takes reports" {
    refused_vi () { say $first I.1 "{\"contribution\": \"$(entry I.1 "$1")\"}" | jq -e --arg text "$2" '.error | .code == 8 and (.message_vi | endswith($text))'; }
    last=$(client $first sign-off --json | jq '[.items[] | select(.kind == "contribution" and .unit == "bao-thanhhoa")][0].number')
    clock 2025-09-30T23:59:00+07:00 --frozen
    refused_vi sớm "chưa mở; hãy gửi lại khi đã mở (2025-10-01 00:00)."
    refused $lead I.1 "{\"draft\": \"$(entry I.1 sớm)\"}" 8
    clock 2025-12-08T10:00:00+07:00
    baocao-admin period close 208/KH-UBND 2025 --reason "Tổng hợp xong"
    refused_vi muộn "hãy liên hệ cơ quan thường trực (2025-12-08 10:00)."
    refused $first I.1 '{"contribution": ""}' 8
    # No period is waited for: last year's, which lapsed and was never closed, is not the one that is meant.
    [ "$(client $first sign-off --json | jq -r .period) $(client $lead template --format json | jq -r .period)" = "2025 2025" ]
    LANGUAGE=vi run -64 client $first contribute I.1 --withdraw
    [[ $output == *--period* ]]
    run -65 client $first contribute I.1 --withdraw --period 2025
    for period in 2025 2024; do
        LANGUAGE=vi run client $lead check "$(report ".period = \"$period\"")"
        [[ $output == *", kỳ $period, "* && $output != *"baocao template"* ]]
    done
    baocao-admin period reopen 208/KH-UBND 2025 --reason "Bổ sung"
    items $first 'select(.unit == "bao-thanhhoa" and .kind == "contribution").number' | jq -e ". == [$last]"
    say $first I.1 "{\"contribution\": \"$(entry I.1 "vừa kịp")\"}" | jq -e '.coordination.items[0].task == "I.1"'
}

@test "said again within the hour it is not told again, but to whom has answered; what goes to and fro is told no more after six times" {
    part () { say $second I.3 "{\"contribution\": \"$1\"}" | jq -e 'has("coordination")'; }
    drafts () { say $lead I.3 "{\"draft\": \"$(entry I.3 "$1")\"}" | jq '.coordination.items[0].number | tonumber'; }
    more () { eventually drained; [ "$(notices "$1" | jq length)" = $((${before[$1]} + $2)) ]; }  # UNIT COUNT
    local -A before
    eventually drained
    for unit in $lead $first $second; do before[$unit]=$(notices $unit | jq length); done
    part "$(entry I.3 một)"
    part "$(entry I.3 hai)"
    more $lead 1
    part ""
    more $lead 2
    part "$(entry I.3 ba)"  # it stands again
    more $lead 3
    for result in bốn năm sáu; do part ""; part "$(entry I.3 $result)"; done
    [ "$(items $second 'select(.task == "I.3").unit' | jq length)" = 1 ]
    more $lead 5
    clock 2025-12-08T12:00:00+07:00
    part "$(entry I.3 bảy)"
    more $lead 6
    draft=$(drafts một)
    drafts hai
    more $first 1
    more $second 1
    say $first I.3 "{\"agreement\": {\"draft\": $((draft + 1)), \"agreed\": true}}"
    drafts ba
    more $first 2
    more $second 1
    say $lead I.3 '{"draft": ""}'
    part ""
}

@test "bounded: 500 items of a unit in a period, and 16 MiB; what there is room for is said" {
    sql "INSERT INTO coordination (period_id, task_id, unit_id, kind, entry, remark, said_at, sender_key)
         SELECT period_id, task_id, unit_id, kind, entry, remark, said_at, sender_key
         FROM (SELECT * FROM coordination WHERE kind = 'contribution' AND entry <> '' AND unit_id = $(unit $first) LIMIT 1) c
         CROSS JOIN generate_series(1, 499 - (SELECT count(*) FROM coordination WHERE unit_id = $(unit $first)))"
    # Of two tasks the first still goes; one document says what became of both.
    $python "$BATS_TEST_DIRNAME/coordination.py" fill filled.xlsx I.2 "Hai bài" two.xlsx
    $python "$BATS_TEST_DIRNAME/coordination.py" fill two.xlsx I.1 "Bài mới" new.xlsx
    run -65 --separate-stderr client $first contribute new.xlsx --json
    jq -es 'length == 1 and .[0].sent == [{task: "I.1", to: .[0].sent[0].to}] and (.[0].error | contains("500"))' <<<"$output"
    refused $first I.2 "{\"contribution\": \"$(entry I.2 xong)\"}" 8
    say $second I.2 "{\"contribution\": \"$(entry I.2 xong)\"}" | jq -e '.coordination.items[0] | .task == "I.2" and .unit == "dai-ptth"'
    items $lead 'select(.kind == "contribution") | [.task, .unit]' | jq -e 'sort == [["I.1", "bao-thanhhoa"], ["I.1", "dai-ptth"], ["I.2", "dai-ptth"]]'
    sql "INSERT INTO coordination (period_id, task_id, unit_id, kind, entry, remark, said_at, sender_key)
         SELECT period_id, task_id, unit_id, kind, decode(repeat('00', 262144), 'hex'), remark, said_at, sender_key
         FROM (SELECT * FROM coordination WHERE kind = 'contribution' AND unit_id = $(unit $second) LIMIT 1) c CROSS JOIN generate_series(1, 64)"
    refused $second I.2 "{\"contribution\": \"$(entry I.2 "quá nhiều")\"}" 8
    sql "DELETE FROM coordination WHERE length(entry) = 262144"
    for task in I.1 I.2 I.3; do say $second $task "{\"contribution\": \"$(entry $task lại)\"}" >/dev/null; done
    ask $lead '{"get_coordination": {"plan": "208/KH-UBND", "period": "2025", "limit": 2}}' | jq -e '.coordination | (.items | length) == 2 and .more'
}

@test "an answer is bounded, and so is what is read for it" {
    sql "INSERT INTO coordination (period_id, task_id, unit_id, kind, entry, remark, said_at, sender_key)
         SELECT c.period_id, c.task_id, u.unit_id, 'contribution',
             (SELECT string_agg(sha256((u.unit_id || ' ' || n)::bytea), '') FROM generate_series(1, 8192) n), '', c.said_at, c.sender_key
         FROM (SELECT * FROM coordination WHERE unit_id = $(unit $second) LIMIT 1) c, (SELECT unit_id FROM unit ORDER BY unit_id LIMIT 24) u"
    toast () { sql "SELECT toast_blks_read + toast_blks_hit FROM pg_statio_user_tables WHERE relname = 'coordination'"; }
    # Known soon after the transaction, all of it at once; the insert's own must be in before.
    eventually counted 768
    before=$(toast)
    ask $lead '{"get_coordination": {"plan": "208/KH-UBND", "period": "2025", "limit": 100}}' | jq -e '.coordination |
        .more and ([.items[].entry // "" | length * 3 / 4] | add | . >= 65536 and . < 330000)'
    eventually counted $((before + 30))
    [ $(($(toast) - before)) -lt 100 ]  # blocks of 8 KiB; all of it would be more than 700
    sql "DELETE FROM coordination WHERE length(entry) = 262144"
}
counted () { [ "$(toast)" -ge "$1" ]; }

@test "a server that says there is more and sends nothing is asked no further" {
    other
    run timeout 10 baocao sign-off I.2 --timeout 2 --home "$cut"
    kill "$COPROC_PID"
    [ "$status" = 65 ]
}

other () {  # [MODE]: $cut is the home of the lead with another server, which the caller ends
    local address key
    coproc "$python" "$top/tests/support/other_server.py" 1 "$@"
    read -r address key <&"${COPROC[0]}"
    cut=$(away $lead)
    sed -i -E "/^endpoint/,/^[a-z]/ { s|(address = ).*|\1\"$address\"|; s|(public_key = ).*|\1\"${key//&/\\&}\"| }" "$cut/invite"
}

unit () { echo "(SELECT unit_id FROM unit WHERE code = '$1')"; }

away () {  # UNIT [PORT]: a copy of its home whose server is not there
    local copy
    copy=$(mktemp -d "$BATS_TEST_TMPDIR/away.XXXXXX")
    cp -r "$STATE/clients/$1/." "$copy"
    sed -i -E "s|(tcp://127.0.0.1:)[0-9]+|\1${2:-1}|" "$copy/invite"
    echo "$copy"
}
