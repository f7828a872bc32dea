"""attack.py NAME CLIENTS_DIR: one attack on a running stack. Exit status 0 when baocao stood it, as it should; else the reason."""
import os
import re
import socket
import struct
import subprocess
import sys
import threading
import time
import urllib.request

import psycopg2
import zmq
from baocao.v1 import client_pb2, feed_pb2

from peer import Home, Line, Timeout, report_from_json, submission, uuid7, verify, wait_for_verdict

REPORTS = os.path.join(os.path.dirname(__file__), "../support/reports/2025")
clients = sys.argv[2]


def home(unit):
    return Home(os.path.join(clients, unit))


def report(unit):
    return report_from_json(open(os.path.join(REPORTS, unit + ".json"), encoding="utf-8").read())


def alive(unit="so-yte"):
    """The department next door notices nothing."""
    started = time.monotonic()
    reply = home(unit).line().ask(ping=client_pb2.Ping())
    assert reply.pong.protocol_version == 1
    assert time.monotonic() - started < 5


def no_answer(line, request=None):
    """The line must stay silent. A silence is judged beside a good line that is answered meanwhile, three times."""
    line.socket.rcvtimeo = 300
    try:
        line.send(**(request or {"ping": client_pb2.Ping()}))
    except zmq.Again:
        return  # not even connected
    for _ in range(3):
        alive()
    try:
        reply = line.receive()
    except Timeout:
        return
    raise AssertionError(f"it was answered: {reply}")


def error_code(reply):
    assert reply.WhichOneof("reply") == "error", reply
    assert reply.error.message_vi and reply.error.message_en
    return reply.error.code


def wrong_key():
    keys = zmq.curve_keypair()
    no_answer(home("so-yte").line(certificate=keys, timeout_ms=1000))


def another_departments_key():
    no_answer(home("so-yte").line(certificate=home("so-gddt").certificate, timeout_ms=1000))


def readers_key():
    no_answer(home("so-yte").line(certificate=home("committee").certificate, timeout_ms=1000))


def no_curve():
    place = home("so-yte").invite["endpoint/address"]
    no_answer(Line(place, None, None, timeout_ms=1000))


def wrong_server_key():
    """A report sent to the wrong door cannot be read: the door of so-gddt does not have so-yte's secret key."""
    mine, other = home("so-yte"), home("so-gddt")
    no_answer(Line(other.invite["endpoint/address"], mine.invite["endpoint/public_key"], mine.certificate, timeout_ms=1000))


def not_zmtp():
    """Raw bytes, half greetings and silence on the port."""
    host, port = home("so-yte").invite["endpoint/address"][6:].split(":")
    sockets = []
    for data in (b"", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\xff" + b"\0" * 8 + b"\x7f\x03", os.urandom(4096), b"\xff" * 70000):
        for _ in range(20):
            s = socket.create_connection((host, int(port)))
            sockets.append(s)
            try:
                s.sendall(data)
            except OSError:
                pass
    alive()
    for s in sockets:
        s.close()
    alive()


def oversized():
    line = home("so-yte").line()
    line.socket.send(b"\0" * (1 << 20 | 1))
    for _ in range(3):
        alive("so-gddt")
    alive()  # a new line of the same department
    line = home("so-yte").line()
    big = submission(report("so-yte"))
    big.report = os.urandom(3 << 20)
    line.send(submit_report=big)
    alive()


def malformed():
    line = home("so-yte").line()
    good = client_pb2.ClientRequest(request_id=7, ping=client_pb2.Ping()).SerializeToString()
    nested = b""
    for _ in range(60):
        nested = b"\x12" + bytes([len(nested)]) + nested if len(nested) < 120 else nested
    cases = [b"", b"\0", b"\x08", b"\xff" * 30, good[:-1] + b"\x05", good + b"\x7a\x05abc", b"\x12\xff\xff\xff\xff\x0f", nested,
             b"\x0b" * 100, client_pb2.ClientRequest(request_id=1).SerializeToString()]
    for data in cases:
        line.socket.send(data)
        assert error_code(line.receive()) == client_pb2.ERROR_CODE_MALFORMED, data
    assert line.ask(ping=client_pb2.Ping()).pong.protocol_version == 1


def unknown_fields():
    line = home("so-yte").line()
    line.socket.send(client_pb2.ClientRequest(request_id=7, ping=client_pb2.Ping()).SerializeToString() + b"\xa2\x06\x01x")
    reply = line.receive()
    assert error_code(reply) == client_pb2.ERROR_CODE_MALFORMED
    assert "100" in reply.error.message_en, reply.error.message_en  # the field's number


def too_many_fields():
    line = home("so-yte").line()
    data = client_pb2.CheckReport(plan="208/KH-UBND", period="2025", report=report("so-yte").SerializeToString())
    for _ in range(9000):
        data.files.add()
    line.send(check_report=data)
    assert error_code(line.receive()) == client_pb2.ERROR_CODE_MALFORMED


def garbage_report():
    """Protobuf of garbage inside a good envelope: stored, receipted, and refused by the rules."""
    line = home("so-yte").line()
    submitted = client_pb2.SubmitReport(report_id=uuid7(), plan="208/KH-UBND", period="2025", report=b"\xff\xfe" * 50)
    receipt = line.ask(submit_report=submitted).receipt
    verify(receipt, home("so-yte").invite, submitted)
    limit = time.monotonic() + 20
    while time.monotonic() < limit:
        status = line.ask(get_status=client_pb2.GetStatus(report_id=submitted.report_id)).status.submissions[0]
        if status.state == client_pb2.SUBMISSION_STATE_REJECTED:
            assert [f.code for f in status.findings] == ["report.malformed"], status
            return
        time.sleep(0.05)
    raise AssertionError("no verdict")


def bad_requests():
    line = home("so-yte").line()
    good = submission(report("so-yte"))
    for change in ({"report_id": b"short"}, {"report": b""}, {"plan": ""}, {"period": "x" * 65}, {"plan": "a b"}):
        bad = client_pb2.SubmitReport()
        bad.CopyFrom(good)
        for key, value in change.items():
            setattr(bad, key, value)
        assert error_code(line.ask(submit_report=bad)) == client_pb2.ERROR_CODE_MALFORMED, change
    assert error_code(line.ask(get_receipt=client_pb2.GetReceipt(report_id=uuid7()))) == client_pb2.ERROR_CODE_NOT_FOUND


def conflict():
    line, one, two = home("so-khcn").line(), report("so-khcn"), report("so-khcn")
    two.general_assessment += " (khác)"
    number = uuid7()
    first = line.ask(submit_report=submission(one, number)).receipt
    assert error_code(line.ask(submit_report=submission(two, number))) == client_pb2.ERROR_CODE_CONFLICT
    again = line.ask(submit_report=submission(one, number)).receipt
    assert first.SerializeToString() == again.SerializeToString()


def resident(pid):
    return int(open(f"/proc/{pid}/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def stack(*arguments):
    subprocess.run([os.path.join(os.path.dirname(__file__), "../../services/local/stack"), *arguments], check=True)


def intake_resident():
    """None: it does not run."""
    try:
        return resident(int(open(os.path.join(clients, "../run/intake.pid")).read()))
    except OSError:
        return None


def more_flood():
    """One message of more MORE frames than memory may take. Whether intake reads it through or its guard stops it, and it is started
    again: memory stays bounded, and afterwards the neighbours and the department itself are served."""
    line = home("so-yte").line(timeout_ms=100)
    chunk = b"x" * 65536
    for _ in range((1200 << 20) // len(chunk)):
        line.socket.send(chunk, zmq.SNDMORE, copy=False)  # libzmq keeps them all until the last one
    line.socket.send(b"end")
    line.send(ping=client_pb2.Ping())  # answered once the flood is over, or left out with the connection
    most, limit = 0, time.monotonic() + 60
    while not line.socket.poll(50):
        now = intake_resident()
        if now is None:  # stopped
            line.close()
            stack("start", "intake")
            stack("wait")
            break
        most = max(most, now)
        assert most < 1 << 30, f"{most >> 20} MiB for one flood"
        assert time.monotonic() < limit, "the flood has no end"
    assert most > 0, "the flood was never looked at"
    alive("so-gddt")
    alive()
    print(f"at most {most >> 20} MiB")


def anothers_name():
    """Whatever a department asks for, nothing of another one appears."""
    theirs, mine = submission(report("so-khcn")), submission(report("ban-dantoc"))
    them, me = home("so-khcn").line(), home("ban-dantoc").line()
    for line, submitted in ((them, theirs), (me, mine)):
        assert line.ask(submit_report=submitted).WhichOneof("reply") == "receipt"
        wait_for_verdict(line, submitted.report_id)
        noticed = set()
        while submitted.report_id not in noticed:  # the owner gets it
            mailbox = line.ask(read_mailbox=client_pb2.ReadMailbox(after=0, limit=100, wait_ms=10000)).mailbox
            noticed = {notice.report_id for notice in mailbox.notices}
        assert line.ask(get_receipt=client_pb2.GetReceipt(report_id=submitted.report_id)).WhichOneof("reply") == "receipt"
    assert [s.report_id for s in me.ask(get_status=client_pb2.GetStatus()).status.submissions] == [mine.report_id]
    reply = me.ask(get_status=client_pb2.GetStatus(report_id=theirs.report_id))
    assert reply.WhichOneof("reply") == "status" and not reply.status.submissions, reply
    assert error_code(me.ask(get_receipt=client_pb2.GetReceipt(report_id=theirs.report_id))) == client_pb2.ERROR_CODE_NOT_FOUND
    assert noticed - {b""} == {mine.report_id}, noticed  # a reminder is about no report


def multipart():
    """A message of two frames is thrown away whole; the line goes on."""
    line = home("so-yte").line()
    ping = client_pb2.ClientRequest(request_id=5, ping=client_pb2.Ping()).SerializeToString()
    line.socket.send_multipart([ping, ping])
    reply = line.ask(ping=client_pb2.Ping())
    assert reply.request_id == 1 and reply.pong.protocol_version == 1


def busy():
    """Past its limit a department is told BUSY with a hint, and loses nothing that has a receipt; a neighbour does not notice."""
    line = home("so-tnmt").line()
    data = report("so-tnmt")
    numbers = {line.send(submit_report=submission(data)): None for _ in range(2000)}
    alive("so-gddt")
    receipts = told = 0
    for _ in numbers:
        reply = line.receive()
        if reply.WhichOneof("reply") == "receipt":
            receipts += 1
        else:
            assert error_code(reply) == client_pb2.ERROR_CODE_BUSY and reply.error.retry_after_ms > 0
            told += 1
    assert told > 0 and receipts > 0, (told, receipts)
    print(f"{receipts} receipts, {told} times busy")


def questions():
    """A department's questions: a few at a time, the others are told BUSY with a hint; a neighbour's question waits for one of them."""
    line = home("so-tnmt").line()
    for _ in range(60):  # fewer than a department may have in flight of all kinds
        line.send(get_status=client_pb2.GetStatus(limit=100))
    assert home("so-gddt").line().ask(get_status=client_pb2.GetStatus(limit=1)).WhichOneof("reply") == "status"
    replies = [line.receive() for _ in range(60)]
    told = [reply for reply in replies if reply.WhichOneof("reply") == "error"]
    assert 0 < len(told) < 60, len(told)
    assert all(error_code(reply) == client_pb2.ERROR_CODE_BUSY and reply.error.retry_after_ms > 0 for reply in told)
    ids = [line.send(get_status=client_pb2.GetStatus(limit=100)) for _ in range(4)]
    answered = {reply.request_id for reply in (line.receive() for _ in ids) if reply.WhichOneof("reply") == "status"}
    assert answered == set(ids), "four at a time are not too many"


def long_polls():
    """At most 32 waits; what comes after is told BUSY; a held wait ends by itself."""
    line = home("so-noivu").line()
    after = 1 << 40
    for _ in range(40):
        line.send(read_mailbox=client_pb2.ReadMailbox(after=after, wait_ms=3000))
    kinds = [line.receive().WhichOneof("reply") for _ in range(40)]
    assert kinds.count("error") == 8 and kinds.count("mailbox") == 32, kinds


def revoked_on_open_connection():
    """The key goes while the connection stays: it is cut within 5 s, and refused at the handshake."""
    mine = home("so-ngoaivu")
    line = mine.line()
    assert line.ask(ping=client_pb2.Ping()).pong.protocol_version == 1
    subprocess.run(["baocao-admin", "key", "revoke", mine.certificate[0].decode()], check=True, stdout=subprocess.DEVNULL)
    limit = time.monotonic() + 5
    await_end(line, limit)
    no_answer(mine.line(timeout_ms=1000))


def await_end(line, limit, ask=None):
    """Served until its connection is cut; a request that comes in between is DENIED."""
    line.socket.rcvtimeo = 500
    try:
        while (reply := ask() if ask else line.ask(ping=client_pb2.Ping())).WhichOneof("reply") != "error":
            assert time.monotonic() < limit, "still served after 5 s"
        assert reply.error.code == client_pb2.ERROR_CODE_DENIED, reply
    except (Timeout, zmq.Again):
        assert time.monotonic() < limit + 0.5, "served for too long"


def revoked_key_gives_its_lines_back():
    """A thief takes every line of a department and keeps them. Once the key is revoked, the department is served again."""
    mine = home("so-vhttdl")
    second = zmq.curve_keypair()
    subprocess.run(["baocao-admin", "key", "add", "so-vhttdl", second[0].decode(), "--name", "stolen", "--as", "test"],
                   check=True, stdout=subprocess.DEVNULL)
    line_once_known(mine, second)
    lines = [mine.line(certificate=second) for _ in range(140)]
    for line in lines:
        line.send(ping=client_pb2.Ping())
    limit = time.monotonic() + 30
    while sum(line.socket.poll(0) for line in lines) < 120:
        assert time.monotonic() < limit, "the thief does not get his lines"
        time.sleep(0.05)
    no_answer_at_all(mine.line(timeout_ms=1000))
    subprocess.run(["baocao-admin", "key", "revoke", second[0].decode()], check=True, stdout=subprocess.DEVNULL)
    limit = time.monotonic() + 5
    line_once_known(mine, mine.certificate)
    assert time.monotonic() < limit, "locked out for more than 5 s"


def no_answer_at_all(line):
    line.send(ping=client_pb2.Ping())
    try:
        raise AssertionError(f"answered: {line.receive()}")
    except (Timeout, zmq.Again):
        line.close()


def line_once_known(mine, certificate):
    """With a key that was just registered. One that the door does not know yet has its connection refused for good."""
    limit = time.monotonic() + 10
    while time.monotonic() < limit:
        line = mine.line(certificate=certificate, timeout_ms=500)
        try:
            line.ask(ping=client_pb2.Ping())
            line.socket.rcvtimeo = 10000
            return line
        except (Timeout, zmq.Again):
            line.close()
    raise AssertionError("the key is not known after 10 s")


def revoked_while_waiting():
    """A long poll is parked, its key goes, and then there is a notice: never for the revoked key."""
    mine = home("so-taichinh")
    second = zmq.curve_keypair()
    subprocess.run(["baocao-admin", "key", "add", "so-taichinh", second[0].decode(), "--name", "second", "--as", "test"],
                   check=True, stdout=subprocess.DEVNULL)
    other = line_once_known(mine, second)
    after = other.ask(read_mailbox=client_pb2.ReadMailbox(after=0, limit=100)).mailbox.cursor
    waiting, asking = mine.line(timeout_ms=20000), mine.line()
    waiting.send(read_mailbox=client_pb2.ReadMailbox(after=after, wait_ms=60000))
    assert waiting.socket.poll(300) == 0, "there was something to read already"
    subprocess.run(["baocao-admin", "key", "revoke", mine.certificate[0].decode()], check=True, stdout=subprocess.DEVNULL)
    await_end(asking, time.monotonic() + 5)
    submitted = submission(report("so-taichinh"))
    assert other.ask(submit_report=submitted).WhichOneof("reply") == "receipt"
    notices = other.ask(read_mailbox=client_pb2.ReadMailbox(after=after, wait_ms=10000)).mailbox.notices
    assert [notice.report_id for notice in notices[:1]] == [submitted.report_id]
    assert waiting.socket.poll(300) == 0, "a revoked key was told something"


def busy_reader():
    """A reader may have a few requests under way; the others are told BUSY, and what is answered is answered right."""
    reader = home("committee")
    expected = reader.feed().ask_feed(replay=feed_pb2.Replay(limit=1)).events.events
    told = served = 0
    for _ in range(20):
        line = reader.feed()
        numbers = list(range(1, 17))  # no more: replies that a connection does not fetch at once are not kept
        for number in numbers:
            line.socket.send(feed_pb2.FeedRequest(request_id=number, replay=feed_pb2.Replay(limit=1)).SerializeToString())
        replies = [line.receive(feed_pb2.FeedReply) for _ in numbers]
        assert sorted(reply.request_id for reply in replies) == numbers
        for reply in replies:
            if reply.WhichOneof("reply") == "events":
                assert reply.events.events == expected
                served += 1
            else:
                assert error_code(reply) == client_pb2.ERROR_CODE_BUSY and reply.error.retry_after_ms > 0, reply
                assert "This key" in reply.error.message_en, reply  # not the limit of all readers together
                told += 1
        line.close()
    assert told > 0 and served > 0, (told, served)
    print(f"{served} served, {told} times busy")


def revoked_reader():
    """A reader's open subscription and its open line end with the key, while another reader's go on."""
    reader = home("leaver")
    events, feed = reader.events(), reader.feed()
    events.rcvtimeo = 10000
    line = home("so-khcn").line()

    def submit():
        data = report("so-khcn")
        data.general_assessment += uuid7().hex()
        assert line.ask(submit_report=submission(data)).WhichOneof("reply") == "receipt"
    submit()
    events.recv()
    assert feed.ask_feed(replay=feed_pb2.Replay()).WhichOneof("reply") == "events"
    subprocess.run(["baocao-admin", "reader", "revoke", reader.certificate[0].decode()], check=True, stdout=subprocess.DEVNULL)
    limit = time.monotonic() + 5  # the promise
    await_end(feed, limit, lambda: feed.ask_feed(replay=feed_pb2.Replay()))
    time.sleep(max(0, limit - time.monotonic()))
    while events.poll(0):
        events.recv()
    good = home("committee").events()
    good.rcvtimeo = 10000
    submit()
    good.recv()
    assert events.poll(300) == 0, "a revoked reader still gets events"
    assert home("committee").feed().ask_feed(replay=feed_pb2.Replay()).WhichOneof("reply") == "events"


def aggregation():
    """Its peak of resident memory in MiB so far, and its metrics."""
    status = open(f"/proc/{open(os.path.join(clients, '../run/aggregation.pid')).read().strip()}/status").read()
    port = int(os.environ["PORT_BASE"]) - 19
    text = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) >> 10, {name: float(value) for name, value in re.findall(r"^(\S+) (\S+)$", text, re.M)}


def until(condition, seconds=30):
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "in vain"
        time.sleep(0.05)


def large_reports():
    """Reports of 1 MB that wait for the totals: whether the hints bring them or the sweep, memory stays bounded, and all are counted."""
    count, most = 160, 128  # and so many MiB
    database = psycopg2.connect("")
    rows = database.cursor()
    rows.execute("SELECT FROM baocao.feed_head FOR UPDATE")  # so that nothing is counted
    heard = 'baocao_messages_total{direction="in",type="ReportAccepted"}'
    before = aggregation()[1].get(heard, 0)
    data = report("so-ldtbxh")
    for entry in data.entries:
        entry.result = entry.next_steps = entry.reason = "ệ" * 7800
    line = home("so-ldtbxh").line()
    for number in range(count):
        data.general_assessment = f"Lần {number}"
        assert line.ask(submit_report=submission(data)).WhichOneof("reply") == "receipt"
    until(lambda: aggregation()[1].get(heard, 0) - before == count)
    peak, metrics = aggregation()
    assert metrics["baocao_aggregation_no_room_total"] > 0, "there was room for all"
    assert peak < most, f"{peak} MiB for hints"
    stack("kill", "aggregation")
    database.rollback()
    stack("start", "aggregation")

    def waiting():
        rows.execute("SELECT count(*) FROM baocao.aggregation_queue")
        database.commit()
        return rows.fetchone()[0]
    until(lambda: waiting() == 0)
    print(f"{len(submission(data).report)} bytes each; at most {peak} and {aggregation()[0]} MiB")
    assert aggregation()[0] < most, f"{aggregation()[0]} MiB for what was swept"
    rows.execute("SELECT count(*) FROM baocao.submission LEFT JOIN baocao.feed_event f USING (submission_id) WHERE f.submission_id IS NULL")
    assert rows.fetchone()[0] == 0
    line.ask(submit_report=submission(report("so-ldtbxh")))


def connection_storm():
    """Far more connections of one department than its door takes: those within the limit are served, the neighbour notices nothing,
    and when the others have gone the next one gets in."""
    limit = 128
    mine = home("so-yte")
    lines = [mine.line() for _ in range(5 * limit)]
    for line in lines:
        line.send(ping=client_pb2.Ping())
    poller = zmq.Poller()
    for line in lines:
        poller.register(line.socket, zmq.POLLIN)
    served = set()
    while len(served) < limit // 2:  # commands of a moment ago may still count
        ready = poller.poll(10000)
        assert ready, "nobody is served"
        served |= {socket for socket, _ in ready}
    alive("mttq")
    end = time.monotonic() + 6  # longer than what has just gone still counts
    while time.monotonic() < end:
        served |= {socket for socket, _ in poller.poll(200)}
        for socket in served:
            if socket in poller:
                poller.unregister(socket)
    alive("mttq")
    assert len(served) <= limit, f"{len(served)} lines at once"
    for line in lines:
        line.close()
    alive()


globals()[sys.argv[1]]()
