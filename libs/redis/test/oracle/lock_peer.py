"""The real python-redis-lock, told what to do by lines of JSON, as Quay uses it (util/locking.py)."""

import json
import sys

import redis_lock
from redis import Redis

connection = Redis(host="127.0.0.1", port=int(sys.argv[1]), db=int(sys.argv[2]))


def acquire(lock, blocking=True, timeout=None):
    return lock.acquire(blocking=blocking, timeout=timeout)


def release(lock):
    lock.release()


def extend(lock, expire):
    lock.extend(expire)


def increment(lock, key):
    """Adds one to a number as no one should without a lock."""
    with lock:
        value = int(connection.get(key) or 0)
        connection.set(key, value + 1)


COMMANDS = {"acquire": acquire, "release": release, "extend": extend, "increment": increment}
locks = {}

for line in sys.stdin:
    request = json.loads(line)
    name, token = request["lock"], request.get("token")
    if token is not None:
        lock = redis_lock.Lock(connection, name, expire=request["ttl"], id=token)
    else:
        lock = locks.setdefault(name, redis_lock.Lock(connection, name, expire=request["ttl"]))
    try:
        for _ in range(request.get("times", 1)):
            answer = COMMANDS[request["command"]](lock, **request.get("arguments", {}))
        print(json.dumps({"answer": answer}), flush=True)
    except Exception as error:  # What the library complains of is what the test is about.
        print(json.dumps({"error": type(error).__name__}), flush=True)
