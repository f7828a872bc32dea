"""A line that can be cut."""
import contextlib
import select
import socket
import threading


class Forwarder:
    """Between a client and its door. Counts what the client sends; after `limit` bytes it cuts the line and lets nobody in until
    `limit` is raised."""

    def __init__(self, target, limit):
        self.target, self.limit, self.passed = target, limit, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            client = self.listener.accept()[0]
            if self.passed < self.limit:
                threading.Thread(target=self.forward, args=(client,), daemon=True).start()
            else:
                client.close()

    def forward(self, client):
        server = socket.create_connection(self.target)
        with client, server, contextlib.suppress(OSError):
            while self.passed < self.limit:
                for side in select.select([client, server], [], [])[0]:
                    data = side.recv(65536)
                    if not data:
                        return
                    if side is client:
                        self.passed += len(data)
                    (server if side is client else client).sendall(data)
