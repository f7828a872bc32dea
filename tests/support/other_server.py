"""A department's server of another version: a CURVE ROUTER that takes any key and answers every Ping, and GetCoordination without end.

With a second word it is 'busy' or 'silent', whatever it is asked, or 'slow': then it answers nothing but what the unit's own drafts are.

    other_server.py PROTOCOL_VERSION [busy|silent|slow]      prints an invite's endpoint, as "ADDRESS PUBLIC-KEY", and serves until it is ended
"""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../build/python"))

import zmq  # noqa: E402
from baocao.v1 import client_pb2  # noqa: E402

public, secret = zmq.curve_keypair()
socket = zmq.Context().socket(zmq.ROUTER)
socket.curve_server = True
socket.curve_secretkey = secret
port = socket.bind_to_random_port("tcp://127.0.0.1")
print(f"tcp://127.0.0.1:{port} {public.decode()}", flush=True)
while True:
    peer, payload = socket.recv_multipart()
    request = client_pb2.ClientRequest.FromString(payload)
    reply = client_pb2.ServerReply(request_id=request.request_id)
    mode = sys.argv[2] if sys.argv[2:] else ""
    if mode == "silent" or (mode == "slow" and not request.get_coordination.own_drafts_only):
        continue
    if mode == "slow":
        reply.coordination.SetInParent()
    elif mode == "busy":
        reply.error.code, reply.error.message_vi, reply.error.message_en = client_pb2.ERROR_CODE_BUSY, "đang bận", "busy"
        reply.error.retry_after_ms = 200
    elif request.WhichOneof("request") == "get_coordination":
        reply.coordination.more = True
        if not request.get_coordination.after:
            reply.coordination.items.add(number=1, task="I.1", unit="so-yte")
    else:
        reply.pong.protocol_version = int(sys.argv[1])
        reply.pong.server_time.seconds = int(time.time())
    socket.send_multipart([peer, reply.SerializeToString()])
