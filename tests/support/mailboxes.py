"""Reads Maildirs (DIRECTORY/DOMAIN/USER) and prints each mail as one JSON object a line, by receiver and Message-ID: what a mail
program would show. It is strict: a mail that the email package finds a defect in is an error."""
import email
import email.policy
import glob
import json
import sys


def text_of(part):
    return part.get_content().replace("\r\n", "\n")


def read(path):
    raw = open(path, "rb").read()
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    parts = list(mail.walk())
    for part in parts:
        assert not part.defects, (path, part.defects)
    found = {part.get_content_type(): part for part in parts}
    calendar = found.get("text/calendar")
    domain, user = path.split("/")[-4:-2]
    seen = {
        "box": f"{user}@{domain}",
        "to": mail["To"].addresses[0].addr_spec,
        "name": mail["To"].addresses[0].display_name,
        "from": mail["From"].addresses[0].addr_spec,
        "subject": mail["Subject"],
        "message_id": mail["Message-ID"],
        "date": mail["Date"].datetime.isoformat(),
        "list_id": mail["List-Id"],
        "auto_submitted": mail["Auto-Submitted"],
        "text": text_of(found["text/plain"]),
        "html": text_of(found["text/html"]),
        "calendar": calendar and calendar.get_content().replace("\r\n ", "").replace("\r\n", "\n"),
        "method": calendar and calendar["Content-Type"].params["method"],
    }
    for name in ("To", "From", "Subject", "Message-ID", "Date", "Bcc", "Cc"):
        assert len(mail.get_all(name, [])) == (0 if name in ("Bcc", "Cc") else 1), (path, name)
    return seen


mails = [read(path) for path in glob.glob(sys.argv[1] + "/*/*/new/*")]
for seen in sorted(mails, key=lambda m: (m["box"], m["message_id"])):
    print(json.dumps(seen, ensure_ascii=False))
