#!/usr/bin/env bats
# The Excel template: written, filled in by other programs, saved again by others still, spoiled, and read.
load ../support/flow

unit=so-ldtbxh

setup_file() {
    stack_up 2025-12-08T09:00:00+07:00
    cd "$BATS_FILE_TMPDIR"
    client $unit template 2025 -o template.xlsx
    $python "$BATS_TEST_DIRNAME/workbook.py" fill template.xlsx "$reports/$unit.json" openpyxl.xlsx
    mkdir -p office variants
    timeout 120 soffice -env:UserInstallation="file://$PWD/profile" --headless --convert-to xlsx:"Calc MS Excel 2007 XML" --outdir office openpyxl.xlsx >&2
    mv office/openpyxl.xlsx libreoffice.xlsx
    timeout 60 ssconvert openpyxl.xlsx gnumeric.xlsx >&2
}
teardown_file() { stack_down; }
setup() { cd "$BATS_FILE_TMPDIR"; }

@test "the template: sheets, locks, drop-downs, comments, and what it is for" {
    $python "$BATS_TEST_DIRNAME/workbook.py" look template.xlsx >look.json
    jq -e '.sheets == ["Hướng dẫn", "Nhiệm vụ", "Kinh phí", "Đánh giá chung", "Văn bản", "baocao"] and .hidden == ["baocao"]' look.json
    jq -e '.protected and .keys_hidden and .locked == ["task", "title", "_previous"] and .comments >= 8' look.json
    jq -e '.lists == ["\"chưa thực hiện,đang thực hiện,hoàn thành,chậm tiến độ,dừng thực hiện\""]' look.json
    jq -e --arg unit $unit '.facts == {plan: "208/KH-UBND", period: "2025", unit: $unit, template_version: "1"}' look.json
    LANGUAGE=vi run -64 client $unit template 2025 -o template.xlsx  # a file that is there stays
    [[ $output == *"đặt tên khác sau -o"* ]]
    LANGUAGE=vi run -64 client $unit template 2025 -o report.xslx
    [[ $output == *"'.xlsx'"* && ! -e report.xslx ]]
    run -64 client $unit template 2025 -o ./report
    run -64 bash -c "trap '' XFSZ; ulimit -f 0; BAOCAO_HOME=$STATE/clients/$unit baocao template 2025 --offline -o full.csv"
    [ ! -e full.csv ]  # and the next try has the name
    run -64 client $unit template 2025 --format doc
    for command in $(jq -r '.commands[] | split(" ")[1]' look.json); do client $unit "$command" --help >/dev/null; done
}

@test "an untouched template: every gap is named with its cell" {
    LANGUAGE=vi run -65 --separate-stderr client $unit check template.xlsx
    [[ $output == *'lỗi       Sheet "Văn bản", ô B6: '* && $output == *'Sheet "Nhiệm vụ", ô D6: '* ]]
    [[ $stderr == *"2 lỗi, 0 cảnh báo"* ]]
}

@test "check says which report it is, what is due instead, and whose template is to be taken" {
    LANGUAGE=vi run -0 --separate-stderr client $unit check openpyxl.xlsx
    [[ $stderr == *"báo cáo của $unit, kỳ 2025, kế hoạch 208/KH-UBND"* && $stderr != *"lúc này"* ]]
    client $unit template 2024 --format csv >2024.csv
    LANGUAGE=vi run -65 --separate-stderr client $unit check 2024.csv
    [[ $stderr == *"kỳ phải báo cáo lúc này là 2025"* ]]
    LANGUAGE=vi run -65 --separate-stderr client so-yte check openpyxl.xlsx
    [[ $output == *"lập mẫu của đơn vị mình bằng lệnh baocao template"* && $output != *'ô B4'* ]]
    LANGUAGE=vi run -64 client $unit diff nosuch.xlsx
    [[ $output == *"không có tệp nosuch.xlsx"* ]]
}

@test "filled by openpyxl, saved again by LibreOffice and gnumeric: the same report as the JSON file, bit by bit" {
    id=$(client $unit push --yes --no-wait --json "$reports/$unit.json" | jq -r .report_id)
    [ "${#id}" = 36 ]
    for program in openpyxl libreoffice gnumeric; do
        run -0 --separate-stderr client $unit check --offline --json $program.xlsx
        jq -e '.valid and .warnings == 0' <<<"$output"
        [ "$(client $unit push --yes --no-wait --json $program.xlsx | jq -r .report_id)" = "$id" ]
    done
}

@test "spoiled workbooks: each finding is in its cell, and there are no others" {
    $python "$BATS_TEST_DIRNAME/workbook.py" vary openpyxl.xlsx variants >variants.jsonl
    [ "$(wc -l <variants.jsonl)" -ge 15 ]
    while read -r variant; do
        name=$(jq -r .name <<<"$variant")
        expected=$(jq -c '.findings' <<<"$variant")
        found=$(client $unit check --offline --json "variants/$name.xlsx" | jq -c '[.findings[] | [.sheet, .cell, .code]] | sort' || :)
        [ "$found" = "$expected" ] || { echo "$name: $found, expected $expected" >&2; return 1; }
    done <variants.jsonl
}

@test "the message names place and remedy in both languages; push refuses cells that cannot be read" {
    $python "$BATS_TEST_DIRNAME/workbook.py" vary openpyxl.xlsx variants >variants.jsonl
    LANGUAGE=vi run -65 --separate-stderr client $unit check --offline variants/out_of_range.xlsx
    [ "$output" = '  lỗi       Sheet "Nhiệm vụ", ô E7: tiến độ 120 nằm ngoài 0-100. Hãy nhập số từ 0 đến 100.' ]
    LANGUAGE=en run -65 --separate-stderr client $unit check --offline variants/out_of_range.xlsx
    [ "$output" = '  error    Sheet "Nhiệm vụ", cell E7: progress 120 is outside 0-100. Give a number from 0 to 100.' ]
    LANGUAGE=vi run -65 client $unit push --dry-run variants/out_of_range.xlsx  # the server's verdict, in the file's cells
    [[ $output == *'Sheet "Nhiệm vụ", ô E7: tiến độ 120 '* ]]
    run -65 client $unit push --yes --no-wait variants/wrong_words.xlsx
    [[ $output == *'Sheet "Nhiệm vụ"'* ]]
    [ -z "$(ls "$STATE/clients/$unit/spool")" ]
}

@test "what is no workbook is refused with the remedy" {
    timeout 60 ssconvert openpyxl.xlsx old.xls >&2
    timeout 60 ssconvert openpyxl.xlsx open.ods >&2
    printf '%%PDF-1.7\n' >paper.xlsx
    head -c 4096 /dev/zero >zeros.xlsx
    for file in old.xls open.ods paper.xlsx zeros.xlsx; do
        LANGUAGE=vi run -65 client $unit check --offline $file
        [[ $output == *"Excel Workbook (.xlsx)"* ]]
        [ "$file" != paper.xlsx ] || [[ $output == *"tệp PDF"* ]]
    done
}

@test "the next template shows what was accepted last" {
    eventually accepted
    client $unit template 2025 -o next.xlsx
    $python "$BATS_TEST_DIRNAME/workbook.py" look next.xlsx | jq -e '.previous[0] == "hoàn thành, 100 %" and .previous[1] == "đang thực hiện, 88 %"'
}

@test "a report that was sent comes back as a workbook: sent again it is the same report" {
    id=$(client $unit status --json | jq -r '.submissions[0].report_id')
    client $unit template --from "$id" -o from.xlsx
    [ "$(client $unit push --no-wait --json from.xlsx | jq -r .report_id)" = "$id" ]
}

# Last, since a refused report is the latest then.
@test "refused: push names the workbook's cells, as check does" {
    $python "$BATS_TEST_DIRNAME/workbook.py" vary openpyxl.xlsx variants >variants.jsonl
    LANGUAGE=vi run -65 client $unit push variants/out_of_range.xlsx  # known here: not sent
    [[ $output == *'Sheet "Nhiệm vụ", ô E7: tiến độ 120 nằm ngoài 0-100. Hãy nhập số từ 0 đến 100.'*'chưa gửi'* ]]
    accepted
    LANGUAGE=vi run -65 client $unit push --unchecked variants/out_of_range.xlsx
    [[ $output == *'Sheet "Nhiệm vụ", ô E7: tiến độ 120 nằm ngoài 0-100. Hãy nhập số từ 0 đến 100.'* ]]
    run -65 --separate-stderr client $unit push --unchecked --again --json variants/out_of_range.xlsx
    jq -e '.findings | length == 1 and .[0].sheet == "Nhiệm vụ" and .[0].cell == "E7" and .[0].code == "progress.range"' <<<"$output"
}

@test "refused after waiting in the queue: the flush names the workbook's cells, too" {
    $python "$BATS_TEST_DIRNAME/workbook.py" vary openpyxl.xlsx variants >variants.jsonl
    "$stack" stop intake
    run -75 client $unit push --unchecked --again variants/out_of_range.xlsx
    "$stack" start intake
    "$stack" wait
    LANGUAGE=vi run -65 client $unit queue flush
    [[ $output == *'Sheet "Nhiệm vụ", ô E7: tiến độ 120 nằm ngoài 0-100. Hãy nhập số từ 0 đến 100.'* ]]
    [ -z "$(ls "$STATE/clients/$unit/spool")" ]
}

accepted() { client $unit status --json | jq -e '.submissions[0].state == "accepted"'; }
