"""Logs with Python's standard library to standard output, as Quay does. Arguments: lines, json or text."""

import json
import logging
import os
import sys
import time

lines, kind = int(sys.argv[1]), sys.argv[2]
RESERVED = set(vars(logging.makeLogRecord({}))) | {"asctime", "message", "taskName"}


class JsonLines(logging.Formatter):
    def format(self, record):
        line = {
            "asctime": self.formatTime(record),
            "levelname": record.levelname,
            "name": record.name,
            "process": record.process,
            "message": record.getMessage(),
            "data": {key: value for key, value in vars(record).items() if key not in RESERVED},
        }
        return json.dumps(line, default=str)


text = logging.Formatter("%(asctime)s [%(process)d] [%(levelname)s] [%(name)s] %(message)s")
handler = logging.StreamHandler(sys.stdout)
handler.setFormatter(JsonLines() if kind == "json" else text)
log = logging.getLogger("registry-metrics.gateway")
log.addHandler(handler)
log.setLevel(logging.INFO)

before = time.perf_counter()
for line in range(lines):
    fields = {
        "repository": "quay/clair",
        "reference": "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "status": 200,
        "durationMs": 12.5 + line % 1000,
    }
    log.info("Manifest served from upstream", extra=fields)
sys.stdout.flush()
os.write(3, json.dumps({"seconds": time.perf_counter() - before}).encode())
