# What a department reads back of its own reports, and what it asks the standing agency for.
load ../support/flow

setup_file () { stack_up 2025-12-08T09:00:00+07:00; }
teardown_file () { stack_down; }

ask () { PEER_HOME=$STATE/clients/$1 "$python" "$top/tests/support/ask.py" "${@:2}"; }  # UNIT REQUEST-JSON: the reply as JSON
questions () { baocao-admin request list --json; }
submission () { baocao-admin report list --json | jq -r --arg unit "$1" 'map(select(.unit == $unit))[-1].submission_id'; }
report_id () { client "$1" status --json | jq -r '.submissions[0].report_id'; }
hex () { tr -d - <<<"$1"; }
notices () { client "$1" mailbox --json | jq -s --arg kind "$2" 'map(select(.kind == $kind))'; }
told () { [ "$(notices "$1" "$2" | jq length)" = "$3" ]; }  # UNIT KIND TIMES

@test "GetReport: the very bytes, their status and receipt; the department's own only" {
    client so-yte push "$reports/so-yte.json"
    run -65 client so-yte push "$reports/so-yte-refused.json"
    id=$(report_id so-yte)
    # By id the one that is meant, by plan and period the accepted one.
    ask so-yte "{\"get_report\": {\"report_id\": \"$(hex "$id")\"}}" | jq -e '.report.status | .state == 3 and .revision == 2'
    ask so-yte '{"get_report": {"plan": "208/KH-UBND", "period": "2025"}}' >"$BATS_TEST_TMPDIR/reply"
    jq -e '.report | .status.state == 2 and .status.revision == 1 and .digest == .receipt_digest' "$BATS_TEST_TMPDIR/reply"
    ask so-khcn "{\"get_report\": {\"report_id\": \"$(hex "$id")\"}}" | jq -e '.error.code == 5'
    ask so-khcn '{"get_report": {"plan": "208/KH-UBND", "period": "2025"}}' | jq -e '.error.code == 5'
    ask so-khcn '{"get_report": {"plan": "208/KH-UBND"}}' | jq -e '.error.code == 1'
    ask so-khcn '{"get_report": {"report_id": "00"}}' | jq -e '.error.code == 1'
    # When none is accepted, the latest.
    run -65 client so-tnmt push "$(vary so-tnmt '.entries[0].progress_percent = 120')"
    ask so-tnmt '{"get_report": {"plan": "208/KH-UBND", "period": "2025"}}' | jq -e '.report.status.state == 3'
}

@test "Ask: what makes no sense is refused and nothing is stored" {
    extension () { ask "$1" "$(jq -n --arg period "$2" --arg until "$3" --arg reason "$4" '{ask: {extension: {plan: "208/KH-UBND", $period, $until, $reason}}}')"; }
    extension so-khcn 2025 2025-12-09 "Chờ số liệu" | jq -e '.error.code == 8'  # not later
    extension so-khcn 2024 2025-12-01 "Chờ số liệu" | jq -e '.error.code == 8'  # over
    extension so-khcn 2035 2025-12-20 "Chờ số liệu" | jq -e '.error.code == 5'
    extension so-khcn 2025 2025-12-32 "Chờ số liệu" | jq -e '.error.code == 1'
    extension so-khcn 2025 2025-12-20 "" | jq -e '.error.code == 1'
    ask so-khcn '{"ask": {}}' | jq -e '.error.code == 1'
    refused=$(hex "$(report_id so-tnmt)")
    ask so-tnmt "{\"ask\": {\"withdrawal\": {\"report_id\": \"$refused\", \"reason\": \"Nhầm\"}}}" | jq -e '.error.code == 8'
    ask so-khcn "{\"ask\": {\"withdrawal\": {\"report_id\": \"$refused\", \"reason\": \"Nhầm\"}}}" | jq -e '.error.code == 5'
    questions | jq -e '. == []'
}

@test "Ask: stored once however often it is sent; at most ten wait for an answer" {
    one='{"ask": {"extension": {"plan": "208/KH-UBND", "period": "2025", "until": "2025-12-20", "reason": "Chờ số liệu quyết toán"}}}'
    first=$(ask so-gddt "$one")
    [ "$(ask so-gddt "$one")" = "$first" ]
    jq -e '.asked.number > 0' <<<"$first"
    for day in 21 22 23 24 25 26 27 28 29; do
        ask so-gddt "${one/12-20/12-$day}" | jq -e .asked
    done
    ask so-gddt "${one/12-20/12-30}" | jq -e '.error.code == 8'
    [ "$(ask so-gddt "$one")" = "$first" ]
    [ "$(questions | jq length)" = 10 ]
    [ "$(sql "SELECT count(DISTINCT decision_id) FROM notification_queue WHERE event = 'request'")" -le 10 ]
    eventually told so-ldtbxh request 10
    notices so-ldtbxh request | jq -e '.[0].body_vi | contains("Chờ số liệu quyết toán") and contains("20/12/2025") and contains("Sở Giáo dục")'
    # One decision answers them all.
    baocao-admin extension refuse so-gddt 208/KH-UBND 2025 --reason "Đã có số liệu" --as test
    questions | jq -e 'all(.state == "refused")'
    [ "$(ask so-gddt "$one" | jq .asked.number)" != "$(jq .asked.number <<<"$first")" ]  # a new question now
}

@test "extend: in the mailbox of the standing agency, in its list and overview, until an extension answers it" {
    LANGUAGE=en run -64 client so-khcn extend 2025 --until 20/12/2025
    [[ $output == *--reason* ]]
    run -64 client so-khcn extend 2025 --reason "Chờ số liệu"
    run -65 client so-khcn extend 2025 --until 9/12/2025 --reason "Chờ số liệu"
    LANGUAGE=vi run -0 client so-khcn extend 2025 --until 20/12/2025 --reason "Bão số 10, mất điện"
    [[ $output == *"cơ quan thường trực"* ]]
    number=$(client so-khcn extend 2025 --until 2025-12-20 --reason "Bão số 10, mất điện" --json | jq -r .number)  # the same one
    questions | jq -e --argjson number "$number" 'map(select(.unit == "so-khcn")) | length == 1 and (.[0] | .number == $number and
        .until == "2025-12-20" and .state == "undecided" and .request == "extension" and
        .grant_with == "baocao-admin extension grant so-khcn 208/KH-UBND 2025 2025-12-21 --reason")'
    undecided () { baocao-admin overview --json --as test | jq -e --arg n "$1" '.alarms[] | select(.alarm == "request").text | endswith(": " + $n)'; }
    undecided 2
    $(questions | jq -r '.[] | select(.unit == "so-khcn").grant_with') "Đồng ý" --as test
    questions | jq -e 'map(select(.unit == "so-khcn").state) == ["granted"]'
    eventually told so-khcn extension 1
    client so-khcn status --json | jq -e '.owed[] | select(.period == "2025") | .extended and .days_left == 12 and .working_days_left == 9'
    undecided 1
}

@test "withdraw: refused with a reason, or granted by the return of the report" {
    id=$(client so-yte status --json | jq -r '.submissions[] | select(.state == "accepted").report_id')
    run -0 client so-yte withdraw "$id" --reason "Nhầm số liệu giải ngân"
    asked () { notices so-ldtbxh request | jq -e 'any(.[]; .body_vi | contains("Sở Y tế đề nghị rút lại báo cáo kỳ 2025") and contains("Nhầm số liệu giải ngân"))'; }
    eventually asked
    number=$(questions | jq -r '.[] | select(.request == "withdrawal").number')
    run -64 baocao-admin request refuse "$number"
    baocao-admin request refuse "$number" --reason "Số liệu đã đối chiếu, đúng" --as test
    run -65 baocao-admin request refuse "$number" --reason "Lần nữa"
    run -64 baocao-admin request refuse so-yte --reason "Không phải số"
    eventually told so-yte request_refused 1
    notices so-yte request_refused | jq -e '.[0].body_vi | contains("Số liệu đã đối chiếu, đúng")'
    client so-yte withdraw "$id" --reason "Vẫn nhầm"
    baocao-admin report return "$(baocao-admin report list --state accepted --json | jq -r '.[] | select(.unit == "so-yte").submission_id')" \
        --reason "Theo đề nghị của đơn vị" --as test
    questions | jq -e 'map(select(.unit == "so-yte").state) == ["refused", "granted"]'
    returned () { client so-yte status --json | jq -e --arg id "$id" '.submissions[] | select(.report_id == $id) | .state == "returned"'; }
    eventually returned
    run -65 client so-yte withdraw "$id" --reason "Đã trả lại rồi"
    run -64 client so-yte withdraw so-yte --reason "Không phải mã"
}

@test "a request about a report that has been replaced lapses; the digest counts those open" {
    client so-tttt push "$reports/so-tttt.json"
    client so-tttt withdraw "$(report_id so-tttt)" --reason "Nhầm"
    client so-gddt push "$reports/so-gddt.json"
    client so-gddt withdraw "$(report_id so-gddt)" --reason "Nhầm"
    client so-tttt push "$(vary so-tttt '.general_assessment += " Bổ sung."')"
    questions | jq -e 'map(select(.unit == "so-tttt").state) == ["lapsed"]'
    clock 2025-12-09T08:00:05+07:00
    counted () { notices so-ldtbxh digest | jq -e '.[-1].body_en | test("Units that ask for a later deadline or to take a report back: 1\\.")'; }
    eventually counted  # so-gddt, which asks for both
}
