"""The contestant in Python: serves the request histogram as prometheus_client keeps it.

Arguments: the workload file and the port.
"""

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

from prometheus_client import CollectorRegistry, Histogram, generate_latest

with open(sys.argv[1], encoding="utf-8") as file:
    workload = json.load(file)

registry = CollectorRegistry()
histogram = Histogram(
    "quay_request_duration_seconds",
    "seconds taken to process a request",
    labelnames=workload["labelNames"],
    buckets=workload["buckets"] + [float("inf")],
    registry=registry,
)
touches = 0


def touch_all():
    global touches
    touches += 1
    for at, labels in enumerate(workload["series"]):
        histogram.labels(*labels).observe((at * 7 + touches * 13) % 1000 / 97)
    return touches


def time_observations(milliseconds):
    """Nanoseconds per observation with its label lookup."""
    busy, values = workload["busySeries"], workload["values"]
    series = workload["series"][:busy]
    count = 0
    start = time.perf_counter_ns()
    elapsed = 0
    while elapsed < milliseconds * 1e6:
        for at in range(1024):
            histogram.labels(*series[at % busy]).observe(values[at % len(values)])
        count += 1024
        elapsed = time.perf_counter_ns() - start
    return elapsed / count


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Small answers would otherwise wait for the client's delayed acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self):
        path, _, query = self.path.partition("?")
        if path == "/metrics":
            self.answer("text/plain; version=0.0.4; charset=utf-8", generate_latest(registry))
        elif path == "/touch":
            self.answer("application/json", json.dumps(touch_all()).encode())
        elif path == "/observe":
            milliseconds = float(query.removeprefix("ms="))
            self.answer("application/json", json.dumps(time_observations(milliseconds)).encode())
        else:
            self.send_error(404)

    def answer(self, content_type, body):
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


HTTPServer(("127.0.0.1", int(sys.argv[2])), Handler).serve_forever()
