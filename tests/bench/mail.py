"""mail.py yardstick PORT COUNT: how many mails a second one SMTP connection of Python's smtplib hands over (COUNT up
to 100: OpenSMTPD takes no more of one connection).
mail.py watch HEALTH-PORT: asks /health all the time until delivery_queue is empty; how long the answers took, in ms, as JSON."""
import json
import smtplib
import subprocess
import sys
import time
import urllib.request


def yardstick(port, count):
    text = "From: a@example.vn\r\nTo: b@example.vn\r\nSubject: yardstick\r\n\r\n" + ("x" * 76 + "\r\n") * 60
    with smtplib.SMTP("127.0.0.1", port) as server:
        began = time.monotonic()
        for _ in range(count):
            server.sendmail("a@example.vn", "yardstick@example.vn", text)
        return round(count / (time.monotonic() - began), 1)


def empty():
    answer = subprocess.run(["psql", "-XqAt", "-c", "SELECT NOT EXISTS (SELECT FROM baocao.delivery_queue)"], capture_output=True, text=True, check=True)
    return answer.stdout.strip() == "t"


def watch(port):
    took, look = [], 0.0
    while time.monotonic() - look < 0.5 or not empty():
        look = look if time.monotonic() - look < 0.5 else time.monotonic()
        began = time.monotonic()
        assert urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=10).status == 200
        took.append((time.monotonic() - began) * 1000)
        time.sleep(0.005)
    took.sort()
    return json.dumps({"answers": len(took), "p50_ms": round(took[len(took) // 2], 2), "max_ms": round(took[-1], 2)})


print(yardstick(int(sys.argv[2]), int(sys.argv[3])) if sys.argv[1] == "yardstick" else watch(int(sys.argv[2])))
