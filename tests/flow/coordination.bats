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
    refused $first I.1 '{"contribution": ""}' 1
    refused $first I.1 "{\"contribution\": \"$(entry I.1 $'\e[2J')\"}" 1
    refused $first I.1 "{\"contribution\": \"$(entry I.1 "$(printf 'x%.0s' {1..10001})")\"}" 1
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
    LANGUAGE=vi run -0 client $first contribute filled.xlsx
    [[ $output == *"I.1: đã gửi cho Sở Thông tin và Truyền thông"* ]]
    client $first contribute filled.xlsx --json | jq -e '.sent == [{task: "I.1", to: "Sở Thông tin và Truyền thông"}] or .sent[0].task == "I.1"'
    [ "$(sql "SELECT count(*) FROM coordination")" = 1 ]
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
    LANGUAGE=vi run -0 client $lead sign-off ask "$report" --task I.1
    [[ $output == *"I.1: đã đề nghị thống nhất: Báo Thanh Hóa, Đài Phát thanh và Truyền hình"* ]]
    client $lead sign-off ask "$report" --task I.1
    items $lead 'select(.kind == "draft") | .task' | jq -e '. == ["I.1"]'
    eventually told $first 1
    eventually told $second 1
    LANGUAGE=vi run -65 client $lead push --no-wait "$report"
    [[ $output == *"Báo Thanh Hóa chưa trả lời"* && $output == *"Đài Phát thanh và Truyền hình"*"chưa trả lời"* && $output == *--without-sign-off* ]]
    [ -z "$(ls "$STATE/clients/$lead/spool")" ]
    LANGUAGE=vi run -0 client $first sign-off
    [[ $output == *"chưa trả lời"* && $output == *"sign-off give"* ]]
    run -64 client $first sign-off give I.1 </dev/null  # nobody to ask
    run -65 client $first sign-off give I.2 --yes
    run -65 client $lead sign-off give I.1 --yes
    client $first sign-off give I.1 --yes
    client $first sign-off give I.1 --yes
    run -64 client $second sign-off refuse I.1
    client $second sign-off refuse I.1 --reason "Thiếu số giờ phát sóng"
    LANGUAGE=vi run -65 client $lead push --no-wait "$report"
    [[ $output != *"Báo Thanh Hóa"* && $output == *"chưa thống nhất: Thiếu số giờ phát sóng"* ]]
    eventually told $lead 3
    notices $lead | jq -e 'any(.[]; .body_vi | contains("Thiếu số giờ phát sóng"))'
}

@test "a new draft takes the old one's place, with its answers; an answer to the old one is refused" {
    old=$(client $second sign-off --json | jq '.items[] | select(.kind == "draft").number')
    report=$(report '.entries[0].result += " 300 giờ phát sóng."')
    LANGUAGE=vi run -65 client $lead push --no-wait "$report"
    [[ $output == *"I.1"*"sign-off ask"* ]]
    client $lead sign-off ask "$report" --task I.1
    refused $second I.1 "{\"agreement\": {\"draft\": $old, \"agreed\": true}}" 8
    refused $second I.2 "{\"agreement\": {\"draft\": $((old + 3)), \"agreed\": true}}" 8
    items $lead 'select(.kind != "contribution").kind' | jq -e '. == ["draft"]'
    LANGUAGE=vi run -0 client $second sign-off I.1
    [[ $output == *"300 giờ phát sóng"* && $output == *"Ngân sách tỉnh, phân bổ: 850.000.000"* ]]
    client $first sign-off give I.1 --yes
    run -65 client $lead push --no-wait "$report"
    client $second sign-off give I.1 --yes
    # Agreed, and then changed: what goes out must be what they have seen.
    run -65 client $lead push --no-wait "$(report '.entries[0].result = "Khác"')"
    client $lead push --no-wait "$(report '.entries[0].result += " 300 giờ phát sóng." | .entries[1].result += " Bổ sung."')"  # another task
    client $lead push --no-wait "$report"
    client $lead push --no-wait --without-sign-off "$(report '.entries[0].result = "Khác"')"
    items $first 'select(.kind == "agreed").unit' | jq -e ". == [\"$first\", \"$second\"]"
}

@test "without a line the report is kept, though nobody can be asked" {
    run -75 client $lead push --no-wait --timeout 1 "$(report '.entries[0].result = "Mất mạng"')" --home "$(away $lead)"
}

@test "bounded: 500 items of a unit in a period" {
    sql "INSERT INTO coordination (period_id, task_id, unit_id, kind, entry, remark, said_at, sender_key)
         SELECT period_id, task_id, unit_id, kind, entry, remark, said_at, sender_key FROM coordination c CROSS JOIN generate_series(1, 499)
         WHERE kind = 'contribution'"
    refused $first I.2 "{\"contribution\": \"$(entry I.2 xong)\"}" 8
    say $second I.2 "{\"contribution\": \"$(entry I.2 xong)\"}" | jq -e '.coordination.items[0] | .task == "I.2" and .unit == "dai-ptth"'
    items $lead 'select(.kind == "contribution") | [.task, .unit]' | jq -e 'length == 2'
    for task in I.1 I.2 I.3; do say $second $task "{\"contribution\": \"$(entry $task lại)\"}" >/dev/null; done
    ask $lead '{"get_coordination": {"plan": "208/KH-UBND", "period": "2025", "limit": 2}}' | jq -e '.coordination | (.items | length) == 2 and .more'
}

away () {  # UNIT: a copy of its home whose server is not there
    local copy=$BATS_TEST_TMPDIR/away
    cp -r "$STATE/clients/$1" "$copy"
    sed -i -E 's|(tcp://127.0.0.1:)[0-9]+|\11|' "$copy/invite"
    echo "$copy"
}
