"""Real servers that a test can make misbehave: SMTP (aiosmtpd) and HTTPS (http.server), in one process.

    receiver.py DIRECTORY SMTP-PORT SMTPS-PORT HTTPS-PORT [auth] [--kill PIDFILE]

DIRECTORY has cert.pem and key.pem. What is taken goes into DIRECTORY/boxes as Maildirs, and requests into DIRECTORY/requests, one
JSON object a line. With auth, nobody gets through without TLS and the password "mật khẩu" of user "baocao".
The eleventh mail of one connection is answered 452. How a receiver is answered, its name says (the part before "@", or the URL's path):
    later      450 to the first RCPT, or 503 to the first request; then taken
    never      550 to RCPT, 404 to a request                        full   552 after the message
    busy       451 after the first message                         held   the message is, once DIRECTORY/go is there
    stuck      DATA is answered once DIRECTORY/go is there (DIRECTORY/asked: it waits)
    cut        the line is cut within the first message             kill   taken; before it says so, the process in PIDFILE gets kill -9
"""
import asyncio
import http.server
import json
import mailbox
import os
import signal
import ssl
import sys
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

directory, smtp_port, smtps_port, https_port = sys.argv[1], *map(int, sys.argv[2:5])
auth = "auth" in sys.argv
pid_file = sys.argv[sys.argv.index("--kill") + 1] if "--kill" in sys.argv else None
seen = set()


def first(what):
    """True once for each `what`."""
    new = what not in seen
    seen.add(what)
    return new


def way(receiver):
    return receiver.split("@")[0].split("/")[-1]


class Handler:
    async def handle_MAIL(self, server, session, envelope, address, options):
        session.mails = getattr(session, "mails", 0) + 1
        if session.mails > 10:
            return "452 4.5.3 too many mails of one connection"
        envelope.mail_from = address
        return "250 2.1.0 ok"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if way(address) == "never":
            return "550 5.1.1 no such user here"
        if way(address) == "later" and first(address):
            return "450 4.2.1 come back later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server, session, envelope):
        address = envelope.rcpt_tos[0]
        while way(address) == "held" and not os.path.exists(f"{directory}/go"):
            await asyncio.sleep(0.02)
        if way(address) == "full":
            return "552 5.2.2 mailbox full"
        if way(address) == "busy" and first(address):
            return "451 4.3.0 try again"
        user, domain = address.split("@")
        os.makedirs(f"{directory}/boxes/{domain}", exist_ok=True)
        mailbox.Maildir(f"{directory}/boxes/{domain}/{user}").add(envelope.content)
        if way(address) == "kill" and first(address):
            os.kill(int(open(pid_file).read()), signal.SIGKILL)
        return "250 2.0.0 taken"


class Server(SMTP):
    async def smtp_DATA(self, arg):
        receivers = self.envelope.rcpt_tos
        if receivers and way(receivers[0]) == "cut" and first(receivers[0]):
            await self.push("354 go on")
            await self._reader.readline()
            self.transport.abort()
            return
        while receivers and way(receivers[0]) == "stuck" and not os.path.exists(f"{directory}/go"):
            open(f"{directory}/asked", "a").close()
            await asyncio.sleep(0.02)
        await super().smtp_DATA(arg)


def authenticate(server, session, envelope, mechanism, data):
    good = (data.login, data.password) == (b"baocao", "mật khẩu".encode())
    return AuthResult(success=good, handled=False)


class Listener(Controller):
    def factory(self):
        return Server(self.handler, **self.SMTP_kwargs)


def context():
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(f"{directory}/cert.pem", f"{directory}/key.pem")
    return made


class Requests(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        status = 404 if way(self.path) == "never" else 503 if way(self.path) == "later" and first(self.path) else 200
        with open(f"{directory}/requests", "a", encoding="utf-8") as file:
            print(json.dumps({"path": self.path, "status": status, "body": body, "headers": dict(self.headers)}), file=file)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


security = {"auth_required": True, "auth_require_tls": True, "authenticator": authenticate} if auth else {}
plain = Listener(Handler(), "127.0.0.1", smtp_port, tls_context=context(), require_starttls=auth, **security)
secure = Listener(Handler(), "127.0.0.1", smtps_port, ssl_context=context(), **{**security, **({"auth_require_tls": False} if auth else {})})
plain.start()
secure.start()
web = http.server.ThreadingHTTPServer(("127.0.0.1", https_port), Requests)
web.socket = context().wrap_socket(web.socket, server_side=True)
threading.Thread(target=web.serve_forever, daemon=True).start()
print("ready", flush=True)
signal.sigwait({signal.SIGTERM, signal.SIGINT})
os._exit(0)
