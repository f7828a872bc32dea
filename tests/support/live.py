"""How soon a notice is seen: live.py STATE FOLLOWERS REPORTS UNIT PORT

On the stack in STATE: parks FOLLOWERS reads of mailboxes, nearly as many as a department may have from each client home, and runs a real
`baocao mailbox --follow` of UNIT besides. Then UNIT sends REPORTS reports, and what counts is the time from each notice's posted_at (by the
rehearsal clock) to the follower's line. Before that, all are left alone for a while: what intake does then (its metrics are at PORT) is
the price of idle followers. Prints one JSON object; times in ms.
"""
import glob
import json
import os
import re
import select
import struct
import subprocess
import sys
import time
import urllib.request
from datetime import datetime

from baocao.v1 import client_pb2, report_pb2
from peer import Home, submission

A_LINE, IDLE_S, PATIENCE_S = 28, 2, 20  # 32 waits are allowed; the real follower has one, and those that went away keep theirs for 30 s


def now_ms(clock):
    with open(clock, "rb") as file:
        magic, word = struct.unpack("=8sq", file.read())
    assert magic == b"bcclock1" and not word & 1, "the clock must go on"
    return time.time() * 1000 + word // 2


def ask(line, **request):
    """Asks until the server is not busy: a department may have few questions under way."""
    while (reply := line.ask(**request)).WhichOneof("reply") == "error":
        assert reply.error.code == client_pb2.ERROR_CODE_BUSY, reply
        time.sleep(reply.error.retry_after_ms / 1000)
    return reply


def park_one(line):
    """One read that waits: a refusal would come before the answer to the ping."""
    while True:
        line.send(read_mailbox=client_pb2.ReadMailbox(after=2**62, wait_ms=60000))
        line.send(ping=client_pb2.Ping())
        reply = line.receive()
        if reply.WhichOneof("reply") == "pong":
            return
        assert reply.error.code == client_pb2.ERROR_CODE_BUSY and line.receive().WhichOneof("reply") == "pong"


def park(clients, count):
    lines = []
    for invite in sorted(glob.glob(f"{clients}/*/invite")):
        if len(lines) * A_LINE >= count or "/committee/" in invite:
            continue
        lines.append(Home(os.path.dirname(invite)).line())
    assert len(lines) * A_LINE >= count, "too few client homes"
    for number in range(count):
        park_one(lines[number % len(lines)])
    return lines


def make_report(line, unit):
    duties = ask(line, get_duties=client_pb2.GetDuties()).duties
    plan = duties.plans[0]
    period = max((p for p in plan.periods if p.opens_at.seconds <= duties.server_time.seconds), key=lambda p: p.opens_at.seconds)
    report = report_pb2.Report(plan=plan.plan, period=period.period, unit=unit)
    report.document.number, report.document.signer = "1/BC", "Nguyễn Văn An"
    report.document.date = datetime.fromtimestamp(duties.server_time.seconds).strftime("%Y-%m-%d")
    leads = [task for task in plan.tasks if task.role == client_pb2.TASK_ROLE_LEAD]
    for task in leads or [task for task in plan.tasks if task.role == client_pb2.TASK_ROLE_COORDINATING]:
        report.entries.add(task=task.task, status=report_pb2.TASK_STATUS_IN_PROGRESS, progress_percent=50,
                           result="Đã triển khai theo kế hoạch.", next_steps="Tiếp tục triển khai.")
    return report


def intake(state, port):
    """Its transactions so far, and its CPU time in ms."""
    metrics = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
    transactions = sum(float(value) for value in re.findall(r"^baocao_transactions_total\S* (\S+)", metrics, re.M))
    with open(f"/proc/{open(f'{state}/run/intake.pid').read().strip()}/stat") as stat:
        user, system = stat.read().rsplit(")", 1)[1].split()[11:13]
    return transactions, (int(user) + int(system)) * 1000 / os.sysconf("SC_CLK_TCK")


class Follower:
    """`baocao mailbox --follow --json`, line by line as they come."""

    def __init__(self, home, after):
        self.process = subprocess.Popen(["baocao", "mailbox", "--follow", "--json", "--after", str(after)], stdout=subprocess.PIPE,
                                        env={**os.environ, "BAOCAO_HOME": home}, close_fds=True)
        self.rest = b""

    def read(self, clock):
        """The notices of what can be read now, each with the time of its arrival; waits for the first."""
        assert select.select([self.process.stdout], [], [], PATIENCE_S)[0], "no notice in time"
        self.rest += os.read(self.process.stdout.fileno(), 1 << 20)
        arrived = now_ms(clock)
        *whole, self.rest = self.rest.split(b"\n")
        return [(json.loads(line), arrived) for line in whole]


def main(state, followers, reports, unit, port):
    clients, clock = f"{state}/clients", f"{state}/clock"
    home = Home(f"{clients}/{unit}")
    line, lines = home.line(), park(clients, int(followers))
    report = make_report(line, unit)
    cursor = 0
    while (page := ask(line, read_mailbox=client_pb2.ReadMailbox(after=cursor, limit=100)).mailbox).notices:
        cursor = page.cursor
    follower = Follower(f"{clients}/{unit}", cursor)
    time.sleep(IDLE_S)  # the length of the measurement
    before = intake(state, port)
    time.sleep(IDLE_S)
    transactions, cpu = (after - earlier for after, earlier in zip(intake(state, port), before))
    delays = []
    for number in range(int(reports)):
        report.general_assessment = f"Lần {number}"
        submitted = submission(report)
        assert ask(line, submit_report=submitted).WhichOneof("reply") == "receipt"
        kinds = set()
        while "accepted" not in kinds:
            for notice, arrived in follower.read(clock):
                assert notice["kind"] != "refused", notice
                kinds.add(notice["kind"])
                posted = datetime.fromisoformat(notice["posted_at"].replace("Z", "+00:00")).timestamp() * 1000
                delays.append(arrived - posted)
    follower.process.terminate()
    follower.process.wait()
    assert not any(parked.socket.poll(0) for parked in lines), "somebody was answered who was to wait"
    delays.sort()
    print(json.dumps({"notices": len(delays), "p50_ms": round(delays[len(delays) // 2], 1), "p90_ms": round(delays[len(delays) * 9 // 10], 1),
                      "p99_ms": round(delays[len(delays) * 99 // 100], 1), "followers": int(followers),
                      "idle_transactions": transactions, "idle_cpu_ms_per_s": round(cpu / IDLE_S, 1)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
