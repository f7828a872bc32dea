"""push.py NAME [ARGUMENT...]: attachments at intake's door, a line that is cut, and a terminal at which somebody answers. Exit status
0 when all was as promised; "terminal" has the command's own."""
import contextlib
import hashlib
import os
import pty
import random
import re
import shutil
import signal
import subprocess
import sys
import time

import psycopg2
from baocao.v1 import client_pb2, report_pb2

from forwarder import Forwarder
from peer import CHUNK, Home, put_file, uuid7

STATE = os.environ.get("STATE")
MIB = 1 << 20


def home(unit):
    return Home(f"{STATE}/clients/{unit}")


def sql(text, *values):
    with contextlib.closing(psycopg2.connect("")) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(text, values)
        return cursor.fetchone()[0] if cursor.description else None


def stored(content):
    """Is it there, once, byte by byte?"""
    digest = hashlib.sha256(content).digest()
    return sql("SELECT count(*) FROM baocao.attachment WHERE sha256 = %s", digest) == 1 and sql(
        "SELECT sha256(string_agg(c.content, NULL ORDER BY start)) = a.sha256 FROM baocao.attachment a"
        " JOIN baocao.attachment_chunk c USING (upload_id) WHERE a.sha256 = %s GROUP BY a.sha256", digest)


def code(reply):
    return reply.error.code if reply.WhichOneof("reply") == "error" else None


class Pieces:
    """A file that a department sends piece by piece."""

    def __init__(self, line, content, size=None, digest=None):
        self.line, self.content = line, content
        self.digest = digest or hashlib.sha256(content).digest()
        self.size = size or len(content)

    def begin(self):
        return self.line.ask(put_file=client_pb2.PutFile(sha256=self.digest, size=self.size))

    def put(self, at, size=CHUNK):
        return self.line.ask(put_chunk=client_pb2.PutChunk(sha256=self.digest, offset=at, content=self.content[at:at + size]))


# --- At the door -----------------------------------------------------------------------------------------------------------------

def pieces():
    """In order, once each, of the right size; the answer says where to go on."""
    file = Pieces(home("so-yte").line(), os.urandom(3 * CHUNK + 100))
    assert code(file.put(0)) == client_pb2.ERROR_CODE_NOT_FOUND
    state = file.begin().file
    assert (state.stored, state.complete) == (0, False) and state.credit >= 1
    assert file.put(CHUNK).file.stored == 0, "a gap"
    assert file.put(0).file.stored == CHUNK
    assert file.put(0).file.stored == CHUNK, "twice"
    assert code(file.put(CHUNK, 1000)) == client_pb2.ERROR_CODE_MALFORMED, "too small"
    assert code(file.put(CHUNK, CHUNK + 1)) == client_pb2.ERROR_CODE_MALFORMED, "too large"
    file.line.close()
    file.line = home("so-yte").line()
    assert file.begin().file.stored == CHUNK, "a new line goes on"
    assert file.put(CHUNK).file.stored == 2 * CHUNK
    assert file.put(2 * CHUNK).file.stored == 3 * CHUNK
    last = file.put(3 * CHUNK).file
    assert last.complete and last.stored == file.size and stored(file.content)
    assert file.put(0).file.complete and file.begin().file.complete
    other = Pieces(home("so-gddt").line(), file.content)
    assert other.begin().file.complete, "who can name the digest has the file"


def beyond():
    """More than was announced."""
    file = Pieces(home("so-yte").line(), os.urandom(2 * CHUNK), size=CHUNK + 20000)
    file.begin()
    assert file.put(0).file.stored == CHUNK
    assert code(file.put(CHUNK)) == client_pb2.ERROR_CODE_MALFORMED
    assert file.begin().file.stored == CHUNK
    file.size = 2 * CHUNK
    assert file.begin().file.stored == 0, "announced otherwise, begun anew"
    file.put(0)
    assert file.put(CHUNK).file.complete and stored(file.content)


def wrong_digest():
    """What is not what it was said to be is dropped, and keeps nobody from sending the real thing."""
    real = os.urandom(2 * CHUNK)
    false = Pieces(home("so-yte").line(), os.urandom(2 * CHUNK), digest=hashlib.sha256(real).digest())
    begun = Pieces(home("so-gddt").line(), real)
    begun.begin()
    begun.put(0)
    false.begin()
    false.put(0)
    reply = false.put(CHUNK)
    assert code(reply) == client_pb2.ERROR_CODE_MALFORMED and "SHA-256" in reply.error.message_vi
    assert sql("SELECT count(*) FROM baocao.attachment WHERE sha256 = %s", false.digest) == 0
    assert false.begin().file.stored == 0
    assert begun.put(CHUNK).file.complete and stored(real)


def same_at_once():
    """Two departments send one file at the same time: it is kept once."""
    content = os.urandom(2 * CHUNK)
    one, two = (Pieces(home(unit).line(), content) for unit in ("so-yte", "so-gddt"))
    for file in (one, two):
        file.begin()
        file.put(0)
    assert one.put(CHUNK).file.complete
    assert two.put(CHUNK).file.complete and stored(content)
    assert sql("SELECT count(*) FROM baocao.upload WHERE sha256 = %s", one.digest) == 2, "the second one waits to give way"


def overtaken():
    """Another intake has the whole file a moment before this one: the second copy is dropped."""
    content = os.urandom(20000)
    file = Pieces(home("so-yte").line(timeout_ms=20000), content)
    file.begin()
    with contextlib.closing(psycopg2.connect("")) as other:
        cursor = other.cursor()
        cursor.execute("WITH u AS (INSERT INTO baocao.upload SELECT gen_random_uuid(), unit_id, %s, %s, now(), true FROM baocao.unit"
                       " WHERE code = 'so-gddt' RETURNING *), c AS (INSERT INTO baocao.attachment_chunk SELECT upload_id, 0, %s FROM u)"
                       " INSERT INTO baocao.attachment SELECT sha256, size, unit_id, now(), upload_id FROM u",
                       (file.digest, file.size, content))
        number = file.line.send(put_chunk=client_pb2.PutChunk(sha256=file.digest, offset=0, content=content))
        limit = time.monotonic() + 20
        while not sql("SELECT count(*) FROM pg_stat_activity WHERE usename = 'baocao_intake' AND wait_event = 'transactionid'"):
            assert time.monotonic() < limit
            time.sleep(0.02)
        other.commit()
    reply = file.line.receive()
    assert reply.request_id == number and reply.file.complete and stored(content)
    assert sql("SELECT count(*) FROM baocao.upload WHERE sha256 = %s", file.digest) == 1


def unanswered():
    """Nobody answers what is asked of the rules: BUSY within 10 s; a department can have two such questions, and go on otherwise."""
    line = home("so-gddt").line(timeout_ms=10000)
    check = client_pb2.CheckReport(plan="208/KH-UBND", period="2025", report=b"x")
    numbers = [line.send(check_report=check) for _ in range(3)]
    first = line.receive()
    assert first.request_id == numbers[2] and code(first) == client_pb2.ERROR_CODE_BUSY
    assert line.ask(get_status=client_pb2.GetStatus()).WhichOneof("reply") == "status"
    assert [code(line.receive()) for _ in range(2)] == [client_pb2.ERROR_CODE_BUSY] * 2
    number = line.send(check_report=check)  # there is room again
    assert line.receive().request_id == number


def room():
    """A department's unfinished files have 200 MiB together: the oldest gives way, another department's does not."""
    line, other = home("so-tttt").line(), Pieces(home("so-gddt").line(), os.urandom(CHUNK), size=50 * MIB)
    other.begin()
    files = [Pieces(line, os.urandom(CHUNK), size=50 * MIB) for _ in range(5)]
    for file in files:
        assert file.begin().file.stored == 0
        if file is not files[4]:
            assert file.put(0).file.stored == CHUNK
    assert code(files[0].put(0)) == client_pb2.ERROR_CODE_NOT_FOUND
    assert [file.begin().file.stored for file in files[1:4]] == [CHUNK] * 3
    assert other.put(0).file.stored == CHUNK


def crowd():
    """However many a department begins, 64 of them are unfinished: what a PutFile looks at stays small. Another's are not counted."""
    line, other = home("so-vhttdl").line(), Pieces(home("so-gddt").line(), os.urandom(CHUNK), size=2 * CHUNK)
    other.begin()
    other.put(0)
    files = [Pieces(line, os.urandom(16)) for _ in range(70)]
    for file in files:
        assert file.begin().file.stored == 0
    assert sql("SELECT count(*) FROM baocao.upload JOIN baocao.unit USING (unit_id) WHERE code = 'so-vhttdl'") == 64
    assert code(files[5].put(0)) == client_pb2.ERROR_CODE_NOT_FOUND and files[6].put(0).file.complete
    assert other.begin().file.stored == CHUNK


def looked(unit):
    """However many files a department has sent, beginning another one looks at those that are not finished: its plan's own index."""
    sql("INSERT INTO baocao.upload SELECT gen_random_uuid(), unit_id, sha256(n::text::bytea), 1, now() - interval '1 year', true"
        " FROM baocao.unit, generate_series(1, 20000) n WHERE code = %s", unit)
    sql("ANALYZE baocao.upload")
    count = ("SELECT coalesce(sum(idx_tup_read), 0) + (SELECT seq_tup_read FROM pg_stat_user_tables WHERE relname = 'upload')"
             " FROM pg_stat_user_indexes WHERE relname = 'upload'")
    uses = "SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = 'upload_unfinished'"
    before, used = sql(count), sql(uses)
    line = home(unit).line()
    for _ in range(10):
        file = Pieces(line, os.urandom(16))
        file.begin()
        assert file.put(0).file.complete
    limit = time.monotonic() + 20
    while sql(uses) < used + 10:  # what a connection has done is told to others after a while
        assert time.monotonic() < limit, "the index of unfinished uploads is not used"
        time.sleep(0.1)
    read = sql(count) - before  # by ten of them, and some told late of what came before
    assert read < 20000, f"{read} uploads looked at, as if each looked at all"
    assert sql("SELECT count(*) FROM baocao.upload JOIN baocao.unit USING (unit_id) WHERE code = %s AND NOT finished", unit) == 0


def day(unit):
    """A department can bring 1 GiB of new files in 24 hours, and 1,024; what it has begun goes on, and others do as before."""
    line, content = home(unit).line(), os.urandom(16)
    first, second = Pieces(line, content), Pieces(line, os.urandom(16))
    first.begin()
    sql("INSERT INTO baocao.upload SELECT gen_random_uuid(), unit_id, sha256(n::text::bytea), CASE n WHEN 1 THEN 2 ELSE 1 END << 20,"
        " started_at FROM baocao.upload, generate_series(1, 1022) n WHERE sha256 = %s", first.digest)
    reply = second.begin()
    assert code(reply) == client_pb2.ERROR_CODE_REFUSED, reply
    assert "hãy gửi lại sau khoảng thời gian này (24 h)" in reply.error.message_vi and "(24 h)" in reply.error.message_en
    assert first.put(0).file.complete and Pieces(line, content).begin().file.complete
    assert Pieces(home("so-gddt").line(), second.content).begin().file.stored == 0
    sql("UPDATE baocao.upload SET started_at = started_at - interval '1 day' WHERE size = 2 << 20")
    assert second.begin().file.stored == 0


def stale(unit):
    """Begun before the clock was moved by 8 days: given up when the department begins another."""
    line = home(unit).line()
    Pieces(line, os.urandom(CHUNK)).begin()
    assert sql("SELECT count(*) FROM baocao.upload JOIN baocao.unit USING (unit_id) WHERE code = %s", unit) == 1


def survives(after=""):
    """What was answered is there after a kill -9 of intake: the rest is all that is sent again."""
    file = Pieces(home("so-nnptnt").line(), random.Random(1).randbytes(3 * CHUNK))
    assert file.begin().file.stored == (2 * CHUNK if after else 0)
    for at in (2 * CHUNK,) if after else (0, CHUNK):
        state = file.put(at).file
    assert state.complete == bool(after) and stored(file.content) == bool(after)


def missing():
    """A report whose attachments are not there is not taken: neither stored, nor in the chain."""
    line, content = home("so-khcn").line(), os.urandom(1000)
    named = report_pb2.Attachment(name="a.pdf", sha256=hashlib.sha256(content).digest(), size=len(content))
    report = report_pb2.Report(attachments=[named]).SerializeToString()
    submitted = client_pb2.SubmitReport(report_id=uuid7(), plan="208/KH-UBND", period="2025", report=report)
    count = sql("SELECT count(*) FROM baocao.submission")
    for _ in range(2):
        assert code(line.ask(submit_report=submitted)) == client_pb2.ERROR_CODE_FILES_MISSING
    assert sql("SELECT count(*) FROM baocao.submission") == count
    put_file(line, content)
    first = line.ask(submit_report=submitted)
    assert first.WhichOneof("reply") == "receipt"
    assert line.ask(submit_report=submitted).receipt.SerializeToString() == first.receipt.SerializeToString()


def apart():
    """While a piece of a file waits for the store, the others' reports and questions do not, nor the department's own."""
    file = Pieces(home("so-yte").line(timeout_ms=20000), os.urandom(CHUNK))
    file.begin()
    with contextlib.closing(psycopg2.connect("")) as gate:
        gate.cursor().execute("LOCK TABLE baocao.attachment_chunk IN ACCESS EXCLUSIVE MODE")
        for at in range(6):  # more than the credit: told BUSY, and not kept
            file.line.send(put_chunk=client_pb2.PutChunk(sha256=file.digest, offset=0, content=file.content))
        busy = [code(file.line.receive()) for _ in range(2)]
        assert busy == [client_pb2.ERROR_CODE_BUSY] * 2, busy
        for unit in ("so-gddt", "so-yte"):
            line = home(unit).line()
            assert line.ask(get_duties=client_pb2.GetDuties()).WhichOneof("reply") == "duties"
            submitted = client_pb2.SubmitReport(report_id=uuid7(), plan="208/KH-UBND", period="2025", report=os.urandom(100))
            assert line.ask(submit_report=submitted).WhichOneof("reply") == "receipt"
    assert all(file.line.receive().file.complete for _ in range(4)) and stored(file.content)


# --- A line that is cut ----------------------------------------------------------------------------------------------------------

def forwarded(unit, limit):
    """A copy of the unit's home whose line can be cut, and the line."""
    copy = f"{STATE}/clients/{unit}-forwarded"
    shutil.copytree(f"{STATE}/clients/{unit}", copy, dirs_exist_ok=True)
    invite = open(f"{copy}/invite", encoding="utf-8").read()
    host, port = re.search(r'tcp://([\d.]+):(\d+)', invite).groups()
    line = Forwarder((host, int(port)), limit)
    with open(f"{copy}/invite", "w", encoding="utf-8") as file:
        file.write(invite.replace(f"tcp://{host}:{port}", f"tcp://127.0.0.1:{line.port}", 1))
    return copy, line


def attachment(size):
    content = os.urandom(size)
    with open(f"{STATE}/Báo cáo số 45.pdf", "wb") as file:
        file.write(content)
    return file.name, content


def held(content):
    return sql("SELECT coalesce(sum(length(content)), 0) FROM baocao.attachment_chunk JOIN baocao.upload USING (upload_id)"
               " WHERE sha256 = %s", hashlib.sha256(content).digest())


def cut(unit, report, size):
    """The line is cut in the middle of an attachment; what the server had stored by then is not sent again."""
    size = int(size)
    copy, line = forwarded(unit, size * 2 // 5)
    attached, content = attachment(size)
    command = ["baocao", "--home", copy, "--timeout", "3"]
    push = os.spawnlp(os.P_WAIT, "baocao", *command, "push", "--yes", report, "--attach", attached)
    assert push == 75, push
    os.remove(attached)  # the spool has a copy of its own
    assert size // 5 < held(content) < size * 2 // 5, held(content)
    line.limit = 1 << 40
    flush = os.spawnlp(os.P_WAIT, "baocao", *command, "queue", "flush")
    assert flush == 0, flush
    assert stored(content)
    assert line.passed < size + 5 * CHUNK, f"{line.passed} bytes for a file of {size}"
    assert os.listdir(f"{copy}/files") == [] and [name for name in os.listdir(f"{copy}/spool") if name[0] != "."] == []


def stumbles(unit, report, anew=""):
    """While a file is on its way the server gives it up for others, and somebody else may begin it anew: what is in vain is not sent to
    the end."""
    size = 40 * MIB
    copy, line = forwarded(unit, 1 << 40)
    attached, content = attachment(size)
    push = subprocess.Popen(["baocao", "--home", copy, "push", "--yes", "--again", "--no-wait", report, "--attach", attached])
    limit = time.monotonic() + 20
    while held(content) < 2 * MIB:
        assert time.monotonic() < limit and push.poll() is None
        time.sleep(0.005)
    push.send_signal(signal.SIGSTOP)
    sent = line.passed
    assert sent < size * 3 // 4, sent
    others = home(unit).line()
    for file in [Pieces(others, os.urandom(CHUNK), size=50 * MIB) for _ in range(4)]:
        while code(reply := file.begin()) == client_pb2.ERROR_CODE_BUSY:  # with what was under way
            assert time.monotonic() < limit
        assert reply.file.sha256 == file.digest
    assert held(content) == 0, "it has given way"
    if anew:
        assert Pieces(others, content).begin().file.stored == 0
    push.send_signal(signal.SIGCONT)
    assert push.wait(60) == 0 and stored(content)
    assert line.passed < sent + size + 16 * CHUNK, f"{line.passed} bytes for a file of {size}, {sent} before it gave way"


# --- A terminal ------------------------------------------------------------------------------------------------------------------

def terminal(answer, *command):
    """Runs the command at a terminal, answers its question, and prints all that stood there."""
    child, screen = pty.fork()
    if child == 0:
        os.execvp(command[0], command)
    seen, answered = b"", False
    while True:
        try:
            data = os.read(screen, 65536)
        except OSError:  # it has left
            data = b""
        if not data:
            break
        seen += data
        if not answered and b"[y/N]" in seen:
            os.write(screen, answer.encode() + b"\n")
            answered = True
    sys.stdout.write(seen.decode())
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


globals()[sys.argv[1]](*sys.argv[2:])
