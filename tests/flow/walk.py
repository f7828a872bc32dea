"""Walks the period 2025 of plan 208 day by day with the rehearsal clock, and compares after every step what was decided and posted with
what expected.py says, in every unit's mailbox. For schedule.bats: a stack with a rehearsal clock is running, and its settings are in the
environment. year.py walks on.
"""
import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from datetime import date

import psycopg2

from baocao.v1 import client_pb2
from expected import (ACCEPTED, CANCEL, DAY, DEADLINE, DIGEST, ESCALATION, EXTENSION, HANOI, QUARANTINED, REFUSED, REMINDER, STANDING,
                      Calendar, Notice, Period, at)

STACK, REPORTS, STATE = os.environ["stack"], os.environ["reports"], os.environ["STATE"]
OFF, WORKING = ("2025-10-13", "2025-12-16", "2026-01-01", "2026-01-02"), ("2025-11-08", "2025-12-20")
PATIENCE = 20  # seconds
LATE = "late"  # not a heading of the digests, but a remark
STANDINGS = {
    "on_time": ("Kỳ 2025: đơn vị đã báo cáo đúng hạn", "Period 2025: your unit has reported on time"),
    "late": ("Kỳ 2025: đơn vị đã báo cáo sau thời hạn", "Period 2025: your unit has reported after the deadline"),
    "refused": ("Kỳ 2025: đơn vị chưa có báo cáo được chấp nhận", "Period 2025: your unit has no accepted report yet"),
}


def run(*command, code=0, **environment):
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, close_fds=True)
    assert done.returncode == code, f"{command}: {done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout


class Walk:
    def __init__(self):
        self.database = psycopg2.connect("")
        self.database.autocommit = True
        self.cursor = self.database.cursor()
        self.cursor.execute("SET search_path = baocao; SET timezone = 'Asia/Ho_Chi_Minh'")
        must, may = ([code for code, in self.ask("SELECT code FROM reporter JOIN unit USING (unit_id) WHERE obligation = %s"
                                                " ORDER BY unit_id", what)]
                     for what in ("must", "may"))
        assert (len(must), len(may)) == (17, 27)
        self.load_calendar()
        names = {unit: (vi, en) for unit, vi, en in self.ask("SELECT code, name_vi, name_en FROM unit")}
        self.period = Period("2025", Calendar(OFF, WORKING), at("2025-10-01 00:00"), date(2025, 12, 10), must, may, names, "so-ldtbxh",
                             "ubnd-tinh")
        self.posted = Counter()  # (what can be seen of a Notice, when)
        self.sent = {}           # the whole Notice, by the same keys
        self.coming = []         # what will be posted once notification is there again
        self.found, self.mailboxes = Counter(), {}
        self.refused, self.returned, self.waiting, self.extended = set(), set(), set(), set()  # units, for the digests
        self.standings, self.revisions = {}, Counter()
        self.digests = {}  # (unit, when): what it must say
        self.running, self.now = True, None

    def ask(self, query, *values):
        self.cursor.execute(query, values)
        return self.cursor.fetchall()

    def load_calendar(self):
        """Days of our own, in the place of the official ones of these years."""
        path = f"{os.environ['BATS_TEST_TMPDIR']}/days.csv"
        with open(path, "w", encoding="utf-8") as file:
            file.write("day,kind,name\n" + "".join(f"{day},holiday,Nghỉ\n" for day in OFF) +
                       "".join(f"{day},working,Làm bù\n" for day in WORKING))
        run("baocao-admin", "calendar", "load", path)

    # --- Comparing

    def decided(self):
        return {(unit, kind, due): when.astimezone(HANOI) for unit, kind, due, when in self.ask(
            "SELECT u.code, d.kind, d.due_at::date, decided_at FROM reminder_decision d JOIN unit u USING (unit_id) JOIN period p USING (period_id)"
            " WHERE p.code = '2025'")}

    def notices(self):
        """What lies in the mailboxes; only what is new is read."""
        known = json.dumps({unit: len(box) for unit, box in self.mailboxes.items()})
        for unit, cursor, kind, when, packed in self.ask(
                "SELECT u.code, cursor, n.kind, posted_at, notice FROM notice n JOIN unit u USING (unit_id)"
                " WHERE cursor > coalesce((%s::jsonb ->> u.code)::bigint, 0) ORDER BY u.code, cursor", known):
            notice = client_pb2.Notice.FromString(packed)
            merged = re.search(r"gộp (\d+) lần", notice.body_vi)
            key = (Notice(unit, kind, notice.subject_vi, notice.subject_en, int(merged[1]) if merged else 1)[:5], when.astimezone(HANOI))
            box = self.mailboxes.setdefault(unit, [])
            box.append(key)
            assert cursor == len(box), (unit, cursor)
            self.found[key] += 1
        return self.found

    def wait(self):
        """Until what was decided is what should have been; a surplus is never forgiven."""
        limit = time.monotonic() + PATIENCE
        while (decided := self.decided()) != self.period.decided or self.notices() != self.posted:
            surplus, lack = set(decided) - set(self.period.decided), set(self.period.decided) - set(decided)
            notices = self.notices()
            assert time.monotonic() < limit and not surplus and not notices - self.posted, \
                f"{self.now}: surplus {surplus} {notices - self.posted}, lacking {lack} {self.posted - notices}"
            time.sleep(0.01)

    def expect(self, *notices):
        self.coming += notices
        if self.running:
            for notice in self.coming:
                self.posted[notice[:5], self.now] += 1
                self.sent[notice[:5], self.now] = notice
            self.coming = []

    def look(self):
        notices = self.period.look(self.now)
        self.expect(*notices)
        for unit in {notice.unit for notice in notices if notice.kind == DIGEST}:
            self.digests[unit, self.now] = self.sections(unit)

    # --- What happens

    def clock(self, moment):
        self.now = at(moment) if isinstance(moment, str) else moment
        run("baocao-admin", "clock", "set", self.now.isoformat(), "--frozen")
        if self.running:
            self.look()
            self.wait()

    def let_it_look(self):
        """Nothing is to come of it: so wait until notification has looked, which is a transaction at every interval."""
        def transactions():
            metrics = urllib.request.urlopen(f"http://127.0.0.1:{int(os.environ['PORT_BASE']) - 18}/metrics").read().decode()
            return int(re.search(r'^baocao_transactions_total{outcome="done"} (\d+)', metrics, re.M)[1])
        enough, limit = transactions() + 5, time.monotonic() + PATIENCE
        while transactions() < enough:
            assert time.monotonic() < limit
            time.sleep(0.01)
        self.wait()

    def days(self, first, last, *moments):
        """Each day at each of these moments ('08:00')."""
        day = date.fromisoformat(first)
        while day <= date.fromisoformat(last):
            for moment in moments:
                self.clock(f"{day} {moment}")
            day += DAY

    def stop(self):
        run(STACK, "stop", "notification")
        self.running = False

    def start(self):
        run(STACK, "start", "notification")
        self.running = True
        self.expect()
        self.look()
        self.wait()

    def report(self, unit):
        """The unit's sample; where there is none it has nothing to report."""
        if not os.path.exists(f"{REPORTS}/{unit}.json"):
            return {"plan": "208/KH-UBND", "period": "2025", "unit": unit, "document": {"number": "1/BC", "signer": "Nguyễn Văn Mẫu"},
                    "nothing_to_report": {"reason": "Không được giao nhiệm vụ chủ trì"}}
        with open(f"{REPORTS}/{unit}.json", encoding="utf-8") as file:
            return json.load(file)

    def push(self, unit, accepted=True, kept=False):
        """The unit's report, dated today; or one that is refused; or one that comes after the closing, and is kept."""
        report = self.report(unit)
        report["document"]["date"] = str(self.now.date())
        report["general_assessment"] = f"Lần {self.revisions[unit]}"  # else it would be the same report once more
        if not accepted:
            report["entries"][0]["progress_percent"] = 101
        path = f"{os.environ['BATS_TEST_TMPDIR']}/report.json"
        with open(path, "w", encoding="utf-8") as file:
            json.dump(report, file)
        run("baocao", "push", "--yes", "--unchecked", path, code=0 if accepted and not kept else 65, BAOCAO_HOME=f"{STATE}/clients/{unit}")
        self.revisions[unit] += 1
        if kept:
            self.waiting.add(unit)
            self.expect(Notice(unit, QUARANTINED, f"Báo cáo kỳ 2025 (lần gửi {self.revisions[unit]}) đến sau khi kỳ đã khóa",
                               f"Report for 2025 (revision {self.revisions[unit]}) came after the period was closed"))
            self.wait()
        else:
            self.judged(unit, accepted, "on_time" if self.now.date() < self.period.due[unit] else "late")

    def judged(self, unit, accepted, timeliness):
        """The verdict, and the standing where it has become another; the client may be done before they are posted."""
        revision, standing = self.revisions[unit], self.standings.get(unit)
        words = [Notice(unit, ACCEPTED, f"Báo cáo kỳ 2025 (lần gửi {revision}) đã được chấp nhận",
                        f"Report for 2025 (revision {revision}) accepted", calendar=CANCEL) if accepted else
                 Notice(unit, REFUSED, f"Báo cáo kỳ 2025 (lần gửi {revision}) chưa được chấp nhận, cần sửa và gửi lại",
                        f"Report for 2025 (revision {revision}) refused: please correct it and send it again")]
        if accepted:
            self.period.accepted.setdefault(unit, self.now)
            self.refused.discard(unit)
            self.returned.discard(unit)
        elif unit not in self.period.accepted:
            self.refused.add(unit)
        if accepted and standing not in ("on_time", "late"):
            self.standings[unit] = timeliness
        elif standing is None:
            self.standings[unit] = "refused"
        if self.standings[unit] != standing:
            words.append(Notice(unit, STANDING, *STANDINGS[self.standings[unit]]))
        self.expect(*words)
        if self.running:
            self.wait()

    def extend(self, unit, due):
        run("baocao-admin", "extension", "grant", unit, "208/KH-UBND", "2025", due, "--reason", "Chờ số liệu")
        self.period.extend(unit, date.fromisoformat(due), self.now)
        self.extended.add(unit)
        self.expect(Notice(unit, EXTENSION, "Kỳ 2025: đơn vị được gia hạn báo cáo",
                           "Period 2025: your deadline has been extended",
                           calendar=None if unit in self.period.accepted else date.fromisoformat(due)))
        if self.running:
            self.look()
            self.wait()

    def move(self, due):
        """The period's deadline, in the plan's files."""
        plan = f"{os.environ['BATS_TEST_TMPDIR']}/plan"
        shutil.copytree(f"{os.path.dirname(STACK)}/../../sql/plans/208-KH-UBND", plan, dirs_exist_ok=True)
        with open(f"{plan}/periods.csv", encoding="utf-8") as file:
            periods = file.read()
        with open(f"{plan}/periods.csv", "w", encoding="utf-8") as file:
            file.write(periods.replace(",2025-12-10", f",{due}"))
        run("baocao-admin", "plan", "load", plan)
        self.period.move(date.fromisoformat(due), self.now)
        self.look()
        self.wait()

    def close(self):
        """All who may report hear of it."""
        run("baocao-admin", "period", "close", "208/KH-UBND", "2025", "--reason", "Hết kỳ")
        self.period.closes = self.now
        self.expect(*(Notice(unit, DEADLINE, "Kỳ 2025 đã khóa", "Period 2025 is closed", calendar=CANCEL)
                      for unit in self.period.due))
        self.wait()

    # --- What the digests say

    def sections(self, unit):
        """Which units a digest to that unit must name under which heading."""
        period = self.period
        escalated = period.escalated() if unit == period.receiving else set()
        return {"Đã báo cáo": period.must - period.missing(), "Chưa báo cáo": period.missing(),
                r"\d+ đơn vị đã được nhắc nhiều lần": escalated, "Tự nguyện báo cáo": set(period.accepted) - period.must,
                "Báo cáo chưa được chấp nhận": set(self.refused), "Báo cáo bị trả lại": set(self.returned),
                "Đến sau khi khóa kỳ, chờ xem xét": set(self.waiting), "Gia hạn": {unit for unit in self.extended
                                                            if period.own.get(unit, date.max) > period.due_before},
                LATE: {reporter for reporter in period.accepted if self.standings[reporter] == "late"}}

    def check_digests(self):
        by_name = {vi: code for code, (vi, _) in self.period.names.items()}

        def section(body, heading):
            part = re.search(rf"^{heading}.*?:\n((?:- .*\n)*)", body, re.M)
            return {by_name[line[2:].split(": ")[0]] for line in part[1].splitlines()} if part else set()

        rows = self.ask("SELECT u.code, posted_at, notice FROM notice n JOIN unit u USING (unit_id) WHERE n.kind = %s", DIGEST)
        assert len(rows) == len(self.digests)
        for unit, when, packed in rows:
            notice = client_pb2.Notice.FromString(packed)
            for heading, units in self.digests[unit, when.astimezone(HANOI)].items():
                found = ({by_name[name] for name in re.findall(r"^- (.*): [\d/]+, muộn$", notice.body_vi, re.M)} if heading == LATE
                         else section(notice.body_vi, heading))
                assert found == units, (unit, when, heading, units, notice.body_vi)

    def check_escalations(self):
        """Each says of every reminder that was sent before when that was, once, however many it stood for."""
        for packed, in self.ask("SELECT notice FROM notice WHERE kind = %s", ESCALATION):
            body = client_pb2.Notice.FromString(packed).body_vi
            count, days = re.search(r"Đã nhắc (\d+) lần: ngày ([\d/, ]+)\.", body).groups()
            assert len(set(days.split(", "))) == int(count), body


def second_notification():
    """Another notification beside the stack's: it hears of nothing, and looks by itself."""
    environment = {**os.environ, "BAOCAO_NOTIFICATION_HTTP_PORT": str(int(os.environ["PORT_BASE"]) - 15),
                   "BAOCAO_NOTIFICATION_SWEEP_MS": "10", "BAOCAO_FLOW_DIRECTORY": os.environ["BATS_TEST_TMPDIR"] + "/flow"}
    with open(os.environ["BATS_TEST_TMPDIR"] + "/second.log", "wb") as log:
        return subprocess.Popen(["baocao-notification"], env=environment, stdout=log, stderr=log, close_fds=True)


def main():
    walk = Walk()
    walk.clock("2025-09-30 08:00")
    walk.days("2025-10-01", "2025-10-20", "07:59", "08:00")

    print("the plan moves the deadline, and back, and forth once more", file=sys.stderr)
    for due in ("2025-12-12", "2025-12-10", "2025-12-12", "2025-12-10"):
        walk.move(due)
    walk.days("2025-10-21", "2025-11-20", "07:59", "08:00")
    for unit in ("so-yte", "so-khcn"):
        walk.push(unit)
    walk.push("so-gddt", accepted=False)
    walk.days("2025-11-21", "2025-11-24", "08:00")

    # Killed around the moment of decision, again and again; the last one is left to do it.
    print("kill -9", file=sys.stderr)
    walk.running = False
    walk.clock("2025-11-25 08:00")
    for _ in range(5):
        time.sleep(random.uniform(0, 0.03))  # anywhere before, in or after the transaction
        run(STACK, "kill", "notification")
        run(STACK, "start", "notification")
    walk.start()

    print("two notifications", file=sys.stderr)
    second = second_notification()
    walk.days("2025-11-26", "2025-12-05", "08:00", "23:59")
    walk.push("so-taichinh")
    second.terminate()
    assert second.wait(PATIENCE) == 0

    print("an outage of a week, with an extension in it", file=sys.stderr)
    walk.clock("2025-12-06 07:30")
    walk.stop()
    walk.extend("mttq", "2025-12-25")
    walk.clock("2025-12-13 09:00")
    walk.push("so-tnmt")
    walk.start()
    assert any(days > 5 for (_, kind, _, _, days), when in walk.posted if when == walk.now and kind == REMINDER)

    print("an extension after the deadline, and a clock that jumps", file=sys.stderr)
    walk.days("2025-12-14", "2025-12-15", "08:00")
    walk.extend("lhhn", "2025-12-22")
    walk.extend("so-tnmt", "2025-12-22")  # it has reported, and late it remains
    walk.clock("2025-12-17 08:00")
    walk.clock("2025-12-19 08:00")
    for moment in ("2030-01-01 08:00", "2025-12-16 09:00", "2025-06-01 09:00", "2025-12-01 09:00"):
        walk.clock(moment)
        walk.let_it_look()
    walk.days("2025-12-17", "2025-12-22", "08:00", "20:00")
    walk.push("so-gddt")
    walk.extend("so-tttt", "2025-12-25")  # the committee has heard of it

    print("the plan moves the deadline when all steps are taken", file=sys.stderr)
    walk.days("2025-12-23", "2025-12-26", "08:00")
    walk.clock("2025-12-26 17:00")
    walk.move("2026-01-08")
    walk.days("2025-12-27", "2026-01-02", "08:00")
    walk.stop()
    walk.clock("2026-01-05 09:00")
    walk.start()
    walk.days("2026-01-06", "2026-01-19", "08:00")

    print("closed", file=sys.stderr)
    walk.clock("2026-01-19 17:00")
    walk.close()
    walk.days("2026-01-20", "2026-01-22", "08:00")
    walk.check_digests()
    walk.check_escalations()
    kinds = Counter(kind for (_, kind, *_), _ in walk.posted.elements())
    print(f"{len(walk.period.decided)} decisions, {kinds[REMINDER]} reminders, {kinds[ESCALATION]} escalations, {kinds[DIGEST]} digests")


if __name__ == "__main__":
    main()
