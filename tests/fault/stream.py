"""stream.py send CLIENTS RECORDS: departments that submit without a pause, until SIGTERM; then it leaves once all have their
receipts, or with status 1 and what still waits after 30 s. What each did is written down first
(RECORDS/UNIT.sent: report ids) and afterwards (UNIT.receipts: report id, chain index, receipt hash).
stream.py check CLIENTS RECORDS: holds those records, and which reports were returned (RECORDS/returned: unit, revision), against
the feed and the departments' own status. No look into the database."""
import collections
import hashlib
import os
import random
import signal
import sys
import threading
import time

from baocao.v1 import client_pb2, feed_pb2
from peer import Home, Timeout, read_feed, report_from_json, submission, verify

UNITS = ["so-khcn", "so-noivu", "so-tnmt", "so-gddt", "ban-dantoc", "so-taichinh"]
REPORTS = os.path.join(os.path.dirname(__file__), "../support/reports/2025")
LAST_RECEIPTS_S = 30  # after SIGTERM, for what is still under way
stopping = threading.Event()
under_way = {unit: {} for unit in UNITS}  # request id -> SubmitReport


def stream(clients, records, unit):
    """Keeps eight submissions under way; one that got no receipt is sent again as it is, for ever."""
    home = Home(os.path.join(clients, unit))
    report = report_from_json(open(os.path.join(REPORTS, unit + ".json"), encoding="utf-8").read())
    sent = open(os.path.join(records, unit + ".sent"), "w", buffering=1)
    receipts = open(os.path.join(records, unit + ".receipts"), "w", buffering=1)
    line, waiting, number = home.line(timeout_ms=1000), under_way[unit], 0

    def send(item):
        waiting[line.send(submit_report=item)] = item
    while waiting or not stopping.is_set():
        while len(waiting) < 8 and not stopping.is_set():
            number += 1
            report.general_assessment = f"Lần {number}"
            item = submission(report)
            if number % 7 == 0:  # one of seven is refused by the rules
                item.report += b"\x08\x01"
            sent.write(item.report_id.hex() + "\n")
            send(item)
            if number % 5 == 0:  # one of five is sent twice at once
                send(item)
        try:
            reply = line.receive()
        except Timeout:
            again = {item.report_id: item for item in waiting.values()}
            waiting.clear()
            line.close()
            line = home.line(timeout_ms=1000)
            for item in again.values():
                send(item)
            continue
        item = waiting.pop(reply.request_id, None)
        if item is None:
            continue
        if reply.WhichOneof("reply") == "receipt":
            body = verify(reply.receipt, home.invite, item)
            receipts.write(f"{item.report_id.hex()} {body.chain_index} {hashlib.sha256(reply.receipt.body).hexdigest()}\n")
        else:
            assert reply.error.code == client_pb2.ERROR_CODE_BUSY, reply
            stopping.wait(reply.error.retry_after_ms / 1000 * random.random())
            send(item)


def send(clients, records):
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    failures = []

    def run(unit):
        try:
            stream(clients, records, unit)
        except BaseException as error:  # a thread's end must end the program, loudly
            failures.append(f"{unit}: {error!r}")
            stopping.set()
    threads = [threading.Thread(target=run, args=(unit,), daemon=True) for unit in UNITS]
    for thread in threads:
        thread.start()
    while not stopping.is_set():
        time.sleep(0.05)
    limit = time.monotonic() + LAST_RECEIPTS_S
    for thread in threads:
        thread.join(max(0, limit - time.monotonic()))
    waiting = {(unit, item.report_id.hex()) for unit in UNITS for item in list(under_way[unit].values())}
    failures += [f"{unit}: no receipt for {number} {LAST_RECEIPTS_S} s after the end" for unit, number in sorted(waiting)]
    if failures:
        print("\n".join(failures), file=sys.stderr, flush=True)
        os._exit(1)  # without the threads that still wait


def history(home):
    """Everything that intake says this department sent."""
    line, before, found = home.line(), 0, []
    while True:
        status = line.ask(get_status=client_pb2.GetStatus(before_chain_index=before, limit=100)).status
        found += status.submissions
        if not status.more:
            return found
        before = found[-1].chain_index


def check(clients, records):
    wrong = []
    events = read_feed(Home(os.path.join(clients, "committee")).feed())
    if [e.seq for e in events] != list(range(1, len(events) + 1)):
        wrong.append("the feed's numbers have gaps")
    returns = [e for e in events if e.kind == feed_pb2.FEED_EVENT_KIND_RETURNED]
    judged = [e for e in events if e.kind != feed_pb2.FEED_EVENT_KIND_RETURNED]
    decided = sorted(tuple(row.split()) for row in open(os.path.join(records, "returned")))
    if sorted((e.unit, str(e.revision)) for e in returns) != decided or not decided:
        wrong.append(f"{decided} were returned, but the feed says {[(e.unit, e.revision) for e in returns]}")
    in_feed = collections.Counter((e.unit, e.chain_index, bytes(e.receipt_hash).hex()) for e in judged)
    wrong += [f"{key} is {n} times in the feed" for key, n in in_feed.items() if n > 1]
    held = 0
    for unit in UNITS:
        sent = set(open(os.path.join(records, unit + ".sent")).read().split())
        receipts = {}
        for row in open(os.path.join(records, unit + ".receipts")):
            number, index, digest = row.split()
            if receipts.setdefault(number, (index, digest)) != (index, digest):
                wrong.append(f"{unit}: report {number} got two different receipts")
        held += len(receipts)
        missing = [n for n, (index, digest) in receipts.items() if (unit, int(index), digest) not in in_feed]
        wrong += [f"{unit}: receipt of {n} is held, but not in the feed" for n in missing]
        stored = history(Home(os.path.join(clients, unit)))
        known = {bytes(s.report_id).hex(): s.chain_index for s in stored}
        taken_back = {s.chain_index for s in stored if s.state == client_pb2.SUBMISSION_STATE_RETURNED}
        if taken_back != {e.chain_index for e in returns if e.unit == unit}:
            wrong.append(f"{unit}: the returned ones are not those of the feed")
        wrong += [f"{unit}: {n} is stored, but nobody sent it" for n in known if n not in sent]
        indexes = sorted(known.values())
        if indexes != list(range(1, len(indexes) + 1)):
            wrong.append(f"{unit}: the chain has gaps")
        if sum(1 for e in judged if e.unit == unit) != len(known):
            wrong.append(f"{unit}: {len(known)} submissions, but {sum(1 for e in judged if e.unit == unit)} events")
    if held == 0:
        wrong.append("no receipts at all")
    print(f"{held} receipts held, {len(events)} events in the feed, {len(wrong)} wrong")
    if wrong:
        sys.exit("\n".join(wrong[:20]))


{"send": send, "check": check}[sys.argv[1]](sys.argv[2], sys.argv[3])
