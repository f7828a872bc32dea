# What the reports add up to, and what the rules learn from the database: indicators, attachments, the last report, several leads.
# On a small plan of its own (tests/support/plan-indicators): three units, two periods, task P.1 with two leads and indicators.
load ../support/flow

setup_file () {
    export PLAN_DIR=$BATS_TEST_DIRNAME/../support/plan-indicators
    stack_up 2024-12-02T09:00:00+07:00
}
teardown_file () { stack_down; }

# A report with the entries given, each "TASK PROGRESS [JQ-EXPRESSION]", prints its path: report UNIT PERIOD ENTRY...
report () {
    local unit=$1 period=$2 file
    shift 2
    file=$(mktemp "$BATS_TEST_TMPDIR/report.XXXXXX.json")
    for entry; do
        read -r task progress change <<<"$entry"
        jq -n --arg task "$task" --argjson progress "$progress" '{task: $task, status: "in_progress", progress_percent: $progress,
            result: "Số liệu minh họa."}' | jq "${change:-.}"
    done | jq -s --arg unit "$unit" --arg period "$period" '{plan: "9/KH-CT", period: $period, unit: $unit, entries: .,
        document: {number: "1/BC", date: "\($period)-12-01", signer: "Nguyễn Văn Mẫu"}}' >"$file"
    echo "$file"
}

# An entry of P.1 with the indicators, for report: indicators PROGRESS ARTICLES REACH FOLLOWERS
indicators () {
    echo "P.1 $1 .indicators = [{indicator: \"articles\", number: $2}, {indicator: \"reach\", decimal: \"$3\"}," \
        "{indicator: \"followers\", number: $4}, {indicator: \"live\", truth: true}, {indicator: \"slogan\", text: \"Vì sức khỏe\"}]"
}

ARTICLES='.indicators = [{indicator: "articles", number: 1}]'  # what an entry of P.1 must have at the least

push () { run -0 --separate-stderr client "$1" push "${@:2}"; eventually drained; }  # UNIT FILE [OPTION...]

# The findings of the unit's latest notice of a kind, as "severity code path" in order: findings UNIT KIND
findings () {
    client "$1" mailbox --json | jq -sr --arg kind "$2" 'map(select(.kind == $kind))[-1].findings[]? | "\(.severity) \(.code) \(.path)"' | sort
}

count_notices () { client "$1" mailbox --json | jq -s --arg kind "$2" 'map(select(.kind == $kind)) | length'; }  # UNIT KIND
noticed () { [ "$(count_notices "$1" "$2")" = "$3" ]; }  # UNIT KIND COUNT

# Pushes a report that is judged so, and compares its findings: judge UNIT KIND FILE EXPECTED [PUSH-OPTION...]
judge () {
    local unit=$1 kind=$2 file=$3 expected=$4 before
    shift 4
    before=$(count_notices "$unit" "$kind")
    if [ "$kind" = refused ]; then run -65 client "$unit" push "$file" "$@"; else run -0 client "$unit" push "$file" "$@"; fi
    eventually drained
    eventually noticed "$unit" "$kind" $((before + 1))
    [ "$(findings "$unit" "$kind")" = "$expected" ] || { echo "$file: expected \"$expected\", found:"; findings "$unit" "$kind"; return 1; }
}

indicator_totals () { snapshot | jq -c '[.indicators[] | [.task, .indicator, .aggregation, .values, .value]]'; }

verified () { baocao-admin totals verify; }

@test "indicators: sum, mean and last are exact, and a revision replaces what its unit said" {
    push bao-thanhhoa "$(report bao-thanhhoa 2024 "$(indicators 10 10 0.1 100)")"
    push dai-ptth "$(report dai-ptth 2024 "$(indicators 20 5 0.2 7)")"
    [ "$(indicator_totals)" = '[["P.1","articles","sum",2,"15"],["P.1","reach","mean",2,"0.15"],["P.1","followers","last",2,"7"],["P.1","live","none",0,""],["P.1","slogan","none",0,""],["Q.1","visits","sum",0,""]]' ]
    verified
    push bao-thanhhoa "$(report bao-thanhhoa 2024 "$(indicators 10 1 99.000001 300)")"
    [ "$(indicator_totals | jq -c '.[:3]')" = '[["P.1","articles","sum",2,"6"],["P.1","reach","mean",2,"49.600001"],["P.1","followers","last",2,"300"]]' ]
    verified
    [ "$(sql "SELECT i.code, r.number, r.text FROM report_indicator r JOIN indicator i USING (indicator_id) JOIN submission s USING (submission_id)
        WHERE s.revision = 2 ORDER BY i.indicator_id")" = $'articles|1|\nreach|99.000001|\nfollowers|300|\nlive||true\nslogan||Vì sức khỏe' ]
}

@test "indicators: no figure, with a reason, takes the unit's earlier value away" {
    push bao-thanhhoa "$(report bao-thanhhoa 2024 "$(indicators 10 1 99.000001 300)")"
    push dai-ptth "$(report dai-ptth 2024 "$(indicators 20 5 0.2 7)")"
    push dai-ptth "$(report dai-ptth 2024 'P.1 20 .indicators = [{indicator: "articles", no_figure_reason: "Chưa đếm xong"}, {indicator: "reach", decimal: "-0"}]')"
    [ "$(indicator_totals | jq -c '.[:3]')" = '[["P.1","articles","sum",1,"1"],["P.1","reach","mean",2,"49.500001"],["P.1","followers","last",1,"300"]]' ]
    verified
}

@test "indicators: each fault is refused with its code, and changes no total" {
    local before
    before=$(indicator_totals)
    while IFS='|' read -r values code path; do
        judge bao-thanhhoa refused "$(report bao-thanhhoa 2024 "P.1 10 .indicators = [$values]")" "error indicator.$code entries[0].$path"
    done <<'CASES'
{indicator: "reach", decimal: "1"}|missing|indicators(articles)
{indicator: "articles", number: 10001}|range|indicators[0].number
{indicator: "articles", number: -1}|range|indicators[0].number
{indicator: "articles", decimal: "5"}|type|indicators[0]
{indicator: "articles", number: 1}, {indicator: "reach", decimal: "100.000001"}|range|indicators[1].decimal
{indicator: "articles", number: 1}, {indicator: "reach", decimal: "1,5"}|format|indicators[1].decimal
{indicator: "articles", number: 1}, {indicator: "live", text: "có"}|type|indicators[1]
{indicator: "articles", number: 1}, {indicator: "visits", number: 1}|unknown|indicators[1].indicator
{indicator: "articles", number: 1}, {indicator: "articles", number: 1}|twice|indicators[1].indicator
{indicator: "articles"}|no_figure|indicators[0].no_figure_reason
CASES
    [ "$(indicator_totals)" = "$before" ]
    verified
}

@test "push --attach: the file is kept under its digest, and another report may name it" {
    local file=$BATS_TEST_TMPDIR/phu-luc.txt digest
    printf 'Phụ lục %s\n' "$BATS_TEST_NAME" >"$file"
    digest=$(sha256sum "$file" | cut -d' ' -f1)
    judge bao-thanhhoa accepted "$(report bao-thanhhoa 2024 "$(indicators 10 1 99 300)")" "" --attach "$file"
    [ "$(sql "SELECT encode(sha256, 'hex'), size, (SELECT encode(sha256(string_agg(content, NULL ORDER BY start)), 'hex') FROM attachment_chunk c
            WHERE c.upload_id = a.upload_id) FROM attachment a")" = "$digest|$(stat -c %s "$file")|$digest" ]
    judge dai-ptth accepted "$(jq --arg digest "$digest" --argjson size "$(stat -c %s "$file")" \
        '.attachments = [{name: "phu-luc.txt", sha256: $digest, size: $size}]' "$(report dai-ptth 2024 "$(indicators 20 5 1 7)")" \
        >"$BATS_TEST_TMPDIR/named.json"; echo "$BATS_TEST_TMPDIR/named.json")" ""
}

@test "an attachment that is absent: the report is not taken; of another digest or another size: it is refused" {
    local file=$BATS_TEST_TMPDIR/phu-luc.txt named=$BATS_TEST_TMPDIR/named.json plain digest
    absent () {  # FILE [OPTION...]
        local stored
        stored=$(sql "SELECT count(*) FROM submission")
        run -65 client bao-thanhhoa push "$@"
        [ "$(sql "SELECT count(*) FROM submission")" = "$stored" ]
        [ -z "$(find "$STATE/clients/bao-thanhhoa/files" "$STATE/clients/bao-thanhhoa/spool" -name '[!.]*' -type f)" ]
    }
    printf 'Phụ lục %s\n' "$BATS_TEST_NAME" >"$file"
    digest=$(sha256sum "$file" | cut -d' ' -f1)
    plain=$(report bao-thanhhoa 2024 "$(indicators 10 1 99 300)")
    jq --arg digest "$digest" '.attachments = [{name: "phu-luc.txt", sha256: $digest, size: 7}]' "$plain" >"$named"
    absent "$named"
    judge bao-thanhhoa refused "$named" "error attachment.size attachments[0].size" --attach "$file" --again
    jq --arg digest "${digest//[0-7]/8}" '.attachments = [{name: "phu-luc.txt", sha256: $digest, size: 7}]' "$plain" >"$named"
    absent "$named" --attach "$file"
    jq --arg digest "${digest:2}" '.attachments = [{name: "phu-luc.txt", sha256: $digest, size: 7}]' "$plain" >"$named"
    judge bao-thanhhoa refused "$named" "error attachment.digest attachments[0].sha256"
}

@test "progress below that of the last accepted report of the period: a warning, and accepted" {
    judge so-yte accepted "$(report so-yte 2024 "P.2 60" "Q.1 50")" ""
    judge so-yte accepted "$(report so-yte 2024 "P.2 61" "Q.1 49")" "warning progress.lower entries[1].progress_percent"
    client so-yte mailbox --json | jq -se 'map(select(.kind == "accepted"))[-1].findings[0].message_en | contains("49 %") and contains("50 %")'
    judge so-yte refused "$(report so-yte 2024 "P.2 101" "Q.1 49")" "error progress.range entries[0].progress_percent"
    # What counts is the last accepted one: not the refused one, nor the first.
    judge so-yte accepted "$(report so-yte 2024 "P.2 61" "Q.1 49 .result += \" Lần hai.\"")" ""
    snapshot | jq -e '[.tasks[] | select(.code == "P.2" or .code == "Q.1").progress_percent] == [61, 49]'
}

@test "progress below that of an earlier period's last report; duties and template begin with it" {
    push so-yte "$(report so-yte 2024 "P.2 61" "Q.1 49")" --again
    clock 2025-12-01T09:00:00+07:00
    client so-yte duties --json | jq -e '.plans[0].periods | map({period, previous_period} + {previous: [.previous[] | [.task, .status, .progress_percent]]})[1]
        == {period: "2025", previous_period: "2024", previous: [["P.2", "in_progress", 61], ["Q.1", "in_progress", 49]]}'
    client so-yte template 2025 --format json | jq -e '[.entries[] | [.task, .status, .progress_percent]] == [["P.2", "unspecified", 61], ["Q.1", "unspecified", 49]]'
    client so-yte template 2025 --format csv >"$BATS_TEST_TMPDIR/template.csv"
    "$python" - "$BATS_TEST_TMPDIR/template.csv" <<'PYTHON'
import csv, sys
rows = list(csv.reader(open(sys.argv[1], encoding="utf-8-sig"), delimiter=";"))
assert [(row[0], row[3]) for row in rows if row and row[0] in ("P.2", "Q.1")] == [("P.2", "61"), ("Q.1", "49")], rows
PYTHON
    judge so-yte accepted "$(report so-yte 2025 "P.2 60" "Q.1 49")" "warning progress.lower entries[0].progress_percent"
    client so-yte mailbox --json | jq -se 'map(select(.kind == "accepted"))[-1].findings[0].message_en | contains("60 %") and contains("61 %")'
    # From now on the period's own report is the last one.
    client so-yte template 2025 | jq -e '[.entries[].progress_percent] == [60, 49]'
    judge so-yte accepted "$(report so-yte 2025 "P.2 60 .result += \" Lần hai.\"" "Q.1 49")" ""
}

@test "several leads: the gravest status, the mean progress; over all entries another mean" {
    clock 2025-12-01T10:00:00+07:00
    local late='.status = "delayed" | .reason = "Thiếu kinh phí" | .obstacles = "Thiếu kinh phí"'
    push bao-thanhhoa "$(report bao-thanhhoa 2025 "P.1 40 $ARTICLES | $late")"
    snapshot | jq -e '.tasks[0] | .status == "delayed" and .progress_percent == 40 and .entries == 1 and .leads[1] == {unit: "dai-ptth", status: "unspecified", progress_percent: 0, result: ""}'
    push dai-ptth "$(report dai-ptth 2025 "P.1 75 $ARTICLES" "Q.1 20 .proposals = \"Đề nghị hỗ trợ\"")"
    push so-yte "$(report so-yte 2025 "P.1 100 .status = \"completed\"" "P.2 100 .status = \"completed\"" "Q.1 49")"
    snapshot | jq -e '.tasks[0] | .status == "delayed" and .progress_percent == 57 and .entries == 3 and .mean_progress_percent == 71
        and .statuses == {not_started: 0, in_progress: 1, completed: 1, delayed: 1, stopped: 0}
        and [.leads[] | [.unit, .status, .progress_percent]] == [["bao-thanhhoa", "delayed", 40], ["dai-ptth", "in_progress", 75]]'
    snapshot | jq -e '.tasks[2] | .status == "in_progress" and .progress_percent == 49 and .entries == 2 and .mean_progress_percent == 34'
    # P.1 has 40, 75 and 100, P.2 100; Q.1 has 20 and 49.
    snapshot | jq -e '[.groups[] | [.code, .tasks, .reported, .mean_progress_percent, .statuses.completed]] == [["P", 2, 2, 78, 2], ["Q", 1, 1, 34, 0]]'
    snapshot | jq -e '.obstacles == [{unit: "bao-thanhhoa", task: "P.1", text: "Thiếu kinh phí"}]
        and .proposals == [{unit: "dai-ptth", task: "Q.1", text: "Đề nghị hỗ trợ"}]'
    push dai-ptth "$(report dai-ptth 2025 "P.1 75 $ARTICLES | .status = \"stopped\" | .reason = \"Hết kinh phí\"")"
    snapshot | jq -e '(.tasks[0].status == "stopped") and .tasks[2].entries == 1 and .proposals == []'
    verified
}

@test "money by source, task, group and unit; a revision replaces it" {
    clock 2025-12-01T11:00:00+07:00
    local two='.budget.lines = [{source: "provincial", allocated: 30000000, disbursed: 20000000}, {source: "oda", allocated: 5000000}]'
    push bao-thanhhoa "$(report bao-thanhhoa 2025 "P.1 40 $ARTICLES | $two")"
    push so-yte "$(report so-yte 2025 "P.2 100 .status = \"completed\"" "Q.1 50 .budget.lines = [{source: \"provincial\", allocated: 7000000, disbursed: 6000000}]")"
    money () { snapshot | jq -c '[.budget[] | [.source, .allocated, .disbursed]], [.tasks, .groups, .units | map([.code, .allocated, .disbursed] | select(.[1] > 0))]'; }
    diff <(money) - <<'MONEY'
[["provincial",37000000,26000000],["oda",5000000,0]]
[[["P.1",35000000,20000000],["Q.1",7000000,6000000]],[["P",35000000,20000000],["Q",7000000,6000000]],[["bao-thanhhoa",35000000,20000000],["so-yte",7000000,6000000]]]
MONEY
    push bao-thanhhoa "$(report bao-thanhhoa 2025 "P.1 40 $ARTICLES | .budget.lines = [{source: \"provincial\", allocated: 1000000, disbursed: 1000000}]")"
    snapshot | jq -e '.budget | map(select(.allocated > 0) | [.source, .allocated, .disbursed]) == [["provincial", 8000000, 7000000]]'
    verified
}

# What all three units say at last about both periods.
all_reported () {
    clock 2025-12-02T09:00:00+07:00
    push bao-thanhhoa "$(report bao-thanhhoa 2024 "P.1 10 $ARTICLES")" --again
    push dai-ptth "$(report dai-ptth 2024 "P.1 20 $ARTICLES")" --again
    push so-yte "$(report so-yte 2024 "P.2 61" "Q.1 49")" --again
    push bao-thanhhoa "$(report bao-thanhhoa 2025 "P.1 40 $ARTICLES")" --again
    push dai-ptth "$(report dai-ptth 2025 "P.1 75 $ARTICLES")" --again
    push so-yte "$(report so-yte 2025 "P.2 100 .status = \"completed\"" "Q.1 50")" --again
}

@test "trend: both periods, each with its own figures" {
    all_reported
    snapshot | jq -e '[.trend[] | [.period, .figures.received, .figures.missing, .mean_progress_percent, .tasks_completed]] == [["2024", 3, 0, 35, 0], ["2025", 3, 0, 66, 1]]'
    client committee feed snapshot 9/KH-CT 2024 --json | jq -e '.period == "2024" and (.trend | length == 1) and [.tasks[].entries] == [2, 1, 1]'
}

@test "a plan in other words: the next snapshot has them, though the one before is fresh" {
    cp -r "$PLAN_DIR" "$BATS_TEST_TMPDIR/plan"
    sed -i 's/Khám sức khỏe định kỳ/Khám sức khỏe hằng năm/' "$BATS_TEST_TMPDIR/plan/tasks.csv"
    title () { snapshot | jq -r '.tasks[] | select(.code == "Q.1").title_vi'; }
    [ "$(title)" = "Khám sức khỏe định kỳ" ]
    baocao-admin plan load "$BATS_TEST_TMPDIR/plan"
    [ "$(title)" = "Khám sức khỏe hằng năm" ]
    baocao-admin plan load "$PLAN_DIR"
    [ "$(title)" = "Khám sức khỏe định kỳ" ]
}

@test "a plan that asks fewer units: the figures follow without another report, also for who asked before they did" {
    cp -r "$PLAN_DIR" "$BATS_TEST_TMPDIR/plan"
    sed -i 's/^so-yte,must$/so-yte,may/' "$BATS_TEST_TMPDIR/plan/reporters.csv"
    all_reported
    # Somebody holds the feed's head, so that the totals cannot be counted anew yet.
    coproc hold { psql -XqAt; }
    echo "BEGIN; SELECT seq FROM baocao.feed_head FOR UPDATE;" >&"${hold[1]}"
    read -r _ <&"${hold[0]}"
    baocao-admin plan load "$BATS_TEST_TMPDIR/plan"
    snapshot | jq -e '[.expected, .received, .missing, .voluntary] == [2, 3, 0, 0]'
    echo "COMMIT; \\q" >&"${hold[1]}"
    followed () { snapshot | jq -e '[.expected, .received, .missing, .voluntary] == [2, 2, 0, 1]'; }
    eventually followed
    verified
}
