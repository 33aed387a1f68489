"""How Quay flushes pulls from Redis to the database (contract section 5), by the real redis-py and psycopg2.

Written from the contract, not from the flusher of the new runtime: it is its witness, and its neighbour. Each key is
renamed and read by itself; rows are looked up fifty at a time, updated one by one, and the others inserted at once.

Arguments: port and database of Redis, URL of PostgreSQL, and what to do:
  loop <seconds>   a cycle after each pause, until a line arrives; then one more, of everything that is left
  stdin            a cycle for every line that is read
  all              cycles until nothing is left; then a line with the seconds and CPU seconds that they took
Otherwise prints a line of JSON for every cycle: the number of keys that were flushed, and of cycles that failed.
"""

import json
import re
import select
import sys
import time
import uuid
from datetime import datetime, timezone

import psycopg2
import psycopg2.extras
from redis import Redis
from redis.exceptions import RedisError, ResponseError

SCAN_COUNT = 100
BATCH_SIZE = 1000
LOOK_UP = 50
DELETE = 100
REQUIRED = ("repository_id", "manifest_digest", "pull_count", "last_pull_timestamp")
DIGEST = re.compile(r"[A-Za-z0-9_+.-]+:[A-Fa-f0-9]+")


def connect_redis(port, db):
    return Redis(host="127.0.0.1", port=port, db=db, decode_responses=True, socket_timeout=5)


def scan(client):
    keys, cursor = set(), 0
    while len(keys) < BATCH_SIZE:
        cursor, page = client.scan(cursor=cursor, match="pull_events:*", count=SCAN_COUNT)
        keys.update(page)
        if cursor == 0:
            break
    # Pull events first, then what a crash has left.
    return sorted(list(keys)[:BATCH_SIZE], key=lambda key: ":processing:" in key)


def claim(client, key):
    """The name under which a key is ours, or nothing if it is gone."""
    if ":processing:" in key:
        return key
    claimed = f"{key}:processing:{int(time.time() * 1000)}:{uuid.uuid4().hex[:8]}"
    try:
        client.rename(key, claimed)
    except ResponseError:
        return None
    return claimed


def parse(fields):
    """A pull event as (repository, tag, digest, count, seconds, method), or nothing if it is invalid."""
    if any(name not in fields for name in REQUIRED):
        return None
    try:
        repository = int(fields["repository_id"])
        count = int(fields["pull_count"])
        seconds = int(fields["last_pull_timestamp"])
    except ValueError:
        return None
    digest = fields["manifest_digest"]
    if repository <= 0 or count < 0 or seconds < 0 or not DIGEST.fullmatch(digest):
        return None
    return repository, fields.get("tag_name", ""), digest, count, seconds, fields.get("pull_method", "")


def read(client, keys):
    """Claims and reads; sums by tag and by manifest, and the claimed keys."""
    tags, manifests, claimed_keys = {}, {}, []
    for key in keys:
        try:
            claimed = claim(client, key)
            if claimed is None:
                continue
            fields = client.hgetall(claimed)
            event = parse(fields) if fields else None
            if event is None or event[3] == 0:
                client.delete(claimed)
                continue
            repository, tag, digest, count, seconds, method = event
            latest = datetime.fromtimestamp(seconds, timezone.utc).replace(tzinfo=None)
        except (RedisError, ValueError, OverflowError, OSError):
            continue
        add(manifests, (repository, digest), count, latest, digest)
        if method == "tag" and tag:
            add(tags, (repository, tag), count, latest, digest)
        claimed_keys.append(claimed)
    return tags, manifests, claimed_keys


def add(sums, name, count, latest, digest):
    known = sums.get(name)
    if known is None:
        sums[name] = [count, latest, digest]
        return
    known[0] += count
    if latest > known[1]:
        known[1:] = [latest, digest]


def existing(cursor, table, column, names):
    """Ids of the rows that there are, by name."""
    found = {}
    for first in range(0, len(names), LOOK_UP):
        some = names[first : first + LOOK_UP]
        condition = " OR ".join([f"(repository_id = %s AND {column} = %s)"] * len(some))
        values = [value for name in some for value in name]
        cursor.execute(f"SELECT id, repository_id, {column} FROM {table} WHERE {condition}", values)
        found.update({(row[1], row[2]): row[0] for row in cursor.fetchall()})
    return found


def upsert_tags(connection, tags):
    with connection, connection.cursor() as cursor:
        ids = existing(cursor, "tagpullstatistics", "tag_name", list(tags))
        for name, (count, latest, digest) in tags.items():
            if name in ids:
                cursor.execute(
                    "UPDATE tagpullstatistics SET tag_pull_count = tag_pull_count + %s,"
                    " last_tag_pull_date = CASE WHEN last_tag_pull_date < %s THEN %s ELSE last_tag_pull_date END,"
                    " current_manifest_digest = %s WHERE id = %s",
                    (count, latest, latest, digest, ids[name]),
                )
        rows = [(*name, *tags[name]) for name in tags if name not in ids]
        if rows:
            psycopg2.extras.execute_values(
                cursor,
                "INSERT INTO tagpullstatistics (repository_id, tag_name, tag_pull_count, last_tag_pull_date,"
                " current_manifest_digest) VALUES %s",
                rows,
                page_size=len(rows),
            )


def upsert_manifests(connection, manifests):
    with connection, connection.cursor() as cursor:
        ids = existing(cursor, "manifestpullstatistics", "manifest_digest", list(manifests))
        for name, (count, latest, _) in manifests.items():
            if name in ids:
                cursor.execute(
                    "UPDATE manifestpullstatistics SET manifest_pull_count = manifest_pull_count + %s,"
                    " last_manifest_pull_date = CASE WHEN last_manifest_pull_date < %s THEN %s"
                    " ELSE last_manifest_pull_date END WHERE id = %s",
                    (count, latest, latest, ids[name]),
                )
        rows = [(*name, *manifests[name][:2]) for name in manifests if name not in ids]
        if rows:
            psycopg2.extras.execute_values(
                cursor,
                "INSERT INTO manifestpullstatistics (repository_id, manifest_digest, manifest_pull_count,"
                " last_manifest_pull_date) VALUES %s",
                rows,
                page_size=len(rows),
            )


def cycle(client, connection):
    """One cycle: how many keys were flushed. What could not be written stays claimed."""
    tags, manifests, claimed = read(client, scan(client))
    if tags:
        upsert_tags(connection, tags)
    if manifests:
        upsert_manifests(connection, manifests)
    for first in range(0, len(claimed), DELETE):
        client.delete(*claimed[first : first + DELETE])
    return len(claimed)


def attempt(client, connection):
    """A cycle, and its result as a line."""
    try:
        result = {"flushed": cycle(client, connection), "failed": 0}
    except psycopg2.Error as error:
        connection.rollback()
        result = {"flushed": 0, "failed": 1, "error": str(error)}
    print(json.dumps(result), flush=True)
    return result


def main():
    port, db, uri, mode = sys.argv[1:5]
    client, connection = connect_redis(int(port), int(db)), psycopg2.connect(uri)
    if mode == "stdin":
        for _ in sys.stdin:
            attempt(client, connection)
        return
    if mode == "all":
        before, cpu_before = time.perf_counter(), time.process_time()
        while cycle(client, connection):
            pass
        seconds, cpu_seconds = time.perf_counter() - before, time.process_time() - cpu_before
        print(json.dumps({"seconds": seconds, "cpuSeconds": cpu_seconds}))
        return
    while not select.select([sys.stdin], [], [], float(sys.argv[5]))[0]:
        attempt(client, connection)
    while scan(client):
        attempt(client, connection)


if __name__ == "__main__":
    main()
