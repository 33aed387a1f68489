"""Quay's tracking of pulls by the real redis-py, told what to do by lines of JSON. Arguments: port and database."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

from redis.exceptions import ResponseError

import pull_tracking

client = pull_tracking.connect(int(sys.argv[1]), int(sys.argv[2]))


def track(repository_id, tag, digest, timestamp):
    """The type that redis-py gives tells a bulk string from a number."""
    answer = pull_tracking.track(client, repository_id, tag, digest, timestamp)
    return [type(answer).__name__, answer.decode() if isinstance(answer, bytes) else answer]


def read(key):
    return pull_tracking.read(client, key)


def track_many(count, repository_id, tag, digest, timestamp):
    with ThreadPoolExecutor(max_workers=pull_tracking.WORKERS) as pool:
        pulls = [
            pool.submit(pull_tracking.track, client, repository_id, tag, digest, timestamp)
            for _ in range(count)
        ]
    return len([pull.result() for pull in pulls])


COMMANDS = {"track": track, "read": read, "track_many": track_many}

for line in sys.stdin:
    request = json.loads(line)
    try:
        print(json.dumps({"answer": COMMANDS[request["command"]](**request["arguments"])}), flush=True)
    except ResponseError as error:  # What the script refuses is what the test is about.
        print(json.dumps({"error": str(error)}), flush=True)
