"""GLOBALPROMSTATS of Quay: for every line that it reads it tries to report once, with the libraries that Quay pins.

Prints the rows of `repository` that it counted under the lock, or null because somebody else held the lock.
"""

import json
import logging
import sys

import redis_lock
from peewee import Model
from playhouse.db_url import connect
from redis import Redis

logging.getLogger("redis_lock").setLevel(logging.CRITICAL)
database = connect(sys.argv[1])
connection = Redis(host="127.0.0.1", port=int(sys.argv[2]))


class Repository(Model):
    class Meta:
        database = database


for line in sys.stdin:
    lock = redis_lock.Lock(connection, "GLOBAL_PROM_STATS", expire=600)
    rows = None
    if lock.acquire(blocking=False):
        rows = Repository.select().count()
        lock.release()
    print(json.dumps(rows), flush=True)
