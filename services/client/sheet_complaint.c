// What is said of the cells of a filled template that cannot be read, with the remedy.
#include <stdio.h>
#include <stdlib.h>

#include "common/xmem.h"
#include "report/text.h"
#include "sheet_private.h"

// $1 and $2 are what the complaint quotes.
static const struct {
    const char *code, *vi, *en;
} COMPLAINTS[] = {
    [BAD_FORMULA] =
        {"cell.formula",
         "Ô có công thức nhưng tệp không lưu kết quả. Hãy mở tệp bằng Excel hoặc LibreOffice, lưu lại, hoặc gõ thẳng giá trị.",
         "The cell has a formula whose result is not in the file. Save the file again in Excel or LibreOffice, or type the "
         "value itself."},
    [BAD_VALUE] = {"cell.error", "Ô báo lỗi $1. Hãy sửa công thức hoặc gõ thẳng giá trị.",
                   "The cell shows the error $1. Correct the formula or type the value itself."},
    [BAD_DATE] = {"cell.date", "“$1” không phải là ngày. Hãy ghi ngày/tháng/năm, ví dụ 05/12/2025.",
                  "“$1” is not a date. Write day/month/year, e.g. 05/12/2025."},
    [BAD_FACT] = {"cell.row", "“$1” không phải là một dòng của mẫu. Hãy xóa dòng này hoặc lập lại mẫu bằng lệnh baocao template.",
                  "“$1” is not a row of the template. Delete the row, or make the template again with baocao template."},
    [BAD_COLUMN] = {"cell.column",
                    "“$1” không phải là một cột của mẫu. Hãy xóa cột này hoặc lập lại mẫu bằng lệnh baocao template.",
                    "“$1” is not a column of the template. Delete the column, or make the template again with baocao template."},
    [BAD_COLUMN_TWICE] = {"cell.column_twice", "Cột “$1” có hai lần. Hãy giữ lại một cột.",
                          "The column “$1” is there twice. Keep one of them."},
    [BAD_COLUMN_MOVED] =
        {"cell.column_moved",
         "Cột có tiêu đề “$1” nhưng trong mẫu đây là cột “$2”; nội dung có thể đã bị chuyển nhầm cột. Hãy lập lại mẫu "
         "bằng lệnh baocao template rồi chép nội dung sang.",
         "The column is titled “$1”, but in the template it is “$2”; its contents may have been moved. Make the template "
         "again with baocao template and copy the contents into it."},
    [BAD_COLUMNS] = {"cell.columns", "Bảng có quá nhiều cột. Hãy xóa các cột không thuộc mẫu.",
                     "There are too many columns. Delete those that are not the template's."},
    [BAD_UNTITLED] = {"cell.untitled",
                      "“$1” nằm ngoài các cột của mẫu nên không được đọc. Hãy chuyển nội dung vào đúng cột hoặc xóa đi.",
                      "There is no column title of the template above “$1”. Move it into the right column, or delete it."},
    [BAD_STATUS] = {"cell.status", "“$1” không phải là trạng thái. Hãy chọn một trong: $2.",
                    "“$1” is not a status. Choose one of: $2."},
    [BAD_NUMBER] = {"cell.number", "“$1” không phải là số nguyên. Hãy ghi 1234567 hoặc 1.234.567.",
                    "“$1” is not a whole number. Write 1234567 or 1.234.567."},
    [BAD_DECIMAL] = {"cell.decimal", "“$1” không phải là một số rõ ràng. Hãy ghi 12,5 hoặc 1234,5.",
                     "“$1” is not clearly one number. Write 12,5 or 1234,5."},
    [BAD_YES_NO] = {"cell.yes_no", "“$1” không phải là có hoặc không. Hãy ghi có hoặc không.",
                    "“$1” is neither có (yes) nor không (no)."},
    [BAD_PERCENT] = {"cell.percent", "“$1” không phải là tỷ lệ phần trăm. Hãy nhập số từ 0 đến 100.",
                     "“$1” is not a percentage. Give a number from 0 to 100."},
    [BAD_TASK] = {"cell.task", "Thiếu mã nhiệm vụ của dòng này. Hãy ghi mã như trong mẫu, ví dụ II.2.",
                  "The task's code is missing in this row. Give it as in the template, e.g. II.2."},
    [BAD_SOURCE] = {"cell.source", "“$1” không phải là nguồn kinh phí. Hãy ghi nguồn như trong mẫu.",
                    "“$1” is not a budget source. Give one as in the template."},
    [BAD_NO_SOURCE] = {"cell.source_missing", "Có số tiền nhưng thiếu nguồn kinh phí. Hãy nhập số tiền ở dòng của từng nguồn.",
                       "There is an amount without its source. Enter amounts in the rows of the sources."},
    [BAD_INDICATOR] =
        {"cell.indicator", "Mất mã chỉ tiêu ở cột ẩn. Hãy lập lại mẫu bằng lệnh baocao template rồi chép số liệu sang.",
         "The indicator's code in the hidden column is gone. Make the template again with baocao template and copy the "
         "figures into it."},
    [BAD_TABLE_TWICE] = {"sheet.twice", "Sheet “$1” và sheet “$2” cùng là một bảng của mẫu. Hãy xóa bản sao không dùng.",
                         "Sheets “$1” and “$2” are the same table of the template. Delete the copy that is not used."},
    [BAD_TABLE_MISSING] =
        {"sheet.missing", "Thiếu sheet “$1” của mẫu. Hãy lập lại mẫu bằng lệnh baocao template rồi chép nội dung sang.",
         "The template's sheet “$1” is missing. Make the template again with baocao template and copy the contents into "
         "it."},
    [BAD_NO_PLAN] =
        {"sheet.no_plan",
         "Mất sheet ẩn “baocao” ghi kế hoạch và kỳ báo cáo. Hãy lập lại mẫu bằng lệnh baocao template rồi chép nội dung sang.",
         "The hidden sheet “baocao” with plan and period is gone. Make the template again with baocao template and copy the "
         "contents into it."},
    [BAD_VERSION] =
        {"template.version",
         "Mẫu thuộc phiên bản “$1”, chương trình này không đọc được. Hãy cập nhật chương trình hoặc lập lại mẫu bằng lệnh "
         "baocao template.",
         "The template is of version “$1”, which this program does not read. Update the program, or make the template again "
         "with baocao template."},
};

static char *filled_in (const char *text, const char *first, const char *second)
{
    char *result, quoted[2][200];
    size_t size;
    FILE *out = open_memstream (&result, &size);
    if (!out)
        abort ();
    text_excerpt (first ? first : "", quoted[0], sizeof quoted[0]);
    text_excerpt (second ? second : "", quoted[1], sizeof quoted[1]);
    for (; *text; text++)
        if (*text == '$' && (text[1] == '1' || text[1] == '2'))
            fputs (quoted[*++text - '1'], out);
        else
            fputc (*text, out);
    fclose (out);
    return result;
}

void sheet_complain (sheet_reader_t *self, const char *sheet, size_t row, size_t column, bad_t bad, const char *first,
                     const char *second)
{
    char cell[32];
    grid_name (row, column, cell);
    char *path = xasprintf ("%s%s%s", sheet, *sheet ? "!" : "", cell);
    char *vi = filled_in (COMPLAINTS[bad].vi, first, second), *en = filled_in (COMPLAINTS[bad].en, first, second);
    places_add (self->places, path, sheet, row, column);
    findings_add (self->complaints, COMPLAINTS[bad].code, BAOCAO__V1__SEVERITY__SEVERITY_ERROR, path, vi, en);
    free (path);
    free (vi);
    free (en);
}

void sheet_complain_cell (const sheet_cell_t *cell, bad_t bad, const char *second)
{
    sheet_complain (cell->reader, cell->table->name, cell->row, cell->column, bad, cell->value, second);
}
