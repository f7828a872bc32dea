# Files and documents by HTTP: made once for all who ask, kept while they are right, and never in anybody's way. What stands in them is
# in products.bats and documents.bats.
load ../support/flow
load ../support/portal

setup_file () {
    stack_up 2025-12-08T09:00:00+07:00
    export PAGES=http://127.0.0.1:$((PORT_BASE - 8)) PLAN=208-KH-UBND
    export FILES=$PAGES/vi/$PLAN/2025/files DATA=$PAGES/data/$PLAN/2025
    reader chu-tich
    reader thu-ky --agency
    client so-yte push "$reports/so-yte.json"
}
teardown_file () { stack_down; }

status () { as "${who:-chu-tich}" -o /dev/null -w '%{http_code}' "$@"; }
etag () { as "${who:-chu-tich}" -o /dev/null -D - "$@" | sed -n 's/^ETag: \(.*\)\r$/\1/p'; }
latest () { find "$STATE/run/files" -type f -printf '%f\n' | sort -n | tail -1; }
made () { find "$STATE/run/files" -type f | wc -l; }

@test "every product is there under its address, of its kind, and opens" {
    local path type
    while read -r path type; do
        as thu-ky -f -o "$BATS_TEST_TMPDIR/file" -D "$BATS_TEST_TMPDIR/head" "$PAGES/$path"
        has -i "^content-type: $type" "$BATS_TEST_TMPDIR/head"
        test -s "$BATS_TEST_TMPDIR/file"
    done <<LIST
data/$PLAN/2025/overview.json application/json
data/$PLAN/2025/entries.json application/json
data/$PLAN/2025/entries.csv text/csv; charset=utf-8
data/$PLAN/2025/units.csv text/csv; charset=utf-8
data/$PLAN/2025/budget.csv text/csv; charset=utf-8
data/$PLAN/2025/indicators.csv text/csv; charset=utf-8
data/$PLAN/2025/indicators.sdmx.csv application/vnd.sdmx.data+csv
data/$PLAN/2025/deadlines.ics text/calendar
data/$PLAN/2025/openapi.json application/json
data/$PLAN/feed.atom application/atom+xml
vi/$PLAN/2025/files/report.xlsx application/vnd.openxmlformats-officedocument.spreadsheetml.sheet
en/$PLAN/2025/files/report.odt application/vnd.oasis.opendocument.text
vi/$PLAN/2025/files/report.docx application/vnd.openxmlformats-officedocument.wordprocessingml.document
vi/$PLAN/2025/files/report.pdf application/pdf
vi/$PLAN/2025/files/units/so-yte.pdf application/pdf
LIST
    as thu-ky -o "$BATS_TEST_TMPDIR/report.pdf" "$FILES/report.pdf"
    pdftotext "$BATS_TEST_TMPDIR/report.pdf" - | has 'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM'
    as thu-ky "$DATA/overview.json" | jq -e '.period == "2025"'
}

@test "what there is not is not found; who may not, gets nothing" {
    for path in "$FILES/nothing.pdf" "$FILES/entries.csv" "$DATA/report.xlsx" "$FILES/units/no-unit.pdf" "$FILES/units/so-yte" \
        "$FILES/unit-report.pdf" "$PAGES/data/$PLAN/entries.csv" "$DATA/feed.atom" "$FILES/units/--help.pdf"; do
        [ "$(status "$path")" = 404 ]
    done
    [ "$(status "$FILES/late-notice.odt")" = 403 ]
    refute has late-notice <(as chu-tich "$PAGES/vi/$PLAN/2025")
    has late-notice.odt <(as thu-ky "$PAGES/vi/$PLAN/2025")
    [ "$(who=thu-ky status "$FILES/late-notice.odt")" = 404 ]  # nobody is late yet
    [ "$(status "$FILES/units/so-gddt.pdf")" = 404 ]           # nor has it reported
    refute has '"level":"error"' "$STATE/log/portal.log"
    [ "$(curl -sS -o /dev/null -w '%{http_code}' "$DATA/entries.csv")" = 303 ]
    [ "$(curl -sS -o /dev/null -w '%{http_code}' "$FILES/report.pdf")" = 303 ]
}

@test "what has no words is the same whatever the browser speaks" {
    as chu-tich -H 'Accept-Language: en' -o "$BATS_TEST_TMPDIR/en" "$PAGES/data/$PLAN/feed.atom"
    as chu-tich -H 'Accept-Language: vi' -o "$BATS_TEST_TMPDIR/vi" "$PAGES/data/$PLAN/feed.atom"
    cmp "$BATS_TEST_TMPDIR/en" "$BATS_TEST_TMPDIR/vi"
    has 'Kỳ' "$BATS_TEST_TMPDIR/en"
}

@test "one that is right is not made again, nor sent again; what is new makes it anew" {
    local first second
    first=$(etag "$DATA/entries.csv")
    [ -n "$first" ]
    [ "$(status -H "If-None-Match: $first" "$DATA/entries.csv")" = 304 ]
    modified=$(as chu-tich -o /dev/null -D - "$DATA/entries.csv" | sed -n 's/^Last-Modified: \(.* GMT\)\r$/\1/p')
    [ "$(status -H "If-Modified-Since: $modified" "$DATA/entries.csv")" = 304 ]
    [ "$(status -H "If-Modified-Since: Mon, 01 Dec 2025 00:00:00 GMT" "$DATA/entries.csv")" = 200 ]
    [ "$(status -H "If-Modified-Since: $modified" -H 'If-None-Match: "other"' "$DATA/entries.csv")" = 200 ]
    before=$(latest)
    clock 2025-12-08T10:00:00+07:00
    sql "UPDATE plan_version SET version = version + 1"
    made_anew () { as chu-tich -o /dev/null -D "$BATS_TEST_TMPDIR/head" "$DATA/entries.csv"; [ "$(latest)" -gt "$before" ]; }
    eventually made_anew  # and nothing new in it
    has "Last-Modified: $modified" "$BATS_TEST_TMPDIR/head"
    has "ETag: $first" "$BATS_TEST_TMPDIR/head"
    client so-khcn push "$reports/so-khcn.json"
    renewed () { second=$(etag "$DATA/entries.csv"); [ "$second" != "$first" ]; }
    eventually renewed
    as chu-tich "$DATA/entries.csv" | has so-khcn
    [ "$(status -H "If-None-Match: $first" "$DATA/entries.csv")" = 200 ]
}

@test "another version of the plan makes a file anew, though nothing was sent" {
    local plan=$BATS_TEST_TMPDIR/plan
    as thu-ky "$DATA/units.csv" >"$BATS_TEST_TMPDIR/units"
    refute has 'Một tên mới' "$BATS_TEST_TMPDIR/units"
    cp -R "$top/sql/plans/208-KH-UBND" "$plan"
    sed -i 's/^so-yte,department,[^,]*,/so-yte,department,Một tên mới,/' "$plan/units.csv"
    baocao-admin plan load "$plan"
    renamed () { as thu-ky "$DATA/units.csv" | has 'Một tên mới'; }
    eventually renamed  # long before FILES_FRESH_MS
    baocao-admin plan load "$top/sql/plans/208-KH-UBND"
}

@test "only so many files are kept: the oldest make room" {
    local name
    "$stack" stop portal
    BAOCAO_PORTAL_FILES_KEPT=3 "$stack" start portal
    "$stack" wait
    for name in entries.csv entries.json units.csv budget.csv indicators.csv; do as thu-ky -f -o /dev/null "$DATA/$name"; done
    [ "$(made)" = 3 ]
    "$stack" stop portal
    "$stack" start portal
    "$stack" wait
}

@test "many who ask for the same at once are given one" {
    local before n
    client so-tttt push "$reports/so-tttt.json"
    eventually drained
    before=$(made)
    for n in {1..12}; do as chu-tich -f -o "$BATS_TEST_TMPDIR/$n" "$FILES/report.pdf" 3>&- & done
    wait
    for n in {2..12}; do cmp "$BATS_TEST_TMPDIR/1" "$BATS_TEST_TMPDIR/$n"; done
    [ "$(made)" -le $((before + 1)) ]
}

@test "a document under way holds no page up; one that never ends is ended" {
    "$stack" stop portal
    printf '#!/bin/sh\nsleep 1000\n' >"$BATS_TEST_TMPDIR/office"
    chmod +x "$BATS_TEST_TMPDIR/office"
    env BAOCAO_PRODUCTS_OFFICE="$BATS_TEST_TMPDIR/office" BAOCAO_PRODUCTS_TIME_LIMIT=3 "$stack" start portal
    "$stack" wait
    as chu-tich -o /dev/null -w '%{http_code}' "$FILES/report.pdf" >"$BATS_TEST_TMPDIR/status" 3>&- &
    under_way () { pgrep -f "$BATS_TEST_TMPDIR/office" >/dev/null; }
    eventually under_way
    [ "$(status "$DATA/units.csv")" = 200 ]
    [ "$(status "$PAGES/vi/$PLAN/2025")" = 200 ]
    wait $!
    [ "$(cat "$BATS_TEST_TMPDIR/status")" = 503 ]
    refute under_way
    "$stack" stop portal
    "$stack" start portal
    "$stack" wait
}

@test "the portal ends while a document is made: nothing stays" {
    "$stack" stop portal
    printf '#!/bin/sh\nsleep 1000\n' >"$BATS_TEST_TMPDIR/office"
    chmod +x "$BATS_TEST_TMPDIR/office"
    under_way () { pgrep -f "$BATS_TEST_TMPDIR/office" >/dev/null; }
    for way in stop kill; do
        env BAOCAO_PRODUCTS_OFFICE="$BATS_TEST_TMPDIR/office" "$stack" start portal
        "$stack" wait
        as chu-tich -o /dev/null "$FILES/report.docx" 3>&- 2>/dev/null &
        eventually under_way
        "$stack" "$way" portal
        gone () { refute under_way; }
        eventually gone 2>/dev/null
    done
    "$stack" start portal
    "$stack" wait
    [ "$(made)" = 0 ]  # what was kept goes with the run
}

@test "the standing agency's letter has its number, day and signer" {
    as thu-ky -f -G -o "$BATS_TEST_TMPDIR/report.pdf" "$FILES/report.pdf" --data-urlencode 'number=45/BC-SLĐTBXH' --data-urlencode date=2025-12-09 \
        --data-urlencode 'signer=Nguyễn Văn Mẫu'
    pdftotext "$BATS_TEST_TMPDIR/report.pdf" "$BATS_TEST_TMPDIR/text"
    has '45/BC-SLĐTBXH' "$BATS_TEST_TMPDIR/text"
    has 'Nguyễn Văn Mẫu' "$BATS_TEST_TMPDIR/text"
    as chu-tich -f -G -o "$BATS_TEST_TMPDIR/other.pdf" "$FILES/report.pdf" --data-urlencode 'signer=Kẻ Mạo Danh'  # a reader's words are not taken
    pdftotext "$BATS_TEST_TMPDIR/other.pdf" - >"$BATS_TEST_TMPDIR/text"
    refute has 'Mạo Danh' "$BATS_TEST_TMPDIR/text"
    [ "$(who=thu-ky status -G "$FILES/report.pdf" --data-urlencode 'date=--help')" = 400 ]
}
