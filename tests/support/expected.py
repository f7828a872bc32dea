"""What a period's schedule should come to, computed from its dates alone: an oracle for notification, with none of its code.

A Period is told what happens (report accepted or returned, deadline moved, units merged, period closed) and when somebody looks; `look`
gives the notices that this look must post. Days are datetime.date, instants datetime in the plan's time zone.
"""
from collections import Counter, namedtuple
from datetime import date, datetime, time, timedelta, timezone

HANOI = timezone(timedelta(hours=7))
DAY = timedelta(days=1)
# NoticeKind
ACCEPTED, REFUSED, STANDING, REMINDER, RETURNED, CONFIRMED, QUARANTINED, EXTENSION, DEADLINE, ESCALATION, DIGEST = range(1, 12)

# A notice to a unit, with its subjects in both languages, and how many days' it is; the roles of the contacts whom it is sent on to, and
# what it does in their calendars: the deadline that it brings, or CANCEL.
Notice = namedtuple("Notice", "unit kind vi en days roles calendar", defaults=(1, ("officer",), None))
CANCEL = "cancel"


def at(text):
    """'2025-12-09 08:00' in Hanoi."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=HANOI)


class Calendar:
    def __init__(self, off=(), working=()):
        self.off, self.on = set(map(date.fromisoformat, off)), set(map(date.fromisoformat, working))

    def working(self, day):
        return day in self.on or (day.weekday() < 5 and day not in self.off)

    def between(self, day, until):
        """How many working days there are after the day, up to and with `until`."""
        return sum(self.working(day + n * DAY) for n in range(1, (until - day).days + 1))

    def after(self, day, count):
        """The count-th working day after the day."""
        while count:
            day += DAY
            count -= self.working(day)
        return day


class Period:
    STEPS = ((3, "unit-leader"), (5, "standing-leader"), (7, "committee"))

    def __init__(self, code, calendar, opens, due, must, may, names, standing, receiving, before=(30, 14, 7, 3, 1, 0)):
        self.code, self.calendar, self.opens, self.closes = code, calendar, opens, None
        self.names = names  # unit: (name_vi, name_en)
        self.must, self.due = set(must), {unit: due for unit in [*must, *may]}  # the day before which each has to report
        self.told = {}  # unit: the deadline that it was told last
        self.moves = Counter()
        self.since = {}  # unit: when its report was returned
        self.set_at = {}  # unit: when its deadline became what it is
        self.own = {}  # unit: the deadline of its extension
        self.due_before = due
        self.standing, self.receiving, self.before = standing, receiving, before
        self.accepted = {}  # unit: when
        self.decided, self.digested = {}, set()  # (unit, kind, deadline): when

    def moment(self, day):
        return datetime.combine(day, time(8), HANOI)

    def listen(self, day, lapse):
        """Can something that falls due on this day be sent at all?"""
        moment = self.moment(day)
        return self.opens <= moment and (self.closes is None or moment < self.closes) and day < lapse + 60 * DAY

    def silent(self, now, due):
        lapse = datetime.combine(due, time(0), HANOI) + 60 * DAY
        return now < self.opens or (self.closes is not None and now >= self.closes) or now >= lapse

    def kinds(self, unit):
        """Every (kind, day) of the unit's schedule, whether in the past or not."""
        due = self.due[unit]
        last = due - DAY
        for days in self.before:
            yield f"d-{days}", last - days * DAY
        for number in range(60):
            if self.calendar.working(due + number * DAY):
                yield f"overdue-{due + number * DAY}", due + number * DAY
        for count, recipient in self.STEPS:
            yield f"step-{count}-{recipient}", self.calendar.after(last, count)

    def digest_days(self):
        last = self.due_before - DAY
        day = self.opens.date()
        while day < self.due_before + 60 * DAY:
            monday = day - day.weekday() * DAY
            first = next((monday + n * DAY for n in range(7) if self.calendar.working(monday + n * DAY)), None)
            if day >= last - 7 * DAY or day == first:
                yield day
            day += DAY

    def move(self, due, now):
        """The period's deadline; those that have a later one of their own keep it."""
        self.due_before = due
        for unit in self.due:
            self.set_deadline(unit, now)

    def extend(self, unit, due, now):
        self.own[unit] = due
        self.set_deadline(unit, now)

    def set_deadline(self, unit, now):
        due = max(self.due_before, self.own.get(unit, self.due_before))
        if due != self.due[unit]:
            self.due[unit], self.set_at[unit] = due, now

    def merge(self, units, into):
        """All of them have to report; from now on only the one does that they become. Nobody has told it yet, if it is new."""
        ended = set(units) - {into}
        self.must = self.must - ended | {into}
        self.due = {unit: due for unit, due in {into: self.due_before, **self.due}.items() if unit not in ended}
        if self.standing in ended:
            self.standing = into

    def tell(self, unit, now, reminded):
        """What is said about the deadline itself; a reminder says that the period is open."""
        due = self.due[unit]
        if self.told.get(unit, due) != due == self.due_before:
            self.moves[unit] += 1
            self.decided[unit, f"moved-{self.moves[unit]}", due] = now
            yield Notice(unit, DEADLINE, f"Kỳ {self.code}: thời hạn báo cáo đã thay đổi",
                         f"Period {self.code}: the deadline has been moved", calendar=due)
        opening = self.moment(self.opens.date())
        if not any((whose, kind) == (unit, "opened") for whose, kind, _ in self.decided) and opening <= now and opening >= self.since.get(unit, opening):
            self.decided[unit, "opened", due] = now
            if not reminded:
                yield Notice(unit, DEADLINE, f"Kỳ {self.code} đã mở nhận báo cáo", f"Period {self.code} is open for reports",
                             calendar=due)

    def reminder(self, unit, now, days):
        left = (self.due[unit] - DAY - now.date()).days
        s = "" if abs(left) == 1 else "s"
        if left > 0:
            vi = f"Nhắc hạn: còn {left} ngày để gửi báo cáo kỳ {self.code}"
            en = f"Reminder: {left} day{s} left to send the report for {self.code}"
        elif left == 0:
            vi = f"Nhắc hạn: hôm nay là ngày cuối để gửi báo cáo kỳ {self.code}"
            en = f"Reminder: today is the last day to send the report for {self.code}"
        else:
            vi = f"Báo cáo kỳ {self.code} đã quá hạn {-left} ngày"
            en = f"The report for {self.code} is {-left} day{s} overdue"
        return Notice(unit, REMINDER, vi, en, days, calendar=self.due[unit])

    def escalation(self, unit, now, to, roles):
        days = self.calendar.between(self.due[unit] - DAY, now.date())
        vi, en = self.names[unit]
        return Notice(to, ESCALATION, f"Báo cáo kỳ {self.code} của {vi} quá hạn {days} ngày làm việc",
                      f"{en}: the report for {self.code} is overdue by {days} working day{'' if days == 1 else 's'}", roles=roles)

    def digest(self, to, days):
        done, all_ = len(self.must) - len(self.missing()), len(self.must)
        return Notice(to, DIGEST, f"Tổng hợp kỳ {self.code}: {done}/{all_} đơn vị đã báo cáo",
                      f"Digest for {self.code}: {done} of {all_} units have reported", days, ("digest",))

    def look(self, now):
        """The notices that are posted at this moment, which become decided."""
        posted = []
        for unit, due in self.due.items():
            if unit in self.accepted or self.silent(now, due):
                continue
            fresh = [(kind, day) for kind, day in self.kinds(unit) if unit in self.must and (unit, kind, due) not in self.decided
                     and max(self.since.get(unit, self.opens), self.set_at.get(unit, self.opens)) <= self.moment(day) <= now
                     and self.listen(day, due)]
            self.decided.update({(unit, kind, due): now for kind, day in fresh})
            reminded = {day for kind, day in fresh if not kind.startswith("step-")}
            steps = [kind for kind, day in fresh if kind.startswith("step-")]
            posted += self.tell(unit, now, reminded)
            if any(whose == unit for whose, *_ in self.decided):
                self.told[unit] = due
            if reminded:
                posted.append(self.reminder(unit, now, len(reminded)))
            if steps:
                leader = ("leader",) if any("unit-leader" in kind for kind in steps) else ()
                posted.append(self.escalation(unit, now, unit, ("officer", *leader)))
            if any("standing-leader" in kind for kind in steps):
                posted.append(self.escalation(unit, now, self.standing, ("officer", "leader")))
        if not self.silent(now, self.due_before):
            days = {day for day in self.digest_days()
                    if day not in self.digested and self.moment(day) <= now and self.listen(day, self.due_before)
                    and self.moment(day) >= now - 60 * DAY}
            self.digested |= days
            if days:
                posted += [self.digest(self.standing, len(days)), self.digest(self.receiving, len(days))]
        return posted

    def missing(self):
        return {unit for unit in self.must if unit not in self.accepted}

    def escalated(self):
        return {unit for unit in self.missing() for kind, _ in self.kinds(unit)
                if kind.startswith("step-7-committee") and (unit, kind, self.due[unit]) in self.decided}
