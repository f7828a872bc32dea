# The pages behind the overview: every figure leads to what makes it, and from there to reports whose receipts verify; what a report
# says can never become markup; what there is not is not found.
load ../support/flow

# The plan with indicators of one task besides, which has two leads.
plan_with_indicators () {
    cp -R "$top/sql/plans/208-KH-UBND" "$BATS_FILE_TMPDIR/plan"
    printf '%s\n' task,code,title_vi,type,unit_of_measure,minimum,maximum,aggregation,required \
        "I.4,visits,Số lượt khám,integer,lượt,0,,sum,false" "I.4,reach,Tỷ lệ người dân được tiếp cận,decimal,%,0,100,mean,false" \
        "I.4,followers,Số người theo dõi,integer,người,0,,last,false" "I.4,live,Có truyền hình trực tiếp,boolean,,,,none,false" \
        "I.4,slogan,Khẩu hiệu,text,,,,none,false" >"$BATS_FILE_TMPDIR/plan/indicators.csv"
    baocao-admin plan load "$BATS_FILE_TMPDIR/plan"
}

setup_file () {
    stack_up 2025-12-08T09:00:00+07:00
    export PAGES=http://127.0.0.1:$((PORT_BASE - 8)) OVERVIEW=/208-KH-UBND/2025 NAME=thu-ky PASSWORD='mot mat khau dai 208'
    echo "$PASSWORD" >"$STATE/password"
    baocao-admin reader add "$NAME" --password-file "$STATE/password"
    plan_with_indicators
    "$top/services/local/demo" story
}
teardown_file () { stack_down; }

pages () { "$python" "$BATS_TEST_DIRNAME/portal_pages.py" "$@"; }
# With a reader's cookie: reader CURL-OPTION...
reader () {
    local jar=$BATS_FILE_TMPDIR/cookies
    if [ ! -e "$jar" ]; then
        csrf=$(curl -sS -c "$jar" "$PAGES/vi/sign-in" | sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p')
        curl -sS -o /dev/null -b "$jar" -c "$jar" --data-urlencode "csrf=$csrf" --data-urlencode "name=$NAME" --data-urlencode "password=$PASSWORD" "$PAGES/vi/sign-in"
    fi
    curl -sS -b "$jar" "$@"
}
push () { client "$1" push "$2" "${@:3}"; eventually drained; }  # UNIT FILE
submission () { sql "SELECT submission_id FROM submission s JOIN unit USING (unit_id) WHERE code = '$1' ORDER BY s.revision DESC LIMIT 1"; }  # UNIT

@test "the demo's December: every figure of the overview is made by the rows of its page, and every receipt there verifies" {
    pages figures
}

@test "indicators, extensions, and reports that are refused, returned, confirmed, late, voluntary or in quarantine" {
    local with='.entries[0].indicators = [{indicator: "visits", number: $n}, {indicator: "reach", decimal: "\($n).000001"},
        {indicator: "followers", number: (100 - $n)}, {indicator: "live", truth: true}, {indicator: "slogan", text: "Vì sức khỏe"}]'
    push dai-ptth "$(vary dai-ptth "10 as \$n | $with")"
    clock 2025-12-10T09:00:00+07:00  # which came last is to be seen
    push bao-thanhhoa "$(vary bao-thanhhoa "7 as \$n | $with")"
    run -65 client mttq push --unchecked "$(vary so-yte '.unit = "mttq"')"
    baocao-admin extension grant lhhn 208/KH-UBND 2025 2025-12-20 --reason "Công văn 45"
    baocao-admin report confirm "$(submission so-khcn)"
    baocao-admin report return "$(submission so-tnmt)" --reason "Thiếu số liệu"
    baocao-admin invite ubnd-tp-thanhhoa -o "$BATS_TEST_TMPDIR/invite"
    client ubnd-tp-thanhhoa join "$BATS_TEST_TMPDIR/invite" --name "Văn phòng"
    push ubnd-tp-thanhhoa "$(vary so-taichinh '.unit = "ubnd-tp-thanhhoa"')"
    eventually drained
    pages figures
    baocao-admin period close 208/KH-UBND 2025 --reason "thử"
    run -65 client so-nnptnt push --unchecked "$(vary so-nnptnt '.general_assessment += " Gửi muộn."')"
    pages figures
    baocao-admin period open 208/KH-UBND 2025 --reason "thử"
}

# A text that would do harm as markup, of so many characters: hostile LENGTH WORD
hostile () {
    local text="$2<script>alert('$2')</script>\"'><img src=x onerror=alert(1)><a href=javascript:alert(1)>&lt;&amp;%s%n {{7*7}} שלום مرحبا"
    while [ ${#text} -lt "$1" ]; do text+=" $text"; done
    printf %s "${text:0:$1}"
}

@test "what a report says is text wherever it stands: hostile in every field, 10,000 characters long" {
    local evil=$BATS_TEST_TMPDIR/evil.json refused=$BATS_TEST_TMPDIR/refused.json
    local file=$BATS_TEST_TMPDIR/'a"><img src=x onerror=alert(1)>'"'"'.pdf'
    echo x >"$file"
    baocao-admin invite dai-ptth -o "$BATS_TEST_TMPDIR/invite"
    client dai-ptth-evil join "$BATS_TEST_TMPDIR/invite" --name "$(hostile 120 nguoi-gui)"
    jq --arg number "$(hostile 64 so)" --arg line "$(hostile 200 dong)" --arg long "$(hostile 10000 van)" --arg whole "$(hostile 20000 chung)" \
        --arg reason "$(hostile 2000 vi-sao)" '
        .document = {number: $number, date: "2025-12-05", signer: ("ky" + $line)[:200], signer_title: ("chuc" + $line)[:200]}
        | .general_assessment = $whole
        | .entries[0] += {status: "delayed", progress_percent: 50}
        | reduce ("result", "next_steps", "obstacles", "proposals", "reason") as $field (.; .entries[0][$field] = ($field + $long)[:10000])
        | .entries[0].budget = {lines: [{source: "local", allocated: 5000000, disbursed: 6000000, reason: ("chi" + $reason)[:2000]}]}
        | .entries[0].indicators = [{indicator: "visits", number: 5}, {indicator: "slogan", text: ("khau-hieu" + $reason)[:2000]},
                                    {indicator: "reach", no_figure_reason: ("khong" + $reason)[:2000]}]' "$reports/dai-ptth.json" >"$evil"
    push dai-ptth-evil "$evil" --attach "$file"
    jq --arg reason "$(hostile 2000 khong-co)" 'del(.entries) | .nothing_to_report = {reason: $reason}' "$reports/so-taichinh.json" >"$BATS_TEST_TMPDIR/nothing.json"
    push so-taichinh "$BATS_TEST_TMPDIR/nothing.json"
    # What is refused is shown, too: with codes that are none.
    jq --arg code "$(hostile 64 ma)" '.entries[0].task = $code | .entries[1].indicators = [{indicator: $code, text: $code}]' \
        "$reports/so-yte.json" >"$refused"
    run -65 client so-yte push --unchecked "$refused"
    baocao-admin extension grant mttq 208/KH-UBND 2025 2025-12-20 --reason "$(hostile 200 gia-han)"
    baocao-admin report return "$(submission so-gddt)" --reason "$(hostile 200 tra-lai)"
    eventually drained
    pages hostile "$evil" "$BATS_TEST_TMPDIR/nothing.json" "$refused" <<<"$(hostile 120 nguoi-gui)
$(basename "$file")
$(hostile 200 gia-han)
$(hostile 200 tra-lai)"
}

@test "what there is not is not found, whatever the address tries" {
    local report other paths=() at=/vi$OVERVIEW
    report=$(submission so-khcn)
    other=${report:0:35}0
    [ "$other" != "$report" ] || other=${report:0:35}1
    for what in tasks/I.99 groups/VII units/so-nao figures/all figures/on-time budget/none budget/bank indicators/I.1/visits indicators/I.9/visits \
        "reports/$other" reports/1 reports/so-khcn tasks tasks/ tasks/I.1/x "units/so-yte%27" "units/so-yte%27%20OR%20%271%27=%271" \
        "tasks/I.1%27;DROP%20TABLE%20submission;--" "tasks/%00" "tasks/%ff" "reports/$report%27" "reports/%7B$report%7D" \
        "figures/received%27" "budget/1" "budget/local%27--" "groups/%F0%9F%92%A9" "units/%3Cscript%3Ealert(1)%3C/script%3E" \
        "tasks/$(printf 'I%.0s' {1..900})"; do
        paths+=("$at/$what")
    done
    pages missing "${paths[@]}" "/vi/208-KH-UBND/2024/reports/$report" "/vi/208-KH-UBND/2031/units/so-yte" "/en/9-KH/2025/units/so-yte"
    [ "$(sql 'SELECT count(*) > 15 FROM submission')" = t ]
}

@test "the database away: 503, until it is back; who gives up waiting does no harm" {
    pages missing "/en$OVERVIEW/units/so-nao"
    "$stack" kill postgres
    away () { [ "$(reader -o /dev/null -w '%{http_code}' "$PAGES/en$OVERVIEW/tasks/I.2")" = 503 ]; }
    eventually away  # its last backends may still answer
    "$stack" start postgres
    "$stack" wait
    back () { [ "$(reader -o /dev/null -w '%{http_code}' "$PAGES/en$OVERVIEW/tasks/I.2")" = 200 ]; }
    eventually back
    psql -Xqc "BEGIN; LOCK TABLE baocao.unit_standing; SELECT pg_sleep(3); COMMIT" 3>&- &
    locked () { [ "$(sql "SELECT count(*) FROM pg_locks WHERE relation = 'baocao.unit_standing'::regclass AND mode = 'AccessExclusiveLock' AND granted")" = 1 ]; }
    eventually locked
    run -28 reader --max-time 0.5 "$PAGES/en$OVERVIEW/tasks/II.1"
    wait
    [ "$(reader -o /dev/null -w '%{http_code}' "$PAGES/en$OVERVIEW/tasks/II.1")" = 200 ]
}

@test "a page is of one moment: what is committed while it is read is not on it" {
    local dir=$BATS_TEST_TMPDIR page=$PAGES/en$OVERVIEW/units/so-tttt
    refute has MEANWHILE <(reader "$page")
    client so-tttt push "$(vary so-tttt '.general_assessment += " Sửa."')"  # makes the page that is kept old
    eventually drained
    psql -Xq -v ON_ERROR_STOP=1 3>&- <<SQL &
SET search_path = baocao;
BEGIN;
LOCK TABLE extension;
\! touch "$dir/locked"; until [ -e "$dir/go" ]; do sleep 0.05; done
INSERT INTO extension (period_id, unit_id, due_before, at, who, reason)
    SELECT period_id, unit_id, '2025-12-20', now(), 'thu-ky', 'MEANWHILE' FROM period p JOIN plan USING (plan_id), unit u
    WHERE plan.code = '208/KH-UBND' AND p.code = '2025' AND u.code = 'so-tttt';
COMMIT;
SQL
    eventually test -e "$dir/locked"
    reader -f -o "$dir/page" "$page" 3>&- &
    reads () { [ "$(sql "SELECT count(*) FROM pg_locks WHERE relation = 'extension'::regclass AND NOT granted")" = 1 ]; }
    eventually reads
    touch "$dir/go"
    wait
    has so-tttt "$dir/page"
    refute has MEANWHILE "$dir/page"
    later () { reader "$page" | has MEANWHILE; }
    eventually later
}

@test "nobody who has not signed in sees any of it" {
    for what in tasks/I.1 groups/I units/so-yte figures/missing budget/local indicators/I.4/visits "reports/$(submission so-khcn)"; do
        for language in vi en; do
            run -0 curl -sS -w '%{http_code} %{redirect_url}' "$PAGES/$language$OVERVIEW/$what"
            [ "$output" = "303 $PAGES/$language/sign-in?to=%2F$language%2F208-KH-UBND%2F2025%2F${what//\//%2F}" ]
        done
    done
}
