"""journey.py LANGUAGE UNIT REPORT.json DIRECTORY: an officer's whole way, at a terminal, by the commands of the README's Vietnamese
page and no others: from the invite (DIRECTORY/UNIT.baocao) to the receipt of a report that was refused, corrected and counted. LibreOffice
fills the workbook; the line is cut in the middle of the attachment. Every command of the page must have been typed in the end."""
import datetime
import os
import re
import sys

import openpyxl
import pexpect

import workbook
from forwarder import Forwarder
from spreadsheet import Spreadsheet

README = os.path.join(os.path.dirname(__file__), "../../README.md")
MIB = 1 << 20
ATTACHED = "Báo cáo số 45.pdf"
# What must be read at a step, in Vietnamese and in English. Other words are the same in both.
SAID = dict(
    joined=("đã được đăng ký cho", "This computer has joined"),
    duties=("phải báo cáo", "must report"),
    template=("các ô nền vàng", "the yellow cells"),
    wrong=("tiến độ 120 nằm ngoài 0-100", "progress 120 is outside 0-100"),
    cell=("ô", "cell"),
    errors=("1 lỗi", "1 errors"),
    right=("không có lỗi", "no errors"),
    shown=("Sẽ gửi:", "This will be sent:"),
    first=("báo cáo đầu tiên của kỳ này", "the first report for this period"),
    kept=("báo cáo được giữ", "the report is kept"),
    waiting=("đang chờ máy chủ", "waiting for the server"),
    received=("đã nhận", "received"),
    result=("chưa nêu kết quả", "no result is given"),
    checked=("đã kiểm tra", "checked"),
    refused=("bị từ chối", "refused"),
    counted=("đã tính", "counted"),
    correction=("bản sửa: thay cho lần 1", "a correction: takes the place of revision 1"),
    receipt=("hợp lệ", "valid"),
    accepted=("được chấp nhận", "accepted"),
    asked=("đã gửi đề nghị", "asked, number"),
    well=("mọi thứ đều tốt", "nothing is wrong"),
)


def page_commands():
    """The commands of the README's Vietnamese page, without their explanations."""
    with open(README, encoding="utf-8") as file:
        page = re.search(r"^## Trang dành cho cán bộ$(.*?)^## ", file.read(), re.M | re.S).group(1)
    lines = "".join(re.findall(r"^```sh\n(.*?)^```$", page, re.M | re.S)).splitlines()
    return [re.sub(r"\s+#.*", "", line) for line in lines]


class Officer:
    """At a terminal, with the page beside it."""

    def __init__(self, language, unit, directory):
        self.page, self.typed = page_commands(), set()
        self.language, self.unit, self.directory = language, unit, directory
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("BAOCAO_HOME", "XDG_", "LANG", "LC_"))}
        environment.update(HOME=directory, LC_ALL="C.UTF-8", TERM="dumb")
        self.shell = pexpect.spawn("bash", ["--norc", "--noprofile"], cwd=directory, env=environment, encoding="utf-8", timeout=60,
                                   dimensions=(50, 250))
        self.shell.logfile_read = sys.stdout
        self.shell.sendline("PS1='[$?''] > '")
        self.prompt()

    def prompt(self):
        """What stood there until the shell asked for the next command, and the exit status."""
        self.shell.expect(r"\[(\d+)\] > ")
        text = self.shell.before
        if self.language == "vi":
            foreign = re.search(r"\b(the|is|are|was|has|not|and|of|with|cannot)\b", re.sub(r"'baocao .*?'", "", text))
            assert not foreign, f"English: {foreign.group()} in {text}"
        return text, int(self.shell.match.group(1))

    def say(self, word):
        return SAID[word][self.language == "en"] if word in SAID else word

    def begin(self, beginning):
        """Types the page's command that begins so."""
        line = next(line for line in self.page if line.startswith(beginning))
        self.typed.add(line)
        self.shell.sendline(line.replace("so-yte", self.unit).replace("LANGUAGE=vi", f"LANGUAGE={self.language}"))
        self.shell.expect("\r\n")  # its echo

    def see(self, *words):
        for word in words:  # in this order
            self.shell.expect_exact(self.say(word))

    def end(self, status, *words):
        text, found = self.prompt()
        assert found == status, f"exit status {found}"
        for word in words:
            assert self.say(word) in text, f"nothing about {self.say(word)}"
        return text

    def do(self, beginning, *words, status=0):
        self.begin(beginning)
        return self.end(status, *words)


def typed_cells(template, report):
    """What is to be typed into the template so that it says what the report does: {(sheet, cell): text}."""
    filled = template.replace(".xlsx", "-mẫu.xlsx")
    workbook.fill(template, report, filled)
    before, after = openpyxl.load_workbook(template), openpyxl.load_workbook(filled)
    os.remove(filled)
    return {(sheet.title, cell.coordinate): as_typed(cell.value) for sheet in after for row in sheet.iter_rows() for cell in row
            if cell.value != before[sheet.title][cell.coordinate].value}


def as_typed(value):
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.strftime("%d/%m/%Y")
    return f"{value:,}".replace(",", ".") if isinstance(value, int) else str(value)


def place(book, key, task):
    """The cell of a task in the sheet of tasks, as (sheet, cell)."""
    return "Nhiệm vụ", workbook.cell(openpyxl.load_workbook(book), "Nhiệm vụ", key, task=task).coordinate


def put_in_between(invite):
    """A forwarder that can cut the line stands between the officer and the department's door."""
    with open(invite, encoding="utf-8") as file:
        text = file.read()
    host, port = re.search(r"endpoint\n +address = \"tcp://([\d.]+):(\d+)\"", text).groups()
    line = Forwarder((host, int(port)), sys.maxsize)
    with open(invite, "w", encoding="utf-8") as file:
        file.write(text.replace(f"tcp://{host}:{port}", f"tcp://127.0.0.1:{line.port}", 1))
    return line


def fill_in(officer, office, report):
    """Joined, and the workbook is filled; one cell of it is wrong, and then right."""
    officer.do("export")
    officer.do("baocao join", "joined", "Nguyễn Thị Hoa", "baocao duties")
    officer.do("baocao duties", "duties", "2025")
    officer.do("baocao template 2025", "template", "baocao check bao-cao.xlsx")
    book = f"{officer.directory}/bao-cao.xlsx"
    cells = typed_cells(book, report)
    progress = place(book, "progress_percent", UNDER_WAY[officer.unit])
    office.type_in(book, cells | {progress: "120"})
    officer.do("baocao check bao-cao", f'Sheet "Nhiệm vụ", {officer.say("cell")} {progress[1]}: ', "wrong", "errors", status=65)
    office.type_in(book, {progress: cells[progress]})
    officer.do("baocao check bao-cao", "right", "baocao push bao-cao.xlsx")
    return cells


def send_over_a_bad_line(officer, line):
    """The line breaks in the middle of the attachment, and comes back while the officer waits. The server refuses the report."""
    line.limit = line.passed + 2 * MIB
    officer.begin("baocao push bao-cao")
    officer.see("shown", ATTACHED, "first", "[y/N]")
    officer.shell.sendline("y")
    said = officer.end(75, "kept", "queue flush --watch")
    assert all(re.search(r"[\r\n](\x1b\[K)?$", before) for before in said.split("baocao: ")[:-1]), "said on the line of the bar"
    assert line.passed >= line.limit, "the line was not cut"
    officer.do("baocao queue list", "208/KH-UBND")
    officer.begin("baocao queue flush")
    officer.see("waiting")
    cut_at, line.limit = line.passed, sys.maxsize
    officer.see("received", "checked", "refused", "result")
    officer.end(65, "--from returned")
    assert line.passed - cut_at < 4 * MIB, "what had been stored was sent again"


def correct(officer, office, line, missing, text):
    """The report comes back filled in, and says what is wrong; sent again it is counted, and its attachment is not sent twice."""
    officer.do("baocao status", "refused", "--from returned")
    officer.do("baocao extend", "asked")  # in case
    officer.do("baocao template --from", "baocao check sua.xlsx")
    book = f"{officer.directory}/sua.xlsx"
    remarks = [str(cell.value) for row in openpyxl.load_workbook(book)["Hướng dẫn"].iter_rows() for cell in row]
    assert any(officer.say("result") in remark for remark in remarks), remarks
    office.type_in(book, {missing: text})
    officer.do("baocao diff", text)
    officer.do("baocao check sua", "right", "baocao push sua.xlsx")
    sent = line.passed
    officer.begin("baocao push sua")
    officer.see("shown", ATTACHED, "correction", "[y/N]")
    officer.shell.sendline("y")
    officer.see("received", "checked", "accepted", "counted")
    officer.end(0)
    assert line.passed - sent < MIB, "the attachment was sent twice"


def look_after(officer):
    """Receipts, the mailbox, and help."""
    officer.do("baocao receipt list", "2025")
    assert officer.do("baocao receipt verify").count(officer.say("receipt")) >= 2  # of the refused report too
    officer.do("baocao receipt pdf", "bien-nhan.pdf")
    officer.do("baocao mailbox", "2025", "mailbox read")
    officer.do("baocao mailbox read", "result", "accepted")
    officer.do("baocao help", "baocao push")
    officer.do("baocao doctor", "well")


# Those in which mistakes are made: one under way, one completed.
UNDER_WAY = {"so-yte": "II.2", "so-gddt": "II.3"}
COMPLETED = {"so-yte": "V.1", "so-gddt": "V.6"}


def journey(language, unit, report, directory):
    line = put_in_between(f"{directory}/{unit}.baocao")
    with open(f"{directory}/{ATTACHED}", "wb") as file:
        file.write(os.urandom(5 * MIB))
    officer, office = Officer(language, unit, directory), Spreadsheet(f"{directory}/office")
    cells = fill_in(officer, office, report)
    book = f"{directory}/bao-cao.xlsx"
    missing = place(book, "result", COMPLETED[unit])
    # Spoiled at the last minute, and the duties that were read are gone: push cannot know, the server finds it.
    office.type_in(book, {missing: ""})
    os.remove(f"{directory}/.local/share/baocao/duties.pb")
    send_over_a_bad_line(officer, line)
    correct(officer, office, line, missing, cells[missing])
    look_after(officer)
    assert officer.typed == set(officer.page), f"never typed: {set(officer.page) - officer.typed}"


journey(*sys.argv[1:])
