# The portal as a browser meets it: addresses, languages, what is cached, and pages that are told of what is new.
load ../support/flow
load ../support/portal

setup_file () {
    export PORTAL_PUBLIC=on
    stack_up 2025-12-08T09:00:00+07:00
    export PAGES=http://127.0.0.1:$((PORT_BASE - 8)) OVERVIEW=/208-KH-UBND/2025
    # One that by itself asks for nothing again, with room for two open pages.
    another slow 7 BAOCAO_PORTAL_FRESH_MS=600000 BAOCAO_PORTAL_HEARTBEAT_MS=200 BAOCAO_PORTAL_VIEWERS=2
    export SLOW=http://127.0.0.1:$((PORT_BASE - 7))
    eventually curl -fsS -o /dev/null "$SLOW/vi$OVERVIEW" 2>/dev/null
    reader chu-tich
    reader thu-ky --agency
}
teardown_file () {
    kill "$(cat "$STATE/run/slow.pid")"
    stack_down
}

page () { curl -sS --fail-with-body "$@"; }
status () { curl -sS -o /dev/null -w '%{http_code}' "$@"; }
figure () { page "$PAGES/vi$OVERVIEW" | sed -n "s/.*id=\"f-$1\"[^>]*>\([^<]*\)<.*/\1/p" | head -1; }

# follow SECONDS FILE [CURL-OPTION...]: an open page's events go to the file.
follow () {
    local file=$2
    timeout "$1" curl -sSN "${@:3}" "$PAGES/live$OVERVIEW?lang=vi" >"$file" 3>&- &
}
last_id () { sed -n 's/^id: //p' "$1" | tail -1; }
seq_now () { snapshot | jq .seq; }
at_least () { [ "$(last_id "$1")" -ge "$2" ] 2>/dev/null; }

@test "the first page sends on to the current period, in the browser's language" {
    [ "$(curl -sS -o /dev/null -w '%{redirect_url}' "$PAGES/")" = "$PAGES/vi$OVERVIEW" ]
    [ "$(curl -sS -o /dev/null -w '%{redirect_url}' -H 'Accept-Language: en-GB,en;q=0.9,vi;q=0.5' "$PAGES/")" = "$PAGES/en$OVERVIEW" ]
    page "$PAGES/vi$OVERVIEW" | has '<html lang="vi"'
    page "$PAGES/en$OVERVIEW" | has '<html lang="en"'
}

@test "what there is not: 404; what cannot be done: 405; both in the language of the address" {
    [ "$(status "$PAGES/vi/208-KH-UBND/1999")" = 404 ]
    [ "$(status "$PAGES/vi/no-plan/2025")" = 404 ]
    [ "$(status "$PAGES/fr$OVERVIEW")" = 404 ]
    [ "$(status "$PAGES/vi$OVERVIEW/../../../etc/passwd" --path-as-is)" = 404 ]
    [ "$(status "$PAGES/assets/..%2f..%2fbaocao.conf" --path-as-is)" = 404 ]
    [ "$(status -X DELETE "$PAGES/vi$OVERVIEW")" = 405 ]
    [ "$(status "$PAGES/vi/%ff/2025")" = 404 ]
    [ "$(status "$PAGES/$(printf 'x%.0s' {1..3000})")" = 404 ]
    curl -sS "$PAGES/vi/%22%3E%3Cscript%3Ex" >"$BATS_TEST_TMPDIR/page"
    has '</html>' "$BATS_TEST_TMPDIR/page"
    refute has '<script>x' "$BATS_TEST_TMPDIR/page"
}

@test "requests that can be read in two ways are refused" {
    raw () { printf '%b' "$1" | timeout 10 bash -c "exec 3<>/dev/tcp/127.0.0.1/$((PORT_BASE - 8)); cat >&3; head -1 <&3"; }
    raw 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n' | has ' 303 '
    raw 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n' | has ' 400 '
    raw 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n' | has ' 400 '
    raw 'GET / HTTP/1.1\r\nHost : a\r\nConnection: close\r\n\r\n' | has ' 400 '
}

@test "every answer forbids what does not come from here" {
    for path in / "/vi$OVERVIEW" /nothing; do
        run -0 curl -sSI "$PAGES$path"
        [[ $output == *"Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self';"* ]]
        [[ $output == *"X-Content-Type-Options: nosniff"* && $output == *"frame-ancestors 'none'"* ]]
        [[ $output != *unsafe* ]]
    done
}

@test "a page that is known is not sent again; compressed it is the same" {
    local etag
    page -o "$BATS_TEST_TMPDIR/plain" "$PAGES/vi$OVERVIEW"
    page --compressed -o "$BATS_TEST_TMPDIR/packed" -D "$BATS_TEST_TMPDIR/headers" "$PAGES/vi$OVERVIEW"
    has -i '^content-encoding: gzip' "$BATS_TEST_TMPDIR/headers"
    has -i '^last-modified: .* GMT' "$BATS_TEST_TMPDIR/headers"
    etag=$(sed -n 's/^ETag: \(.*\)\r$/\1/p' "$BATS_TEST_TMPDIR/headers")
    [ -n "$etag" ]
    for _ in 1 2 3; do  # it is rendered anew now and then, with another time in it
        [ "$(status --compressed -H "If-None-Match: $etag" "$PAGES/vi$OVERVIEW")" = 304 ] && return
        etag=$(curl -sS --compressed -o /dev/null -D - "$PAGES/vi$OVERVIEW" | sed -n 's/^ETag: \(.*\)\r$/\1/p')
    done
    false
}

@test "what is kept for one is not given to another who may see less: nor by the portal, nor on the way" {
    local who file last=
    get () { if [ "$1" = public ]; then page "${@:2}"; else as "$1" -f "${@:2}"; fi; }
    # Each after each other, within the time for which a page is kept.
    for who in public thu-ky public chu-tich public thu-ky chu-tich thu-ky public; do
        file=$BATS_TEST_TMPDIR/$who.after.$last
        get "$who" -o "$file" -D "$file.head" "$PAGES/vi$OVERVIEW"
        last=$who
    done
    for file in "$BATS_TEST_TMPDIR"/*.after.*[a-z.]; do
        [[ $file != *.head ]] || continue
        has -i '^cache-control: private, no-cache' "$file.head"
        has -i '^vary: cookie, accept-encoding' "$file.head"
        has 'id="f-received"' "$file"
        case ${file##*/} in
            public.*) refute has -E 'id="(obstacles|proposals|files)"|href="/vi/208-KH-UBND/2025/|/data/|late-notice' "$file" ;;
            chu-tich.*) has 'id="obstacles"' "$file"; has '/figures/late' "$file"; refute has late-notice "$file" ;;
            thu-ky.*) has 'id="proposals"' "$file"; has late-notice "$file" ;;
        esac
    done
}

@test "an open page is told of a report that is counted, and of nothing else" {
    local file=$BATS_TEST_TMPDIR/events
    [ "$(figure received)" = 0 ]
    follow 60 "$file"
    pid=$!
    eventually at_least "$file" 0
    client so-yte push "$reports/so-yte.json"
    eventually at_least "$file" 1
    [ "$(figure received)" = 1 ]
    sed -n 's/^data: //p' "$file" | tail -1 | jq -e '.seq == 1 and .set["f-received"][0] == "1" and .set["f-missing"][0] == "16"
        and (.set | has("f-task-I.1-progress") | not)'
    [ "$(grep -c '^id:' "$file")" = 2 ]
    kill $pid
}

@test "whoever comes back with the latest number hears only what is new; with another, or an unknown one, everything" {
    local again=$BATS_TEST_TMPDIR/again old=$BATS_TEST_TMPDIR/old odd=$BATS_TEST_TMPDIR/odd first=$BATS_TEST_TMPDIR/first seq
    client so-khcn push "$reports/so-khcn.json"
    seq=$(seq_now)
    follow 60 "$first"  # keeps what is known of the period
    eventually at_least "$first" "$seq"
    follow 60 "$again" -H "Last-Event-ID: $seq"
    follow 60 "$old" -H 'Last-Event-ID: 0'
    follow 60 "$odd" -H 'Last-Event-ID: ?'
    eventually at_least "$old" "$seq"
    eventually at_least "$odd" "$seq"
    sed -n 's/^data: //p' "$old" | jq -e '.set | has("f-expected") and has("f-task-I.1-status")'
    client so-tttt push "$reports/so-tttt.json"
    eventually at_least "$again" $((seq + 1))
    [ "$(grep -c '^id:' "$again")" = 1 ]
    sed -n 's/^data: //p' "$again" | jq -e '.set | has("f-received") and (has("f-expected") | not)'
}

@test "one number of the feed with several versions: whoever has that number only hears everything" {
    local first=$BATS_TEST_TMPDIR/first again=$BATS_TEST_TMPDIR/again plan=$BATS_TEST_TMPDIR/plan seq
    seq=$(seq_now)
    follow 60 "$first"
    pid=$!
    eventually at_least "$first" "$seq"
    cp -R "$top/sql/plans/208-KH-UBND" "$plan"
    printf '%s\n' task,code,title_vi,type,unit_of_measure,minimum,maximum,aggregation,required "I.4,visits,Số lượt khám,integer,lượt,0,,sum,false" \
        >"$plan/indicators.csv"
    baocao-admin plan load "$plan"
    later () { [ "$(grep -c '^id:' "$first")" = 2 ]; }
    eventually later
    [ "$(last_id "$first")" = "$seq" ]
    follow 60 "$again" -H "Last-Event-ID: $seq"
    eventually at_least "$again" "$seq"
    sed -n 's/^data: //p' "$again" | jq -e '.set | has("f-indicator-I.4-visits-value") and has("f-expected")'
    kill $pid $!
}

@test "an event reaches an open page, however long a snapshot is fresh" {
    local file=$BATS_TEST_TMPDIR/events seq
    seq=$(seq_now)
    PAGES=$SLOW follow 60 "$file"
    pid=$!
    eventually at_least "$file" "$seq"
    client so-nnptnt push "$reports/so-nnptnt.json"
    eventually at_least "$file" $((seq + 1))
    kill $pid
}

@test "an open page gets a sign of life while there is nothing new" {
    local file=$BATS_TEST_TMPDIR/events
    PAGES=$SLOW follow 60 "$file"
    pid=$!
    beaten () { [ "$(grep -c '^:$' "$file")" -ge 3 ]; }
    eventually beaten
    kill $pid
}

@test "more open pages than there is room for: who comes last is to come again" {
    open_pages () { curl -sS "http://127.0.0.1:$((PORT_BASE - 2))/metrics" | has "^baocao_portal_viewers $1$"; }
    opened () { curl -sS -m 5 -o /dev/null -w '%{http_code}' "$SLOW/live$OVERVIEW?lang=vi"; }
    eventually open_pages 0
    PAGES=$SLOW follow 60 "$BATS_TEST_TMPDIR/first"
    pid=$!
    PAGES=$SLOW follow 60 "$BATS_TEST_TMPDIR/second"
    eventually open_pages 2
    [ "$(opened)" = 503 ]
    kill $pid
    eventually open_pages 1
    PAGES=$SLOW follow 60 "$BATS_TEST_TMPDIR/third"
    eventually at_least "$BATS_TEST_TMPDIR/third" 0
}

@test "aggregation away: the page stays, as of then; it goes on when aggregation is back" {
    local file=$BATS_TEST_TMPDIR/events seq received
    seq=$(seq_now)
    follow 120 "$file"
    eventually at_least "$file" "$seq"
    received=$(figure received)
    "$stack" stop aggregation
    [ "$(figure received)" = "$received" ]
    "$stack" start aggregation
    "$stack" wait
    client so-gddt push "$reports/so-gddt.json"
    eventually at_least "$file" $((seq + 1))
    [ "$(figure received)" = $((received + 1)) ]
}

@test "the database away: the overview stays" {
    page "$PAGES/vi$OVERVIEW" >/dev/null
    "$stack" kill postgres
    page "$PAGES/vi$OVERVIEW" | has 'id="f-received"'
    "$stack" start postgres
    "$stack" wait
}

@test "it ends in order while pages are open" {
    local file=$BATS_TEST_TMPDIR/events
    follow 60 "$file"
    eventually at_least "$file" 0
    "$stack" stop portal
    tail -1 "$STATE/log/portal.log" | jq -e '.event == "service.stopped"'
    "$stack" start portal
    "$stack" wait
    page "$PAGES/vi$OVERVIEW" | has 'id="f-received"'
}

@test "what nobody looks at costs nothing" {
    local before after pid
    pid=$(cat "$STATE/run/portal.pid")
    sleep 2  # the length of the measurement: nothing is waited for
    before=$(awk '{ print $14 + $15 }' "/proc/$pid/stat")
    sleep 3
    after=$(awk '{ print $14 + $15 }' "/proc/$pid/stat")
    [ $((after - before)) -le 3 ]  # of 300 ticks
}

@test "with a second plan there is a way from one to the other" {
    local other=$BATS_TEST_TMPDIR/other
    refute has 'class="plans"' <(page "$PAGES/vi$OVERVIEW")
    cp -R "$top/sql/plans/208-KH-UBND" "$other"
    sed -i '2s|^208/KH-UBND|15/KH-UBND|' "$other/plan.csv"
    baocao-admin plan load "$other"
    linked () { page "$PAGES/vi$OVERVIEW" | has 'href="/vi/15-KH-UBND/2025"'; }
    eventually linked
    page "$PAGES/en/15-KH-UBND/2025" | has 'href="/en/208-KH-UBND/2025"'
}
