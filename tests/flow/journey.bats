# An officer's whole way at a terminal, by the README's page for officers: invite, join, workbook, a line that is cut, refused, corrected, counted.
load ../support/flow

# Both at once: most of the time they wait, for a line or for LibreOffice.
setup_file () {
    stack_up 2025-12-08T09:00:00+07:00
    walk vi so-yte &
    walk en so-gddt &
    wait
}
teardown_file () { stack_down; }

walk () {  # LANGUAGE UNIT
    local here=$BATS_FILE_TMPDIR/$2
    mkdir "$here"
    baocao-admin invite "$2" -o "$here/$2.baocao"
    status=0
    timeout 300 "$python" "$BATS_TEST_DIRNAME/journey.py" "$1" "$2" "$reports/$2.json" "$here" >"$here/screen" 2>&1 || status=$?
    echo $status >"$here/status"
}

arrived () {  # UNIT
    local here=$BATS_FILE_TMPDIR/$1
    cat "$here/screen"
    [ "$(cat "$here/status")" = 0 ]
    # What others see of it: two revisions, the second one in the totals; the officer's name on the paper; a QR code that verifies.
    baocao-admin report list --json | jq -e --arg unit "$1" 'map(select(.unit == $unit)) | length == 2'
    [ "$(snapshot | jq -r --arg unit "$1" '.units[] | select(.code == $unit) | .standing')" = on_time ]
    baocao-admin totals verify
    baocao-admin chain verify
    pdftotext "$here/bien-nhan.pdf" - | has "Nguyễn Thị Hoa"
    pdftoppm -r 150 -png -singlefile "$here/bien-nhan.pdf" "$here/giay"
    HOME=$here baocao receipt verify --qr "$(zbarimg -q --raw "$here/giay.png")"
}

@test "from the invite to the receipt, in Vietnamese" { arrived so-yte; }
@test "from the invite to the receipt, in English" { arrived so-gddt; }
