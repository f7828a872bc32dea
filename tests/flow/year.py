"""Walks from the opening of period 2025 of plan 208 to its second closing, by the commands that the standing agency and the units have,
and compares what lies in the mailboxes, and in the boxes of a real mail server, with what expected.py says. For year.bats.
"""
import json
import os
import re
import sys
import time
from collections import Counter, namedtuple
from datetime import timedelta

from expected import CANCEL, CONFIRMED, DEADLINE, EXTENSION, RETURNED, Notice
from walk import PATIENCE, STACK, STATE, Walk, run

PERIOD = ("208/KH-UBND", "2025")
MAILBOXES = os.path.dirname(os.path.abspath(__file__)) + "/../support/mailboxes.py"
Contact = namedtuple("Contact", "id unit address role language")


class Year(Walk):
    def __init__(self):
        super().__init__()
        self.contacts = []
        self.removed = {}  # contact: when
        self.forerunners = {}  # unit: those that were merged into it

    # --- The units

    def join(self, unit):
        """A home for a unit that has none: as its officer and the standing agency make it."""
        invite = f"{os.environ['BATS_TEST_TMPDIR']}/{unit}.baocao"
        run("baocao-admin", "invite", unit, "-o", invite)
        key = json.loads(run("baocao", "join", "--json", invite, BAOCAO_HOME=f"{STATE}/clients/{unit}"))["public_key"]
        run("baocao-admin", "key", "add", unit, key, "--name", "Văn phòng")

    def contact(self, unit, role="officer", language="vi"):
        address = f"{role}.{len(self.contacts)}@{unit}.example.vn"
        added = json.loads(run("baocao-admin", "contact", "add", unit, address, "--role", role, "--language", language, "--json"))
        self.contacts.append(Contact(added["contact"], unit, address, role, language))

    def remove_contact(self, address):
        contact = next(contact for contact in self.contacts if contact.address == address)
        run("baocao-admin", "contact", "remove", str(contact.id))
        self.removed[contact] = self.now

    def report(self, unit):
        """Its forerunners' entries are its own now."""
        report = super().report(unit)
        entries = [entry for forerunner in self.forerunners.get(unit, ())
                   for entry in super(Year, self).report(forerunner).get("entries", [])]
        if entries:
            report.pop("nothing_to_report", None)
            report["entries"] = report.get("entries", []) + entries
        return report

    # --- The standing agency

    def submission(self, unit):
        return [report for report in self.reports() if report["unit"] == unit][-1]["submission_id"]

    def reports(self):
        return json.loads(run("baocao-admin", "report", "list", *PERIOD, "--json"))

    def confirm(self, unit):
        run("baocao-admin", "report", "confirm", self.submission(unit))
        revision = self.revisions[unit]
        self.hear(Notice(unit, CONFIRMED, f"Báo cáo kỳ 2025 (lần gửi {revision}) đã được xác nhận",
                         f"Report for 2025 (revision {revision}) confirmed"))

    def give_back(self, unit):
        run("baocao-admin", "report", "return", self.submission(unit), "--reason", "Thiếu số liệu giải ngân")
        revision = self.revisions[unit]
        del self.period.accepted[unit]
        self.period.since[unit] = self.now
        self.returned.add(unit)
        self.standings[unit] = "returned"
        self.hear(Notice(unit, RETURNED, f"Báo cáo kỳ 2025 (lần gửi {revision}) được trả lại, cần bổ sung và gửi lại",
                         f"Report for 2025 (revision {revision}) returned: please amend it and send it again"))

    def admit(self, unit, judged=True):
        run("baocao-admin", "late", "admit", self.submission(unit), "--reason", "Đường truyền hỏng")
        self.waiting.discard(unit)
        if judged:
            self.judged(unit, True, "late")

    def refuse_extension(self, unit):
        run("baocao-admin", "extension", "refuse", unit, *PERIOD, "--reason", "Không có lý do khách quan")
        self.extended.add(unit)
        self.hear(Notice(unit, EXTENSION, "Kỳ 2025: đề nghị gia hạn chưa được chấp thuận",
                         "Period 2025: your deadline has not been extended"))

    def add_unit(self, unit, vi, en):
        run("baocao-admin", "unit", "add", unit, "--name", vi, "--name-en", en, "--from", str(self.now.date()))
        self.period.names[unit] = (vi, en)

    def merge(self, *units, into):
        """Of those that end nothing is expected from today on, and what they sent is no matter of the period any more."""
        run("baocao-admin", "unit", "merge", *units, "--into", into, "--from", str(self.now.date()), "--reason", "Nghị quyết mẫu")
        self.period.merge(units, into)
        self.forerunners[into] = units
        self.refused -= set(units)
        self.look()
        self.wait()

    def reopen(self):
        run("baocao-admin", "period", "reopen", *PERIOD, "--reason", "Bổ sung theo chỉ đạo")
        self.period.closes = None
        self.expect(*(Notice(unit, DEADLINE, "Kỳ 2025 đang mở nhận báo cáo", "Period 2025 is open for reports",
                             calendar=None if unit in self.period.accepted else due) for unit, due in self.period.due.items()))
        if self.running:
            self.look()
            self.wait()

    def hear(self, notice):
        self.expect(notice)
        self.look()
        self.wait()

    # --- Who has not reported?

    def check_missing(self):
        """As the overview answers it, and the list of reports, and the feed."""
        period = self.period
        overview = json.loads(run("baocao-admin", "overview", *PERIOD, "--json"))["periods"][0]
        unreported = {unit["unit"]: (unit["standing"], unit["due_before"], unit["reminded_on"]) for unit in overview["unreported"]}
        assert unreported == {unit: (self.standings.get(unit, "missing"), str(period.due[unit]), self.reminded_on(unit))
                              for unit in period.missing()}, self.now
        assert (overview["expected"], overview["missing"]) == (len(period.must), len(period.missing())), overview
        latest = {report["unit"]: report["state"] for report in self.reports() if report["unit"] in period.due}
        for state, units in (("returned", self.returned), ("rejected", self.refused), ("quarantined", self.waiting)):
            assert {unit for unit in latest if latest[unit] == state} == units, (self.now, state, latest)
        snapshot = json.loads(run("baocao", "feed", "snapshot", *PERIOD, "--json", BAOCAO_HOME=f"{STATE}/clients/committee"))
        standings = {unit["code"]: unit["standing"] for unit in snapshot["units"]}
        assert all(standings[unit] == self.standings.get(unit, "missing") for unit in period.must), standings
        assert {unit["code"] for unit in snapshot["units"] if unit["obligation"] == "must"} == period.must, standings

    def reminded_on(self, unit):
        """The day of its last reminder."""
        days = [when for (whose, kind, _), when in self.period.decided.items()
                if whose == unit and kind.startswith(("d-", "overdue-"))]
        return str(max(days).date()) if days else None

    # --- The mails

    def entry(self, notice, when, last):
        """What the notice does in a calendar where the last was that: (method, sequence, last good day), or None."""
        sequence = last[1] + 1 if last else 0
        if notice.calendar == CANCEL:
            return ("CANCEL", sequence, last[2]) if last and last[0] == "REQUEST" else None
        if notice.calendar is None or notice.calendar <= when.date():
            return None
        day = (notice.calendar - timedelta(days=1)).strftime("%Y%m%d")
        return None if last and last[0] == "REQUEST" and last[2] == day else ("REQUEST", sequence, day)

    def mails(self):
        for contact in self.contacts:
            last = None
            for cursor, key in enumerate(self.mailboxes.get(contact.unit, []), 1):
                notice, when = self.sent[key], key[1]
                if contact.role not in notice.roles or when >= self.removed.get(contact, when + timedelta(1)):
                    continue
                entry = self.entry(notice, when, last)
                last = entry or last
                yield (contact.address, notice.vi if contact.language == "vi" else notice.en,
                       f"<{contact.unit}.{cursor}.{contact.id}@localhost.localdomain>", entry)

    def boxes(self):
        for line in run("/usr/bin/python3", MAILBOXES, f"{os.environ['MAIL_DIR']}/boxes").splitlines():
            mail = json.loads(line)
            day, sequence = (re.search(rf"^{name}:(\d+)$", mail["calendar"] or "", re.M) for name in ("DTSTART;VALUE=DATE", "SEQUENCE"))
            entry = (mail["method"], int(sequence[1]), day[1]) if mail["calendar"] else None
            yield mail["box"], mail["subject"], mail["message_id"], entry

    def check_mails(self):
        expected, limit = Counter(self.mails()), time.monotonic() + PATIENCE
        while (found := Counter(self.boxes())) != expected or self.ask("SELECT FROM delivery_queue"):
            assert not found - expected and time.monotonic() < limit, \
                f"{self.now}: surplus {found - expected}, lacking {expected - found}"
            time.sleep(0.1)
        return expected

    def end_of_chapter(self, name):
        self.check_missing()
        for what in ("totals", "chain"):
            run("baocao-admin", what, "verify")
        print(f"{name}: {self.check_mails().total()} mails", file=sys.stderr)


def preparation(year):
    for unit, roles in {"so-ldtbxh": ("officer", "leader", "digest"), "ubnd-tinh": ("officer", "digest"), "so-yte": ("officer", "leader"),
                        "so-gddt": ("officer",), "so-vhttdl": ("officer",), "so-tnmt": ("officer", "leader"), "bao-thanhhoa": ("officer", "leader"),
                        "dai-ptth": ("leader",), "lhhn": ("officer", "leader"), "ubnd-thoxuan": ("officer", "leader")}.items():
        for role in roles:
            year.contact(unit, role)
    for unit, role in (("so-khcn", "officer"), ("mttq", "officer"), ("mttq", "leader"), ("ubnd-tinh", "digest"),
                       ("ubnd-bathuoc", "officer"), ("so-nnptnt", "officer"), ("so-noivu", "leader")):
        year.contact(unit, role, "en")
    for unit in ("so-khdt", "so-taichinh", "so-noivu"):
        year.contact(unit)
    year.contact("so-noivu", "digest")
    year.join("ubnd-thoxuan")


def autumn(year):
    """Departments, press, mass organisations and districts are told; the plan moves the deadline, and back; the first reports come."""
    year.days("2025-10-01", "2025-10-14", "07:59", "08:00")
    year.clock("2025-10-15 10:00")
    year.move("2025-12-12")
    year.clock("2025-10-16 10:00")
    year.move("2025-12-10")
    year.end_of_chapter("opening")
    year.days("2025-10-17", "2025-11-05", "08:00")
    year.push("ubnd-thoxuan")
    year.push("so-ngoaivu")
    year.days("2025-11-06", "2025-11-14", "08:00")
    year.push("so-gddt", accepted=False)
    year.push("so-yte")
    year.confirm("so-yte")
    year.end_of_chapter("autumn")


def before_the_merger(year):
    """A refused report is corrected, one is returned; one of those that will end sends a report that is refused."""
    year.days("2025-11-15", "2025-11-20", "08:00")
    year.push("so-gddt")
    year.push("so-khcn")
    year.push("so-nnptnt", accepted=False)
    year.clock("2025-11-21 14:00")
    year.give_back("so-yte")
    year.days("2025-11-22", "2025-11-25", "08:00")
    year.end_of_chapter("before the merger")


def merger(year):
    """Planning goes into finance, agriculture and environment into a new unit, and labour, the standing agency, into home affairs: whoever
    ends hears nothing more, and the new unit, which was told nothing yet, catches up."""
    year.clock("2025-11-26 10:00")
    year.add_unit("so-nnmt", "Sở Nông nghiệp và Môi trường", "Department of Agriculture and Environment")
    year.contact("so-nnmt")
    year.contact("so-nnmt", "leader", "en")
    year.merge("so-khdt", into="so-taichinh")
    year.merge("so-nnptnt", "so-tnmt", into="so-nnmt")
    year.merge("so-ldtbxh", into="so-noivu")
    year.join("so-nnmt")
    year.end_of_chapter("merger")


def before_the_deadline(year):
    """One unit gets another deadline and one does not."""
    year.days("2025-11-27", "2025-12-03", "08:00")
    year.extend("mttq", "2025-12-25")
    year.refuse_extension("lhhn")
    year.push("so-yte")
    year.push("so-tttt")
    year.days("2025-12-04", "2025-12-05", "08:00")
    year.push("so-vhttdl")
    year.clock("2025-12-05 15:00")
    year.give_back("so-vhttdl")
    year.extend("so-vhttdl", "2025-12-15")
    year.extend("so-khcn", "2025-12-20")  # it has reported: there is nothing for its calendar
    year.remove_contact("officer.5@so-yte.example.vn")
    year.end_of_chapter("before the deadline")


def outage(year):
    """Notification is away for a week, over the deadline, while reports come and are refused, and the period is closed and opened again."""
    year.clock("2025-12-06 07:00")
    year.stop()
    year.clock("2025-12-09 16:00")
    year.push("so-taichinh")
    year.clock("2025-12-11 09:00")
    year.push("so-noivu", accepted=False)
    year.clock("2025-12-13 09:00")
    year.extend("dai-ptth", "2025-12-20")
    year.close()
    year.reopen()
    year.start()
    year.end_of_chapter("outage")


def december(year):
    """Overdue, escalated; the corrected one comes after the deadline, the extended one before its own; a working Saturday, and the new
    unit's report on it, of which the leaders on every step have heard."""
    year.days("2025-12-14", "2025-12-16", "08:00")
    year.push("so-tttt")  # again: it was on time, and is
    year.push("so-noivu")
    year.push("bao-thanhhoa")
    year.push("so-vhttdl")
    year.days("2025-12-17", "2025-12-20", "08:00", "20:00")
    year.push("so-nnmt")
    year.days("2025-12-21", "2025-12-24", "08:00")
    year.push("mttq")
    year.end_of_chapter("december")


def closing(year):
    """Closed, and what comes after waits; one report is admitted; reopened, and closed again."""
    year.days("2025-12-25", "2026-01-15", "08:00")
    year.clock("2026-01-15 16:00")
    year.close()
    year.days("2026-01-16", "2026-01-17", "08:00")
    year.push("lhhn", kept=True)
    year.push("dai-ptth", kept=True)
    year.end_of_chapter("closed")
    year.clock("2026-01-19 09:00")
    year.admit("dai-ptth")
    year.clock("2026-01-20 09:00")
    run(STACK, "stop", "validation-1", "validation-2")
    year.admit("lhhn", judged=False)
    year.reopen()
    year.days("2026-01-21", "2026-01-22", "08:00")
    run(STACK, "start")
    year.judged("lhhn", True, "late")
    year.push("ban-dantoc")
    year.days("2026-01-23", "2026-01-30", "08:00")
    year.clock("2026-01-30 16:00")
    year.close()
    for moment in ("2026-02-02 08:00", "2026-02-09 08:00", "2026-03-31 08:00"):
        year.clock(moment)
        year.let_it_look()
    year.end_of_chapter("closing")


def main():
    year = Year()
    year.clock("2025-09-30 08:00")
    for chapter in (preparation, autumn, before_the_merger, merger, before_the_deadline, outage, december, closing):
        chapter(year)
    year.check_digests()
    year.check_escalations()
    print(f"{len(year.period.decided)} decisions, {year.posted.total()} notices, {len(year.digests)} digests")


if __name__ == "__main__":
    main()
