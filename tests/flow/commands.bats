# The manners of the commands, and the department's and standing agency's way through them.
load ../support/flow

setup_file () { stack_up 2025-12-08T09:00:00+07:00; }
teardown_file () { stack_down; }

refused () { client "$1" mailbox --json | jq -se 'any(.kind == "refused")' >/dev/null; }  # UNIT: it has been told of a refusal

@test "baocao --help: examples first, in Vietnamese when asked for" {
    run -0 --separate-stderr baocao --help
    [[ $output == *baocao\ push* ]]
    LANGUAGE=vi LANG=C.UTF-8 run -0 baocao --help
    [[ $output == *"báo cáo"* ]]
    for command in join duties template check push queue status receipt mailbox feed; do
        run -0 baocao $command --help
    done
}

@test "help of a group of commands: examples first" {
    for group in "baocao receipt" "baocao feed" "baocao-admin key" "baocao-admin period"; do
        LANGUAGE=en run -0 $group --help
        [[ ${lines[0]} == Examples:* ]]
    done
}

@test "unknown commands and options: 64, and a guess" {
    run -64 baocao psuh
    [[ $output == *push* ]]
    for typed in "receipt pfd:receipt pdf" "queue flsh:queue flush" "mailbox raed:mailbox read" "receipt:receipt list" "help queue lst:queue list"; do
        LANGUAGE=en run -64 baocao ${typed%:*}
        [[ $output == *"did you mean '${typed#*:}'?"* ]]
    done
    for words in duties "help excel" --help "psuh" ""; do
        run -64 baocao --lang fr $words
        [[ $output == *"'fr'"*"vi (tiếng Việt)"*"en (English)"* ]]
    done
    LANGUAGE=en run -64 baocao push report.xlsx "Báo cáo số 45.pdf"
    [[ $output == *"--attach 'Báo cáo số 45.pdf'"* ]]
    run -64 baocao push --nonsense
    run -64 baocao-admin unt list
    [[ $output == *unit* ]]
}

@test "doctor: a server in a rehearsal says so, and its clock is nobody's fault" {
    LANGUAGE=en run -0 client so-yte doctor
    [[ $output == *"the server is in a rehearsal, at 2025-12-08"* ]]
}

@test "duties end with what to do next" {
    LANGUAGE=en run -0 --separate-stderr client so-yte duties
    [[ $stderr == *"next: 'baocao template 2025 -o report.xlsx'"* ]]
}

@test "without an invite: 78, and what to do" {
    BAOCAO_HOME=$BATS_TEST_TMPDIR/empty run -78 baocao duties
    [[ $output == *join* ]]
}

@test "output that is lost is a failure" {
    LANGUAGE=vi run -69 bash -c 'baocao help deadline >/dev/full'
    [[ $output == *"không ghi được kết quả"* ]]
    run -69 bash -c 'baocao --version >/dev/full'
    run -69 bash -c 'baocao-admin unit list >/dev/full'
}

@test "a key that is damaged or gone, a home that cannot be written to: said with the remedy, in the user's language" {
    cp -r "$STATE/clients/so-yte" "$BATS_TEST_TMPDIR/home"
    echo curve >"$BATS_TEST_TMPDIR/home/client.cert"
    LANGUAGE=vi BAOCAO_HOME=$BATS_TEST_TMPDIR/home run -78 baocao duties
    [[ $output == *"không dùng được khóa của máy này"*"hỏng"*"baocao join TỆP-MỜI --new-key"* && $output != *'"event"'* ]]
    rm "$BATS_TEST_TMPDIR/home/client.cert"
    LANGUAGE=vi BAOCAO_HOME=$BATS_TEST_TMPDIR/home run -78 baocao duties
    [[ $output == *"không có tệp hoặc thư mục này"*"--new-key"* && $output != *'"event"'* ]]
    LANGUAGE=vi BAOCAO_HOME=/proc/none run -78 baocao join "$STATE/invites/so-yte.baocao"
    [[ $output == *"không ghi được vào /proc/none"*"--home"* && $output != *'"event"'* ]]
}

@test "join: a key of 0600 that CZMQ's other tools can load; the invite of another home is not overwritten" {
    BAOCAO_HOME=$BATS_TEST_TMPDIR/new run -0 --separate-stderr baocao join --json "$STATE/invites/so-yte.baocao"
    key=$(jq -r .public_key <<<"$output")
    [ "${#key}" = 40 ]
    [ "$(stat -c %a "$BATS_TEST_TMPDIR/new/client.cert")" = 600 ]
    "$python" -c "from peer import Home; assert Home('$BATS_TEST_TMPDIR/new').certificate[0].decode() == '''$key'''"
    # Not registered yet: refused, and told so.
    BAOCAO_HOME=$BATS_TEST_TMPDIR/new run -77 baocao duties
    baocao-admin key add so-yte "$key" --name "Máy mới" --as test
    joined () { BAOCAO_HOME=$BATS_TEST_TMPDIR/new baocao duties >/dev/null 2>&1; }
    eventually joined
    baocao-admin key list --json | jq -se 'flatten | any(.name == "Máy mới" and .unit == "so-yte")'
}

@test "duties: tasks, periods, deadline by the server's time" {
    run -0 client so-yte duties
    [[ $output == *II.2* && $output == *2025* ]]
    client so-yte duties --json | jq -e '.plans[0].tasks | map(select(.role == "lead")) | map(.task) == ["II.2", "V.1", "V.2", "V.3"]'
}

@test "template: JSON and CSV for the tasks it leads; filled in, they pass" {
    client so-yte template 2025 --format json -o "$BATS_TEST_TMPDIR/t.json"
    jq -e '[.entries[].task] == ["II.2", "V.1", "V.2", "V.3"] and .unit == "so-yte" and .period == "2025"' "$BATS_TEST_TMPDIR/t.json"
    jq --slurpfile full "$reports/so-yte.json" '.entries = $full[0].entries | .document = $full[0].document' "$BATS_TEST_TMPDIR/t.json" >"$BATS_TEST_TMPDIR/filled.json"
    client so-yte check "$BATS_TEST_TMPDIR/filled.json"
    client so-yte template 2025 --format csv -o "$BATS_TEST_TMPDIR/t.csv"
    head -c 3 "$BATS_TEST_TMPDIR/t.csv" | od -An -tx1 | has 'ef bb bf'
    grep -q 'V\.3' "$BATS_TEST_TMPDIR/t.csv"
    run -65 client so-yte check "$BATS_TEST_TMPDIR/t.csv"  # nothing filled in yet
}

@test "check: the same findings offline as the server's" {
    client so-yte duties
    run -65 --separate-stderr client so-yte check --offline --json "$reports/so-yte-refused.json"
    offline=$(jq -sc 'map(.findings // .) | flatten | map({code, path, severity}) | sort' <<<"$output")
    run -65 client so-yte push --unchecked "$reports/so-yte-refused.json"
    eventually refused so-yte
    server=$(client so-yte mailbox --json | jq -sc 'map(select(.kind == "refused"))[-1].findings | map({code, path, severity}) | sort')
    [ "$offline" = "$server" ]
    [ "$(jq length <<<"$server")" -ge 4 ]
}

@test "push and check: an empty file is refused at once" {
    printf ' \r\n' >"$BATS_TEST_TMPDIR/blank.csv"
    for file in /dev/null "$BATS_TEST_TMPDIR/blank.csv"; do
        for command in push check; do
            LANGUAGE=en run -65 client so-vhttdl "$command" "$file"
            [[ $output == *"the file is empty"* ]]
        done
    done
    [ -z "$(ls "$STATE/clients/so-vhttdl/spool")" ]
}

@test "push says the stages; status, receipt and mailbox agree" {
    run -65 client so-yte push --unchecked "$reports/so-yte-refused.json"
    run -0 client so-yte push "$reports/so-yte.json"
    run -0 --separate-stderr client so-yte status --json
    jq -se 'flatten | (if .[0].submissions then .[0].submissions else . end) | any(.state == "accepted" and .counted and .revision >= 2)' <<<"$output"
    client so-yte receipt verify
    run -0 client so-yte receipt show
    [[ $output == *2025* ]]
    client so-yte receipt show --json | jq -se 'flatten | .[0] | (.signature | length == 128) and (.body | length > 0)'
}

@test "--json says what went wrong, too" {
    client so-yte queue flush --json | jq -e '.sent == []'
    BAOCAO_HOME=$BATS_TEST_TMPDIR/none run -78 --separate-stderr baocao status --json
    jq -e '.error | length > 0' <<<"$output"
}

@test "a changed receipt does not verify" {
    client so-yte push "$reports/so-yte.json"
    file=$(ls -t "$STATE"/clients/so-yte/receipts/*.receipt | head -1)
    cp "$file" "$BATS_TEST_TMPDIR/kept"
    printf 'X' | dd of="$file" bs=1 seek=40 conv=notrunc 2>/dev/null
    run -65 client so-yte receipt verify
    cp "$BATS_TEST_TMPDIR/kept" "$file"
    client so-yte receipt verify
}

@test "without a line: 75 and spooled; a flush of the queue sends it, counted once" {
    "$stack" stop intake
    run -75 client so-khcn push "$reports/so-khcn.json"
    run -75 client so-khcn push "$reports/so-khcn.json"
    "$stack" start intake
    "$stack" wait
    client so-khcn queue flush
    [ "$(sql "SELECT count(*) FROM submission JOIN unit USING (unit_id) WHERE code = 'so-khcn'")" = 1 ]
}

@test "a receipt that cannot be kept: 78, and the report stays in the spool" {
    local home=$STATE/clients/so-nnptnt
    mv "$home/receipts" "$home/kept"
    touch "$home/receipts"
    run -78 client so-nnptnt push "$reports/so-nnptnt.json"
    [ "$(ls "$home/spool" | wc -l)" = 1 ]
    rm "$home/receipts"
    mv "$home/kept" "$home/receipts"
    client so-nnptnt queue flush
    [ -z "$(ls "$home/spool")" ]
    client so-nnptnt receipt verify
}

@test "a good receipt for another plan or period is not taken for the report's own" {
    for change in 'plan="9/KH-CT"' 'period="2024"'; do
        "$stack" stop intake
        run -75 --separate-stderr client so-ngoaivu push "$(vary so-ngoaivu ".general_assessment = \"${change//\"/}\"")" --json
        spooled=$STATE/clients/so-ngoaivu/spool/$(jq -r .report_id <<<"$output").request
        "$stack" start intake
        "$stack" wait
        # The same id and bytes come in under another name first.
        "$python" - "$STATE/clients/so-ngoaivu" "$spooled" <<PY
import sys
from baocao.v1 import client_pb2
from peer import Home
request = client_pb2.SubmitReport.FromString(open(sys.argv[2], "rb").read())
request.$change
assert Home(sys.argv[1]).line().ask(submit_report=request).WhichOneof("reply") == "receipt"
PY
        LANGUAGE=en run -65 client so-ngoaivu queue flush
        [[ $output == *"it is for another report"* ]]
        rm "$spooled"
    done
    [ -z "$(ls "$STATE/clients/so-ngoaivu/receipts")" ]
}

@test "what push keeps is synced before it gets its name, and its directory after" {
    ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0 BAOCAO_HOME=$STATE/clients/so-ldtbxh \
        strace -f -y -e trace='/^(fsync|rename|link)' -o "$BATS_TEST_TMPDIR/calls" baocao push --yes "$reports/so-ldtbxh.json"
    "$python" - "$BATS_TEST_TMPDIR/calls" <<'PY'
import re, sys
calls, kept = open(sys.argv[1]).read().splitlines(), set()
for i, call in enumerate(calls):
    name = re.search(r'(?:rename|link).*"(.*/(\w+))/(\.part-\w+)".*"(.*)"', call)
    if name:
        directory, kind, temporary, path = name.groups()
        assert any(f"fsync(" in before and f"/{kind}/{temporary}>" in before for before in calls[:i]), path
        assert re.search(rf"fsync\(\d+<.*/{kind}>\)", calls[i + 1]), calls[i : i + 2]
        kept.add(kind)
assert kept == {"reports", "spool", "receipts"}, kept
PY
}

@test "the line down while asking: 69" {
    "$stack" stop intake
    run -69 client so-khcn status
    "$stack" start intake
    "$stack" wait
}

@test "mailbox --follow shows a notice as it is posted" {
    BAOCAO_HOME=$STATE/clients/so-noivu timeout 60 baocao mailbox --follow --json >"$BATS_TEST_TMPDIR/followed" 3>&- &
    follower=$!
    client so-noivu push "$reports/so-noivu.json"
    eventually grep -q '"accepted"' "$BATS_TEST_TMPDIR/followed"
    kill $follower
}

@test "a notice is on the follower's screen within 100 ms of its decision; 450 idle followers cost nothing" {
    "$python" "$top/tests/support/live.py" "$STATE" 450 20 so-noivu $((PORT_BASE - 20)) >"$BATS_TEST_TMPDIR/live"
    cat "$BATS_TEST_TMPDIR/live"
    jq -e '.notices >= 20 and .p90_ms < 100 and .idle_transactions <= 5 and .idle_cpu_ms_per_s <= 30' "$BATS_TEST_TMPDIR/live"
}

@test "feed tail: subscribes, replays and goes on without a gap" {
    count=$(sql "SELECT count(*) + 2 FROM feed_event")
    BAOCAO_HOME=$STATE/clients/committee timeout 60 baocao feed tail --after 0 --json --count "$count" >"$BATS_TEST_TMPDIR/tail" 3>&- &
    tail=$!
    client so-gddt push "$reports/so-gddt.json"
    client ban-dantoc push "$reports/ban-dantoc.json"
    wait $tail
    jq -se --argjson count "$count" 'map(.seq) == [range(1; $count + 1)]' "$BATS_TEST_TMPDIR/tail"
}

@test "feed snapshot: the promised keys" {
    snapshot | jq -e 'has("plan") and has("period") and has("seq") and has("expected") and has("received") and has("on_time") and has("late")
        and has("missing") and has("rejected") and (.tasks | length == 44 and all(has("code") and has("status") and has("progress_percent")))
        and (.units | length == 17 and all(has("code") and has("standing")))'
}

@test "period close and open: a report in between is kept apart" {
    baocao-admin period close 208/KH-UBND 2025 --reason "Thử" --as test
    run -65 client so-tnmt push --unchecked "$reports/so-tnmt.json"
    [ "$(client so-tnmt receipt show --json | jq -r .timeliness)" = quarantined ]
    kept () { client so-tnmt mailbox --json | jq -se 'any(.kind == "quarantined")'; }
    eventually kept
    client so-tnmt check "$reports/so-tnmt.json" | has period.closed
    which () { LANGUAGE=en client so-tnmt check "$reports/so-tnmt.json" 2>&1 >/dev/null; }
    which | has "period 2025 is closed"
    LANGUAGE=en client lhhn duties | has '^2025 .* closed  *missing$'
    baocao-admin period open 208/KH-UBND 2025 --reason "Thử" --as test
    which | has "the report of so-tnmt for period 2025"
    refute has "is closed" <<<"$(which)"
    client so-tnmt push "$(vary so-tnmt '.general_assessment += " Gửi lại."')"
    baocao-admin period list --json | jq -se 'flatten | length == 5'
}

@test "baocao-admin: lists and queues, as tables and JSON" {
    [ "$(baocao-admin unit list --json | jq -s 'flatten | length')" = 45 ]
    baocao-admin queue
    baocao-admin queue --json | jq -e .
    baocao-admin reader list
    baocao-admin --help
}

@test "a second client in Python, from the proto files alone" {
    run -0 --separate-stderr "$python" "$top/tests/support/peer.py" "$STATE/clients/so-vhttdl" "$STATE/clients/committee" "$reports/so-vhttdl.json"
    jq -e '.unit == "so-vhttdl" and .revision == 1 and .state == 2 and .snapshot_seq >= .seq' <<<"$output"
}
