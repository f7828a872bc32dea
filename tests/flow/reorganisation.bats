# A year in which units are merged, split and ended, on the real plan: Thanh Hóa's departments of 1 March 2025 (planning into finance,
# agriculture with natural resources, labour into home affairs, which so becomes the standing agency) and its districts of 1 July.
load ../support/flow

setup_file () {
    stack_up 2024-12-02T09:00:00+07:00
}
teardown_file () { stack_down; }

# A unit's report of 2024 (all tasks in progress, 40 %), or as JQ-EXPRESSION makes it.
report_of () {  # UNIT PERIOD [JQ-EXPRESSION]
    vary "$1" ".period = \"$2\" | .document.date = \"${2}-12-01\" | ${3:-.}"
}
push () { run -0 --separate-stderr client "$1" push "$2"; eventually drained; }
verified () { baocao-admin totals verify; }
duties () { client "$1" duties --json; }
period () { jq -c --arg code "$1" '.plans[0].periods[] | select(.period == $code)'; }
figures () { client committee feed snapshot 208/KH-UBND "$1" --json | jq -c '[.figures.expected, .figures.received] // [.expected, .received]'; }
valid () {  # UNIT: from and to of its duty to report
    sql "SELECT string_agg(obligation || ' ' || r.valid_from || ' ' || r.valid_to, ', ' ORDER BY r.valid_from) FROM reporter r
         JOIN unit USING (unit_id) WHERE code = '$1' AND r.valid_to > r.valid_from"
}
roles () {  # UNIT PERIOD: its tasks
    sql "SELECT string_agg(t.code || ' ' || r.role, ', ' ORDER BY t.position, t.code) FROM period_role r JOIN task t USING (task_id)
         JOIN unit USING (unit_id) JOIN period USING (period_id) WHERE unit.code = '$1' AND period.code = '$2'"
}
expected () {  # PERIOD: who must report
    sql "SELECT string_agg(u.code, ' ' ORDER BY u.code) FROM period_reporter r JOIN unit u USING (unit_id) JOIN period USING (period_id)
         WHERE period.code = '$1' AND obligation = 'must'"
}
join () {  # UNIT: makes its door, its home and its key
    baocao-admin invite "$1" -o "$BATS_TEST_TMPDIR/$1.baocao" >/dev/null
    client "$1" join "$BATS_TEST_TMPDIR/$1.baocao" --name test
}

@test "2024 is reported under the old names" {
    for unit in so-ldtbxh so-noivu so-taichinh so-khdt so-nnptnt so-tnmt so-tttt so-vhttdl; do
        push "$unit" "$(report_of "$unit" 2024)"
    done
    verified
    snapshot_2024=$(client committee feed snapshot 208/KH-UBND 2024 --json)
    [ "$(jq '[.units[] | select(.obligation == "must")] | length' <<<"$snapshot_2024")" = 17 ]
    echo "$snapshot_2024" >"$BATS_FILE_TMPDIR/snapshot-2024"
}

@test "--dry-run says what would change, and changes nothing" {
    clock 2025-03-10T09:00:00+07:00
    version=$(sql "SELECT version FROM plan_version")
    run -0 --separate-stderr baocao-admin unit merge so-ldtbxh --into so-noivu --from 2025-03-01 --reason 'NQ' --dry-run --json
    jq -e '(.[] | select(.what == "unit")) == {what: "unit", unit: "so-ldtbxh", of: "", valid_from: "-infinity",
        before: ".. infinity", after: ".. 2025-03-01"}' <<<"$output"
    jq -e '[.[] | select(.what == "standing unit") | .unit, .valid_from, .after] == ["so-noivu", "2025-03-01", ""]' <<<"$output"
    jq -e '[.[] | select(.of == "208/KH-UBND III.1") | [.unit, .before, .after]] == [["so-ldtbxh", "lead .. infinity", "lead .. 2025-03-01"],
        ["so-noivu", null, "lead .. infinity"]]' <<<"$output"
    jq -e '[.[] | select(.what == "reporter") | .unit] == ["so-ldtbxh"]' <<<"$output"  # home affairs must report anyway
    [ "$(sql "SELECT version FROM plan_version")" = "$version" ]
    [ "$(sql "SELECT count(*) FROM unit_succession")" = 0 ]
    [ "$(valid so-ldtbxh)" = "must -infinity infinity" ]
}

@test "what cannot be is refused, with the reason" {
    refused () { run "-$1" baocao-admin unit "${@:3}"; [[ $output == *"$2"* ]] || { echo "$output" >&2; return 1; }; }
    refused 64 '--from' merge so-khdt --into so-taichinh --reason NQ
    refused 64 '--from' merge so-khdt --into so-taichinh --reason NQ --from 2025-02-29
    refused 64 '--reason' merge so-khdt --into so-taichinh --from 2025-03-01
    refused 64 '--into' merge so-khdt --from 2025-03-01 --reason NQ
    refused 64 'its own place' merge so-khdt --into so-khdt --from 2025-03-01 --reason NQ
    refused 65 'so-khong' merge so-khdt --into so-khong --from 2025-03-01 --reason NQ
    refused 65 'has reported' merge so-khdt --into so-taichinh --from 2024-12-09 --reason NQ
    refused 65 'standing unit' end so-ldtbxh --from 2025-03-01 --reason NQ
    refused 65 'no part in task V.1' transfer so-tttt --to so-khcn --tasks I.1,V.1 --from 2025-03-01 --reason NQ
    [ "$(sql "SELECT count(*) FROM unit_succession")" = 0 ]
}

@test "1 March 2025: three mergers, as three kinds of names; two tasks are transferred" {
    baocao-admin unit add so-nnmt --name 'Sở Nông nghiệp và Môi trường' --name-en 'Department of Agriculture and Environment' --from 2025-03-01
    from=(--from 2025-03-01 --reason 'Nghị quyết mẫu' --as 'Nguyễn Văn Mẫu')
    baocao-admin unit merge so-ldtbxh --into so-noivu "${from[@]}"
    baocao-admin unit merge so-taichinh so-khdt --into so-taichinh "${from[@]}"
    baocao-admin unit merge so-nnptnt so-tnmt --into so-nnmt "${from[@]}"
    baocao-admin unit transfer so-tttt --to so-khcn --tasks I.1,208/KH-UBND:I.2 "${from[@]}"
    run -65 baocao-admin unit merge so-khdt --into so-noivu --from 2025-04-01 --reason NQ
    [[ $output == *"2025-03-01"* ]]

    [ "$(valid so-ldtbxh)" = "must -infinity 2025-03-01" ]
    [ "$(valid so-nnmt)" = "must 2025-03-01 infinity" ]
    [ "$(valid so-taichinh)" = "must -infinity infinity" ]
    [ "$(roles so-tnmt 2024)" = "IV.1 lead, IV.2 lead, IV.3 lead, IV.5 coordinating, IV.6 coordinating" ]
    [ "$(roles so-nnmt 2025)" = "IV.1 lead, IV.2 lead, IV.3 lead, IV.5 lead, IV.6 lead, VI.5 lead, VI.6 lead" ]
    [ -z "$(roles so-nnptnt 2025)$(roles so-ldtbxh 2025)$(roles so-khdt 2025)$(roles so-nnmt 2024)" ]
    [ "$(roles so-khcn 2025)" = "I.1 lead, I.2 lead, $(roles so-khcn 2024)" ]
    [[ "$(roles so-tttt 2025)" != *I.1* && "$(roles so-tttt 2025)" == *I.3* && "$(roles so-tttt 2024)" == *I.1* ]]
    # No two rows of one duty hold on one day.
    [ "$(sql "SELECT count(*) FROM task_unit a JOIN task_unit b USING (task_id, unit_id) WHERE a.valid_from < b.valid_from AND a.valid_to > b.valid_from")" = 0 ]
    [ "$(sql "SELECT who || ' ' || reason FROM unit_succession WHERE kind = 'merge' LIMIT 1")" = "Nguyễn Văn Mẫu Nghị quyết mẫu" ]
    [ "$(comm -3 <(expected 2024 | tr ' ' '\n') <(expected 2025 | tr ' ' '\n') | tr -d '\n')" = \
      "so-khdtso-ldtbxh	so-nnmtso-nnptntso-tnmt" ]
    verified
}

@test "1 July: the districts end; a department is split in autumn" {
    clock 2025-07-01T09:00:00+07:00
    mapfile -t districts < <(awk -F, '$2 == "district" { print $1 }' "$top/sql/plans/208-KH-UBND/units.csv")
    [ ${#districts[@]} = 27 ]
    [ "$(sql "SELECT count(*) FROM period_reporter JOIN period USING (period_id) WHERE code = '2025' AND obligation = 'may'")" = 27 ]
    baocao-admin unit end "${districts[@]}" --from 2025-07-01 --reason 'Nghị quyết mẫu'
    [ "$(sql "SELECT count(*) FROM period_reporter JOIN period USING (period_id) WHERE code = '2025' AND obligation = 'may'")" = 0 ]
    [ "$(sql "SELECT count(*) FROM period_reporter JOIN period USING (period_id) WHERE code = '2024' AND obligation = 'may'")" = 27 ]
    baocao-admin unit add so-vhtt --name 'Sở Văn hóa và Thể thao' --from 2025-09-01
    baocao-admin unit add so-dulich --name 'Sở Du lịch' --from 2025-09-01
    last=$(roles so-vhttdl 2024 | tr ',' '\n' | awk '$2 == "lead" { code = $1 } END { print code }')
    baocao-admin unit split so-vhttdl --into so-vhtt,so-dulich --tasks "$last" --from 2025-09-01 --reason 'Quyết định mẫu'
    [ "$(roles so-dulich 2025)" = "$last lead" ]
    [[ ", $(roles so-vhtt 2025)," == *", II.1 lead,"* && ", $(roles so-vhtt 2025)," != *", $last lead,"* ]]
    [ -z "$(roles so-vhttdl 2025)" ]
    [ "$(expected 2025 | wc -w)" = 15 ]
    [ "$(expected 2024 | wc -w)" = 17 ]
    verified
}

@test "duties of different times: at every moment the stronger one holds, and only one" {
    history () { sql "SELECT string_agg(role || ' ' || d.valid_from || ' ' || d.valid_to, ', ' ORDER BY d.valid_from) FROM task_unit d JOIN task t USING (task_id)
                      JOIN unit u USING (unit_id) WHERE u.code = '$1' AND t.code = '$2' AND d.valid_to > d.valid_from"; }
    sql "INSERT INTO task_unit SELECT task_id, unit_id, 'coordinating', v.a, v.b FROM task t, unit u, (VALUES (date '2021-01-01', date '2025-06-01'),
             (date '2025-10-01', date '2026-04-01')) v (a, b) WHERE t.code = 'II.3' AND u.code = 'so-yte'"
    sql "UPDATE task_unit SET valid_to = '2026-01-01' WHERE task_id = (SELECT task_id FROM task WHERE code = 'II.3') AND role = 'lead'"
    baocao-admin unit transfer so-gddt --to so-yte --tasks II.3 --from 2025-03-01 --reason 'Quyết định mẫu'
    [ "$(history so-gddt II.3)" = "lead -infinity 2025-03-01" ]
    [ "$(history so-yte II.3)" = "coordinating 2021-01-01 2025-03-01, lead 2025-03-01 2025-06-01, lead 2025-06-01 2025-10-01, lead 2025-10-01 2026-01-01, coordinating 2026-01-01 2026-04-01" ]
    # What has the duty already is left alone; there and back again.
    baocao-admin unit transfer so-yte --to so-gddt --tasks II.3 --from 2025-03-01 --reason 'thu hồi'
    [ "$(history so-yte II.3)" = "coordinating 2021-01-01 2025-03-01" ]
    [[ "$(history so-gddt II.3)" == "lead -infinity 2025-03-01, lead 2025-03-01 "*"coordinating 2026-01-01 2026-04-01" ]]
    verified
}

@test "setup, run again at an upgrade, takes nothing of it back" {
    sql "UPDATE unit SET name_en = 'amended' WHERE code = 'so-yte'"
    rows () { sql "SELECT u::text FROM unit u ORDER BY 1"; sql "SELECT t::text FROM task_unit t ORDER BY 1"; sql "SELECT r::text FROM reporter r ORDER BY 1"; }
    rows >"$BATS_TEST_TMPDIR/before"
    KEYS=$STATE/keys "$top/services/local/setup"
    diff "$BATS_TEST_TMPDIR/before" <(rows)
    # Nor does the plan's directory, loaded on purpose; the rows of which nothing becomes are named.
    baocao-admin plan load --dry-run --json "$top/sql/plans/208-KH-UBND" |
        jq -e '[.plans[0].changes[] | select(.row == "so-khdt" or (.row | startswith("so-khdt "))) | .file + " " + .change] == ["reporters.csv ended"]'
    baocao-admin plan load "$top/sql/plans/208-KH-UBND"
    [ "$(expected 2025 | wc -w)" = 15 ]
    # An amendment that still names those who have ended would take their duties from those who stand in their place.
    rows >"$BATS_TEST_TMPDIR/before"
    LANGUAGE=en run -65 --separate-stderr baocao-admin plan load --from 2025-11-01 --json "$top/sql/plans/208-KH-UBND"
    jq -e '.faults | (map(.file) | unique) == ["reporters.csv", "task_units.csv"] and
        any(.[]; .file == "reporters.csv" and .column == "unit" and .message == "so-khdt is there until 2025-03-01 only: name who stands in its place")' <<<"$output"
    diff "$BATS_TEST_TMPDIR/before" <(rows)
}

@test "the successor's template shows what its forerunners said last" {
    clock 2025-11-03T09:00:00+07:00
    join so-nnmt
    previous () { jq -r --arg task "$2" '.previous[] | select(.task == $task) | .progress_percent' <<<"$1"; }
    told () { jq -r --arg task "$2" '.entries[] | select(.task == $task) | .progress_percent' "$reports/$1.json"; }
    first () { jq -r '.entries[0].task' "$reports/$1.json"; }
    now=$(duties so-nnmt | period 2025)
    for unit in so-nnptnt so-tnmt; do
        [ "$(previous "$now" "$(first $unit)")" = "$(told $unit "$(first $unit)")" ]
    done
    [ "$(jq -r .previous_period <<<"$now")" = 2024 ]
    [ "$(duties so-nnmt | period 2024 | jq '.previous | length')" = 0 ]  # it was not there then
    now=$(duties so-noivu | period 2025)
    for unit in so-noivu so-ldtbxh; do
        [ "$(previous "$now" "$(first $unit)")" = "$(told $unit "$(first $unit)")" ]
    done
    [ -z "$(previous "$(duties so-noivu | period 2024)" "$(first so-ldtbxh)")" ]
    now=$(duties so-khcn | period 2025)  # of so-tttt only what was transferred
    [ "$(jq -c '[.previous[].task]' <<<"$now")" = '["I.1","I.2"]' ]
    [ "$(duties so-khcn | jq -r '.plans[0].standing_unit')" = so-noivu ]
    baocao-admin plan list --json | jq -e '.[0].standing_unit == "so-noivu"'
    client so-nnmt template 2025 | jq -e --arg a "$(first so-nnptnt)" --arg b "$(first so-tnmt)" '[.entries[].task] | contains([$a, $b])'
}

@test "reminders go to the successors, the digest to the new standing agency" {
    clock 2025-11-09T08:30:00+07:00
    all_reminded () { [ "$(reminded)" = "$(expected 2025)" ]; }
    reminded () { sql "SELECT string_agg(DISTINCT u.code, ' ' ORDER BY u.code) FROM reminder_decision JOIN unit u USING (unit_id)
                       JOIN period p USING (period_id) WHERE p.code = '2025'"; }
    eventually all_reminded
    clock 2025-12-04T08:30:00+07:00
    told () { client so-noivu mailbox --json | has '"digest"'; }
    eventually told
    refute grep -q '2025-12' <(sql "SELECT posted_at FROM notice JOIN unit USING (unit_id) WHERE code = 'so-ldtbxh'")
}

@test "the predecessor is refused and told who reports now; its key and its mailbox are still its own" {
    clock 2025-12-05T09:00:00+07:00
    run -65 --separate-stderr client so-ldtbxh push --unchecked --json "$(report_of so-ldtbxh 2025)"
    [[ $output == *unit.no_duty* && $output == *so-noivu* ]]
    run -65 --separate-stderr client so-vhttdl push --unchecked --json "$(report_of so-vhttdl 2025)"
    [[ $output == *"so-dulich, so-vhtt"* ]]
    client so-ldtbxh mailbox >/dev/null
    [ "$(sql "SELECT count(*) FROM client_key JOIN unit USING (unit_id) WHERE code = 'so-ldtbxh' AND revoked_at IS NULL")" = 1 ]
    verified
}

@test "the successor answers its forerunners' obligations; the trend goes on" {
    file=$(jq -s '.[0] * {unit: "so-nnmt", period: "2025", entries: (.[0].entries + .[1].entries)} | .document.date = "2025-12-01"' \
        "$reports/so-nnptnt.json" "$reports/so-tnmt.json" >"$BATS_TEST_TMPDIR/so-nnmt.json"; echo "$BATS_TEST_TMPDIR/so-nnmt.json")
    push so-nnmt "$file"
    # Less than a forerunner said is a warning, as it is to the unit itself.
    lower=$(report_of so-noivu 2025 ".entries += $(jq -c '[.entries[] | .progress_percent = 1 | .status = "in_progress"]' "$reports/so-ldtbxh.json")")
    run -0 --separate-stderr client so-noivu check --json "$lower"
    [[ $output == *progress.lower* ]]
    run -0 --separate-stderr client so-noivu push --json "$lower"
    [[ $output == *progress.lower* ]]
    eventually drained
    client committee feed snapshot 208/KH-UBND 2025 --json >"$BATS_TEST_TMPDIR/snapshot"
    jq -e '[.trend[] | [.period, .figures.expected, .figures.received]] | .[-2:] == [["2024", 17, 8], ["2025", 15, 2]]' "$BATS_TEST_TMPDIR/snapshot"
    jq -e '[.units[] | select(.predecessors != null and (.predecessors | length) > 0) | [.code] + .predecessors] == [["so-dulich", "so-vhttdl"],
        ["so-nnmt", "so-nnptnt", "so-tnmt"], ["so-noivu", "so-ldtbxh"], ["so-taichinh", "so-khdt"], ["so-vhtt", "so-vhttdl"]]' "$BATS_TEST_TMPDIR/snapshot"
    client committee feed snapshot 208/KH-UBND 2025 | has 'successor of so-nnptnt, so-tnmt'
    [ "$(client committee feed snapshot 208/KH-UBND 2024 --json | jq -S 'del(.as_of, .seq)')" = "$(jq -S 'del(.as_of, .seq)' "$BATS_FILE_TMPDIR/snapshot-2024")" ]
    verified
    baocao-admin chain verify
    # A successor that has reported: what its report lacks is said.
    one=$(roles so-yte 2025 | tr ',' '\n' | awk '$2 == "lead" { print $1; exit }')
    baocao-admin unit transfer so-yte --to so-noivu --tasks "$one" --from 2025-12-01 --reason NQ --dry-run --json |
        jq -e --arg lacks "counts, without $one" 'map(select(.what == "report") | [.unit, .of, .before, .after]) == [["so-noivu", "208/KH-UBND 2025", null, $lacks]]'
}

@test "identifiers: both orders of the national code are the same unit's, from a day on" {
    baocao-admin unit identifier add so-noivu national 000.00.08.H56
    baocao-admin unit identifier add so-noivu sap-xep NV-1
    for name in H56.08 08.H56 h56.08 NV-1; do
        baocao-admin unit show "$name" --json | jq -e '.[0].detail | startswith("so-noivu: ")'
    done
    run -65 baocao-admin unit identifier add so-yte national 08.H56
    [[ $output == *so-noivu* ]]
    run -65 baocao-admin unit identifier add so-yte national 08.56
    run -65 baocao-admin unit show H56.09
    baocao-admin unit identifier add so-noivu national H56.09 --from 2025-03-01
    [ "$(baocao-admin unit identifier list H56.09 --json | jq -c '[.[] | select(.scheme == "national") | [.value, .valid_from, .valid_to]]')" = \
      '[["H56.08","-infinity","2025-03-01"],["H56.09","2025-03-01","infinity"]]' ]
    baocao-admin unit identifier add so-yte national H56.08 --from 2025-03-01
    baocao-admin unit show so-noivu --json | jq -e '[.[] | select(.what == "successor of" or .what == "standing unit") | .detail] == ["so-ldtbxh", "208/KH-UBND"]'
}
