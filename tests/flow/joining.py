"""joining.py NAME INVITE [...]: what a stranger, or a client of another make, does at the enrolment endpoint that an invite names."""
import os
import pty
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import zmq
from baocao.v1 import client_pb2, enrolment_pb2

from peer import Line, Timeout, read_zpl

BUSY, NOT_FOUND = client_pb2.ERROR_CODE_BUSY, client_pb2.ERROR_CODE_NOT_FOUND
invite = read_zpl(sys.argv[2])
token = bytes.fromhex(invite["enrolment/token"])


def line(keys=None, timeout_ms=10000):
    return Line(invite["enrolment/address"], invite["enrolment/public_key"], keys or zmq.curve_keypair(), timeout_ms, immediate=True)


def send(to, secret=token, name="", number=7):
    to.socket.send(enrolment_pb2.EnrolRequest(request_id=number, token=secret, name=name).SerializeToString())


def receive(from_line):
    reply = from_line.receive(enrolment_pb2.EnrolReply)
    assert reply.request_id in (0, 7), reply
    return reply


def enrol(secret=token, name="", keys=None):
    to = line(keys)
    send(to, secret, name)
    reply = receive(to)
    to.close()
    return reply


def refusal(reply):
    assert reply.WhichOneof("reply") == "error", reply
    assert reply.error.code == NOT_FOUND and reply.error.retry_after_ms == 0, reply
    return reply.error.message_vi, reply.error.message_en


def refused(secret=token, name="", keys=None):
    """Refused, in a second or more: how fast it is says nothing."""
    to = line(keys)
    started = time.monotonic()
    send(to, secret, name)
    said = refusal(receive(to))
    assert time.monotonic() - started >= 0.99, "refused too fast"
    to.close()
    return said


def enrolled(reply):
    assert reply.WhichOneof("reply") == "enrolled", reply
    return reply.enrolled


def lost_reply():
    """The answer never arrives; whoever asks again with the same key has it, and nobody else."""
    keys = zmq.curve_keypair()
    first = line(keys)
    send(first, name="Trần Văn Ba")
    assert first.socket.poll(10000)  # it is done; then the line is cut before it is read
    first.close()
    for _ in range(2):
        again = enrolled(enrol(name="Tên khác", keys=keys))
        assert (again.unit, again.name) == (invite["unit/code"], "Trần Văn Ba"), again
    refused()
    print(keys[0].decode())


def same_refusal():
    """Unknown, used, expired (the further invites), malformed: the same words, and never at once."""
    tries = [(os.urandom(32), ""), (b"", ""), (token[:31], ""), (token + b"x", ""), (token, "x" * 201), (token, "hai\ndòng"),
             (token, " "), (token, "e\u0301")]
    tries += [(bytes.fromhex(read_zpl(path)["enrolment/token"]), "") for path in sys.argv[3:]]
    with ThreadPoolExecutor(len(tries)) as pool:
        said = set(pool.map(lambda one: refused(*one), tries))
    assert len(said) == 1, said


def guessing():
    """One key is told BUSY after five wrong tokens; another key is not."""
    keys = zmq.curve_keypair()
    to = line(keys)
    for _ in range(8):
        send(to, os.urandom(32))
    replies = [receive(to) for _ in range(8)]
    busy = [reply for reply in replies if reply.error.code == BUSY]
    assert len(busy) == 3 and all(reply.error.retry_after_ms > 0 for reply in busy), replies
    assert all(reply.error.code in (BUSY, NOT_FOUND) for reply in replies)
    assert enrol(keys=keys).error.code == BUSY, "a good token does not help a key that guesses"
    refused(os.urandom(32))


def guessing_with_many_keys():
    """Keys cost nothing: all together may fail 20 times a second."""
    lines = [line() for _ in range(60)]
    for to in lines:  # connected, before any asks
        assert to.socket.poll(10000, zmq.POLLOUT)
    for to in lines:
        send(to, os.urandom(32))
    codes = [receive(to).error.code for to in lines]
    assert codes.count(BUSY) >= 20 and codes.count(NOT_FOUND) >= 1 and codes.count(BUSY) + codes.count(NOT_FOUND) == 60, codes
    for to in lines:
        to.close()


def garbage():
    """Neither ZMTP, nor CURVE, nor the protocol: no answer, or the same refusal; and the next one is served."""
    host, port = invite["enrolment/address"].removeprefix("tcp://").split(":")
    for data in (b"GET / HTTP/1.1\r\n\r\n", os.urandom(5000), b"\xff" + b"\0" * 8 + b"\x7f", b""):
        with socket.create_connection((host, int(port))) as raw:
            raw.sendall(data)
    for plain in (Line(invite["enrolment/address"], None, None, timeout_ms=500),
                  Line(invite["enrolment/address"], zmq.curve_keypair()[0].decode(), zmq.curve_keypair(), timeout_ms=500)):
        try:
            send(plain)
            raise AssertionError(f"answered: {receive(plain)}")
        except (Timeout, zmq.Again):
            plain.close()
    unknown_field = enrolment_pb2.EnrolRequest(token=token).SerializeToString() + b"\x98\x06\x01"
    asked = [[data] for data in (b"", b"\xff" * 100, os.urandom(1000), b"\x1a\xff\xff\xff\xff\x0f", unknown_field)]
    asked += [[b"x" * 1000000], [b"x"] * 1000]  # these two get no answer
    lines = [line() for _ in asked]
    for to, frames in zip(lines, asked):
        to.socket.send_multipart(frames)
    for to in lines[:-2]:
        refusal(receive(to))
    for to in lines[-2:]:
        assert to.socket.poll(0) == 0, "an answer to what is too large"
    for to in lines:
        to.close()
    refused(os.urandom(32))


def typed():
    """At a terminal the officer is asked for a name, when neither the invite nor an option says it."""
    child, terminal = pty.fork()
    if child == 0:
        os.execvp("baocao", ["baocao", "join", "--lang", "vi", sys.argv[2]])
    said, answered = b"", False
    try:
        while data := os.read(terminal, 4096):
            said += data
            if not answered and said.endswith("biên nhận: ".encode()):
                os.write(terminal, "Nguyễn Văn An\n".encode())
                answered = True
    except OSError:  # the end of a terminal
        pass
    assert answered and os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, said.decode()
    assert "Sở Khoa học và Công nghệ, cán bộ: Nguyễn Văn An" in said.decode(), said.decode()


def hold(count):
    """Connections that do nothing, as many as get in, until stdin is closed. Half of them never shake hands."""
    host, port = invite["enrolment/address"].removeprefix("tcp://").split(":")
    raw = [socket.create_connection((host, int(port))) for _ in range(count)]
    lines = [line() for _ in range(count)]
    limit, inside = time.monotonic() + 18, 0
    while inside < 128 and time.monotonic() < limit:  # who was there a moment ago still counts
        time.sleep(0.05)
        inside = sum(to.socket.poll(0, zmq.POLLOUT) != 0 for to in lines)
    assert inside == 128, f"{inside} connections at once"
    print("held", inside, flush=True)
    sys.stdin.read()
    for to in lines:
        to.close()
    for connection in raw:
        connection.close()


if sys.argv[1] == "hold":
    hold(int(sys.argv[3]))
else:
    globals()[sys.argv[1]]()
