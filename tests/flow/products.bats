# The files and feeds that baocao-produce makes: each read by a program that is not ours (openpyxl, xlsx2csv, gnumeric, LibreOffice,
# Python's csv, feedparser, icalendar, jsonschema), every number against SQL of the test's own (products.py).
load ../support/flow

setup_file () {
    export PLAN_DIR=$BATS_TEST_DIRNAME/../support/plan-indicators
    stack_up 2025-12-01T09:00:00+07:00
    fill
}
teardown_file () { stack_down; }

# What a text may hold and a careless writer spoils. The newline is within.
export HOSTILE=$'<script>alert("x")</script> & \'"" =1+1, ;\t]]> _x000A_ &amp; \u201cđ\u1ea5u\u201d \U1F469\U1F3FD \U1F1FB\U1F1F3\n=HYPERLINK("http://x","y")\n-- %s \\n  hai  '

report () {  # UNIT JQ-ENTRIES: prints a file with the report
    local file
    file=$(mktemp "$BATS_FILE_TMPDIR/report.XXXXXX.json")
    jq -n --arg hostile "$HOSTILE" --arg unit "$1" "{plan: \"9/KH-CT\", period: \"2025\", unit: \$unit, entries: [$2],
        document: {number: \"1/BC\", date: \"2025-12-01\", signer: \"Nguyễn Văn Mẫu\"}}" >"$file"
    echo "$file"
}

P1='task: "P.1", status: "in_progress", progress_percent: 41, result: "Số liệu minh họa."'

push () { client "$1" push "$2" --json >/dev/null; eventually drained; }

# One on time with a revision; one late with an extension granted twice; one returned.
fill () {
    push bao-thanhhoa "$(report bao-thanhhoa "{$P1, obstacles: \"Bản cũ\", indicators: [{indicator: \"articles\", number: 999}],
        budget: {lines: [{source: \"oda\", allocated: 777777, disbursed: 1}]}}")"
    push bao-thanhhoa "$(report bao-thanhhoa "{$P1, obstacles: \$hostile, proposals: \"=1+1\", next_steps: \"+84 373\", budget: {lines: [
        {source: \"central\", allocated: 850000000, disbursed: 0}, {source: \"provincial\", allocated: 9007199254740992}, {source: \"other\", disbursed: 0}]},
        indicators: [{indicator: \"articles\", number: 10}, {indicator: \"reach\", decimal: \"0.50\"}, {indicator: \"live\", truth: false},
            {indicator: \"slogan\", text: \$hostile}]}")"
    push so-yte "$(report so-yte "{task: \"P.2\", status: \"completed\", progress_percent: 100, result: \"Đã xong\", obstacles: \"Trả lại\"},
        {task: \"Q.1\", status: \"in_progress\", progress_percent: 3, result: \"Một phần\", budget: {lines: [{source: \"local\", allocated: 5000000}]}}")"
    baocao-admin report return "$(sql "SELECT submission_id FROM submission JOIN unit USING (unit_id) WHERE code = 'so-yte'")" --reason "Thiếu số liệu"
    eventually drained
    baocao-admin extension grant dai-ptth 9/KH-CT 2025 2025-12-12 --reason "Chờ số liệu"
    baocao-admin extension grant dai-ptth 9/KH-CT 2025 2025-12-15 --reason "Chờ số liệu"
    clock 2025-12-16T08:00:00+07:00
    push dai-ptth "$(report dai-ptth "{$P1, status: \"delayed\", reason: \$hostile, progress_percent: 20, indicators: [
            {indicator: \"articles\", number: 12}, {indicator: \"reach\", decimal: \"100\"}, {indicator: \"followers\", number: 9007199254740992}]},
        {task: \"Q.1\", status: \"not_started\", progress_percent: 0, result: \"@SUM(A1)\", proposals: \"- một\\n- hai\",
            budget: {lines: [{source: \"central\", allocated: 1000000, disbursed: 999999}]}}")"
}

check () { "$python" "$BATS_TEST_DIRNAME/products.py" "$1"; }

@test "CSV: entries, money, indicators, obstacles; every text as it was reported, no figure is an empty field" { check csv; }
@test "JSON: tasks, units, sources and indicators are what the counting reports add up to, and every chain's head is there" { check overview; }
@test "openapi.json: the JSON and CSV answers are what it says, and it would not allow others" { check openapi; }
@test "report.xlsx in Vietnamese: real numbers, local times, texts as texts, frozen and filtered headers" { check vi; }
@test "report.xlsx in English" { check en; }
@test "report.xlsx: xlsx2csv, gnumeric and LibreOffice read the same" { check readers; }
@test "feed.atom: who is late and which periods there are, with ids that do not depend on the language" { check news; }
@test "deadlines.ics: the period's, and a later one of a unit; the same bytes again" { check calendar; }
@test "indicators.sdmx.csv: an observation for every number and every total" { check sdmx; }

@test "one product is of one moment, also when a report is counted while it is being made" {
    local seq maker
    seq=$(sql "SELECT seq FROM feed_head")
    # It has asked for its first tables when it is stopped, and goes on when the report is counted.
    coproc hold { psql -XqAt; }
    echo "BEGIN; LOCK TABLE baocao.indicator; SELECT 1;" >&"${hold[1]}"
    read -r _ <&"${hold[0]}"
    baocao-produce overview.json 9/KH-CT 2025 -o "$BATS_TEST_TMPDIR/during.json" &
    maker=$!
    waits () { [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE usename = 'baocao_portal' AND wait_event_type = 'Lock'")" = 1 ]; }
    eventually waits
    kill -STOP "$maker"
    echo "COMMIT; \\q" >&"${hold[1]}"
    push bao-thanhhoa "$(report bao-thanhhoa "{$P1, obstacles: \"Trong lúc ấy\", indicators: [{indicator: \"articles\", no_figure_reason: \"Chưa đếm\"}]}")"
    [ "$(sql "SELECT seq FROM feed_head")" = $((seq + 1)) ]
    kill -CONT "$maker"
    wait "$maker"
    jq -e --argjson seq "$seq" '.feed_number == $seq and (.obstacles | map(select(.unit == "bao-thanhhoa") | .proposals) == ["=1+1"])
        and (.chain | map(select(.unit == "bao-thanhhoa") | .chain_index) == [2])' "$BATS_TEST_TMPDIR/during.json"
    baocao-produce overview.json 9/KH-CT 2025 | jq -e --argjson seq "$seq" '.feed_number == $seq + 1 and .obstacles[0].obstacles == "Trong lúc ấy"'
}

@test "a closed period is news" {
    baocao-admin period close 9/KH-CT 2025 --reason "Tổng hợp xong"
    check closed
}

@test "what is not there, what cannot be written, and a database that is away have each their exit status; no half file stays" {
    cd "$BATS_TEST_TMPDIR"
    run -66 baocao-produce report.xlsx 10/KH-CT 2025 -o out
    run -66 baocao-produce report.xlsx 9/KH-CT 2031 -o out
    [[ $output == *"plan 9/KH-CT has no period 2031"* ]]
    run -64 baocao-produce nothing.csv 9/KH-CT 2025
    run -64 baocao-produce units.csv 9/KH-CT
    run -64 baocao-produce feed.atom 9/KH-CT 2025
    run -64 baocao-produce units.csv 9/KH-CT 2025 --language fr
    run -74 bash -c "baocao-produce units.csv 9/KH-CT 2025 >/dev/full"
    run -74 baocao-produce units.csv 9/KH-CT 2025 -o no/such/place
    TMPDIR=$PWD/none run -70 baocao-produce report.xlsx 9/KH-CT 2025 -o out
    BAOCAO_PORTAL_CONNINFO="host=/nowhere" run -69 baocao-produce units.csv 9/KH-CT 2025 -o out
    BAOCAO_CONFIG='' run -78 baocao-produce units.csv 9/KH-CT 2025 -o out
    [ -z "$(ls)" ]
    cmp <(baocao-produce units.csv 9/KH-CT 2025) <(baocao-produce units.csv 9-KH-CT 2025)
}

@test "its role only reads" {
    PGUSER=baocao_portal PGPASSFILE=$STATE/keys/baocao_portal.pgpass run -1 sql "DELETE FROM report_entry"
    [[ $output == *"read-only transaction"* || $output == *"permission denied"* ]]
}

@test "memory does not grow with the rows" { check memory; }
