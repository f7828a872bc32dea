# The overview: its figures are those of the feed, each alarm is provoked once, and it is live.
load ../support/flow

setup_file () { stack_up 2025-12-08T09:00:00+07:00; }
teardown_file () { stack_down; }

look () { baocao-admin overview --json "$@"; }
period () { look | jq -c '.periods[0]'; }  # the only one under way
alarms () { look | jq -r '.alarms[] | "\(.alarm) \(.about)"' | sort; }
alarmed () { alarms | has -x "$1"; }
calm () { [ "$(alarms)" = "rehearsal null" ]; }  # but for the tests' own clock

# The figures and the missing units of the feed, and of the overview in the feed's words.
of_feed () { snapshot | jq -cS '{expected, received, on_time, late, missing, rejected, returned, voluntary, units: [.units[] | select(.obligation == "must" and (.standing == "missing" or .standing == "refused" or .standing == "returned")) | [.code, .standing]]}'; }
of_overview () { period | jq -cS '{expected, received, on_time, late, missing, rejected: .refused, returned, voluntary, units: [.unreported[] | [.unit, .standing]]}'; }
agrees () { [ "$(of_overview)" = "$(of_feed)" ]; }

@test "the figures are the feed's, and those listed are the feed's missing and refused units" {
    eventually calm
    agrees
    client so-khcn push "$reports/so-khcn.json"
    run -65 client so-yte push --unchecked "$reports/so-yte-refused.json"
    eventually drained
    agrees
    clock 2025-12-10T09:00:00+07:00
    client so-noivu push "$reports/so-noivu.json"
    eventually drained
    agrees
    [ "$(period | jq -c '[.state, .expected, .received, .on_time, .late, .missing, .refused]')" = '["overdue",17,2,1,1,15,1]' ]
    [ "$(period | jq -c '[.days_left, .working_days_left]')" = '[-1,-1]' ]
}

@test "a unit that has not reported is listed with its standing, its last reminder and whom to ask" {
    sql "UPDATE client_key SET name = 'Văn thư' WHERE unit_id = (SELECT unit_id FROM unit WHERE code = 'so-yte')"
    reminded () { period | jq -e '.unreported[] | select(.unit == "so-yte") | .reminded_on == "2025-12-10"' >/dev/null; }
    eventually reminded
    period | jq -e '.unreported[] | select(.unit == "so-yte") | .standing == "refused" and .contact == "Văn thư" and .due_before == "2025-12-10"'
    for setting in LANGUAGE=en LANGUAGE=vi; do
        run -0 env "$setting" baocao-admin overview
        [[ $output == *$'\t'"so-yte"$'\t'*$'\t'"2025-12-10"$'\t'"2025-12-10"$'\t'"Văn thư"* ]]
    done
    [[ $output == *"Sở Y tế"$'\t'"bị từ chối"* ]]
    [[ $output == *"Liên hệ"* ]]
    [[ $output == *"quá hạn 1 ngày (1 ngày làm việc)"* ]]
    refute grep -Ewq 'missing|refused|overdue|Alarms|Queues|validation' <<<"$output"
}

@test "a returned report is counted and listed as the feed does" {
    baocao-admin report return "$(sql "SELECT submission_id FROM submission JOIN unit USING (unit_id) WHERE code = 'so-khcn'")" --reason "thử"
    eventually drained
    agrees
    [ "$(period | jq -c '[.received, .returned]')" = '[1,1]' ]
    period | jq -e '.unreported[] | select(.unit == "so-khcn") | .standing == "returned"'
}

@test "days off do not count as working days; another plan and period can be asked for" {
    clock 2025-11-28T09:00:00+07:00
    [ "$(period | jq -c '[.state, .days_left, .working_days_left]')" = '["open",11,7]' ]
    [ "$(look 208/KH-UBND 2021 | jq -c '[.periods[] | [.period, .state, .missing]]')" = '[["2021","overdue",17]]' ]
    run -65 baocao-admin overview 208/KH-UBND 1999
    run -65 baocao-admin overview 1/XX
    clock 2026-08-01T09:00:00+07:00  # long past: nothing more falls due, and nothing is open
    [ "$(look | jq -c .periods)" = '[]' ]
    clock 2025-12-08T10:00:00+07:00
}

@test "alarms: past the deadline, and it goes when the period is closed" {
    refute alarmed "missing 208/KH-UBND"
    clock 2025-12-10T00:00:01+07:00
    alarmed "missing 208/KH-UBND"
    baocao-admin period close 208/KH-UBND 2025 --reason "thử"
    refute alarmed "missing 208/KH-UBND"
    look 208/KH-UBND 2025 | jq -e '.periods[0].state == "closed" and (.periods[0].unreported | length > 0) and all(.alarms[]; .alarm == "rehearsal")'
    baocao-admin period open 208/KH-UBND 2025 --reason "thử"
    alarmed "missing 208/KH-UBND"
    clock 2025-12-08T10:00:00+07:00
    calm
}

@test "alarms: a report in quarantine, until it is admitted, or another one took its place" {
    quarantined () { look | jq -c '[.alarms[] | select(.alarm == "quarantine") | .text | capture("(?<n>[0-9]+)$").n]'; }
    marked () { look 208/KH-UBND 2025 | jq -c '[.periods[0].unreported[] | select(.quarantined) | .unit]'; }
    [ "$(quarantined)$(marked)" = '[][]' ]
    baocao-admin period close 208/KH-UBND 2025 --reason "thử"
    run -65 client so-ngoaivu push --unchecked "$reports/so-ngoaivu.json"
    run -65 client so-nnptnt push --unchecked "$reports/so-nnptnt.json"
    [ "$(quarantined)$(marked)" = '["2"]["so-ngoaivu","so-nnptnt"]' ]
    run -0 env LANGUAGE=vi baocao-admin overview 208/KH-UBND 2025
    [[ $output == *"Sở Ngoại vụ"$'\t'"chưa nộp, có báo cáo đang giữ riêng"* ]]
    baocao-admin late admit "$(baocao-admin late quarantine --json | jq -r '.[] | select(.unit == "so-ngoaivu") | .submission_id')" --reason "thử"
    [ "$(quarantined)" = '["1"]' ]
    baocao-admin period open 208/KH-UBND 2025 --reason "thử"
    [ "$(quarantined)" = '["1"]' ]
    client so-nnptnt push "$(vary so-nnptnt '.general_assessment += " Gửi lại."')"
    eventually drained
    [ "$(quarantined)$(marked)" = '[][]' ]
}

@test "alarms: a queue of which nothing moves names the service to look at" {
    eventually drained
    "$stack" stop validation-1 validation-2 aggregation notification
    for table in validation_queue aggregation_queue notification_queue; do
        case $table in
            notification_queue) columns="item, event, unit_id, decision_id" values=", 'deadline', 1, 1" ;;
            aggregation_queue) columns="submission_id, event" values=", 'judged'" ;;
            *) columns=submission_id values= ;;
        esac
        # An item about a submission of long ago that has just come is no alarm; one that has waited is.
        sql "INSERT INTO $table ($columns) VALUES ('01900000-0000-7000-8000-000000000001'$values)"
        calm
        look | jq -e --arg queue "${table%_queue}" '.queues[] | select(.queue == $queue) | .waiting == 1 and .oldest_s < 30'
        sql "UPDATE $table SET queued_at = now() - interval '31 s'"
        [ "$(alarms)" = "queue ${table%_queue}
rehearsal null" ]
        look | jq -e --arg service "baocao-${table%_queue}" '.alarms[] | select(.alarm == "queue") | .remedy | contains($service)'
        look | jq -e --arg queue "${table%_queue}" '.queues[] | select(.queue == $queue) | .waiting == 1 and .oldest_s > 30'
        sql "DELETE FROM $table"
        calm
    done
    client so-gddt push --no-wait "$reports/so-gddt.json"  # what waits for a moment is no alarm
    look | jq -e '.queues[0].waiting == 1'
    calm
    "$stack" start
    "$stack" wait
    eventually drained
}

@test "alarms: a reminder that was due and that nobody decided" {
    decided () { refute alarmed "reminder 208/KH-UBND" 2>/dev/null; }
    clock 2025-12-11T07:59:00+07:00
    eventually decided
    "$stack" stop notification
    clock 2025-12-11T08:00:30+07:00
    decided  # it may still be under way
    clock 2025-12-11T08:05:00+07:00
    alarmed "reminder 208/KH-UBND"
    look | jq -e '.alarms[] | select(.alarm == "reminder") | .remedy | contains("baocao-notification")'
    "$stack" start notification
    eventually decided
    clock 2025-12-08T10:00:00+07:00
}

@test "alarms: a unit that must report and has no key in use" {
    key=$(sql "SELECT public_key FROM client_key JOIN unit USING (unit_id) WHERE code = 'so-tttt'")
    sql "UPDATE client_key SET revoked_at = now(), revoked_by = 'test' WHERE public_key = '$key'"
    alarmed "keys 208/KH-UBND"
    look | jq -e '.alarms[] | select(.alarm == "keys") | .text | endswith(": so-tttt")'
    sql "UPDATE client_key SET revoked_at = NULL, revoked_by = NULL WHERE public_key = '$key'"
    calm
}

@test "alarms: a correction that was refused, beside the report that counts, until another one takes its place" {
    unit=so-nnptnt  # it has reported
    run -65 client $unit push --unchecked "$(vary $unit '.entries[0].progress_percent = 101')"
    eventually alarmed "correction 208/KH-UBND"
    look | jq -e '.alarms[] | select(.alarm == "correction") | .text | endswith(": so-nnptnt")'
    [ "$(period | jq '[.unreported[] | select(.unit == "so-nnptnt")] | length')" = 0 ]
    client $unit push "$(vary $unit '.general_assessment += " Gửi lại lần nữa."')"
    eventually calm
}

@test "alarms: the key of the latest receipt is not registered, or none is" {
    sql "CREATE TABLE kept AS SELECT * FROM receipt_key; DELETE FROM receipt_key"
    alarmed "receipt-key null"
    sql "INSERT INTO receipt_key SELECT '0123456789abcdef', public_key, created_at FROM kept"
    look | jq -e --arg key "$(sql 'SELECT key_id FROM kept')" '.alarms[] | select(.alarm == "receipt-key") | .text | endswith($key)'
    sql "DELETE FROM receipt_key; INSERT INTO receipt_key SELECT * FROM kept; DROP TABLE kept"
    calm
}

@test "alarms: mails wait and no mail server is set; a contact to whom the last delivery was given up" {
    baocao-admin contact add so-yte vanthu@syt.example --name "Văn thư"
    run -65 client so-yte push --unchecked "$(vary so-yte-refused '.general_assessment = "Lần sau."')"
    eventually alarmed "mail null"
    look | jq -e '.deliveries.waiting > 0'
    period | jq -e '.unreported[] | select(.unit == "so-yte") | .contact == "Văn thư <vanthu@syt.example>"'
    BAOCAO_NOTIFICATION_SMTP_URL=smtp://127.0.0.1:1 refute alarmed "mail null"
    sql "INSERT INTO delivery_attempt SELECT delivery_id, 1, now(), 'failed', 550, 'no such user' FROM delivery_queue; DELETE FROM delivery_queue"
    alarmed "delivery null"
    attempt () { sql "INSERT INTO delivery_attempt SELECT max(delivery_id), $1, now() + interval '$1 s', '$2', $3, '' FROM delivery_attempt"; }
    attempt 2 sent 250
    calm  # the last one counts
    attempt 3 failed 550
    alarmed "delivery null"
    baocao-admin contact remove "$(sql "SELECT contact_id FROM contact")"
    calm
}

@test "alarms: a clock in rehearsal" {
    alarmed "rehearsal null"
    look | jq -e .rehearsal
    run -0 env BAOCAO_CLOCK_REHEARSAL= baocao-admin overview --json
    [ "$(jq -c '[.rehearsal, [.alarms[] | select(.alarm == "rehearsal")]]' <<<"$output")" = '[false,[]]' ]
}

@test "--follow without a terminal prints a block for each change, and none when nothing changes" {
    baocao-admin overview --follow --json >"$BATS_TEST_TMPDIR/blocks" 3>&- &
    follower=$!
    eventually test -s "$BATS_TEST_TMPDIR/blocks"
    received=$(period | jq .received)
    client so-tnmt push "$reports/so-tnmt.json"
    counted () { [ "$(tail -1 "$BATS_TEST_TMPDIR/blocks" | jq '.periods[0].received')" = $((received + 1)) ]; }
    eventually counted
    looked_at () { sql "SELECT query_start FROM pg_stat_activity WHERE usename = 'baocao_admin'"; }
    for _ in 1 2; do  # two more looks, at which nothing has changed
        last=$(looked_at)
        looked_again () { [ "$(looked_at)" != "$last" ]; }
        eventually looked_again
    done
    kill -INT $follower
    wait $follower
    jq -sce 'map(del(.at, .local_time, .queues[].oldest_s)) | . as $all | length > 1 and all(range(1; length); $all[.] != $all[. - 1])' "$BATS_TEST_TMPDIR/blocks"
}

@test "--follow on a terminal: redrawn, fitted to the window, and the screen restored on Ctrl-C" {
    "$python" "$BATS_TEST_DIRNAME/overview_screen.py"
}
