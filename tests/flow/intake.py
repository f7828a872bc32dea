"""intake.py NAME CLIENTS_DIR [ARGUMENT...]: intake while its store waits, fails, or is shared. Exit status 0 when it kept its word.

Nothing is left to chance: locks hold the store's writers, a standby is missed, a connection is cut at a chosen message.
"""
import contextlib
import hashlib
import json
import os
import select
import socket
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial

import psycopg2
from baocao.v1 import client_pb2, report_pb2

from peer import Home, Line, Timeout, put_file, submission, uuid7, verify, wait_for_verdict

STATE = os.environ["STATE"]
ANSWER_BYTES, ANSWER_FINDINGS = 512 << 10, 2000  # in one answer to GetStatus
SECOND_PORTS = 30  # the second intake's doors are so far above the first one's


def home(unit):
    return Home(os.path.join(sys.argv[2], unit))


def raw(size=100):
    """A report of so many bytes, of which intake does not care what they say."""
    return client_pb2.SubmitReport(report_id=uuid7(), plan="208/KH-UBND", period="2025", report=os.urandom(16).ljust(size, b"\xff"))


def raw_with_file(line):
    """One that names an attachment, which it sends first."""
    content = os.urandom(100)
    assert put_file(line, content).file.complete
    named = report_pb2.Attachment(name="a", sha256=hashlib.sha256(content).digest(), size=len(content))
    return client_pb2.SubmitReport(report_id=uuid7(), plan="208/KH-UBND", period="2025",
                                   report=report_pb2.Report(attachments=[named]).SerializeToString())


def eventually(condition):
    limit = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < limit, "in vain"
        time.sleep(0.02)


# --- The database ----------------------------------------------------------------------------------------------------------------

def sql(text, *values):
    """As the superuser. The first row's only column."""
    with contextlib.closing(psycopg2.connect("")) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(text, values)
        return cursor.fetchone()[0] if cursor.description else None


def stored(unit, what="*"):
    return sql(f"SELECT count({what}) FROM baocao.submission JOIN baocao.unit USING (unit_id) WHERE code = %s", unit)


def waits(event, count=1):
    return sql("SELECT count(*) FROM pg_stat_activity WHERE usename = 'baocao_intake' AND wait_event = %s", event) == count


class Gate:
    """While it is closed nobody writes into the table; reading goes on, unless it is shut. One made behind a closed one closes once
    that is open and those who were waiting there are through."""

    def __init__(self, table, behind=False, shut=False):
        self.mode = "AccessExclusiveLock" if shut else "ShareLock"
        self.connection = psycopg2.connect("")
        self.pid = self.connection.get_backend_pid()
        lock = f"LOCK TABLE baocao.{table} IN {'ACCESS EXCLUSIVE' if shut else 'SHARE'} MODE"
        self.closing = threading.Thread(target=self.connection.cursor().execute, args=(lock,), daemon=True)
        self.closing.start()
        eventually(self.waits if behind else self.closed)

    def closed(self, granted=True):
        return sql("SELECT count(*) FROM pg_locks WHERE pid = %s AND mode = %s AND granted = %s", self.pid, self.mode, granted) == 1

    def waits(self):
        return self.closed(granted=False)

    def open(self):
        self.closing.join()
        self.connection.close()


# --- Replies ---------------------------------------------------------------------------------------------------------------------

def busy(reply, words=""):
    assert reply.WhichOneof("reply") == "error" and reply.error.code == client_pb2.ERROR_CODE_BUSY, reply
    assert reply.error.retry_after_ms > 0 and reply.error.message_vi and words in reply.error.message_en, reply


def silent(line):
    """Nothing was said on the line before this: replies come in the order in which they are sent."""
    number = line.send(ping=client_pb2.Ping())
    reply = line.receive()
    assert reply.request_id == number and reply.WhichOneof("reply") == "pong", f"it was answered: {reply}"


def receipt(unit, reply, submitted):
    assert reply.WhichOneof("reply") == "receipt", reply
    verify(reply.receipt, home(unit).invite, submitted)
    return reply.receipt


def submit(unit, line, submitted):
    """Until there is a receipt."""
    while True:
        reply = line.ask(submit_report=submitted)
        if reply.WhichOneof("reply") == "receipt":
            return receipt(unit, reply, submitted)
        busy(reply)
        time.sleep(reply.error.retry_after_ms / 1000)


# --- The process -----------------------------------------------------------------------------------------------------------------

def restart(**settings):
    """With other settings; a line is answered when it is up."""
    for command in ("stop", "start"):
        subprocess.run([os.path.join(os.path.dirname(__file__), "../../services/local/stack"), command, "intake"], check=True,
                       env={**os.environ, **settings})


def logged(event, words=""):
    with open(os.path.join(STATE, "log/intake.log"), encoding="utf-8") as log:
        return sum(f'"event":"{event}"' in line and words in line for line in log)


# --- Limits ----------------------------------------------------------------------------------------------------------------------

def resident():
    pid = open(os.path.join(STATE, "run/intake.pid")).read().strip()
    return int(open(f"/proc/{pid}/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def flood(unit, size, sent, kept, words):
    """The store writes nothing while a department sends: so many reports wait, for the others it is told BUSY, and why."""
    sent, kept = int(sent), int(kept)
    line, neighbour = home(unit).line(timeout_ms=20000), home("so-gddt").line(timeout_ms=20000)
    submit(unit, line, raw())
    known, before = stored(unit), resident()
    gate, reports = Gate("submission"), {}
    for _ in range(sent):
        submitted = raw(int(size))
        reports[line.send(submit_report=submitted)] = submitted
    refused = []
    for _ in range(sent - kept):
        reply = line.receive()
        busy(reply, words)
        refused.append(reports.pop(reply.request_id))
    silent(line)
    assert resident() - before < 128 << 20, f"{resident() - before >> 20} MiB more"
    assert neighbour.ask(get_status=client_pb2.GetStatus()).WhichOneof("reply") == "status"
    gate.open()
    try:
        while reports:
            reply = line.receive()
            receipt(unit, reply, reports.pop(reply.request_id))
    except Timeout:  # a line that is read too slowly loses answers, but never the first 512
        assert len(reports) <= kept - 512 and stored(unit) == known + kept, len(reports)
    for submitted in [*reports.values(), *refused]:
        submit(unit, line, submitted)
    submit("so-gddt", neighbour, raw())
    assert stored(unit) == stored(unit, "DISTINCT report_id") == known + sent


def flood_all(unit, size, sent, kept):
    """The limits of all departments together, met by one that is allowed to have any number under way."""
    restart(BAOCAO_INTAKE_IN_FLIGHT="100000")
    try:
        flood(unit, size, sent, kept, "The server is taking too many")
    finally:
        restart()


# --- A standby that must have everything -----------------------------------------------------------------------------------------

def reload():
    sql("SELECT pg_reload_conf()")


def miss_standby():
    """Ends when a commit was found waiting: from then on every one does."""
    sql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
    reload()
    missed = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND pid = %s"
    with contextlib.closing(psycopg2.connect("")) as probe:
        probe.autocommit = True
        done = threading.Event()

        def commit():
            with contextlib.suppress(psycopg2.Error):
                while not done.is_set():
                    probe.cursor().execute("SELECT pg_logical_emit_message(true, 'test', '')")
        thread = threading.Thread(target=commit, daemon=True)
        thread.start()
        eventually(lambda: sql(missed, probe.get_backend_pid()) == 1)
        done.set()
        sql("SELECT pg_terminate_backend(%s, 10000)", probe.get_backend_pid())
        thread.join()


def standby():
    """While the standby is missed no receipt is given: not for a new report, not for one sent again, not when asked for."""
    line, old, new = home("so-vhttdl").line(timeout_ms=20000), raw(), raw()
    first = submit("so-vhttdl", line, old)
    cases = (({"submit_report": old}, old), ({"get_receipt": client_pb2.GetReceipt(report_id=old.report_id)}, old),
             ({"submit_report": new}, new))
    for request, submitted in cases:
        try:
            miss_standby()
            number = line.send(**request)
            eventually(lambda: waits("SyncRep") or line.socket.poll(0))
            silent(line)
        finally:
            sql("ALTER SYSTEM RESET synchronous_standby_names")
            reload()
        reply = line.receive()
        assert reply.request_id == number
        given = receipt("so-vhttdl", reply, submitted)
        assert submitted is new or given.SerializeToString() == first.SerializeToString()
    assert stored("so-vhttdl") == 2


# --- Two intakes for one department ----------------------------------------------------------------------------------------------

@contextlib.contextmanager
def second_intake():
    first_port = int(home("so-yte").invite["endpoint/address"].rsplit(":", 1)[1])
    base = first_port - sql("SELECT door FROM baocao.unit_endpoint JOIN baocao.unit USING (unit_id) WHERE code = 'so-yte'")
    settings = {"BAOCAO_INTAKE_PORT_BASE": str(base + SECOND_PORTS), "BAOCAO_INTAKE_HTTP_PORT": "0",
                "BAOCAO_FLOW_RECEIVED_SUFFIX": "-2"}
    with open(os.path.join(STATE, "log/intake-2.log"), "a") as log:
        process = subprocess.Popen(["baocao-intake"], env={**os.environ, **settings}, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        assert process.wait(20) == 0


def two_lines(unit):
    """To the same department's door at either intake."""
    mine = home(unit)
    host, port = mine.invite["endpoint/address"].rsplit(":", 1)
    there = f"{host}:{int(port) + SECOND_PORTS}"
    return mine.line(timeout_ms=20000), Line(there, mine.invite["endpoint/public_key"], mine.certificate, timeout_ms=20000)


def overtaken():
    """Both give out the same place in the chain. Who loses tries again, and when it loses again says BUSY; no report is lost."""
    with second_intake():
        one, two = two_lines("so-khcn")
        for times in (1, 2):
            late = raw_with_file(two)  # its file is looked for after its place was: there it can be held up
            gates = [Gate("attachment", shut=True)]
            number = two.send(submit_report=late)
            for _ in range(times):
                eventually(lambda: waits("relation"))
                submit("so-khcn", one, raw())  # takes the place that `late` was given
                if len(gates) < times:
                    gates.append(Gate("attachment", behind=True, shut=True))
                    gates[0].open()
                    eventually(gates[1].closed)
            gates[-1].open()
            reply = two.receive()
            assert reply.request_id == number
            if times == 1:
                receipt("so-khcn", reply, late)
            else:
                busy(reply, "Another server")
                submit("so-khcn", two, late)
        assert stored("so-khcn") == stored("so-khcn", "DISTINCT report_id") == 5


def overtaken_together():
    """Two reports of a transaction that fails are tried again in the order in which they came."""
    with second_intake():
        one, two = two_lines("so-nnptnt")
        other = two_lines("so-gddt")[1]
        first = raw_with_file(two)
        busy_store, held_up = Gate("submission"), Gate("attachment", shut=True)
        other.send(submit_report=raw())
        eventually(lambda: waits("relation"))
        sent = [first, raw()]
        numbers = [two.send(submit_report=submitted) for submitted in sent]
        silent(two)  # both have been gathered
        busy_store.open()
        assert other.receive().WhichOneof("reply") == "receipt"
        eventually(lambda: waits("relation"))
        submit("so-nnptnt", one, raw())  # takes the place that the first was given
        held_up.open()
        replies = [two.receive() for _ in sent]
        assert [reply.request_id for reply in replies] == numbers
        bodies = [verify(receipt("so-nnptnt", *pair), home("so-nnptnt").invite, pair[1]) for pair in zip(replies, sent)]
        assert [body.revision for body in bodies] == [2, 3], bodies


def same_at_both():
    """One report at both doors at once: stored once, with one receipt."""
    with second_intake():
        one, two = two_lines("so-tnmt")
        for _ in range(2):  # at first neither knows the department's chain; then one of them knows an old end of it
            gate, submitted = Gate("submission"), raw()
            one.send(submit_report=submitted)
            two.send(submit_report=submitted)
            eventually(lambda: waits("relation", 2))
            gate.open()
            receipts = [receipt("so-tnmt", line.receive(), submitted).SerializeToString() for line in (one, two)]
            assert receipts[0] == receipts[1]
        assert stored("so-tnmt") == 2


# --- Commits whose outcome nobody knows ------------------------------------------------------------------------------------------

class Proxy:
    """Between intake and PostgreSQL. Told where, it cuts the next connection that stores a report: "before" the COMMIT gets to the
    server, or "after" it, before its answer gets back. While `passing` is clear the next look into a mailbox has no answer;
    `holding` says that there is one."""

    def __init__(self):
        self.directory = tempfile.TemporaryDirectory(prefix="baocao-proxy.")
        self.server = os.path.join(os.environ["PGHOST"], ".s.PGSQL.5432")
        self.cut = None
        self.passing, self.holding = threading.Event(), threading.Event()
        self.passing.set()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(os.path.join(self.directory.name, ".s.PGSQL.5432"))
        self.listener.listen()
        threading.Thread(target=self.serve, daemon=True).start()

    def conninfo(self):
        return f"host={self.directory.name} dbname=baocao user=baocao_intake passfile={STATE}/keys/baocao_intake.pgpass"

    def serve(self):
        while True:
            client, server = self.listener.accept()[0], socket.socket(socket.AF_UNIX)
            server.connect(self.server)
            threading.Thread(target=self.pass_on, args=(client, server), daemon=True).start()

    def pass_on(self, client, server):
        storing, looking, ends = False, False, {client: server, server: client}
        while True:
            for end in select.select(ends, (), ())[0]:
                data = end.recv(1 << 20)
                storing = storing or b"intake_add_" in data
                commit = storing and (b"bc_commit" if end is client else b"COMMIT\0") in data
                cut = commit and self.cut == ("before" if end is client else "after")
                if cut or not data:
                    client.close()
                    server.close()
                    self.cut = None if cut else self.cut
                    return
                looking = looking or b"intake_notices" in data and end is client
                if looking and end is server and b"COMMIT\0" in data:
                    looking = False
                    if not self.passing.is_set():
                        self.holding.set()
                        self.passing.wait()
                ends[end].sendall(data)
                storing = storing and not (commit and end is server)


def uncertain():
    """The connection ends around a COMMIT: intake says nothing, and the same report sent again gets the receipt, once stored."""
    proxy = Proxy()
    restart(BAOCAO_INTAKE_CONNINFO=proxy.conninfo())
    try:
        line = home("so-noivu").line(timeout_ms=20000)
        submit("so-noivu", line, raw())
        for where, count in (("before", 1), ("after", 3)):
            submitted, uncertainties = raw(), logged("report.uncertain")
            proxy.cut = where
            line.send(submit_report=submitted)
            eventually(lambda: logged("report.uncertain") > uncertainties)
            silent(line)
            assert stored("so-noivu") == count, where
            first = submit("so-noivu", line, submitted)
            assert submit("so-noivu", line, submitted).SerializeToString() == first.SerializeToString()
            assert stored("so-noivu") == max(count, 2)
    finally:
        restart()


# --- The mailbox -----------------------------------------------------------------------------------------------------------------

def told_meanwhile():
    """A notice is posted after the database has answered that there is none, and before intake has read that: who waits is told."""
    proxy = Proxy()
    restart(BAOCAO_INTAKE_CONNINFO=proxy.conninfo(), BAOCAO_LOG_LEVEL="debug")
    try:
        line, waiting = home("so-khdt").line(timeout_ms=20000), home("so-khdt").line(timeout_ms=20000)
        heard = partial(logged, "wire.message", "in NoticePosted")
        eventually(lambda: submit("so-khdt", line, raw()) and heard())  # intake is connected to notification again
        eventually(lambda: sql("SELECT (SELECT count(*) FROM baocao.validation_queue) + (SELECT count(*) FROM baocao.aggregation_queue)"
                               " + (SELECT count(*) FROM baocao.notification_queue)") == 0)
        cursor = sql("SELECT max(cursor) FROM baocao.notice JOIN baocao.unit USING (unit_id) WHERE code = 'so-khdt'")
        before = heard()
        proxy.passing.clear()
        waiting.send(read_mailbox=client_pb2.ReadMailbox(after=cursor, wait_ms=60000))
        assert proxy.holding.wait(20), "the database was not asked"
        submit("so-khdt", line, raw())
        eventually(lambda: heard() > before)
        proxy.passing.set()
        assert waiting.receive().mailbox.notices
    finally:
        restart()


def large_mailbox():
    """Notices of 2 MiB: an answer ends with the first one that fills it, and `baocao mailbox` goes on to the last."""
    unit, body = "so-gddt", "x" * (20 << 10)
    notice = client_pb2.Notice(kind=client_pb2.NOTICE_KIND_REMINDER, body_vi=body)
    sql("INSERT INTO baocao.notice SELECT unit_id, n, %s, now(), NULL, %s FROM baocao.unit, generate_series(1001, 1100) n WHERE code = %s",
        notice.kind, notice.SerializeToString(), unit)
    notices = home(unit).line(timeout_ms=20000).ask(read_mailbox=client_pb2.ReadMailbox(after=1000, limit=100)).mailbox.notices
    assert sum(one.ByteSize() for one in notices[:-1]) < ANSWER_BYTES <= sum(one.ByteSize() for one in notices) < 2 * ANSWER_BYTES
    said = subprocess.run(["baocao", "mailbox", "--after", "1000", "--json"], check=True, capture_output=True, text=True,
                          env={**os.environ, "BAOCAO_HOME": os.path.join(sys.argv[2], unit)}).stdout.splitlines()
    assert [int(json.loads(line)["cursor"]) for line in said] == list(range(1001, 1101)), len(said)


# --- Status ----------------------------------------------------------------------------------------------------------------------

def faulty(unit, task):
    """A report of which each entry is refused."""
    report = report_pb2.Report(plan="208/KH-UBND", period="2025", unit=unit, general_assessment=uuid7().hex())
    for _ in range(200):
        report.entries.add(task=task, status=report_pb2.TASK_STATUS_IN_PROGRESS, progress_percent=1)
    return submission(report)


def status(unit, task, count):
    """More findings than one answer holds: it ends with a whole submission, says that there are more, and who goes on from there
    sees all of them."""
    line = home(unit).line(timeout_ms=20000)
    sent = [faulty(unit, task) for _ in range(int(count))]
    for submitted in sent:
        submit(unit, line, submitted)
    alone = [wait_for_verdict(line, submitted.report_id) for submitted in reversed(sent)]
    seen, before = [], 0
    while len(seen) < len(alone):
        answer = line.ask(get_status=client_pb2.GetStatus(limit=100, before_chain_index=before)).status
        page, rest = list(answer.submissions), alone[len(seen) + len(answer.submissions):]
        assert sum(shown.ByteSize() for shown in page) <= ANSWER_BYTES
        assert answer.more == bool(rest)
        if rest:  # the next one would have been too many
            more = page + rest[:1]
            assert sum(shown.ByteSize() for shown in more) > ANSWER_BYTES or sum(len(shown.findings) for shown in more) > ANSWER_FINDINGS
        seen, before = seen + page, page[-1].chain_index
    assert seen == alone and len(answer.submissions) < len(alone)


globals()[sys.argv[1]](*sys.argv[3:])
