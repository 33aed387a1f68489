"""Pushes this process's metrics to the Pushgateway, as ThreadPusher of Quay's util/metrics/prometheus.py does."""

import os
import socket
import sys
import threading
import time
import urllib.error

from prometheus_client import REGISTRY, push_to_gateway


def grouping_key():
    """`process_name` is the last argument of the process."""
    return {
        "host": socket.gethostname(),
        "process_name": os.path.basename(sys.argv[-1]),
        "pid": str(os.getpid()),
    }


def push(gateway):
    push_to_gateway(gateway, job="quay", registry=REGISTRY, grouping_key=grouping_key())


def start():
    """Every PROMETHEUS_PUSH_INTERVAL_SECONDS (30) to PROMETHEUS_PUSHGATEWAY_URL; without one, never."""
    gateway = os.environ.get("PROMETHEUS_PUSHGATEWAY_URL")
    if not gateway:
        return
    interval = float(os.environ.get("PROMETHEUS_PUSH_INTERVAL_SECONDS", "30"))

    def run():
        while True:
            time.sleep(interval)
            try:
                push(gateway)
            except urllib.error.URLError:
                # The gateway may start later, or be away for a while.
                pass

    threading.Thread(target=run, daemon=True).start()
