"""A second client, written from the proto files alone: python3-zmq, python3-protobuf, python3-nacl and nothing of baocao's code.

Tests import it; as a program it submits a report, verifies the receipt, waits for the verdict and reads the feed:
    peer.py HOME FEED_HOME REPORT.json        (homes made by `baocao join`: an invite and a CZMQ certificate)
It prints one JSON object. The modules made from proto/ lie in build/python.
"""
import hashlib
import json
import os
import sys
import time
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../build/python"))

import nacl.exceptions  # noqa: E402
import nacl.signing  # noqa: E402
import zmq  # noqa: E402
from baocao.v1 import client_pb2, feed_pb2, receipt_pb2, report_pb2  # noqa: E402


def read_zpl(path):
    """A ZPL file (rfc.zeromq.org/spec/4) as {"section/key": value}; sections nest by four spaces."""
    values, stack = {}, []
    for line in open(path, encoding="utf-8"):
        text = line.split("#")[0].rstrip() if '"' not in line else line.rstrip()
        if not text.strip() or text.strip().startswith("#"):
            continue
        depth = (len(text) - len(text.lstrip())) // 4
        name, _, value = text.strip().partition("=")
        stack[depth:] = [name.strip()]
        if value:
            values["/".join(stack)] = value.strip().strip('"')
    return values


class Timeout(Exception):
    pass


class Line:
    """A CURVE DEALER to one endpoint."""

    context = zmq.Context.instance()

    def __init__(self, address, server_key, certificate, timeout_ms=10000, immediate=False):
        self.socket = self.context.socket(zmq.DEALER)
        self.socket.linger = 0
        self.socket.rcvtimeo = self.socket.sndtimeo = timeout_ms
        if server_key:
            self.socket.curve_serverkey = server_key.encode()
            self.socket.curve_publickey, self.socket.curve_secretkey = certificate
        self.socket.immediate = immediate  # can it be written to only once it is connected?
        self.socket.connect(address)
        self.next_id = 0

    def send(self, **request):
        """Sends one ClientRequest (submit_report=..., ping=...) and returns its request_id."""
        self.next_id += 1
        self.socket.send(client_pb2.ClientRequest(request_id=self.next_id, **request).SerializeToString())
        return self.next_id

    def receive(self, reply_type=client_pb2.ServerReply):
        try:
            return reply_type.FromString(self.socket.recv())
        except zmq.Again:
            raise Timeout()

    def ask(self, **request):
        number = self.send(**request)
        while True:
            reply = self.receive()
            if reply.request_id == number:
                return reply

    def ask_feed(self, **request):
        self.next_id += 1
        self.socket.send(feed_pb2.FeedRequest(request_id=self.next_id, **request).SerializeToString())
        return self.receive(feed_pb2.FeedReply)

    def close(self):
        self.socket.close()


class Home:
    """What `baocao join` left: the invite and the key."""

    def __init__(self, path):
        self.invite = read_zpl(os.path.join(path, "invite"))
        keys = read_zpl(os.path.join(path, "client.cert"))
        self.certificate = (keys["curve/public-key"].encode(), keys["curve/secret-key"].encode())
        self.unit = self.invite.get("unit/code")

    def line(self, certificate=None, **options):
        return Line(self.invite["endpoint/address"], self.invite["endpoint/public_key"], certificate or self.certificate, **options)

    def feed(self, **options):
        return Line(self.invite["feed/snapshot"], self.invite["feed/public_key"], self.certificate, **options)

    def events(self):
        """A SUB socket on the live feed, connected. A refused one never tries again: the key may be too new to be known."""
        for _ in range(10):
            socket = Line.context.socket(zmq.SUB)
            socket.linger = 0
            socket.curve_serverkey = self.invite["feed/public_key"].encode()
            socket.curve_publickey, socket.curve_secretkey = self.certificate
            socket.subscribe(b"")
            monitor = socket.get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED)
            socket.connect(self.invite["feed/events"])
            connected = monitor.poll(1000)
            socket.disable_monitor()
            if connected:
                return socket
            socket.close()
        raise Timeout()


def uuid7():
    value = (int(time.time() * 1000) << 80) | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | (7 << 76)
    value = value & ~(0x3 << 62) | (2 << 62)
    return uuid.UUID(int=value).bytes


STATUS = {"not_started": 1, "in_progress": 2, "completed": 3, "delayed": 4, "stopped": 5}


def report_from_json(text):
    """The report file of `baocao template --format json`, without budgets' enum names spelt out twice: only what tests use."""
    data = json.loads(text)
    report = report_pb2.Report(plan=data["plan"], period=data["period"], unit=data["unit"],
                               general_assessment=data.get("general_assessment", ""))
    document = data.get("document") or {}
    for key, value in document.items():
        setattr(report.document, key, value)
    for entry in data.get("entries", []):
        made = report.entries.add(task=entry["task"], status=STATUS[entry["status"]], progress_percent=entry["progress_percent"])
        for key in ("result", "next_steps", "obstacles", "proposals", "reason"):
            setattr(made, key, entry.get(key, ""))
    if data.get("nothing_to_report"):
        report.nothing_to_report.reason = data["nothing_to_report"]["reason"]
    return report


def submission(report, report_id=None):
    data = report if isinstance(report, bytes) else report.SerializeToString(deterministic=True)
    plan, period = (report.plan, report.period) if not isinstance(report, bytes) else ("208/KH-UBND", "2025")
    return client_pb2.SubmitReport(report_id=report_id or uuid7(), plan=plan, period=period, report=data)


def verify(receipt, invite, submitted, previous=None):
    """Checks a receipt as receipt.proto says; returns its body."""
    assert receipt.key_id == invite["receipt/key_id"], "another key"
    key = bytes.fromhex(invite["receipt/public_key"])
    assert hashlib.sha256(key).hexdigest()[:16] == receipt.key_id, "key id"
    nacl.signing.VerifyKey(key).verify(b"baocao.v1.receipt\0" + receipt.body, receipt.signature)
    body = receipt_pb2.ReceiptBody.FromString(receipt.body)
    assert body.format == 1 and body.report_id == submitted.report_id and body.unit == invite["unit/code"]
    assert body.report_digest == hashlib.sha256(submitted.report).digest(), "digest"
    if previous is not None:
        assert body.chain_index == receipt_pb2.ReceiptBody.FromString(previous.body).chain_index + 1, "chain index"
        assert body.previous_hash == hashlib.sha256(previous.body).digest(), "chain hash"
    return body


CHUNK = 256 << 10  # the largest piece of a file


def put_file(line, content, digest=None):
    """Sends an attachment, a piece at a time. Returns the last answer."""
    digest = digest or hashlib.sha256(content).digest()
    reply = line.ask(put_file=client_pb2.PutFile(sha256=digest, size=len(content)))
    while reply.WhichOneof("reply") == "file" and not reply.file.complete:
        at = reply.file.stored
        reply = line.ask(put_chunk=client_pb2.PutChunk(sha256=digest, offset=at, content=content[at:at + CHUNK]))
    return reply


def read_feed(line, after=0):
    """Every event after a number, by replay."""
    events = []
    while True:
        reply = line.ask_feed(replay=feed_pb2.Replay(after=after, limit=1000))
        assert reply.WhichOneof("reply") == "events", reply
        events += reply.events.events
        if not reply.events.events or events[-1].seq >= reply.events.last_seq:
            return events
        after = events[-1].seq


def wait_for_verdict(line, report_id, seconds=20):
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        status = line.ask(get_status=client_pb2.GetStatus(report_id=report_id)).status
        if status.submissions and status.submissions[0].counted:
            return status.submissions[0]
        line.ask(read_mailbox=client_pb2.ReadMailbox(after=2**62, wait_ms=100))
    raise Timeout()


def main(home_path, feed_path, report_path):
    home, reader = Home(home_path), Home(feed_path)
    line = home.line()
    assert line.ask(ping=client_pb2.Ping()).pong.protocol_version == 1
    submitted = submission(report_from_json(open(report_path, encoding="utf-8").read()))
    first = line.ask(submit_report=submitted).receipt
    again = line.ask(submit_report=submitted).receipt
    assert first.SerializeToString() == again.SerializeToString(), "a retry gave another receipt"
    body = verify(first, home.invite, submitted)
    state = wait_for_verdict(line, submitted.report_id)
    feed = reader.feed()
    events = [e for e in read_feed(feed) if e.unit == body.unit and e.chain_index == body.chain_index
              and e.kind != feed_pb2.FEED_EVENT_KIND_RETURNED]
    assert len(events) == 1, f"{len(events)} events for one receipt"
    assert events[0].receipt_hash == hashlib.sha256(first.body).digest(), "the feed names another receipt"
    snapshot = feed.ask_feed(get_snapshot=feed_pb2.GetSnapshot(plan=body.plan, period=body.period)).snapshot
    print(json.dumps({"unit": body.unit, "revision": body.revision, "state": state.state, "findings": [f.code for f in state.findings],
                      "seq": events[0].seq, "snapshot_seq": snapshot.seq, "received": snapshot.figures.received}))


if __name__ == "__main__":
    main(*sys.argv[1:])
