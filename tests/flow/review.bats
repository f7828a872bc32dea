# What the standing agency decides after the rules: reports confirmed and returned, with the guarantees held all the while.
load ../support/flow

setup_file () { stack_up 2025-12-08T09:00:00+07:00; }
teardown_file () { stack_down; }
snapshot () { client committee feed snapshot 208/KH-UBND 2025 --json; }

figure () { snapshot | jq -r ".$1"; }
standing () { snapshot | jq -r --arg unit "$1" '.units[] | select(.code == $unit) | .standing'; }
stands () { [ "$(standing "$1")" = "$2" ]; }
task () { snapshot | jq -r --arg task "$1" ".tasks[] | select(.code == \$task) | $2"; }
state () { client "$1" status --json | jq -r '.submissions[0].state'; }  # of the unit's latest
submission () { baocao-admin report list --json | jq -r --arg unit "$1" 'map(select(.unit == $unit))[-1].submission_id'; }  # the unit's latest
verified () { eventually drained; baocao-admin totals verify; baocao-admin chain verify; }
last_event () { sql "SELECT max(seq) FROM feed_event"; }
decide () { run -0 baocao-admin "$@" --as "Nguyễn Thị Thường Trực"; }

@test "report list and show: what was sent, what became of it, by whom decided" {
    client so-khcn push "$reports/so-khcn.json"
    run -65 client so-yte push --unchecked "$reports/so-yte-refused.json"
    baocao-admin report list 208/KH-UBND 2025 --json | jq -e 'map([.unit, .state, .timeliness, .revision]) ==
        [["so-khcn", "accepted", "on time", 1], ["so-yte", "rejected", "on time", 1]]'
    baocao-admin report list --state rejected --json | jq -e 'map(.unit) == ["so-yte"]'
    baocao-admin report list 208/KH-UBND 2024 --json | jq -e '. == []'
    run -64 baocao-admin report list --state lost
    decide report show "$(submission so-yte)" --json
    jq -e --slurpfile sent "$reports/so-yte-refused.json" '.report.document.number == $sent[0].document.number and (.findings | length >= 4)
        and .reviews == [] and (.signature | length == 128) and .unit == "so-yte"' <<<"$output"
    decide report show "$(submission so-yte)"
    [[ $output == *progress.range* && $output == *so-yte* ]]
    LANGUAGE=vi baocao-admin report show "$(submission so-yte)" | has 'Tình trạng: chưa chấp nhận'
    LANGUAGE=vi baocao-admin report list | has 'đã chấp nhận'
    decide report show "$(client so-yte status --json | jq -r '.submissions[0].report_id')" --json  # the id that the officer sees
    jq -e '.unit == "so-yte"' <<<"$output"
    run -64 baocao-admin report show so-yte
    run -65 baocao-admin report show 00000000-0000-7000-8000-00000000ffff
}

@test "a report id of two units: both are named, nothing is decided" {
    id=$(client so-khcn status --json | jq -r '.submissions[0].report_id')
    sql "INSERT INTO submission SELECT (jsonb_populate_record(s, jsonb_build_object('submission_id', gen_random_uuid(), 'unit_id',
         (SELECT unit_id FROM unit WHERE code = 'so-noivu'), 'period_id', NULL))).* FROM submission s WHERE report_id = '$id'"
    LANGUAGE=en run -65 baocao-admin report confirm "$id"
    [[ $output == *"$id is the id of several reports"*"$(submission so-khcn)  so-khcn 208/KH-UBND 2025"*"  so-noivu 208/KH-UBND 2025"* ]]
    sql "DELETE FROM submission USING unit WHERE submission.unit_id = unit.unit_id AND code = 'so-noivu'"
    [ "$(sql "SELECT count(*) FROM review")" = 0 ]
}

@test "confirm: the unit is told, the state says so, the totals stand" {
    before=$(last_event)
    decide report confirm "$(client so-khcn status --json | jq -r '.submissions[0].report_id')"
    [ "$(state so-khcn)" = confirmed ]
    told () { client so-khcn mailbox --json | jq -se 'map(select(.kind == "confirmed")) | length == 1'; }
    eventually told
    [ "$(standing so-khcn)" = on_time ]
    [ "$(last_event)" = "$before" ]
    client so-khcn status --json | jq -e '.submissions[0].counted'
    run -65 baocao-admin report confirm "$(submission so-khcn)"  # once is enough
    run -65 baocao-admin report confirm "$(submission so-yte)"   # refused by the rules
    verified
}

@test "return: the report leaves every figure, the feed and the unit are told why" {
    [ "$(task IV.4 .entries)" = 1 ]
    run -64 baocao-admin report return "$(submission so-khcn)"  # no reason
    client so-tttt push "$reports/so-tttt.json"
    LANGUAGE=en decide report return "$(submission so-khcn)" --reason "Thiếu số liệu giải ngân"
    [[ $output != *closed* ]]
    eventually stands so-khcn returned
    snapshot | jq -e '[.received, .returned, .missing, .rejected] == [1, 1, 16, 1]'
    snapshot | jq -e '.tasks[] | select(.code == "IV.4") | .entries == 0 and .disbursed == 0 and .status == "unspecified"'
    [ "$(state so-khcn)" = returned ]
    told () { client so-khcn mailbox --json | jq -se 'map(select(.kind == "returned")) | length == 1 and (.[0].body_vi | contains("Thiếu số liệu giải ngân"))'; }
    eventually told
    client committee feed tail --after $(($(last_event) - 1)) --count 1 --json |
        jq -e '.kind == "returned" and .unit == "so-khcn" and .standing == "returned" and .reason == "Thiếu số liệu giải ngân" and .figures.returned == 1'
    decide report show "$(submission so-khcn)" --json
    jq -e '.state == "returned" and (.reviews | map([.action, .who]) ==
        [["confirm", "Nguyễn Thị Thường Trực"], ["return", "Nguyễn Thị Thường Trực"]])' <<<"$output"
    client so-khcn duties --json | jq -e '.plans[0].periods[] | select(.period == "2025") | .standing == "returned" and .previous == []'
    run -65 baocao-admin report return "$(submission so-khcn)" --reason "Lần nữa"
    verified
}

@test "the corrected one is judged without the returned one in mind, and timed by its own reception" {
    clock 2025-12-10T07:00:00+07:00 --frozen
    lower=$(vary so-khcn '.entries[0].progress_percent = 1 | .entries[0].status = "in_progress"')
    client so-khcn push "$lower"  # progress below what the returned one said is no finding
    client so-khcn status --json | jq -e '.submissions[0] | .state == "accepted" and (.findings | map(select(.code == "progress.lower")) == [])'
    [ "$(standing so-khcn)" = late ]
    [ "$(task IV.4 .progress_percent)" = 1 ]
    [ "$(figure returned)" = 0 ]
    verified
}

@test "an earlier revision does not come back when the later one is returned" {
    client so-tttt push "$(vary so-tttt '.general_assessment += " Lần hai."')"
    decide report return "$(submission so-tttt)" --reason "Chưa đúng mẫu"
    eventually stands so-tttt returned
    first=$(baocao-admin report list --json | jq -r 'map(select(.unit == "so-tttt"))[0].submission_id')
    run -65 baocao-admin report return "$first" --reason "Không còn được tổng hợp"
    verified
}

@test "a unit whose report was returned is reminded again" {
    clock 2025-12-11T08:00:05+07:00
    reminded () { [ "$(sql "SELECT count(*) FROM reminder_decision d JOIN unit USING (unit_id) WHERE code = '$1' AND d.kind = 'overdue-2025-12-11'")" = "$2" ]; }
    eventually reminded so-tttt 1
    reminded so-khcn 0
    # What fell due while its report was accepted was not missed.
    [ "$(sql "SELECT count(*) FROM reminder_decision d JOIN unit USING (unit_id) WHERE code = 'so-tttt' AND d.kind = 'd-0'")" = 0 ]
}

@test "G2: a later revision is accepted while the return waits: it counts, timed by its own reception, in either order" {
    clock 2025-12-09T10:00:00+07:00 --frozen
    client so-noivu push "$reports/so-noivu.json"
    client so-tnmt push "$reports/so-tnmt.json"
    clock 2025-12-12T10:00:00+07:00 --frozen
    "$stack" stop aggregation
    decide report return "$(submission so-noivu)" --reason "Trả lại trước"
    client so-noivu push --no-wait "$(vary so-noivu '.general_assessment += " Lần hai."')"
    before=$(submission so-tnmt)
    client so-tnmt push --no-wait "$(vary so-tnmt '.general_assessment += " Lần hai."')"
    judged () { [ "$(sql "SELECT count(*) FROM validation_queue")" = 0 ]; }
    eventually judged
    run -65 baocao-admin report return "$before" --reason "Đã có bản thay thế"  # superseded by a verdict already
    run -65 baocao-admin report return "$(submission so-noivu)" --reason "Chưa tổng hợp"  # accepted, and not counted yet
    # As if the two had crossed: decided just before the verdict came.
    sql "INSERT INTO review (submission_id, action, at, who, reason) VALUES ('$before', 'return', now(), 'test', 'Trả lại sau');"
    "$stack" start aggregation
    eventually stands so-noivu late
    eventually stands so-tnmt on_time
    sql "INSERT INTO aggregation_queue VALUES ('$before', 'returned')"
    eventually stands so-tnmt late
    [ "$(task I.1 .entries)" = "$(sql "SELECT count(*) FROM unit_standing JOIN report_entry USING (submission_id) JOIN task USING (task_id) WHERE code = 'I.1'")" ]
    verified
}

@test "revisions of one batch are compared with each other; a return counts anew only what is in the totals already" {
    progress () { vary ban-dantoc ".entries[0].progress_percent = $1 | .entries[0].status = \"in_progress\""; }
    clock 2025-12-09T10:00:00+07:00 --frozen
    client ban-dantoc push "$(progress 30)"
    first=$(submission ban-dantoc)
    "$stack" stop validation-1 validation-2 aggregation
    client ban-dantoc push --no-wait "$(progress 2)"
    second=$(submission ban-dantoc)
    clock 2025-12-12T10:00:00+07:00 --frozen
    client ban-dantoc push --no-wait "$(progress 3)"
    "$stack" start validation-1 validation-2
    judged () { [ "$(sql "SELECT count(*) FROM validation_queue")" = 0 ]; }
    eventually judged
    client ban-dantoc status --json | jq -e '[.submissions[:2][].findings | map(select(.code == "progress.lower")) | length] == [0, 1]'
    # The second one is held up, the third counts, and then the first is returned: what is left came late, until the second counts too.
    coproc hold { psql -XqAt; }
    echo "BEGIN; SELECT 1 FROM baocao.aggregation_queue WHERE submission_id = '$second' FOR UPDATE;" >&"${hold[1]}"
    read -r _ <&"${hold[0]}"
    "$stack" start aggregation
    third () { [ "$(sql "SELECT count(*) FROM aggregation_queue")" = 1 ]; }
    eventually third
    stands ban-dantoc on_time
    sql "INSERT INTO review (submission_id, action, at, who, reason) VALUES ('$first', 'return', now(), 'test', 'Trả lại');
         INSERT INTO aggregation_queue VALUES ('$first', 'returned')"
    eventually third
    stands ban-dantoc late
    echo "\\q" >&"${hold[1]}"
    wait "$hold_PID" || :
    eventually stands ban-dantoc on_time
    verified
}

@test "G2: kill -9 in the middle of a return: it is counted once, and the totals are those of a recount" {
    clock 2025-12-09T11:00:00+07:00 --frozen
    for round in 1 2 3 4; do
        client so-gddt push "$(vary so-gddt ".general_assessment += \" Lần $round.\"")"
        # Somebody holds the feed's head: the return is taken, its transaction stands still, and then the process or the server dies.
        coproc hold { psql -XqAt; }
        echo "BEGIN; SELECT seq FROM baocao.feed_head FOR UPDATE;" >&"${hold[1]}"
        read -r _ <&"${hold[0]}"
        decide report return "$(submission so-gddt)" --reason "Lần $round"
        waits () { [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE usename = 'baocao_aggregation' AND wait_event_type = 'Lock'")" = 1 ]; }
        eventually waits
        if [ $((round % 2)) = 1 ]; then victim=aggregation; else victim=postgres; fi
        "$stack" kill "$victim"
        { echo "COMMIT;" >&"${hold[1]}"; echo "\\q" >&"${hold[1]}"; } 2>/dev/null || :
        wait "$hold_PID" || :
        "$stack" start
        "$stack" wait
        eventually stands so-gddt returned
        eventually drained
        [ "$(sql "SELECT count(*) FROM feed_event e JOIN submission USING (submission_id) JOIN unit USING (unit_id)
                  WHERE code = 'so-gddt' AND cause = 'returned'")" = "$round" ]
        [ "$(client so-gddt mailbox --json | jq -s 'map(select(.kind == "returned")) | length')" = "$round" ]
        verified
    done
}

@test "G7: a return's event that was changed is found; so is a decision that was taken away" {
    victim=$(sql "SELECT seq FROM feed_event WHERE cause = 'returned' ORDER BY seq LIMIT 1")
    sql "CREATE TABLE public.saved AS SELECT * FROM feed_event WHERE seq = $victim"
    sql "UPDATE feed_event SET event = (SELECT event FROM feed_event o WHERE o.cause = 'judged' AND o.submission_id <> feed_event.submission_id LIMIT 1) WHERE seq = $victim"
    run -65 baocao-admin chain verify
    [[ $output == *feed.hash* ]]
    sql "UPDATE feed_event e SET event = o.event FROM public.saved o WHERE e.seq = o.seq; DROP TABLE public.saved"
    baocao-admin chain verify
    sql "CREATE TABLE public.saved AS SELECT * FROM review WHERE action = 'return' ORDER BY review_id DESC LIMIT 1; DELETE FROM review WHERE review_id = (SELECT review_id FROM public.saved)"
    run -65 baocao-admin totals verify
    sql "INSERT INTO review OVERRIDING SYSTEM VALUE SELECT * FROM public.saved; DROP TABLE public.saved"
    verified
}

@test "quarantine: a report after closing gets a receipt that says so, and is in no figure" {
    clock 2025-12-20T09:00:00+07:00 --frozen
    baocao-admin period close 208/KH-UBND 2025 --reason "Đã tổng hợp xong" --as "Nguyễn Thị Thường Trực"
    before=$(last_event)
    run -65 client so-ngoaivu push --unchecked "$reports/so-ngoaivu.json"
    [[ $output == *kept* ]]
    client so-ngoaivu receipt show --json | jq -e '.timeliness == "quarantined"'
    client so-ngoaivu receipt verify
    [ "$(state so-ngoaivu)" = quarantined ]
    told () { client so-ngoaivu mailbox --json | jq -se 'map(select(.kind == "quarantined")) | length == 1'; }
    eventually told
    verified
    [ "$(sql "SELECT count(*) FROM verdict JOIN unit USING (unit_id) WHERE code = 'so-ngoaivu'")" = 0 ]
    [ "$(last_event)" = "$before" ]
    [ "$(standing so-ngoaivu)" = missing ]
    baocao-admin late quarantine --json | jq -e 'map([.unit, .revision]) == [["so-ngoaivu", 1]]'
    baocao-admin report list --state quarantined --json | jq -e 'map(.timeliness) == ["after closing"]'
    first=$(client so-ngoaivu receipt show --json)
    run -65 client so-ngoaivu push --unchecked "$reports/so-ngoaivu.json"  # once more: the same receipt
    [ "$(client so-ngoaivu receipt show --json)" = "$first" ]
}

@test "texts for the record: checked as a report's texts are, with place and remedy in both languages; nothing is decided" {
    bad () {  # VALUE ENGLISH VIETNAMESE
        for command in "late admit $(submission so-ngoaivu)" "report return $(submission so-tttt)" "period reopen 208/KH-UBND 2025" \
                       "extension refuse so-khdt 208/KH-UBND 2025" "unit end so-khdt --from 2026-01-01"; do
            LANGUAGE=en run -64 baocao-admin $command --reason "$1"
            [[ $output == *"--reason: $2"* ]]
        done
        LANGUAGE=vi run -64 baocao-admin $command --reason "$1"
        [[ $output == *"--reason: $3"* ]]
    }
    decided () { sql "SELECT (SELECT count(*) FROM review), (SELECT count(*) FROM period_decision), (SELECT count(*) FROM extension), (SELECT count(*) FROM unit_succession)"; }
    before=$(decided)
    bad "" "nothing is written there; write it" "chưa có nội dung; hãy ghi"
    bad $' \n' "nothing is written there; write it" "chưa có nội dung; hãy ghi"
    bad $'A\e[31m' "a control character is in it; take it out" "có ký tự điều khiển; hãy bỏ"
    bad "$(printf 'ệ%.0s' {1..2001})" "longer than 2000 characters; shorten it" "dài quá 2000 ký tự; hãy viết ngắn lại"
    bad $'Ly\u0301 do' "its accents are separate" "chữ Việt tổ hợp"
    bad $'\xff' "this is not UTF-8" "không phải UTF-8"
    for option in --as --name --name-en; do
        LANGUAGE=en run -64 baocao-admin unit add so-moi --name "Sở Mới" "$option" $'Sở\nMới'
        [[ $output == *"$option: write it on one line"* ]]
        LANGUAGE=vi run -64 baocao-admin unit add so-moi --name "Sở Mới" "$option" $'Sở \u202eiớM'
        [[ $output == *"$option: hãy viết trên một dòng"* ]]
    done
    [ "$(decided)" = "$before" ]
    [ "$(sql "SELECT count(*) FROM unit WHERE code = 'so-moi'")" = 0 ]
}

@test "late admit: it is judged now, with the reason kept, and counts as late" {
    run -64 baocao-admin late admit "$(submission so-ngoaivu)"
    run -65 baocao-admin late admit "$(submission so-khcn)" --reason "Không phải"
    decide late admit "$(submission so-ngoaivu)" --reason "Đường truyền hỏng"
    eventually stands so-ngoaivu late
    [ "$(state so-ngoaivu)" = accepted ]
    baocao-admin late quarantine --json | jq -e '. == []'
    baocao-admin report show "$(submission so-ngoaivu)" --json | jq -e '.reviews | map([.action, .reason]) == [["admit", "Đường truyền hỏng"]]'
    run -65 baocao-admin late admit "$(submission so-ngoaivu)" --reason "Lần nữa"
    verified
    sql "CREATE TABLE public.saved AS SELECT * FROM review WHERE action = 'admit'; DELETE FROM review WHERE action = 'admit'"
    run -65 baocao-admin chain verify  # G7: judged, and nobody has admitted it
    sql "INSERT INTO review OVERRIDING SYSTEM VALUE SELECT * FROM public.saved; DROP TABLE public.saved"
    baocao-admin chain verify
}

@test "quarantine: admitted before validation came to it, it is judged once; refused by the rules, it is refused" {
    "$stack" stop validation-1 validation-2
    run -0 client so-vhttdl push --no-wait "$reports/so-vhttdl.json"
    run -0 client so-yte push --unchecked --no-wait "$(vary so-yte-refused ".general_assessment += \" Lần hai.\"")"
    decide late admit "$(submission so-vhttdl)" --reason "Kịp thời"
    decide late admit "$(submission so-yte)" --reason "Kịp thời"
    "$stack" start
    eventually stands so-vhttdl late
    judged () { [ "$(state so-yte)" = rejected ]; }
    eventually judged
    verified
    refute grep -q '"kind":"quarantined"' <(client so-vhttdl mailbox --json)
}

@test "period close and reopen: with a reason, and everybody concerned is told once" {
    told () { [ "$(sql "SELECT count(*) FROM notice n JOIN period_reporter USING (unit_id) JOIN period USING (period_id) WHERE code = '2025' AND n.kind = 9
                        AND NOT EXISTS (SELECT FROM reminder_decision d WHERE d.unit_id = n.unit_id AND d.cursor = n.cursor)")" = "$1" ]; }
    reporters=$(sql "SELECT count(*) FROM period_reporter JOIN period USING (period_id) WHERE code = '2025'")
    eventually told "$reporters"  # it was closed above
    client mttq mailbox --json | jq -se 'map(select(.kind == "deadline")) | length == 1 and (.[0].body_vi | contains("Đã tổng hợp xong"))'
    run -64 baocao-admin period reopen 208/KH-UBND 2025
    run -65 baocao-admin period close 208/KH-UBND 2025 --reason "Lần nữa"
    run -65 baocao-admin period reopen 208/KH-UBND 1999 --reason "Không có kỳ này"
    decide period reopen 208/KH-UBND 2025 --reason "Bổ sung theo chỉ đạo"
    run -65 baocao-admin period reopen 208/KH-UBND 2025 --reason "Lần nữa"
    eventually told $((2 * reporters))
    eventually drained
    told $((2 * reporters))
    client mttq mailbox --json | jq -se 'map(select(.kind == "deadline").subject_vi) == ["Kỳ 2025 đã khóa", "Kỳ 2025 đang mở nhận báo cáo"]'
    baocao-admin period list --json | jq -e 'map(select(.period == "2025"))[0] | .state == "open" and .reason == "Bổ sung theo chỉ đạo"'
    run -0 client so-taichinh push "$reports/so-taichinh.json"
    [ "$(standing so-taichinh)" = late ]
    [ "$(sql "SELECT string_agg(action || ' ' || who, ', ' ORDER BY decision_id) FROM period_decision JOIN period USING (period_id) WHERE code = '2025'")" = \
        "close Nguyễn Thị Thường Trực, reopen Nguyễn Thị Thường Trực" ]
    verified
}

@test "extension: granted, the unit is on time by its own deadline; refused, it is told why" {
    run -64 baocao-admin extension grant so-ldtbxh 208/KH-UBND 2025 2025-12-25
    run -64 baocao-admin extension grant so-ldtbxh 208/KH-UBND 2025 25/12/2025 --reason "Ngày sai"
    run -65 baocao-admin extension grant so-ldtbxh 208/KH-UBND 2025 2025-12-10 --reason "Không muộn hơn"
    run -65 baocao-admin extension grant ubnd-tinh 208/KH-UBND 2025 2025-12-25 --reason "Không phải báo cáo"
    run -65 baocao-admin extension grant so-nhieu 208/KH-UBND 2025 2025-12-25 --reason "Không có"
    decide extension grant so-ldtbxh 208/KH-UBND 2025 2025-12-21 --reason "Chờ số liệu của Cục Thống kê"
    decide extension refuse so-khdt 208/KH-UBND 2025 --reason "Không có lý do khách quan"
    run -65 baocao-admin extension refuse so-ldtbxh 208/KH-UBND 2025 --reason "Đã gia hạn"
    baocao-admin extension list 208/KH-UBND 2025 --json | jq -e 'map([.unit, .decision, .due_before, .who]) ==
        [["so-ldtbxh", "granted", "2025-12-21", "Nguyễn Thị Thường Trực"], ["so-khdt", "refused", null, "Nguyễn Thị Thường Trực"]]'
    told () { client "$1" mailbox --json | jq -se "map(select(.kind == \"extension\")) | length == 1 and (.[0] | (.subject_vi | contains(\"$4\")) and (.body_vi | contains(\"$2\") and contains(\"$3\")))"; }
    eventually told so-ldtbxh "Cục Thống kê" 21/12/2025 "được gia hạn"
    eventually told so-khdt "khách quan" 10/12/2025 "chưa được chấp thuận"
    LANGUAGE=en run -65 baocao-admin extension grant so-khdt 208/KH-UBND 2025 2025-12-20 --reason "Ngày đã qua"
    [[ $output == *"are over: name a later one"* ]]
    clock 2025-12-20T23:59:59.999+07:00 --frozen
    run -0 client so-ldtbxh push "$reports/so-ldtbxh.json"
    [ "$(standing so-ldtbxh)" = on_time ]
    run -0 client so-khdt push "$reports/so-khdt.json"
    [ "$(standing so-khdt)" = late ]
    verified
}

@test "extension: after a late report the unit is told that it stays late, and it does" {
    extended () { client so-khdt mailbox --json | jq -se 'map(select(.kind == "extension")) | length == 2 and (.[1] |
        (.body_vi | contains("vẫn tính là muộn")) and (.body_en | contains("The report that was received late stays late.")))'; }
    LANGUAGE=en decide extension grant so-khdt 208/KH-UBND 2025 2025-12-27 --reason "Xem xét lại"
    [[ $output == *"before 2025-12-27 now."*"stays late."* ]]
    eventually extended
    clock 2025-12-21T09:00:00+07:00 --frozen
    client so-khdt push "$(vary so-khdt '.general_assessment += " Lần hai."')"
    [ "$(standing so-khdt)" = late ]
    verified
}

@test "extension: a shorter one is said to be shorter" {
    LANGUAGE=en decide extension grant so-nnptnt 208/KH-UBND 2025 2025-12-27 --reason "Chờ số liệu"
    [[ $output != *late* ]]
    LANGUAGE=en decide extension grant so-nnptnt 208/KH-UBND 2025 2025-12-24 --reason "Đã có số liệu"
    [[ $output == *"was later, and is now before 2025-12-24."* ]]
    shortened () { client so-nnptnt mailbox --json | jq -se 'map(select(.kind == "extension")) | (map(.subject_vi) | sort) ==
        ["Kỳ 2025: thời hạn đã gia hạn được rút ngắn", "Kỳ 2025: đơn vị được gia hạn báo cáo"] and
        any(.body_en | contains("it is now before 24 December 2025. The reason"))'; }
    eventually shortened
}

@test "extension: not past the day on which the period closes" {
    clock 2025-12-22T09:00:00+07:00 --frozen
    decide period close 208/KH-UBND 2025 --reason "Tổng hợp xong" --json
    jq -e '.extended == [{"unit": "so-khdt", "due_before": "2025-12-27"}, {"unit": "so-nnptnt", "due_before": "2025-12-24"}]' <<<"$output"
    run -65 baocao-admin extension grant so-nnptnt 208/KH-UBND 2025 2025-12-31 --reason "Kỳ đã khóa"
}

@test "return in a closed period: the standing agency is told the remedy, the unit that what it sends is kept apart" {
    LANGUAGE=en decide report return "$(submission so-khdt)" --reason "Số liệu sai"
    [[ $output == *"is closed"*"quarantine"*"period reopen 208/KH-UBND 2025 --reason"* ]]
    said () { client so-khdt mailbox --json | jq -se 'map(select(.kind == "returned"))[-1] |
        (.body_vi | contains("Số liệu sai") and contains("đã khóa")) and (.body_en | contains("The period is closed"))'; }
    eventually said
    client so-gddt mailbox --json | jq -se 'map(select(.kind == "returned")) | length > 0 and all(.body_en | contains("closed") | not)'
    verified
}

@test "late admit: not what an accepted later revision has replaced: the unit stays on time" {
    run -65 client so-nnptnt push --unchecked "$reports/so-nnptnt.json"
    old=$(submission so-nnptnt)
    decide period reopen 208/KH-UBND 2025 --reason "Bổ sung"
    client so-nnptnt push "$(vary so-nnptnt '.general_assessment += " Lần hai."')"
    [ "$(standing so-nnptnt)" = on_time ]
    LANGUAGE=en run -65 baocao-admin late admit "$old" --reason "Nhầm"
    [[ $output == *"stays in quarantine: revision 2 came after it and was accepted"* ]]
    # Nor is anybody asked to.
    baocao-admin late quarantine --json | jq -e '. == []'
    [ "$(sql "SELECT count(*) FROM quarantine")" = 0 ]
    [ "$(state so-nnptnt)$(baocao-admin report list --state quarantined --json | jq -r 'map(.unit) | join(" ")')" = acceptedso-nnptnt ]
    baocao-admin overview --json | jq -e 'all(.alarms[]; .alarm != "quarantine")'
    clock 2025-12-23T08:30:00+07:00 --frozen
    digest () { client so-ldtbxh mailbox --json | jq -se 'map(select(.kind == "digest" and (.posted_at | startswith("2025-12-23"))).body_en) |
        length == 1 and (.[0] | contains("after closing") | not)'; }
    eventually digest
    eventually drained
    [ "$(standing so-nnptnt)" = on_time ]
    verified
}

@test "what was decided while notification was away is told in that order, and to the extended unit its own deadline" {
    "$stack" stop notification
    run -0 client so-gddt push "$reports/so-gddt.json"
    stands_now () { stands so-gddt late; }
    eventually stands_now
    decide report confirm "$(submission so-gddt)"
    decide extension refuse mttq 208/KH-UBND 2025 --reason "Chưa có lý do"
    decide extension grant mttq 208/KH-UBND 2025 2025-12-25 --reason "Bổ sung hồ sơ"
    for round in một hai; do
        decide period close 208/KH-UBND 2025 --reason "Khóa lần $round"
        decide period reopen 208/KH-UBND 2025 --reason "Mở lần $round"
    done
    "$stack" start notification
    "$stack" wait
    eventually drained
    last_words () { client "$1" mailbox --json | jq -sr "map(select(.kind == \"$2\"))[-$3:] | map(.body_vi | capture(\"(Lý do: )(?<why>[^\\n]*)\").why) | join(\", \")"; }
    for unit in mttq so-gddt so-taichinh so-yte; do
        [ "$(last_words "$unit" deadline 4)" = "Khóa lần một, Mở lần một, Khóa lần hai, Mở lần hai" ]
    done
    [ "$(last_words mttq extension 2)" = "Chưa có lý do, Bổ sung hồ sơ" ]
    client so-gddt mailbox --json | jq -se 'map(.kind) | index("accepted") < index("confirmed")'
    days () { client "$1" mailbox --json | jq -sr "map(select(.kind == \"$2\"))[-$3:] | map(.body_vi | capture(\"trước ngày (?<day>[0-9/]+)\").day) | join(\" \")"; }
    [ "$(days mttq deadline 2)" = "25/12/2025 25/12/2025" ]
    [ "$(days mttq extension 2)" = "10/12/2025 25/12/2025" ]
    [ "$(days so-taichinh deadline 2)" = "10/12/2025 10/12/2025" ]
    client mttq mailbox --json | jq -se 'map(select(.kind == "deadline"))[-1].body_en | contains("25 December 2025")'
    verified
}

@test "of several who decide the same at once one does, and the others are told so in plain words; who is concerned is told once" {
    at_once () {  # WORDS-OF-THE-REFUSAL COMMAND...
        local said=$BATS_TEST_TMPDIR/said words=$1 i
        coproc hold { psql -XqAt; }
        echo "BEGIN; SELECT version FROM baocao.plan_version FOR UPDATE;" >&"${hold[1]}"
        read -r _ <&"${hold[0]}"
        for i in 1 2 3; do
            { LANGUAGE=en baocao-admin "${@:2}" --reason "Cùng lúc" >"$said.$i" 2>&1 || echo "exit $?" >>"$said.$i"; } 3>&- &
        done
        all_wait () { [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE usename = 'baocao_admin' AND wait_event_type = 'Lock'")" = 3 ]; }
        eventually all_wait
        { echo "COMMIT;"; echo "\\q"; } >&"${hold[1]}"
        wait
        [ "$(cat "$said".? | grep -c "$words")$(cat "$said".? | grep -cx "exit 65")" = 22 ] || { cat "$said".? >&2; return 1; }
    }
    at_once "is returned: only an accepted" report return "$(submission so-gddt)"
    at_once "was extended to that day already" extension grant lhhn 208/KH-UBND 2025 2025-12-26
    at_once "is closed already" period close 208/KH-UBND 2025
    at_once "is not closed" period reopen 208/KH-UBND 2025
    eventually drained
    [ "$(sql "SELECT count(*) FROM notice WHERE position(convert_to('Cùng lúc', 'UTF8') IN notice) > 0 AND unit_id = (SELECT unit_id FROM unit WHERE code = 'lhhn')")" = 3 ]
    verified
}

@test "extension: the plan moves its own deadline past it: that one is the unit's now, and it is told" {
    sql "UPDATE period SET due_before = '2025-12-30' WHERE code = '2025'; UPDATE plan_version SET version = version + 1"
    due () { client lhhn duties --json | jq -e '.plans[0].periods[] | select(.period == "2025") | .due_at == "2025-12-29T17:00:00.000Z" and (.extended | not)'; }
    eventually due
    clock 2025-12-24T08:30:00+07:00 --frozen
    moved () { client lhhn mailbox --json | jq -se 'map(select(.kind == "deadline")) | any(.body_vi | contains("nay là trước ngày 30/12/2025"))'; }
    eventually moved
    digest () { client so-ldtbxh mailbox --json | jq -sr 'map(select(.kind == "digest" and (.posted_at | startswith("2025-12-24"))).body_en) | .[0] // ""'; }
    digested () { [ -n "$(digest)" ]; }
    eventually digested
    refute grep -q 'Extensions (' <(digest)
    clock 2025-12-28T09:00:00+07:00 --frozen
    client so-khdt push "$(vary so-khdt '.general_assessment += " Lần ba."')"
    [ "$(standing so-khdt)" = on_time ]
    verified
}
