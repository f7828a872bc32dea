# push as an officer sees it: shown, asked, sent in pieces over a line that breaks, waiting in the queue; and what the door says to
# attachments.
load ../support/flow

setup_file () { stack_up 2025-12-08T09:00:00+07:00; }
teardown_file () { stack_down; }

do_push () { timeout 120 "$python" "$BATS_TEST_DIRNAME/push.py" "$@"; }
spooled () { find "$STATE/clients/$1/spool" -name '*.request' | wc -l; }  # UNIT
received () { sql "SELECT count(*) FROM submission JOIN unit USING (unit_id) WHERE code = '$1'"; }  # UNIT

@test "a file comes in pieces: in order, once each" { do_push pieces; }
@test "a file is no longer than it was announced" { do_push beyond; }
@test "a file that is not what it was said to be is dropped, and spoils nobody's" { do_push wrong_digest; }
@test "two departments send one file at once: kept once" { do_push same_at_once; }
@test "two intakes have one file at once: kept once" { do_push overtaken; }
@test "unfinished files have their limit, and the oldest gives way" { do_push room; }
@test "unfinished files are few, however small" { do_push crowd; }
@test "what is finished is not looked at again" { do_push looked bao-thanhhoa; }
@test "new files have their limit in a day; the answer says when to come again, and the report waits" {
    do_push day so-ldtbxh
    sql "INSERT INTO upload SELECT gen_random_uuid(), unit_id, sha256(('large ' || n)::bytea), 50 << 20, started_at
         FROM (SELECT * FROM upload JOIN unit USING (unit_id) WHERE code = 'so-ldtbxh' ORDER BY started_at DESC LIMIT 1) latest,
              generate_series(1, 21) n"
    printf x >"$BATS_TEST_TMPDIR/a.txt"
    run -75 client so-ldtbxh push "$reports/so-ldtbxh.json" --attach "$BATS_TEST_TMPDIR/a.txt"
    [ "$(spooled so-ldtbxh)" = 1 ]
    sql "UPDATE upload SET started_at = started_at - interval '1 day'"
    client so-ldtbxh queue flush
    [ "$(spooled so-ldtbxh)" = 0 ]
}
@test "the pieces that were answered survive kill -9 of intake" {
    do_push survives
    "$stack" kill intake
    "$stack" start intake
    "$stack" wait
    do_push survives after
}
@test "a report whose attachments are missing is not taken" { do_push missing; }
@test "pieces of files are stored apart from reports and questions" { do_push apart; }

@test "push shows what it will send and asks; no: nothing leaves, nothing is kept" {
    before=$(received so-yte)
    printf 'Nội dung\n' >"$BATS_TEST_TMPDIR/Báo cáo số 45.pdf"
    LANGUAGE=vi LANG=C.UTF-8 BAOCAO_HOME=$STATE/clients/so-yte run -1 do_push terminal n \
        baocao push "$reports/so-yte.json" --attach "$BATS_TEST_TMPDIR/Báo cáo số 45.pdf"
    for shown in "Sẽ gửi:" 208/KH-UBND so-yte 312/BC-SYT "266.700.000.000" "Báo cáo số 45.pdf (11 B)" "báo cáo đầu tiên" "chưa gửi gì"; do
        [[ $output == *"$shown"* ]]
    done
    [ "$(spooled so-yte)" = 0 ]
    [ "$(received so-yte)" = "$before" ]
    [ -z "$(find "$STATE/clients/so-yte/files" "$STATE/clients/so-yte/reports" -type f)" ]
}

@test "what a terminal is shown from outside neither steers it nor turns its text" {
    name=$'a\e]0;x\a\u009b2J\u202efdp.exe'
    printf 'Nội dung\n' >"$BATS_TEST_TMPDIR/$name"
    cp -r "$STATE/clients/so-yte" "$BATS_TEST_TMPDIR/home"
    sed -i "s/name_vi = .*/name_vi = \"Sở$(printf '\e')[8m Y tế\"/" "$BATS_TEST_TMPDIR/home/invite"
    for command in "doctor" "push $reports/so-yte.json"; do
        words=($command)
        [ "$command" = doctor ] || words+=(--attach "$BATS_TEST_TMPDIR/$name")
        LANGUAGE=vi LANG=C.UTF-8 BAOCAO_HOME=$BATS_TEST_TMPDIR/home run do_push terminal n baocao "${words[@]}"
        [[ $output == *�* && $output == *ế* ]]
        [[ $output != *[$'\e\a']* && $output != *$'\u009b'* && $output != *$'\u202e'* ]]
    done
    # Nor what is piped to a pager or saved, and the complaints.
    for command in doctor check; do
        words=($command)
        [ "$command" = doctor ] || words+=("$BATS_TEST_TMPDIR/$name")
        LANGUAGE=vi BAOCAO_HOME=$BATS_TEST_TMPDIR/home run --separate-stderr baocao "${words[@]}"
        [[ $output$stderr == *�* && $output$stderr != *[$'\e\a']* && $output$stderr != *$'\u009b'* && $output$stderr != *$'\u202e'* ]]
    done
    LANGUAGE=vi BAOCAO_HOME=$BATS_TEST_TMPDIR/home run --separate-stderr baocao duties --json
    [ "$(jq -r .unit <<<"$output")" = so-yte ]
    # A template is a file, byte by byte.
    BAOCAO_HOME=$BATS_TEST_TMPDIR/home baocao template 2025 --format csv >"$BATS_TEST_TMPDIR/a.csv"
    BAOCAO_HOME=$BATS_TEST_TMPDIR/home baocao template 2025 --format csv -o "$BATS_TEST_TMPDIR/b.csv"
    grep -q $'\r$' "$BATS_TEST_TMPDIR/a.csv"
    cmp "$BATS_TEST_TMPDIR/a.csv" "$BATS_TEST_TMPDIR/b.csv"
}

@test "push: yes; a progress bar; the stages; then it is a correction" {
    head -c 3000000 /dev/urandom >"$BATS_TEST_TMPDIR/a.pdf"
    LANGUAGE=vi LANG=C.UTF-8 BAOCAO_HOME=$STATE/clients/so-tnmt run -0 do_push terminal y \
        baocao push "$reports/so-tnmt.json" --attach "$BATS_TEST_TMPDIR/a.pdf"
    for shown in "%  " "3,0 MB" "đã gửi" "đã nhận" "đã kiểm tra" "đã tính"; do
        [[ $output == *"$shown"* ]]
    done
    LANGUAGE=en BAOCAO_HOME=$STATE/clients/so-tnmt run -1 do_push terminal "" baocao push "$(vary so-tnmt '.general_assessment += " Sửa."')"
    [[ $output == *"a correction: takes the place of revision 1"*"without the 1 attachments of that revision"* ]]
    [ "$(received so-tnmt)" = 1 ]
}

@test "without a terminal: --yes is asked for, and the bar is not drawn" {
    LANGUAGE=en BAOCAO_HOME=$STATE/clients/so-vhttdl run -64 baocao push "$reports/so-vhttdl.json" </dev/null
    [[ $output == *--yes* ]]
    [ "$(received so-vhttdl)" = 0 ]
    head -c 300000 /dev/urandom >"$BATS_TEST_TMPDIR/a.pdf"
    run -0 client so-vhttdl push "$reports/so-vhttdl.json" --attach "$BATS_TEST_TMPDIR/a.pdf"
    [[ $output != *$'\r'* ]]
}

@test "attachments: ordinary files, none that is empty or over 50 MiB; 50 MiB are taken" {
    mkfifo "$BATS_TEST_TMPDIR/pipe.pdf"
    for other in "$BATS_TEST_TMPDIR/pipe.pdf" /dev/zero "$BATS_TEST_TMPDIR"; do
        LANGUAGE=vi BAOCAO_HOME=$STATE/clients/so-noivu run -64 timeout 20 baocao push --yes "$reports/so-noivu.json" --attach "$other"
        [[ $output == *"$other không phải là một tệp thông thường"*"hãy lưu văn bản thành tệp"* ]]
    done
    : >"$BATS_TEST_TMPDIR/empty.pdf"
    run -64 client so-noivu push "$reports/so-noivu.json" --attach "$BATS_TEST_TMPDIR/empty.pdf"
    truncate -s 52428801 "$BATS_TEST_TMPDIR/large.pdf"
    LANGUAGE=en run -64 client so-noivu push "$reports/so-noivu.json" --attach "$BATS_TEST_TMPDIR/large.pdf"
    [[ $output == *"50 MiB"* ]]
    truncate -s 52428800 "$BATS_TEST_TMPDIR/large.pdf"
    run -0 client so-noivu push "$reports/so-noivu.json" --attach "$BATS_TEST_TMPDIR/large.pdf"
    # Once more: it is there.
    before=$(sql "SELECT count(*) FROM attachment_chunk")
    run -0 client so-noivu push "$reports/so-noivu.json" --attach "$BATS_TEST_TMPDIR/large.pdf" --again
    [ "$(sql "SELECT count(*) FROM attachment_chunk")" = "$before" ]
}

@test "a line cut in the middle of 20 MiB: 75, and the flush goes on where it broke off" {
    do_push cut so-khdt "$reports/so-khdt.json" 20971520
}

@test "a file that the server gives up on its way is begun again at once, not sent to the end in vain" {
    do_push stumbles ban-dantoc "$reports/ban-dantoc.json"
    do_push stumbles dai-ptth "$reports/dai-ptth.json" anew
}

@test "--dry-run: the server's own verdict, and nothing is stored" {
    printf 'Phụ lục\n' >"$BATS_TEST_TMPDIR/a.txt"
    stored=$(sql "SELECT (SELECT count(*) FROM submission), (SELECT count(*) FROM upload), (SELECT count(*) FROM verdict)")
    named=$(vary so-gddt '.attachments = [{name: "a.txt", size: 12, sha256: "'"$(sha256sum "$BATS_TEST_TMPDIR/a.txt" | cut -d' ' -f1)"'"}]')
    run -65 --separate-stderr client so-gddt push --dry-run --json "$named"
    jq -e '.accepted == false and .timeliness == "on_time" and [.findings[].code] == ["attachment.absent"]' <<<"$output"
    client so-gddt push --dry-run --json "$named" --attach "$BATS_TEST_TMPDIR/a.txt" | jq -e '.accepted and .findings == []'
    client so-gddt push --dry-run --json "$reports/so-gddt.json" | jq -e .accepted
    run -65 --separate-stderr client so-ldtbxh push --dry-run --json "$(vary so-ldtbxh '.entries[0].progress_percent = 120')"
    dry=$(jq -c '[.findings[] | {code, path, severity}] | sort' <<<"$output")
    [ "$(sql "SELECT (SELECT count(*) FROM submission), (SELECT count(*) FROM upload), (SELECT count(*) FROM verdict)")" = "$stored" ]
    [ "$(spooled so-gddt)$(spooled so-ldtbxh)" = 00 ]
    run -65 --separate-stderr client so-ldtbxh push --unchecked --json "$(vary so-ldtbxh '.entries[0].progress_percent = 120')"
    [ "$(jq -c '[.findings[] | {code, path, severity}] | sort' <<<"$output")" = "$dry" ]
    # It knows what was accepted before, as a verdict does.
    client so-gddt push "$reports/so-gddt.json"
    client so-gddt push --dry-run --json "$(vary so-gddt '.entries |= map(if .status == "in_progress" then .progress_percent = 1 else . end)')" |
        jq -e 'any(.findings[]; .code == "progress.lower")'
}

@test "--dry-run knows 16 attachments, those in the store and those still here" {
    for n in {1..16}; do
        echo "$n" >"$BATS_TEST_TMPDIR/$n.txt"
        all+=(--attach "$BATS_TEST_TMPDIR/$n.txt")
    done
    client so-nnptnt push "$reports/so-nnptnt.json" "${all[@]:0:18}"  # the first nine
    client so-nnptnt push --dry-run --json "$reports/so-nnptnt.json" "${all[@]}" | jq -e '.accepted and .findings == []'
}

@test "--dry-run knows the plan as it is now, whoever answers" {
    tried () { client so-khcn push --dry-run --json "$reports/so-khcn.json" | jq -c '[.findings[].code]'; }
    for n in {1..4}; do [ "$(tried)" = '[]' ]; done  # both validations have read it
    baocao-admin period close 208/KH-UBND 2025 --reason "Thử"
    for n in {1..4}; do [ "$(tried)" = '["period.closed"]' ]; done
    baocao-admin period reopen 208/KH-UBND 2025 --reason "Thử"
    for n in {1..4}; do [ "$(tried)" = '[]' ]; done
}

@test "--dry-run without anybody who applies the rules: busy, and the door answers on" {
    "$stack" stop validation-1 validation-2
    unchecked () {  # it is said why, and soon, though the server could be asked for 25 s
        LANGUAGE=en run -69 client so-gddt push --dry-run "$reports/so-gddt.json"
        [[ $output == *"Reports are not being checked just now"*"push all the same"* ]]
        LANGUAGE=vi run -69 timeout 15 env BAOCAO_HOME="$STATE/clients/so-gddt" baocao push --dry-run "$reports/so-gddt.json"
        [[ $output == *"Hiện máy chủ chưa kiểm tra được báo cáo"* ]]
    }
    unchecked
    client so-gddt status >/dev/null
    "$stack" start validation-1 validation-2
    "$stack" wait
    pids=$(cat "$STATE"/run/validation-*.pid)
    kill -STOP $pids  # they are there, and do not answer
    status=0
    do_push unanswered || status=$?
    (unchecked) || status=$?
    kill -CONT $pids
    [ "$status" = 0 ]
    eventually client so-gddt push --dry-run "$reports/so-gddt.json"
}

@test "queue: listed, dropped, and sent as soon as there is a line" {
    "$stack" stop intake
    printf 'Phụ lục\n' >"$BATS_TEST_TMPDIR/a.txt"
    run -75 client so-tttt push "$reports/so-tttt.json" --attach "$BATS_TEST_TMPDIR/a.txt"
    run -75 client so-tttt push "$(vary so-tttt '.general_assessment += " Bỏ."')" --attach "$BATS_TEST_TMPDIR/a.txt"
    client so-tttt queue list --json | jq -e '.waiting | length == 2 and all(.attachments[0].name == "a.txt")'
    id=$(client so-tttt queue list --json | jq -r '.waiting[1].report_id')
    run -0 client so-tttt queue list
    [[ $output == *"$id"* ]]
    run -65 client so-tttt queue drop 01939e1c-8a00-7abc-8def-0123456789ab --yes
    client so-tttt queue drop "$id" --yes
    [ "$(spooled so-tttt)$(ls "$STATE/clients/so-tttt/files" | wc -l)" = 11 ]  # the other one's file stays
    run -75 client so-tttt queue flush
    BAOCAO_HOME=$STATE/clients/so-tttt timeout 60 baocao queue flush --watch --timeout 1 >"$BATS_TEST_TMPDIR/watched" 2>&1 3>&- &
    watcher=$!
    eventually grep -q "" "$BATS_TEST_TMPDIR/watched"
    "$stack" start intake
    "$stack" wait
    wait $watcher
    [ "$(spooled so-tttt)$(ls "$STATE/clients/so-tttt/files" | wc -l)" = 00 ]
    client so-tttt status --json | jq -e '.submissions[0].counted'
}

# Pushes a new report with a new file and is killed at the N-th call of that name: killed NAME N. Then the spool is whole, what it
# names is there, and one more push of the same is counted once. Status 1: it came through.
killed () {
    local home=$STATE/clients/so-ngoaivu file=$BATS_TEST_TMPDIR/a.pdf report status=0
    head -c 300000 /dev/urandom >"$file"
    report=$(vary so-ngoaivu ".general_assessment += \" $1 $2.\"")
    ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0 BAOCAO_HOME=$home timeout 60 strace -f -o /dev/null -e trace="$1" -e inject="$1:signal=KILL:when=$2" \
        baocao push --yes --no-wait "$report" --attach "$file" >"$BATS_TEST_TMPDIR/out" 2>&1 || status=$?
    [ "$status" = 0 ] || [ "$status" = 137 ] || return 2
    BAOCAO_HOME=$home baocao queue list --json >"$BATS_TEST_TMPDIR/list" 2>/dev/null || return 3
    for digest in $(jq -r '.waiting[].attachments[].sha256' "$BATS_TEST_TMPDIR/list"); do
        [ "$(sha256sum "$home/files/$digest" | cut -d' ' -f1)" = "$digest" ] || return 4
    done
    client so-ngoaivu push --no-wait "$report" --attach "$file" >/dev/null 2>&1 || return 5
    pushed=$((pushed + 1))
    [ "$(spooled so-ngoaivu)" = 0 ] || return 6
    [ "$(find "$home/files" -type f | wc -l)" = 0 ] || return 7
    [ "$(received so-ngoaivu)" = "$pushed" ] || return 8
    [ "$status" = 137 ]
}

@test "killed at every call that writes: the spool is whole, and the report counts once" {
    local call n result pushed=0 through=0
    for call in fsync rename link unlink flock write; do
        for ((n = 1; n <= 25; n++)); do
            result=0
            killed "$call" "$n" || result=$?
            [ "$result" -le 1 ] || { echo "$call $n: $result"; cat "$BATS_TEST_TMPDIR/out"; return 1; }
            [ "$result" = 0 ] || break
        done
        through=$((through + result))
    done
    echo "$pushed pushes, $through calls came through"
    [ "$through" -ge 5 ] && [ "$pushed" -ge 30 ]
    client so-ngoaivu receipt verify
}

# Last, since the clock is moved.
@test "a file that nobody has finished within 7 days gives way" {
    do_push stale so-taichinh
    clock 2025-12-17T09:00:00+07:00
    do_push stale so-taichinh
}
