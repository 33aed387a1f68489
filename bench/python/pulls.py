"""Tracks pulls as Quay's Python runtime does; prints how long it took.

Each pull is handed to five threads, and there costs a PING and an EVAL (tools/python-oracle/oracle/pull_tracking.py).
"""

import json
import os
import time

from pull_tracking import PullTracker

PULLS = int(os.environ["PULLS"])
REPOSITORIES = int(os.environ["REPOSITORIES"])

tracker = PullTracker(int(os.environ["REDIS_PORT"]), 1)
tracker.client.ping()
cpu_before, before = time.process_time(), time.perf_counter()
futures = []
for number in range(PULLS):
    # As pullNumber of src/pulls/workload.ts has it; ids begin at 1.
    repository, turn = number % REPOSITORIES, number // REPOSITORIES
    digest = f"sha256:{(repository * 5 + turn % 5) % 256:064x}"
    futures.append(tracker.track(repository + 1, None if turn % 2 == 1 else "latest", digest))
for future in futures:
    future.result()
seconds = time.perf_counter() - before
print(json.dumps({"seconds": seconds, "cpuSeconds": time.process_time() - cpu_before}))
