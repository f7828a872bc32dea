# The guarantees, on a real stack, from the outside. G1 and G2 under kill -9 are tests/fault; G3 and G4 are attacks.bats;
# what intake does when its store is slow, away or shared is intake.bats.
load ../support/flow

setup_file () { stack_up 2025-12-08T09:00:00+07:00; }
teardown_file () { stack_down; }

figure () { snapshot | jq -r ".$1"; }
standing () { snapshot | jq -r --arg unit "$1" '.units[] | select(.code == $unit) | .standing'; }
task () { snapshot | jq -r --arg task "$1" ".tasks[] | select(.code == \$task) | $2"; }
events () { sql "SELECT count(*) FROM feed_event"; }

@test "G2: pushed twice, counted once, with the same receipt" {
    client so-khcn push "$reports/so-khcn.json"
    first=$(client so-khcn receipt show --json)
    client so-khcn push "$reports/so-khcn.json"
    [ "$(client so-khcn receipt show --json)" = "$first" ]
    [ "$(figure received)" = 1 ]
    [ "$(sql "SELECT count(*) FROM submission")" = 1 ]
}

@test "G2: a later accepted revision takes the earlier one's place in every figure" {
    changed=$(vary so-khcn '.entries[0].progress_percent = 95 | .entries[0].budget.lines[0].disbursed = 1000000')
    client so-khcn push "$changed"
    [ "$(figure received)" = 1 ]
    [ "$(task IV.4 .progress_percent)" = 95 ]
    [ "$(task IV.4 .entries)" = 1 ]
    [ "$(task IV.4 .disbursed)" = 19601000000 ]
    baocao-admin totals verify
}

@test "G2: messages lost while the next stage is away are swept, once" {
    "$stack" stop validation-1 validation-2 aggregation notification
    client ban-dantoc push --no-wait "$reports/ban-dantoc.json"
    [ "$(sql "SELECT count(*) FROM validation_queue")" = 1 ]
    "$stack" start
    eventually drained
    [ "$(standing ban-dantoc)" = on_time ]
    [ "$(sql "SELECT count(*) FROM feed_event JOIN submission USING (submission_id) JOIN unit USING (unit_id) WHERE code = 'ban-dantoc'")" = 1 ]
    baocao-admin totals verify
}

@test "the hints alone carry a report to the mailbox and to the feed's readers" {
    local names=(notification aggregation intake validation-1 validation-2)  # whoever binds a hop before those who connect to it
    "$stack" stop "${names[@]}"
    for name in "${names[@]}"; do
        env BAOCAO_{VALIDATION,AGGREGATION,NOTIFICATION}_SWEEP_MS=60000 "$stack" start "$name"
    done
    "$stack" wait
    "$python" - "$STATE/clients" "$reports/so-tttt.json" <<'PY'
import sys
from baocao.v1 import client_pb2, feed_pb2
from peer import Home, report_from_json, submission
home = Home(sys.argv[1] + "/so-tttt")
events = Home(sys.argv[1] + "/committee").events()
line, waiting = home.line(), home.line(timeout_ms=30000)
cursor = line.ask(read_mailbox=client_pb2.ReadMailbox(limit=100)).mailbox.cursor
waiting.send(read_mailbox=client_pb2.ReadMailbox(after=cursor, wait_ms=20000))
assert waiting.socket.poll(300) == 0, "there was something to read already"
submitted = submission(report_from_json(open(sys.argv[2], encoding="utf-8").read()))
assert line.ask(submit_report=submitted).WhichOneof("reply") == "receipt"
missing = {client_pb2.NOTICE_KIND_ACCEPTED, client_pb2.NOTICE_KIND_STANDING}
while missing:
    mailbox = waiting.receive().mailbox
    assert mailbox.notices, f"no notice of kind {missing} within 20 s"
    missing -= {notice.kind for notice in mailbox.notices if notice.report_id == submitted.report_id}
    waiting.send(read_mailbox=client_pb2.ReadMailbox(after=mailbox.cursor, wait_ms=20000))
assert events.poll(20000), "no event within 20 s"
assert feed_pb2.FeedEvent.FromString(events.recv()).unit == "so-tttt"
PY
    "$stack" stop "${names[@]}"
    "$stack" start
    "$stack" wait
}

@test "G2: a forged or repeated hint without a work item changes nothing" {
    before=$(events)
    "$python" - "$STATE" <<'PY'
import sys, zmq
from baocao.v1 import accepted_pb2, judged_pb2
import peer, uuid
context = zmq.Context()
for hop, message in (("accepted", accepted_pb2.ReportAccepted(submission_id=uuid.uuid4().bytes, unit="mttq", plan="208/KH-UBND", period="2025",
                      revision=1, received_at_ms=1764550000000, chain_index=1, receipt_hash=b"x" * 32, accepted=True, report=b"")),):
    socket = context.socket(zmq.PUSH)
    socket.connect(f"ipc://{sys.argv[1]}/run/flow/{hop}")
    for _ in range(5):
        socket.send(message.SerializeToString())
    socket.close(1000)
context.term()
PY
    client so-noivu push "$reports/so-noivu.json"  # comes after the forged ones
    [ "$(events)" = $((before + 1)) ]
    [ "$(standing mttq)" = missing ]
    baocao-admin totals verify
}

@test "G2: a true hint that comes again, after its work is done, posts no second notice" {
    eventually drained
    told () { sql "SELECT count(*) FROM notice JOIN submission USING (submission_id) JOIN unit ON unit.unit_id = submission.unit_id WHERE code = '$1'"; }
    before=$(told so-khcn)
    [ "$before" -ge 2 ]
    "$python" - "$STATE" "$(sql "SELECT submission_id, report_id, revision FROM submission JOIN unit USING (unit_id) WHERE code = 'so-khcn' ORDER BY chain_index LIMIT 1")" <<'PY'
import sys, uuid, zmq
from baocao.v1 import client_pb2, judged_pb2, standing_pb2
submission_id, report_id, revision = sys.argv[2].split("|")
about = {"submission_id": uuid.UUID(submission_id).bytes, "report_id": uuid.UUID(report_id).bytes, "revision": int(revision),
         "unit": "so-khcn", "plan": "208/KH-UBND", "period": "2025"}
context = zmq.Context()
for hop, message in (("judged", judged_pb2.ReportJudged(accepted=True, **about)),
                     ("standing", standing_pb2.StandingChanged(standing=client_pb2.UNIT_STANDING_ON_TIME, feed_seq=1, **about))):
    socket = context.socket(zmq.PUSH)
    socket.connect(f"ipc://{sys.argv[1]}/run/flow/{hop}")
    for _ in range(5):
        socket.send(message.SerializeToString())
    socket.close(1000)
context.term()
PY
    others=$(told so-noivu)
    client so-noivu push "$(vary so-noivu '.general_assessment += " Lần hai."')"  # comes after the repeated ones
    posted () { [ "$(told so-noivu)" -gt "$others" ]; }
    eventually posted
    eventually drained
    [ "$(told so-khcn)" = "$before" ]
}

@test "several validations share the work: each report is judged once" {
    "$python" - "$STATE/clients" <<'PY'
import sys
from peer import *
home = Home(sys.argv[1] + "/so-khcn")
line = home.line()
report = report_from_json(open(os.path.join(os.path.dirname(__import__("peer").__file__), "reports/2025/so-khcn.json")).read())

for n in range(300):
    report.general_assessment = f"Lần {n}"
    submitted = submission(report)
    while True:
        reply = line.ask(submit_report=submitted)
        if reply.WhichOneof("reply") == "receipt":
            break
PY
    eventually drained
    [ "$(sql "SELECT count(*) FROM submission s LEFT JOIN verdict v USING (submission_id) LEFT JOIN feed_event f USING (submission_id)
              WHERE v.submission_id IS NULL OR f.submission_id IS NULL")" = 0 ]
    [ "$(sql "SELECT max(seq) - count(*) FROM feed_event")" = 0 ]
    [ "$(task IV.4 .entries)" = 1 ]
    baocao-admin totals verify
}

@test "two revisions judged together: the later one is compared with the earlier one" {
    "$stack" stop validation-1 validation-2
    client so-vhttdl push --no-wait "$(vary so-vhttdl '.entries[2].progress_percent = 95')"
    client so-vhttdl push --no-wait "$(vary so-vhttdl '.entries[2].progress_percent = 94')"
    "$stack" start validation-1
    eventually drained
    [ "$(sql "SELECT revision, f.code, path FROM finding f JOIN submission USING (submission_id) JOIN unit u USING (unit_id)
              WHERE u.code = 'so-vhttdl'")" = "2|progress.lower|entries[2].progress_percent" ]
    "$stack" start
}

@test "a refused report counts as rejected, with each finding's remedy in the mailbox" {
    run -65 client so-yte push --unchecked "$reports/so-yte-refused.json"
    [ "$(standing so-yte)" = refused ]
    [ "$(figure rejected)" = 1 ]
    notice=$(client so-yte mailbox --json | jq -c 'select(.kind == "refused")')
    [ "$(jq '.findings | length' <<<"$notice")" -ge 4 ]
    jq -e '.findings | all(.path != "" and .message_vi != "" and .message_en != "")' <<<"$notice"
    client so-yte push "$reports/so-yte.json"
    [ "$(standing so-yte)" = on_time ]
    [ "$(figure rejected)" = 0 ]
    eventually drained
    client so-yte mailbox --json | jq -se 'any(.kind == "accepted") and any(.kind == "standing")'
}

@test "G6: a deadline that the plan moves is told at once, each time; it brings back no reminder of an hour gone by" {
    reminded () { [ "$(client mttq mailbox --json | jq -s 'map(select(.kind == "reminder")) | length')" = "$1" ]; }
    told () { [ "$(client mttq mailbox --json | jq -rs 'map(select(.kind == "deadline")) | "\(length) \(last.subject_en)"')" = "$1" ]; }
    eventually reminded 1  # of all that was due at the start
    before=$(client mttq mailbox --json | jq -s 'map(select(.kind == "deadline")) | length')
    cp -r "$top/sql/plans/208-KH-UBND" "$BATS_TEST_TMPDIR/plan"
    sed -i 's/^2025,\(.*\),2025-12-10$/2025,\1,2025-12-09/' "$BATS_TEST_TMPDIR/plan/periods.csv"
    baocao-admin plan load "$BATS_TEST_TMPDIR/plan"
    eventually told "$((before + 1)) Period 2025: the deadline has been moved"
    baocao-admin plan load "$top/sql/plans/208-KH-UBND"
    eventually told "$((before + 2)) Period 2025: the deadline has been moved"
    reminded 1
}

@test "G5: 23:59:59 the day before is on time, 00:00:00 is late, in Hanoi" {
    clock 2025-12-09T23:59:59.999+07:00 --frozen
    client so-taichinh push "$reports/so-taichinh.json"
    clock 2025-12-10T00:00:00+07:00 --frozen
    client so-khdt push "$reports/so-khdt.json"
    [ "$(standing so-taichinh)" = on_time ]
    [ "$(standing so-khdt)" = late ]
    [ "$(client so-taichinh receipt show --json | jq -r .timeliness)" = on_time ]
    [ "$(client so-khdt receipt show --json | jq -r .timeliness)" = late ]
    client so-khdt receipt verify
}

@test "G5: a correction after the deadline leaves the unit on time" {
    client so-taichinh push "$(vary so-taichinh '.general_assessment += " Bổ sung."')"
    [ "$(standing so-taichinh)" = on_time ]
}

@test "two notifications at once: every verdict is told once, and the cursors have no gaps" {
    # The second hears of nothing and finds its work by sweeping, all the time.
    BAOCAO_NOTIFICATION_HTTP_PORT=$((PORT_BASE - 15)) BAOCAO_NOTIFICATION_SWEEP_MS=10 BAOCAO_FLOW_DIRECTORY=$BATS_TEST_TMPDIR/flow2 \
        timeout 60 baocao-notification 2>"$BATS_TEST_TMPDIR/second.log" 3>&- &
    second=$!
    started () { grep -q service.started "$BATS_TEST_TMPDIR/second.log"; }
    eventually started
    "$python" - "$STATE/clients" <<'PY'
import os, sys
import peer
from peer import Home, report_from_json, submission
UNITS = ("so-khcn", "so-noivu", "so-tnmt")
lines = {unit: Home(os.path.join(sys.argv[1], unit)).line() for unit in UNITS}
for n in range(100):
    for unit, line in lines.items():
        report = report_from_json(open(os.path.join(os.path.dirname(peer.__file__), "reports/2025", unit + ".json")).read())
        report.general_assessment = f"Hai nơi báo tin, lần {n}"
        assert line.ask(submit_report=submission(report)).WhichOneof("reply") == "receipt"
PY
    eventually drained
    for port in $((PORT_BASE - 18)) $((PORT_BASE - 15)); do  # both had a part in it
        curl -fs "http://127.0.0.1:$port/metrics" | has '^baocao_notices_posted_total [1-9]'
    done
    kill "$second"
    wait "$second" || [ $? = 124 ] || [ $? = 143 ]
    refute grep '"level":"error"' "$BATS_TEST_TMPDIR/second.log" "$STATE/log/notification.log"
    [ "$(sql "SELECT count(*) FROM verdict v WHERE 1 <> (SELECT count(*) FROM notice n WHERE n.submission_id = v.submission_id AND n.kind IN (1, 2))")" = 0 ]
    [ "$(sql "SELECT count(*) FROM (SELECT FROM notice WHERE kind = 3 GROUP BY submission_id HAVING count(*) > 1) twice")" = 0 ]
    [ "$(sql "SELECT count(*) FROM (SELECT FROM notice GROUP BY unit_id HAVING max(cursor) <> count(*)) gaps")" = 0 ]
}

@test "G6: each reminder is decided once, also with two notifications and restarts" {
    clock 2025-12-10T08:00:05+07:00
    decided () { [ "$(sql "SELECT count(*) FROM reminder_decision d JOIN unit USING (unit_id) WHERE code = 'mttq' AND d.kind = 'overdue-2025-12-10'")" = 1 ]; }
    eventually decided
    before=$(sql "SELECT count(*) FROM notice WHERE kind = 4")
    for n in 1 2 3; do
        "$stack" stop notification
        "$stack" start notification
        BAOCAO_NOTIFICATION_HTTP_PORT=0 BAOCAO_FLOW_DIRECTORY=$BATS_TEST_TMPDIR/flow$n baocao-notification --exit-when-idle 2>"$BATS_TEST_TMPDIR/second.log"
    done
    "$stack" wait
    [ "$(sql "SELECT count(*) FROM notice WHERE kind = 4")" = "$before" ]
}

@test "G6: after an outage what was missed is merged into one notice; clocks going back repeat nothing" {
    "$stack" stop notification
    clock 2025-12-15T09:00:00+07:00
    before=$(client lhhn mailbox --json | jq -s '[.[] | select(.kind == "reminder")] | length')
    "$stack" start notification
    caught_up () { [ "$(sql "SELECT count(*) FROM reminder_decision d JOIN unit USING (unit_id) WHERE code = 'lhhn' AND d.kind > 'overdue-2025-12-10' AND d.kind <= 'overdue-2025-12-15'")" = 3 ]; }
    eventually caught_up
    [ "$(client lhhn mailbox --json | jq -s '[.[] | select(.kind == "reminder")] | length')" = $((before + 1)) ]
    clock 2025-12-12T09:00:00+07:00
    client mttq mailbox >/dev/null
    "$stack" stop notification
    "$stack" start notification
    "$stack" wait
    [ "$(client lhhn mailbox --json | jq -s '[.[] | select(.kind == "reminder")] | length')" = $((before + 1)) ]
    # Units with an accepted report are left in peace.
    [ "$(sql "SELECT count(*) FROM reminder_decision d JOIN verdict v ON v.unit_id = d.unit_id AND v.period_id = d.period_id AND v.accepted
              WHERE d.decided_at > v.judged_at")" = 0 ]
}

@test "a department whose report was refused is still reminded" {
    run -65 client so-gddt push --unchecked "$(vary so-gddt '.entries[0].progress_percent = 101')"
    clock 2025-12-16T08:00:01+07:00
    reminded () { [ "$(sql "SELECT count(*) FROM reminder_decision d JOIN unit USING (unit_id) WHERE code = 'so-gddt' AND d.kind = 'overdue-2025-12-16'")" = 1 ]; }
    eventually reminded
}

@test "G5: a deadline that the plan moves holds for the next receipt" {
    mkdir "$BATS_TEST_TMPDIR/plan"
    cp "$top"/sql/plans/208-KH-UBND/*.csv "$BATS_TEST_TMPDIR/plan"
    clock 2025-12-16T08:30:00+07:00 --frozen
    receipt () {  # TEXT: of a report pushed now, the timeliness
        client so-gddt push "$(vary so-gddt ".general_assessment += \" $1.\"")" >&2
        client so-gddt receipt show --json | jq -rs 'max_by(.revision).timeliness'
    }
    [ "$(receipt "Lần một")" = late ]
    sed -i 's/^2025,\(.*\),2025-12-10$/2025,\1,2025-12-17/' "$BATS_TEST_TMPDIR/plan/periods.csv"
    refute cmp -s "$top/sql/plans/208-KH-UBND/periods.csv" "$BATS_TEST_TMPDIR/plan/periods.csv"
    baocao-admin plan load "$BATS_TEST_TMPDIR/plan"
    [ "$(receipt "Lần hai")" = on_time ]
    baocao-admin plan load "$top/sql/plans/208-KH-UBND"
    [ "$(receipt "Lần ba")" = late ]
}

@test "G7: every link holds, and any flipped bit is found" {
    client so-noivu push "$reports/so-noivu.json"
    eventually drained
    baocao-admin chain verify
    victim=$(sql "SELECT submission_id FROM submission JOIN unit USING (unit_id) WHERE code = 'so-noivu' LIMIT 1")
    for change in "report = set_bit(report, 9, 1 - get_bit(report, 9))" "received_at = received_at - interval '1 ms'" "timeliness = 3 - timeliness" \
        "revision = revision + 1" "signature = set_bit(signature, 3, 1 - get_bit(signature, 3))" \
        "previous_hash = set_bit(previous_hash, 3, 1 - get_bit(previous_hash, 3))" \
        "report_digest = set_bit(report_digest, 3, 1 - get_bit(report_digest, 3))" "report_id = gen_random_uuid()" "period_code = '2024'" \
        "submitted_by = submitted_by || 'x'"; do
        sql "CREATE TABLE public.saved AS SELECT * FROM submission WHERE submission_id = '$victim'"
        sql "UPDATE submission SET $change WHERE submission_id = '$victim'"
        run -65 baocao-admin chain verify
        [[ $output == *so-noivu* ]]
        sql "UPDATE submission s SET report = o.report, received_at = o.received_at, timeliness = o.timeliness, revision = o.revision,
             signature = o.signature, previous_hash = o.previous_hash, report_digest = o.report_digest, report_id = o.report_id, period_code = o.period_code,
             submitted_by = o.submitted_by FROM public.saved o WHERE s.submission_id = o.submission_id"
        sql "DROP TABLE public.saved"
    done
    baocao-admin chain verify
}

@test "G7: a receipt removed from the end of a chain is missed, because the feed has its hash" {
    sql "CREATE TABLE public.saved AS SELECT s.* FROM submission s JOIN unit USING (unit_id) WHERE code = 'so-khcn' ORDER BY chain_index DESC LIMIT 1"
    sql "SET session_replication_role = replica; DELETE FROM submission WHERE submission_id = (SELECT submission_id FROM public.saved)"
    run -65 baocao-admin chain verify
    [[ $output == *"no longer stored"* ]]
    sql "SET session_replication_role = replica; INSERT INTO submission SELECT * FROM public.saved; DROP TABLE public.saved"
    baocao-admin chain verify
}

@test "totals verify finds any figure that was changed" {
    baocao-admin totals verify
    for change in "task_total SET progress_sum = progress_sum + 1" "period_total SET late = late + 1" "budget_total SET disbursed = disbursed - 1" \
        "unit_standing SET late = NOT late WHERE late IS NOT NULL" "task_total SET completed = completed + 1"; do
        table=${change%% *}
        sql "CREATE TABLE public.kept AS SELECT * FROM $table"
        sql "UPDATE $change"
        run -65 baocao-admin totals verify
        [[ $output == *"$table"* ]]
        sql "DELETE FROM $table; INSERT INTO $table SELECT * FROM public.kept; DROP TABLE public.kept"
    done
    baocao-admin totals verify
}
