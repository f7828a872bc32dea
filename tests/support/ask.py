"""One request of a department's, out of JSON: ask.py REQUEST-JSON (a ClientRequest; bytes in hexadecimal). PEER_HOME: the home."""
import hashlib
import json
import os
import sys

from baocao.v1 import receipt_pb2
from google.protobuf.json_format import MessageToDict
from peer import Home, client_pb2


def fill(message, values):
    for name, value in values.items():
        if isinstance(value, dict):
            getattr(message, name).SetInParent()
            fill(getattr(message, name), value)
        elif message.DESCRIPTOR.fields_by_name[name].type == 12:
            setattr(message, name, bytes.fromhex(value))
        else:
            setattr(message, name, value)


request = client_pb2.ClientRequest()
fill(request, json.loads(sys.argv[1]))
kind = request.WhichOneof("request")
reply = Home(os.environ["PEER_HOME"]).line().ask(**{kind: getattr(request, kind)})
shown = MessageToDict(reply, preserving_proto_field_name=True, use_integers_for_enums=True)
del shown["request_id"]
if "asked" in shown:
    shown["asked"]["number"] = int(shown["asked"]["number"])
if "report" in shown:
    shown["report"]["digest"] = hashlib.sha256(reply.report.report).hexdigest()
    shown["report"]["receipt_digest"] = receipt_pb2.ReceiptBody.FromString(reply.report.receipt.body).report_digest.hex()
print(json.dumps(shown))
