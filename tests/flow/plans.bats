# Plans as data: loaded, shown, amended from a day on; several at once; and reports that go through them.
load ../support/flow

samples=$top/tests/support/plans

setup_file () {
    export PLAN_DIR=$BATS_TEST_DIRNAME/../support/plans/thang-thu-tuc
    stack_up 2025-03-28T09:00:00+07:00
}
teardown_file () { stack_down; }

# A report on the tasks with the indicators given as TASK=JSON: report PLAN UNIT PERIOD TASK=JSON...; prints its path.
report () {
    local plan=$1 unit=$2 period=$3 file
    shift 3
    file=$(mktemp "$BATS_TEST_TMPDIR/report.XXXXXX.json")
    for entry; do
        jq -n --arg task "${entry%%=*}" --argjson indicators "${entry#*=}" '{task: $task, status: "in_progress",
            progress_percent: 50, result: "Số liệu minh họa.", indicators: $indicators}'
    done | jq -s --arg plan "$plan" --arg unit "$unit" --arg period "$period" '{plan: $plan, period: $period, unit: $unit,
        entries: ., document: {number: "1/BC", date: "2025-03-20", signer: "Nguyễn Văn Mẫu"}}' >"$file"
    echo "$file"
}

monthly () {  # UNIT PERIOD RECEIVED RESOLVED RATE
    report MAU-01/KH-UBND "$1" "$2" "A.1=[{\"indicator\": \"tiep-nhan\", \"number\": $3}, {\"indicator\": \"dung-han\", \"number\": $4},
        {\"indicator\": \"ty-le-dung-han\", \"decimal\": \"$5\"}]" 'A.2=[]'
}

push () { run -0 --separate-stderr client "$1" push "$2"; eventually drained; }
figures () { client committee feed snapshot "$1" "$2" --json | jq -c '[.expected, .received, .on_time, .late, .missing]'; }
verified () { baocao-admin totals verify; }
edit () { rm -rf "$BATS_TEST_TMPDIR/plan"; cp -r "$1" "$BATS_TEST_TMPDIR/plan"; plan=$BATS_TEST_TMPDIR/plan; }

@test "a month: numbers add up, with their targets; the period is closed on its day" {
    push so-noivu "$(monthly so-noivu 2025-03 1000 990 99)"
    push so-taichinh "$(monthly so-taichinh 2025-03 500 480 96)"
    client committee feed snapshot MAU-01/KH-UBND 2025-03 --json >"$BATS_TEST_TMPDIR/snapshot"
    jq -e '[.indicators[] | select(.task == "A.1") | [.indicator, .value, (.target // "")]] ==
        [["tiep-nhan", "1500", ""], ["dung-han", "1470", ""], ["ty-le-dung-han", "97.5", "98.5"]]' "$BATS_TEST_TMPDIR/snapshot"
    [ "$(figures MAU-01/KH-UBND 2025-03)" = "[4,2,2,0,2]" ]
    baocao-admin period list MAU-01/KH-UBND --json | jq -e '.[0] | .kind == "monthly" and .closes_at == "2025-04-15T17:00:00Z"'
    verified
}

@test "a closing that came before the period opened, taken back: it opens on its day, and nobody is told" {
    LANGUAGE=en
    baocao-admin period close MAU-01/KH-UBND 2025-06 --reason "Nhầm kỳ"
    run -0 baocao-admin period reopen MAU-01/KH-UBND 2025-06 --reason "Nhầm kỳ"
    [[ $output == *"opens on 2025-06-25, as before."* ]]
    run -65 client so-noivu check --json "$(monthly so-noivu 2025-06 1 1 100)"
    [[ $output == *period.* ]]
    eventually drained
    [ "$(sql "SELECT count(*) FROM notice WHERE position(convert_to('Nhầm kỳ', 'UTF8') IN notice) > 0")" = 0 ]
}

@test "an extension: the unit's own deadline is what its receipt, its duties and the totals go by" {
    sql "INSERT INTO extension (period_id, unit_id, due_before, at, who, reason) SELECT period_id, unit_id, '2025-04-12', now(), 't', 'bão'
         FROM period, unit WHERE period.code = '2025-03' AND unit.code = 'so-nnmt'; UPDATE plan_version SET version = version + 1"
    clock 2025-04-08T09:00:00+07:00
    client so-nnmt duties --json | jq -e '.plans[0].periods[0] | .extended and .due_at == "2025-04-11T17:00:00.000Z"'
    client so-nnmt duties | has "(extended)"
    refute grep -q "(extended)" <(client so-khcn duties)
    push so-nnmt "$(monthly so-nnmt 2025-03 300 300 100)"
    [ "$(client so-nnmt receipt show --json | jq -r .timeliness)" = on_time ]
    push so-khcn "$(report MAU-01/KH-UBND so-khcn 2025-03 'B.1=[{"indicator": "truc-tuyen", "decimal": "71.5"}]')"
    [ "$(client so-khcn receipt show --json | jq -r .timeliness)" = late ]
    # What a unit that need not report sends and the rules refuse is in no figure; nor after the recounts when the plan moves.
    join cong-an-tinh
    run -65 client cong-an-tinh push --unchecked "$(report MAU-01/KH-UBND cong-an-tinh 2025-03 'A.1=[{"indicator": "tiep-nhan", "number": -1}]')"
    [ "$(figures MAU-01/KH-UBND 2025-03)" = "[4,4,3,1,0]" ]
    # The files cannot close the period before that.
    edit "$samples/thang-thu-tuc"
    sed -i '/^2025-03,/s/2025-04-16$/2025-04-11/' "$plan/periods.csv"
    LANGUAGE=en run -65 baocao-admin plan load "$plan"
    [[ $output == *"periods.csv:2: closes_on: the deadline of so-nnmt was extended to before 2025-04-12"* ]]
    sed -i 's/2025-04-11$/2025-04-12/' "$plan/periods.csv"
    baocao-admin plan load "$plan" --dry-run
    verified
}

@test "--dry-run: every change by row and column, and nothing is changed" {
    edit "$samples/thang-thu-tuc"
    sed -i 's/^so-khcn,must$/so-khcn,may/; /^so-nnmt/d' "$plan/reporters.csv"
    sed -i 's/,0,100,mean,true,80$/,0,100,mean,true,85/' "$plan/indicators.csv"
    sed -i 's/^,5,committee$/,6,committee/' "$plan/escalation.csv"
    echo "B.2,B,4,Việc mới,annual,," >>"$plan/tasks.csv"
    before=$(baocao-admin plan show MAU-01/KH-UBND)
    version=$(sql "SELECT version FROM plan_version")
    run -0 --separate-stderr baocao-admin plan load --dry-run "$plan"
    diff - <(sort <<<"${output%$'\n'*}") <<'END'
+ escalation.csv MAU-01/KH-UBND 6 committee
+ tasks.csv B.2
- escalation.csv MAU-01/KH-UBND 5 committee
= reporters.csv so-nnmt: no longer in the file, stays in force (--from DATE ends a duty)
~ indicators.csv B.1 truc-tuyen: target: "80" -> "85"
~ reporters.csv so-khcn: obligation: "must" -> "may"
END
    [[ $output == *"would be loaded"*"5 rows new or changed."* ]]
    [ "$(baocao-admin plan show MAU-01/KH-UBND)" = "$before" ]
    [ "$(sql "SELECT version FROM plan_version")" = "$version" ]
}

@test "an amendment from a day on: earlier periods keep their duties, later ones have the new ones" {
    edit "$samples/thang-thu-tuc"
    sed -i '/^so-khcn/d; s/^cong-an-tinh,may/cong-an-tinh,must/' "$plan/reporters.csv"
    sed -i 's/^A.1,cong-an-tinh,coordinating/A.1,cong-an-tinh,lead/; s/^B.1,so-noivu,coordinating/B.1,so-noivu,lead/; /^B.1,so-khcn/d' "$plan/task_units.csv"
    baocao-admin plan load --from 2025-06-01 "$plan"
    baocao-admin plan load --json --from 2025-06-01 "$plan" | jq -e '.plans[0].changed == 0 and .plans[0].changes == []'
    [ "$(sql "SELECT code, obligation, r.valid_from, r.valid_to FROM reporter r JOIN unit USING (unit_id) WHERE code IN ('so-khcn', 'cong-an-tinh')
              ORDER BY 1, 3")" = "cong-an-tinh|may|-infinity|2025-06-01
cong-an-tinh|must|2025-06-01|infinity
so-khcn|must|-infinity|2025-06-01" ]
    [ "$(figures MAU-01/KH-UBND 2025-03)" = "[4,4,3,1,0]" ]
    duty () { baocao-admin unit list --json | jq -r --arg unit "$1" '.[] | select(.unit == $unit) | .obligation'; }
    [ "$(duty so-khcn) $(duty cong-an-tinh)" = "must may" ]  # it is April
    client so-noivu duties --json >"$BATS_TEST_TMPDIR/duties"
    jq -e '.plans[0] | (.tasks[] | select(.task == "B.1") | .role == "lead") and
        ([.periods[] | select(.roles | length > 0) | [.period, .roles[0].task, .roles[0].role]] == [["2025-03", "B.1", "coordinating"], ["2025-04", "B.1", "coordinating"]])' "$BATS_TEST_TMPDIR/duties"
    clock 2025-05-26T09:00:00+07:00  # the period of May is due before 6 June
    push so-taichinh "$(monthly so-taichinh 2025-05 10 10 100)"
    [ "$(figures MAU-01/KH-UBND 2025-05)" = "[4,1,1,0,3]" ]
    # Its report counts: its duty cannot end before that, neither by the file nor by a deadline that moves.
    sed -i '/^so-taichinh/d' "$plan/reporters.csv"
    LANGUAGE=en run -65 baocao-admin plan load --from 2025-06-05 "$plan"
    [[ $output == *"so-taichinh has reported to plan MAU-01/KH-UBND for period 2025-05 already"* ]]
    [ "$(figures MAU-01/KH-UBND 2025-05)" = "[4,1,1,0,3]" ]
    baocao-admin plan load --from 2025-06-06 "$plan"
    sed -i '/^2025-05/s/2025-06-06/2025-06-07/' "$plan/periods.csv"
    run -65 baocao-admin plan load "$plan"
    [[ $output == *so-taichinh*2025-05* ]]
    sed -i '/^2025-05/s/2025-06-07/2025-06-06/' "$plan/periods.csv"
    echo so-taichinh,must >>"$plan/reporters.csv"
    baocao-admin plan load --from 2025-06-06 "$plan"
    client committee feed snapshot MAU-01/KH-UBND 2025-05 --json | jq -e '[.units[].code] | contains(["cong-an-tinh"]) and (contains(["so-khcn"]) | not)'
    lead () { client committee feed snapshot MAU-01/KH-UBND "$1" --json | jq -c '.tasks[] | select(.code == "B.1") | [.status, .leads[].unit]'; }
    [ "$(lead 2025-03) $(lead 2025-05)" = '["in_progress","so-khcn"] ["unspecified","so-noivu"]' ]
    # In May so-noivu leads B.1: its report without it is refused, and its template has it.
    run -65 client so-noivu push --unchecked "$(monthly so-noivu 2025-05 1 1 1)"
    client so-noivu template 2025-05 | jq -e '[.entries[].task] == ["A.1", "A.2", "B.1"]'
    client so-noivu template 2025-04 | jq -e '[.entries[].task] == ["A.1", "A.2"]'
    eventually drained
    verified
    clock 2025-06-02T09:00:00+07:00
    [ "$(duty so-khcn) $(duty cong-an-tinh)" = "none must" ]
    # The files without a day do not bring back what has ended.
    LANGUAGE=en run -0 --separate-stderr baocao-admin plan load "$samples/thang-thu-tuc"
    diff - <(grep '^!' <<<"$output" | sort) <<'END'
! reporters.csv so-khcn: not taken over, the duty or its unit has an end (--from DATE begins a duty anew)
! task_units.csv B.1 so-khcn: not taken over, the duty or its unit has an end (--from DATE begins a duty anew)
END
    [ "$(sql "SELECT count(*) FROM reporter r JOIN unit USING (unit_id) WHERE code = 'so-khcn' AND r.valid_to = 'infinity'")" = 0 ]
    # With one they take it up again.
    baocao-admin plan load --from 2025-09-01 "$samples/thang-thu-tuc"
    history () { sql "SELECT string_agg(r.valid_from || ' ' || r.valid_to, ', ' ORDER BY r.valid_from) FROM reporter r JOIN unit USING (unit_id)
                      WHERE code = 'so-khcn' AND r.valid_to > r.valid_from"; }
    [ "$(history)" = "-infinity 2025-06-01, 2025-09-01 infinity" ]
    baocao-admin plan load --from 2025-08-01 "$samples/thang-thu-tuc"  # what begins later does not go on from an earlier day
    [ "$(history)" = "-infinity 2025-06-01, 2025-08-01 infinity" ]
    verified
}

@test "a period that was opened before its day: whoever must or may report is told when the plan moves its deadline" {
    baocao-admin period open MAU-01/KH-UBND 2025-08 --reason "Mở sớm"
    edit "$samples/thang-thu-tuc"
    told () {
        [ "$(client so-noivu mailbox --json | jq -rs 'map(select(.period == "2025-08") | .body_vi | [scan("[0-9/]{10}")] | join(" ")) | join(", ")')" = "$1" ] &&
            [ "$(sql "SELECT count(DISTINCT unit_id) FROM reminder_decision d JOIN period p USING (period_id) WHERE p.code = '2025-08' AND d.kind = '$2'")" = "$3" ]
    }
    eventually told "06/09/2025" moved-1 0
    sed -i 's/,2025-09-06,/,2025-09-10,/' "$plan/periods.csv"
    baocao-admin plan load "$plan"
    everybody=$(sql "SELECT count(*) FROM period_reporter JOIN period p USING (period_id) WHERE p.code = '2025-08'")
    eventually told "06/09/2025, 10/09/2025 06/09/2025" moved-1 "$everybody"
    sed -i 's/,2025-09-10,/,2025-09-11,/' "$plan/periods.csv"
    baocao-admin plan load "$plan"
    eventually told "06/09/2025, 10/09/2025 06/09/2025, 11/09/2025 10/09/2025" moved-2 "$everybody"
    baocao-admin plan load "$samples/thang-thu-tuc"
}

@test "166 communes besides: several plans at once, whole or not at all" {
    edit "$samples/xa-giam-ngheo"
    sed -i '3s/,must/,should/' "$plan/reporters.csv"
    run -65 baocao-admin plan load "$samples/thang-thu-tuc" "$plan"
    [[ $output == *"$plan/reporters.csv:3: obligation"* ]]
    [ "$(baocao-admin plan list --json | jq length)" = 1 ]
    baocao-admin plan load "$samples/thang-thu-tuc" "$samples/xa-giam-ngheo"
    baocao-admin plan load "$samples/thang-thu-tuc" "$samples/xa-giam-ngheo" --json | jq -e '[.plans[].changed] == [0, 0]'
    baocao-admin plan list --json | jq -e 'map([.plan, .periods, .tasks]) == [["MAU-01/KH-UBND", 11, 3], ["MAU-02/KH-UBND", 5, 2]]'
    baocao-admin plan show MAU-02/KH-UBND --json | jq -e '[.[] | select(.file == "task_units.csv")] | length == 333'
    run -65 baocao-admin plan show MAU-03
}

join () {  # UNIT: makes its door, its home and its key
    baocao-admin invite "$1" -o "$BATS_TEST_TMPDIR/$1.baocao" >/dev/null
    client "$1" join "$BATS_TEST_TMPDIR/$1.baocao" --name test
}

@test "166 communes: two report, 164 are missing" {
    clock 2025-09-30T09:00:00+07:00
    for unit in xa-ha-trung phuong-hac-thanh; do
        join "$unit"
        client "$unit" duties --json | jq -e '[.plans[].plan] == ["MAU-02/KH-UBND"]'
        push "$unit" "$(report MAU-02/KH-UBND "$unit" 2025-q3 'I.1=[{"indicator": "ho-ngheo", "number": 120},
            {"indicator": "ho-can-ngheo", "number": 80}, {"indicator": "ty-le", "decimal": "1.25"}]' 'II.1=[]')"
    done
    [ "$(figures MAU-02/KH-UBND 2025-q3)" = "[166,2,2,0,164]" ]
    # Periods of other kinds are under way at the same time, each with its own reports and deadline.
    clock 2025-10-02T09:00:00+07:00
    for period in 2025-9-thang 2025-ra-soat; do
        push xa-ha-trung "$(report MAU-02/KH-UBND xa-ha-trung $period 'I.1=[{"indicator": "ho-ngheo", "number": 110},
            {"indicator": "ho-can-ngheo", "number": 70}, {"indicator": "ty-le", "decimal": "1.15"}]' 'II.1=[]')"
    done
    baocao-admin period list MAU-02/KH-UBND --json | jq -e 'map(select(.state == "open") | [.period, .kind]) ==
        [["2025-ra-soat", "ad hoc"], ["2025-q3", "quarterly"], ["2025-9-thang", "interim"]]'
    [ "$(figures MAU-02/KH-UBND 2025-9-thang) $(figures MAU-02/KH-UBND 2025-ra-soat)" = "[166,1,1,0,165] [166,1,0,1,165]" ]
    [ "$(figures MAU-02/KH-UBND 2025-q3)" = "[166,2,2,0,164]" ]
    client committee feed snapshot MAU-02/KH-UBND 2025-q3 --json >"$BATS_TEST_TMPDIR/snapshot"
    jq -e '(.units | length == 166) and ([.indicators[:3][].value] == ["240", "160", "1.25"])' "$BATS_TEST_TMPDIR/snapshot"
    verified
}

@test "a task that is transferred brings the duty to report in its own plan, and in no other" {
    reporting () {  # COMMAND...: the plans in which the receiving unit begins to report
        baocao-admin unit "$@" --from 2025-10-01 --reason NQ --dry-run --json |
            jq -r '[.[] | select(.what == "reporter" and .before == null) | .unit + " " + .of] | join(", ")'
    }
    baocao-admin unit add so-moi --name 'Sở Mới' --from 2025-10-01
    [ "$(reporting transfer so-nnmt --to so-moi --tasks A.1)" = "so-moi MAU-01/KH-UBND" ]
    [ "$(reporting transfer so-nnmt --to so-moi --tasks A.1,II.1)" = "so-moi MAU-01/KH-UBND, so-moi MAU-02/KH-UBND" ]
    [ "$(reporting split so-nnmt --into so-nnmt,so-moi --tasks II.1)" = "so-moi MAU-02/KH-UBND" ]
    [ "$(reporting split so-nnmt --into so-nnmt,so-moi)" = "so-moi MAU-01/KH-UBND, so-moi MAU-02/KH-UBND" ]
    [ "$(reporting merge so-nnmt --into so-moi)" = "so-moi MAU-01/KH-UBND, so-moi MAU-02/KH-UBND" ]
}

@test "faults in the new files and columns: with file, line and column" {
    fault () {  # FILE SED-EXPRESSION EXPECTED
        edit "$samples/thang-thu-tuc"
        sed -i "$2" "$plan/$1"
        run -65 baocao-admin plan load "$plan"
        [[ $output == *"$1:$3"* ]] || { echo "$1 $2: $output" >&2; return 1; }
    }
    fault periods.csv '2s/2025-03-01/2025-3-1/' '2: cutoff_from: "2025-3-1"'
    fault periods.csv '2s/2025-03-01,2025-04-01/2025-04-01,2025-04-01/' '2: cutoff_to:'
    fault periods.csv '2s/2025-04-16/2025-04-05/' '2: closes_on:'
    fault indicators.csv '2s/$/nhiều/' '2: target:'
    fault reminders.csv '2s/3 1 0/3  1 0/' '2: before:'
    fault reminders.csv '2s/3 1 0/3 1 01/' '2: before:'
    fault reminders.csv '2s/,7,/,24,/' '2: hour:'
    fault reminders.csv '2s/mailbox mail/mailbox fax/' '2: channels:'
    fault reminders.csv '2s/mailbox mail/mailbox mail mailbox/' '2: channels:'
    fault reminders.csv '2s/leader$/leader leader/' '2: copy_to:'
    fault reminders.csv '3s/^2025/2031/' '3: period:'
    fault reminders.csv '3s/^2025//' '3: period:'
    fault escalation.csv '3s/,3,/,0,/' '3: after_working_days:'
    fault escalation.csv '3s/standing-leader/press/' '3: recipient:'
    run -64 baocao-admin plan load --from 2025-02-30 "$samples/thang-thu-tuc"
}

@test "calendar: loaded whole, by year, listed" {
    baocao-admin calendar load "$top/sql/calendars/vn.csv" --json | jq -e '.added == 0 and .removed == 0'  # setup has done it
    baocao-admin calendar list 2025 --json | jq -e 'map(select(.day == "2025-04-26")) == [{"day": "2025-04-26", "kind": "working", "name": "Làm bù cho ngày 02/5/2025"}]'
    others=$(sql "SELECT count(*) FROM official_day WHERE extract(year FROM day) <> 2025")
    printf 'day,kind,name\n2025-01-01,holiday,Tết\n' >"$BATS_TEST_TMPDIR/days.csv"
    baocao-admin calendar load --dry-run "$BATS_TEST_TMPDIR/days.csv"
    [ "$(baocao-admin calendar list 2025 --json | jq length)" -gt 1 ]
    version=$(sql "SELECT version FROM plan_version")
    baocao-admin calendar load "$BATS_TEST_TMPDIR/days.csv"
    [ "$(baocao-admin calendar list 2025 --json | jq -c 'map(.name)')" = '["Tết"]' ]
    [ "$(sql "SELECT count(*) FROM official_day WHERE extract(year FROM day) <> 2025")" = "$others" ]
    [ "$(sql "SELECT version FROM plan_version")" = $((version + 1)) ]
    printf 'day,kind,name\n2025-01-01,holiday,Tết\n2025-01-01,working,x\n2025-02-29,festival,\n' >"$BATS_TEST_TMPDIR/days.csv"
    run -65 baocao-admin calendar load "$BATS_TEST_TMPDIR/days.csv"
    [[ $output == *days.csv:3:* && $output == *"days.csv:4: day:"* && $output == *"days.csv:4: kind:"* && $output == *"days.csv:4: name:"* ]]
    run -65 baocao-admin calendar load "$BATS_TEST_TMPDIR/none.csv"
    run -64 baocao-admin calendar list last
    refute grep -Ewq 'holiday|working|monthly|commune' <(export LANGUAGE=vi; baocao-admin calendar list; baocao-admin period list; baocao-admin unit list | cut -f4)
}
