"""What open pages cost and how soon they see a report: pages.py STATE VIEWERS REPORTS UNIT PORTAL-PORT PERIOD-PATH

Opens VIEWERS live pages (Server-Sent Events) on the portal of the stack in STATE. Then UNIT sends REPORTS reports, one as soon as the one
before is on every page. What counts is the time from the feed's own event (published at once after the commit of the totals) to
each page's event of that number. Meanwhile another visitor fetches the overview again and again. Prints one JSON object; times in ms.
"""
import json
import os
import re
import resource
import select
import socket
import sys
import threading
import time
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../support"))

from live import make_report  # noqa: E402
from peer import Home, feed_pb2, submission  # noqa: E402


def resident_mib(state):
    with open(f"/proc/{open(f'{state}/run/portal.pid').read().strip()}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1)) / 1024


class Pages:
    """Open pages: sockets in one epoll."""

    def __init__(self, port, path, count):
        self.epoll, self.sockets, self.tails = select.epoll(), {}, {}
        request = f"GET /live{path}?lang=vi HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n".encode()
        for _ in range(count):
            page = socket.create_connection(("127.0.0.1", port))
            page.sendall(request)
            page.setblocking(False)
            self.sockets[page.fileno()] = page
            self.tails[page.fileno()] = b""
            self.epoll.register(page.fileno(), select.EPOLLIN)

    def wait(self, seq, seconds=20):
        """Until every page has the event of that number: when each had it."""
        arrived, mark, limit = {}, f"id: {seq}\n".encode(), time.monotonic() + seconds
        while len(arrived) < len(self.sockets):
            assert time.monotonic() < limit, f"{len(self.sockets) - len(arrived)} pages have not seen event {seq}"
            for number, events in self.epoll.poll(1):
                data = self.tails[number] + self.sockets[number].recv(1 << 20)
                assert data, "a page's connection was ended"
                if mark in data:
                    arrived.setdefault(number, time.monotonic())
                self.tails[number] = data[-64:]
        return arrived


class Visitor(threading.Thread):
    """Fetches the overview again and again: how long each took."""

    def __init__(self, url):
        super().__init__(daemon=True)
        self.url, self.took, self.ended = url, [], False

    def run(self):
        while not self.ended:
            began = time.monotonic()
            assert urllib.request.urlopen(self.url, timeout=10).status == 200
            self.took.append((time.monotonic() - began) * 1000)
            time.sleep(0.02)


def quantile(values, q):
    values = sorted(values)
    return round(values[min(len(values) - 1, int(len(values) * q))], 2)


def main(state, viewers, reports, unit, port, path):
    resource.setrlimit(resource.RLIMIT_NOFILE, (int(viewers) + 256, int(viewers) + 256))
    clients = f"{state}/clients"
    line, feed, events = Home(f"{clients}/{unit}").line(), Home(f"{clients}/committee").feed(), Home(f"{clients}/committee").events()
    report = make_report(line, unit)
    seq = feed.ask_feed(get_snapshot=feed_pb2.GetSnapshot(plan=report.plan, period=report.period)).snapshot.seq
    pages = Pages(int(port), path, int(viewers))
    pages.wait(seq, 60)
    visitor = Visitor(f"http://127.0.0.1:{port}/vi{path}")
    visitor.start()
    delays = []
    for number in range(int(reports)):
        report.general_assessment = f"Lần {number}"
        line.ask(submit_report=submission(report))
        assert events.poll(10000), "no event"
        event = feed_pb2.FeedEvent.FromString(events.recv())
        published = time.monotonic()
        delays += [(arrived - published) * 1000 for arrived in pages.wait(event.seq).values()]
        time.sleep(0.1)
    visitor.ended = True
    visitor.join()
    print(json.dumps({"p50_ms": quantile(delays, 0.5), "p99_ms": quantile(delays, 0.99), "max_ms": quantile(delays, 1), "viewers": int(viewers),
                      "resident_mib": round(resident_mib(state), 1), "page_p50_ms": quantile(visitor.took, 0.5),
                      "page_max_ms": quantile(visitor.took, 1)}))


main(*sys.argv[1:])
