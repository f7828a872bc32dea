# The documents of baocao-produce: what they say against the database, how they lie on paper (Decree 30/2020/ND-CP, Appendix I), and
# LibreOffice as a worker that can hang, be ended and be killed.
#
# On 12 December 2025: all have reported but two, of which one has an extension; one was refused, one was returned, one was late; the
# report of so-tttt has markup in every text.
load ../support/flow

documents="$python $BATS_TEST_DIRNAME/documents.py"
PLAN=208/KH-UBND

setup_file () {
    local file unit
    stack_up 2025-12-09T09:00:00+07:00
    baocao-admin plan load "$BATS_TEST_DIRNAME/../support/plan-indicators"
    for file in "$reports"/*.json; do
        unit=$(basename "$file" .json)
        case $unit in
            so-yte-refused | so-tttt | so-ngoaivu) ;;
            so-khcn) jq '.entries[0].progress_percent = 120' "$file" >"$BATS_FILE_TMPDIR/refused.json"
                     client so-khcn push --unchecked "$BATS_FILE_TMPDIR/refused.json" || [ $? = 65 ] ;;
            *) client "$unit" push "$file" ;;
        esac
    done
    hostile >"$BATS_FILE_TMPDIR/hostile.json"
    client so-tttt push "$BATS_FILE_TMPDIR/hostile.json"
    indicators >"$BATS_FILE_TMPDIR/indicators.json"
    client so-yte push "$BATS_FILE_TMPDIR/indicators.json"
    eventually drained
    baocao-admin report return "$(sql "SELECT submission_id FROM unit_standing JOIN unit USING (unit_id) WHERE code = 'so-noivu'")" \
        --reason "Thiếu số liệu"
    baocao-admin extension grant mttq $PLAN 2025 2025-12-20 --reason "Công văn 45/MTTQ"
    clock 2025-12-12T10:00:00+07:00 --frozen
    client so-ngoaivu push "$reports/so-ngoaivu.json"
    eventually drained
    for format in odt docx pdf; do baocao-produce report.$format $PLAN 2025 -o "$BATS_FILE_TMPDIR/report.$format"; done
}
teardown_file () { stack_down; }
setup () {
    mkdir "$BATS_TEST_TMPDIR/scratch"
    cd "$BATS_TEST_TMPDIR"
    ln -s "$BATS_FILE_TMPDIR"/report.* .
}

# Markup of XML and of the template, entities, several lines, tabs and spaces, in every text that a report has.
hostile () {
    jq --arg text $'<script>alert(1)</script> & &amp; ]]> {title} <!-- piece end --> "ngoặc" \'đơn\' =1+1 %s %n\nDòng  thứ hai:\t<text:p>x</text:p>' '
        .general_assessment = "Chung: " + $text
        | .document.number = "7/BC-<i>&\"" | .document.signer = "Lê <b>Thị</b> & \"Mẫu\"" | .document.signer_title = "Giám đốc <u>]]>"
        | .entries |= map(.result = "KQ " + .task + ": " + $text | .next_steps = "Tiếp: " + $text | .obstacles = "Vướng: " + $text
                          | .proposals = "Xin: " + $text | .status = "delayed" | .progress_percent = 50 | .reason = "Vì: " + $text)' \
        "$reports/so-tttt.json"
}

indicators () {
    jq -n '{plan: "9/KH-CT", period: "2025", unit: "so-yte", document: {number: "1/BC", date: "2025-12-01", signer: "Nguyễn Văn Mẫu"},
        entries: [{task: "P.1", status: "in_progress", progress_percent: 10, result: "Số liệu minh họa.", indicators: [
                      {indicator: "articles", number: 1234}, {indicator: "reach", decimal: "98.50"}, {indicator: "followers", number: 7},
                      {indicator: "live", truth: true}, {indicator: "slogan", text: "Vì <sức khỏe>"}]}]}
        | .entries += [{task: "P.2", status: "not_started", progress_percent: 0}, {task: "Q.1", status: "not_started", progress_percent: 0}]'
}

# PRODUCT PLAN PERIOD [OPTION...]: into a file of that name; LibreOffice leaves nothing behind.
produce () {
    rm -f "$1"  # not the link's file
    TMPDIR=$BATS_TEST_TMPDIR/scratch baocao-produce "$@" -o "$1"
    [ -s "$1" ]
    nothing_left
}
nothing_left () { [ -z "$(ls -A "$BATS_TEST_TMPDIR/scratch")" ]; }
begun () { [ -s "$BATS_TEST_TMPDIR/pids" ]; }
gone () { local pid; for pid in $(cat "$BATS_TEST_TMPDIR/pids"); do refute kill -0 "$pid" 2>/dev/null; done; }
ended () { local status=0; wait "$2" || status=$?; [ $status = "$1" ]; }  # STATUS PROCESS
said () { $documents text "$1"; }

# A LibreOffice that hangs, and says in `pids` which processes it is: office BODY
office () {
    printf '#!/bin/bash\ntrap "" TERM INT HUP\n%s\n' "$1" >"$BATS_TEST_TMPDIR/office"
    chmod +x "$BATS_TEST_TMPDIR/office"
    export BAOCAO_PRODUCTS_OFFICE=$BATS_TEST_TMPDIR/office
}

@test "the consolidated report has every task, entry, figure and unit, in ODT, DOCX and PDF alike" {
    for format in odt docx pdf; do $documents report report.$format $PLAN 2025; done
    run -0 said report.pdf
    [[ $output == *"Sở Khoa học và Công nghệ (báo cáo đã gửi còn lỗi, chưa được chấp nhận)."* ]]
    [[ $output == *"Sở Nội vụ (báo cáo đã gửi bị trả lại để bổ sung)."* ]]
    [[ $output == *"Sở Khoa học và Công nghệ (chủ trì): chưa báo cáo."* ]]
    [[ $output == *"quá hạn: 1 (Sở Ngoại vụ)"* ]]
    [[ $output == *"lúc 10 giờ 00 phút, ngày 12 tháng 12 năm 2025"* ]]
}

@test "paper, margins, page numbers, fonts and styles are those of the decree" {
    produce unit-report.pdf $PLAN 2025 --unit so-yte
    produce late-notice.pdf $PLAN 2025
    $documents layout report.pdf landscape
    $documents layout unit-report.pdf none
    $documents layout late-notice.pdf none
    for file in report unit-report late-notice; do $documents fonts $file.pdf; done
    $documents docx report.docx
    pdfinfo report.pdf | has -E '^Title: +BÁO CÁO: Kết quả thực hiện Kế hoạch số 208/KH-UBND năm 2025$'
    pdfinfo report.pdf | has -E '^Tagged: +yes$'
    pdfinfo report.pdf | has -E '^JavaScript: +no$'
    strings report.pdf | has '<pdfaid:part>2</pdfaid:part>'
}

@test "DOCX and ODT open again in LibreOffice, page by page the same" {
    for format in docx odt; do
        mkdir $format
        HOME=$BATS_TEST_TMPDIR soffice --headless -env:UserInstallation="file://$BATS_TEST_TMPDIR/profile" --convert-to pdf --outdir $format \
            report.$format
        $documents report $format/report.pdf $PLAN 2025
        $documents layout $format/report.pdf landscape
        [ "$(pdfinfo $format/report.pdf | grep ^Pages)" = "$(pdfinfo report.pdf | grep ^Pages)" ]
    done
}

@test "number, day, place and who signs are said, or stay blank" {
    run -0 said report.pdf
    [[ $output == *"Số: ......../BC........ "*"Thanh Hóa, ngày ..... tháng ..... năm 2025 BÁO CÁO "* ]]
    produce report.pdf $PLAN 2025 --number 45/BC-SLĐTBXH --date 2025-02-05 --place "Sầm Sơn" --signer "Nguyễn <Văn> Mẫu" \
        --position $'KT. Giám đốc\nPhó Giám đốc'
    run -0 said report.pdf
    [[ $output == *"UBND TỈNH THANH HÓA SỞ LAO ĐỘNGTHƯƠNG BINH VÀ XÃ HỘI CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lậpTự doHạnh phúc "* ]]
    [[ $output == *"Số: 45/BCSLĐTBXH Sầm Sơn, ngày 05 tháng 02 năm 2025 BÁO CÁO "* ]]
    [[ $output == *"KT. GIÁM ĐỐC PHÓ GIÁM ĐỐC Nguyễn <Văn> Mẫu"* ]]
    [[ $output == *"(Kèm theo Báo cáo số 45/BCSLĐTBXH ngày 05 tháng 02 năm 2025 của Sở Lao độngThương binh và Xã hội)"* ]]
    run -64 --separate-stderr baocao-produce report.pdf $PLAN 2025 --date 5/2/2025
    run -64 --separate-stderr baocao-produce unit-report.pdf $PLAN 2025 --unit so-yte --number 1
    run -64 --separate-stderr baocao-produce entries.csv $PLAN 2025 --signer "Nguyễn Văn Mẫu"
}

@test "the letter goes to the units that are overdue, and to no other" {
    for format in odt pdf; do
        produce late-notice.$format $PLAN 2025
        $documents notice late-notice.$format "Liên hiệp các tổ chức hữu nghị tỉnh Thanh Hóa" "Sở Khoa học và Công nghệ" "Sở Nội vụ"
    done
    run -0 said late-notice.pdf
    [[ $output == *"1 Liên hiệp các tổ chức hữu nghị tỉnh Thanh Hóa 10/12/2025 3 Chưa gửi 2 Sở Khoa học và Công nghệ 10/12/2025 3 Đã gửi, còn \
lỗi, chưa được chấp nhận 3 Sở Nội vụ 10/12/2025 3 Bị trả lại để bổ sung Sở Lao động"* ]]
    [[ $output != *"Mặt trận"* && $output != *"BÁO CÁO"* ]]  # whose deadline is another; it has no type
    produce late-notice.pdf 9/KH-CT 2025
    $documents notice late-notice.pdf "Báo Thanh Hóa" "Đài Phát thanh và Truyền hình tỉnh"
}

@test "a unit's own report says what its officer sent, and where the receipt is" {
    for format in odt pdf; do
        produce unit-report.$format $PLAN 2025 --unit so-yte
        $documents unit unit-report.$format $PLAN 2025 so-yte
    done
    run -0 said unit-report.pdf
    [[ $output == "UBND TỈNH THANH HÓA SỞ Y TẾ CỘNG HÒA"*"Số: 312/BCSYT Thanh Hóa, ngày 05 tháng 12 năm 2025 BÁO CÁO"* ]]
    [[ $output == *"Kính gửi: Sở Lao độngThương binh và Xã hội "*"PHÓ GIÁM ĐỐC Lê Thị Mẫu"* ]]
    produce unit-report.pdf $PLAN 2025 --unit bao-thanhhoa
    run -0 said unit-report.pdf
    [[ $output == "BÁO THANH HÓA CỘNG HÒA"* ]]  # a newspaper is not the committee's
    produce unit-report.pdf $PLAN 2025 --unit so-khdt
    run -0 said unit-report.pdf
    [[ $output == *"Đơn vị không có nội dung phải báo cáo trong kỳ. Lý do: Sở không chủ trì nhiệm vụ nào của Phụ lục;"* ]]
    for unit in lhhn so-khcn so-noivu; do  # silent, refused, returned
        run -66 --separate-stderr baocao-produce unit-report.pdf $PLAN 2025 --unit $unit -o none.pdf
        [ "$stderr" = "baocao-produce: $unit has no report for 2025 that counts" ]
    done
    [ ! -e none.pdf ] && [ ! -e none.pdf.part ]
}

@test "texts stay texts, whatever is in them" {
    for format in odt pdf; do
        produce unit-report.$format $PLAN 2025 --unit so-tttt
        $documents unit unit-report.$format $PLAN 2025 so-tttt
    done
    run -0 said unit-report.odt
    [[ $output == *'Số: 7/BC<i>&"'*'Chung: <script>alert(1)</script> & &amp; ]]> {title} <!piece end>'*'<text:p>x</text:p>'* ]]
    [[ $output == *'GIÁM ĐỐC <U>]]> Lê <b>Thị</b> & "Mẫu"'* ]]
    # What the rules would not let in, and names of the plan.
    sql "UPDATE unit SET name_vi = E'Sở <Y> & \\x01\\u202Etế\\uFFFE {agency}' WHERE code = 'so-yte'"
    sql "UPDATE task SET title_vi = E'\\x0B<table:table>\\x1F' WHERE code = 'I.2'"
    for format in odt docx pdf; do
        produce report.$format $PLAN 2025
        run -0 said report.$format
        [[ $output == *"Nhiệm vụ I.2. <table:table>"* && $output == *"Sở <Y> & tế {agency} (chủ trì): "* ]]
    done
    sql "UPDATE unit SET name_vi = 'Sở Y tế' WHERE code = 'so-yte'"
}

@test "indicators: each unit's values, and what they add up to" {
    produce report.pdf 9/KH-CT 2025
    pdftotext -layout report.pdf - >layout
    has -E '^ *P\.1 +Số tin bài \(tin bài\) +1\.234 +tổng' layout
    has -E '^ *P\.1 +Tỷ lệ người dân được tiếp cận \(%\) +98,5 +bình quân' layout
    has -E '^ *P\.1 +Số người theo dõi \(người\) +7 +mới nhất' layout
    has -E '^ *Q\.1 +Số lượt khám \(lượt\) +tổng' layout  # no figure is no 0
    run -0 said report.pdf
    [[ $output == *"+ Số tin bài: 1.234 tin bài. + Tỷ lệ người dân được tiếp cận: 98,5 %. + Số người theo dõi: 7 người. "* ]]
    [[ $output == *"+ Có truyền hình trực tiếp: có. + Khẩu hiệu: Vì <sức khỏe>."* ]]
    [[ $output == *"Chưa có số liệu kinh phí."* ]]
}

@test "in English the frame is English" {
    produce report.pdf $PLAN 2025 --language en --date 2025-12-12
    run -0 said report.pdf
    [[ $output == *"SOCIALIST REPUBLIC OF VIET NAM IndependenceFreedomHappiness "*"Thanh Hóa, 12 December 2025 REPORT Results of plan"* ]]
    [[ $output == *"Units that must report: 17; reported: 13, of them on time: 12, late: 1 (Department of Foreign Affairs); not reported: 4."* ]]
    [[ $output == *"Department of Health (lead): in progress, progress 90%; allocated VND 210,000,000,000, disbursed VND 199,900,000,000."* ]]
    $documents layout report.pdf landscape
}

@test "a LibreOffice that hangs is ended at the time limit, with all that it started" {
    office "sleep 1000 & echo \$\$ \$! >$BATS_TEST_TMPDIR/pids; wait"
    export TMPDIR=$BATS_TEST_TMPDIR/scratch BAOCAO_PRODUCTS_TIME_LIMIT=1
    run -70 --separate-stderr baocao-produce report.pdf $PLAN 2025 -o none.pdf
    [ "$stderr" = "baocao-produce: LibreOffice took longer than 1 s" ]
    eventually gone
    nothing_left
    [ ! -e none.pdf ] && [ ! -e none.pdf.part ]
}

@test "ended by a signal it takes LibreOffice and the directory along; killed, the next one clears away" {
    office "sleep 1000 & echo \$\$ \$! >$BATS_TEST_TMPDIR/pids; wait"
    export TMPDIR=$BATS_TEST_TMPDIR/scratch
    for signal in TERM INT HUP; do
        env --default-signal=INT baocao-produce report.pdf $PLAN 2025 -o none.pdf 2>error 3>&- &
        eventually begun
        kill -$signal $!
        ended 70 $!
        has "ended by signal $(kill -l $signal)" error
        eventually gone
        nothing_left
        [ ! -e none.pdf.part ]
        rm pids
    done
    office "echo \$\$ >$BATS_TEST_TMPDIR/pids; exec sleep 1000"
    baocao-produce report.pdf $PLAN 2025 >/dev/null 3>&- &
    eventually begun
    kill -KILL $!
    ended 137 $!
    eventually gone
    [ "$(ls scratch | wc -l)" = 1 ]
    rm pids
    baocao-produce report.pdf $PLAN 2025 >/dev/null 2>&1 3>&- &  # one that is at work stays
    eventually begun
    [ "$(ls scratch | wc -l)" = 1 ]
    unset BAOCAO_PRODUCTS_OFFICE
    baocao-produce late-notice.pdf $PLAN 2025 -o late-notice.pdf
    [ "$(ls scratch | wc -l)" = 1 ]
    kill $!
    ended 70 $!
    nothing_left
}

@test "two at once" {
    export TMPDIR=$BATS_TEST_TMPDIR/scratch
    baocao-produce report.pdf $PLAN 2025 -o one.pdf 3>&- &
    baocao-produce report.pdf $PLAN 2025 -o two.pdf 3>&-
    wait $!
    nothing_left
    [ "$(said one.pdf)" = "$(said two.pdf)" ]
    $documents report one.pdf $PLAN 2025
}

@test "what cannot be made is said" {
    export TMPDIR=$BATS_TEST_TMPDIR/scratch
    BAOCAO_PRODUCTS_OFFICE=/nowhere run -70 --separate-stderr baocao-produce late-notice.pdf $PLAN 2025
    [ "$stderr" = "baocao-produce: /nowhere could not be run (products/office)" ]
    BAOCAO_PRODUCTS_OFFICE=/bin/true run -70 --separate-stderr baocao-produce late-notice.pdf $PLAN 2025
    [ "$stderr" = "baocao-produce: LibreOffice made nothing of it" ]
    BAOCAO_PRODUCTS_OFFICE=/bin/false run -70 --separate-stderr baocao-produce late-notice.pdf $PLAN 2025
    [ "$stderr" = "baocao-produce: LibreOffice could not do it (exit status 1)" ]
    BAOCAO_PRODUCTS_TIME_LIMIT=0 run -78 --separate-stderr baocao-produce late-notice.pdf $PLAN 2025
    run -70 --separate-stderr env TMPDIR=/nowhere baocao-produce late-notice.pdf $PLAN 2025
    [[ $stderr == "baocao-produce: no directory in /nowhere: "* ]]
    clock 2025-12-05T10:00:00+07:00 --frozen  # the last test
    run -66 --separate-stderr baocao-produce late-notice.pdf $PLAN 2025
    [ "$stderr" = "baocao-produce: no unit's report is overdue" ]
    nothing_left
}
