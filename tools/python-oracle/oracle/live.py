"""A process of the Python runtime that goes on: each line of standard input is a list of steps for workload.py.

usage: live.py <Pushgateway URL> <app>    pushes after each line, as Quay does
       live.py scraped <app>              is scraped instead, at the URL that it prints first

It answers each line with `done` when its metrics can be read, and leaves at the end of its input. The Pushgateway
keeps what it has pushed.
"""

import json
import sys
import threading
from http.server import HTTPServer

from prometheus_client import MetricsHandler

from pushing import push
from workload import declare_for, do_steps


def main(gateway, app):
    metrics = declare_for(app)
    if gateway == "scraped":
        server = HTTPServer(("127.0.0.1", 0), MetricsHandler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(f"http://127.0.0.1:{server.server_port}", flush=True)
    for line in sys.stdin:
        do_steps(metrics, json.loads(line))
        if gateway != "scraped":
            push(gateway)
        print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
