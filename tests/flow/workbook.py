"""Fills a workbook of `baocao template` as an officer would, with openpyxl, and spoils it as officers and programs do.

    workbook.py fill TEMPLATE REPORT.json FILLED      writes what the sample report says into the yellow cells
    workbook.py look TEMPLATE                         the template's properties as JSON
    workbook.py vary FILLED DIRECTORY                 one workbook for each of VARIANTS; prints name and expectation, a line each, as JSON
"""
import datetime
import json
import sys

import openpyxl

LABELS, KEYS, FIRST = 4, 5, 6  # rows of a table
STATUSES = dict(not_started="chưa thực hiện", in_progress="đang thực hiện", completed="hoàn thành", delayed="chậm tiến độ",
                stopped="dừng thực hiện")
SOURCES = dict(central="Ngân sách trung ương", provincial="Ngân sách tỉnh", local="Ngân sách huyện, xã",
               programme="Chương trình, đề án, dự án khác", oda="Vốn ODA", domestic="Tài trợ trong nước", foreign="Tài trợ nước ngoài",
               other="Nguồn hợp pháp khác")


def rows(sheet):
    keys = [cell.value for cell in sheet[KEYS]]
    for row in sheet.iter_rows(min_row=FIRST):
        yield {key: cell for key, cell in zip(keys, row) if key}


def cell(book, sheet, key, **where):
    """The cell of a column in the first row in which the other columns have these values."""
    for row in rows(book[sheet]):
        if all(row[name.replace("__", ".")].value == value for name, value in where.items()):
            return row[key]
    raise KeyError((sheet, key, where))


def fill(template, report, filled):
    book, report = openpyxl.load_workbook(template), json.load(open(report))
    entries = {entry["task"]: entry for entry in report["entries"]}
    for row in rows(book["Nhiệm vụ"]):
        entry = entries[row["task"].value]
        row["status"].value = STATUSES[entry["status"]]
        for key in ("progress_percent", "result", "next_steps", "obstacles", "proposals", "reason"):
            row[key].value = entry.get(key)
    for row in rows(book["Kinh phí"]):
        for line in entries[row["task"].value].get("budget", {}).get("lines", []):
            if row["budget.source"].value == SOURCES[line["source"]]:
                for key in ("allocated", "disbursed", "reason"):
                    row["budget." + key].value = line.get(key)
    for sheet, facts in (("Văn bản", report["document"]), ("Đánh giá chung", report)):
        for row in rows(book[sheet]):
            name = row["fact"].value.split(".")[-1]
            value = facts.get(name)
            row["value"].value = datetime.date.fromisoformat(value) if name == "date" else value
    book.save(filled)


def look(template):
    book = openpyxl.load_workbook(template)
    tasks = book["Nhiệm vụ"]
    first = next(rows(tasks))
    print(json.dumps({
        "sheets": [sheet.title for sheet in book], "hidden": [sheet.title for sheet in book if sheet.sheet_state == "hidden"],
        "protected": all(sheet.protection.sheet for sheet in book), "keys_hidden": tasks.row_dimensions[KEYS].hidden,
        "locked": [key for key, cell in first.items() if cell.protection.locked],
        "lists": [rule.formula1 for rule in tasks.data_validations.dataValidation if rule.type == "list"],
        "comments": sum(bool(cell.comment) for cell in tasks[LABELS]),
        "previous": [row["_previous"].value for row in rows(tasks)],
        "facts": {row[0].value: row[1].value for row in book["baocao"].iter_rows(min_row=2)},
        "commands": [cell.value for row in book["Hướng dẫn"].iter_rows() for cell in row if str(cell.value).startswith("baocao ")],
    }, ensure_ascii=False))


# Each changes a filled workbook and says what check finds: (sheet, cell, code) of every finding; [] for none.
def tidy(book):
    """Names of sheets, their order, and whole columns change; the report does not."""
    sheet = book["Nhiệm vụ"]
    sheet.title = "Báo cáo chính thức"
    book.move_sheet("Văn bản", -4)
    for row in range(LABELS, sheet.max_row + 1):  # results and obstacles
        sheet.cell(row, 6).value, sheet.cell(row, 8).value = sheet.cell(row, 8).value, sheet.cell(row, 6).value
    return []


def no_keys(book):
    """Somebody deleted the hidden rows and columns of keys; the titles are there."""
    for name in ("Nhiệm vụ", "Kinh phí"):
        for column in book[name][KEYS]:
            column.value = None
    return []


def as_text(book):
    cell(book, "Nhiệm vụ", "progress_percent", task="II.4").value = "88 %"
    cell(book, "Kinh phí", "budget.allocated", task="I.5", budget__source="Ngân sách tỉnh").value = "320.000.000 đồng"
    cell(book, "Văn bản", "value", fact="document.date").value = "5/12/2025"
    status = cell(book, "Nhiệm vụ", "status", task="II.4")
    status.value = "Đang thực hiện "
    return []


def serial_date(book):
    date = cell(book, "Văn bản", "value", fact="document.date")
    date.number_format, date.value = "General", 45996
    return []


def formulas(book):
    """openpyxl does not compute: a formula that is read has no result, those for the eye do not matter."""
    progress = cell(book, "Nhiệm vụ", "progress_percent", task="II.4")
    progress.value = "=40+48"
    return [("Nhiệm vụ", progress.coordinate, "cell.formula")]


def out_of_range(book):
    progress = cell(book, "Nhiệm vụ", "progress_percent", task="II.4")
    progress.value = 120
    return [("Nhiệm vụ", progress.coordinate, "progress.range")]


def merged(book):
    """The value stands in the first cell; the other one has none."""
    sheet = book["Nhiệm vụ"]
    first, second = (cell(book, "Nhiệm vụ", "result", task=task) for task in ("III.3", "III.4"))
    sheet.merge_cells(f"{first.coordinate}:{second.coordinate}")
    return [("Nhiệm vụ", second.coordinate, "result.missing")]


def left_out(book):
    status = cell(book, "Nhiệm vụ", "status", task="III.1")
    for other in next(row for row in rows(book["Nhiệm vụ"]) if row["task"].value == "III.1").values():
        if not other.protection.locked:
            other.value = None
    for row in rows(book["Kinh phí"]):
        if row["task"].value == "III.1" and row["budget.source"].value:
            row["budget.allocated"].value = row["budget.disbursed"].value = None
    return [("Nhiệm vụ", status.coordinate, "task.missing")]


def overspent(book):
    money = cell(book, "Kinh phí", "budget.disbursed", task="I.5", budget__source="Ngân sách tỉnh")
    money.value = 330000000
    return [("Kinh phí", money.coordinate, "budget.overspent")]


def decimal_money(book):
    money = cell(book, "Kinh phí", "budget.allocated", task="I.5", budget__source="Ngân sách tỉnh")
    money.value = "1.234.567,5"
    return [("Kinh phí", money.coordinate, "cell.number")]


def wrong_words(book):
    status = cell(book, "Nhiệm vụ", "status", task="II.4")
    date = cell(book, "Văn bản", "value", fact="document.date")
    progress = cell(book, "Nhiệm vụ", "progress_percent", task="II.4")
    status.value, date.value, progress.value = "gần xong", "tháng 12", "0,6"
    return [("Nhiệm vụ", status.coordinate, "cell.status"), ("Nhiệm vụ", progress.coordinate, "cell.percent"), ("Văn bản", date.coordinate, "cell.date")]


def error_value(book):
    progress = cell(book, "Nhiệm vụ", "progress_percent", task="II.4")
    progress.value = "#REF!"
    return [("Nhiệm vụ", progress.coordinate, "cell.error")]


def stray(book):
    book["Nhiệm vụ"]["L7"].value = "ghi chú riêng"
    return [("Nhiệm vụ", "L7", "cell.untitled")]


def moved_titles(book):
    """Two columns were exchanged by hand, with their titles but without the hidden keys."""
    sheet = book["Nhiệm vụ"]
    sheet["H4"].value, sheet["I4"].value = sheet["I4"].value, sheet["H4"].value
    return [("Nhiệm vụ", "H4", "cell.column_moved"), ("Nhiệm vụ", "I4", "cell.column_moved")]


def copied_sheet(book):
    book.copy_worksheet(book["Nhiệm vụ"]).title = "Nhiệm vụ (2)"
    return [("Nhiệm vụ (2)", "A1", "sheet.twice")]


def no_budget(book):
    del book["Kinh phí"]
    return [("Hướng dẫn", "A1", "sheet.missing")]


def no_hidden(book):
    del book["baocao"]
    return [("Hướng dẫn", "A1", "sheet.no_plan")]


def newer(book):
    book["baocao"]["B5"].value = "2"
    return [("baocao", "B5", "template.version")]


VARIANTS = (tidy, no_keys, as_text, serial_date, formulas, out_of_range, merged, left_out, overspent, decimal_money,
            wrong_words, error_value, stray, moved_titles, copied_sheet, no_budget, no_hidden, newer)


def vary(filled, directory):
    for variant in VARIANTS:
        book = openpyxl.load_workbook(filled)
        found = variant(book)
        book.save(f"{directory}/{variant.__name__}.xlsx")
        print(json.dumps({"name": variant.__name__, "findings": sorted(found)}, ensure_ascii=False))


if __name__ == "__main__":
    {"fill": fill, "look": look, "vary": vary}[sys.argv[1]](*sys.argv[2:])
