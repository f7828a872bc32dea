"""Runs a command with its output thrown away: produce.py COMMAND... prints its seconds and the MiB of memory it had at most, as JSON."""
import json
import os
import subprocess
import sys
import time

begun = time.monotonic()
with subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL) as process:
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
if process.returncode:
    sys.exit(f"{sys.argv[1]}: exit status {process.returncode}")
print(json.dumps({"seconds": round(time.monotonic() - begun, 3), "mib": round(usage.ru_maxrss / 1024, 1)}))
