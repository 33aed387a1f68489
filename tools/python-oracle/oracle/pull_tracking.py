"""How Quay counts pulls in Redis (contract section 4): one atomic script for each, by a pool of five threads.

Written from the contract, not from the scripts of the new runtime: it is their witness.
"""

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor

from redis import Redis
from redis.exceptions import RedisError

WORKERS = 5
TIMEOUT_SECONDS = 5
ATTEMPTS = 3
PAUSE_SECONDS = 1

TRACK_TAG_PULL = """
local key = KEYS[1]
local repository_id, tag_name, manifest_digest = ARGV[1], ARGV[2], ARGV[3]
local timestamp, pull_method = ARGV[4], ARGV[5]
if not repository_id or repository_id == '' or not tag_name or tag_name == ''
    or not manifest_digest or manifest_digest == '' then
  return redis.error_reply('Invalid input: missing required fields')
end
local seconds = tonumber(timestamp)
if not seconds or seconds <= 0 then
  return redis.error_reply('Invalid input: timestamp must be positive number')
end
if redis.call('EXISTS', key) == 0 then
  redis.call('HSET', key, 'repository_id', repository_id, 'tag_name', tag_name,
    'manifest_digest', manifest_digest, 'pull_count', '1',
    'last_pull_timestamp', timestamp, 'pull_method', pull_method)
else
  redis.call('HINCRBY', key, 'pull_count', 1)
  redis.call('HSET', key, 'last_pull_timestamp', timestamp)
end
return redis.call('HGET', key, 'pull_count')
"""

TRACK_DIGEST_PULL = """
local key = KEYS[1]
local repository_id, manifest_digest = ARGV[1], ARGV[2]
local timestamp, pull_method = ARGV[3], ARGV[4]
if not repository_id or repository_id == '' or not manifest_digest or manifest_digest == '' then
  return redis.error_reply('Invalid input: missing required fields')
end
local seconds = tonumber(timestamp)
if not seconds or seconds <= 0 then
  return redis.error_reply('Invalid input: timestamp must be positive number')
end
if redis.call('EXISTS', key) == 0 then
  redis.call('HSET', key, 'repository_id', repository_id, 'tag_name', '',
    'manifest_digest', manifest_digest, 'pull_count', '1',
    'last_pull_timestamp', timestamp, 'pull_method', pull_method)
else
  redis.call('HINCRBY', key, 'pull_count', 1)
  redis.call('HSET', key, 'last_pull_timestamp', timestamp)
end
return redis.call('HGET', key, 'pull_count')
"""


def connect(port, db):
    return Redis(
        host="127.0.0.1",
        port=port,
        db=db,
        socket_connect_timeout=TIMEOUT_SECONDS,
        socket_timeout=TIMEOUT_SECONDS,
    )


def track(client, repository_id, tag, digest, timestamp):
    """Counts one pull; what the script returns, as redis-py gives it. By digest where there is no tag."""
    prefix = f"pull_events:repo:{repository_id}"
    if tag is None:
        key = f"{prefix}:digest:{digest}"
        return client.eval(TRACK_DIGEST_PULL, 1, key, str(repository_id), digest, str(timestamp), "digest")
    key = f"{prefix}:tag:{tag}:{digest}"
    return client.eval(TRACK_TAG_PULL, 1, key, str(repository_id), tag, digest, str(timestamp), "tag")


def read(client, key):
    """A pull event as Quay reads it; nothing for a key that is missing."""
    fields = {name.decode(): value.decode() for name, value in client.hgetall(key).items()}
    if not fields:
        return None
    return {**fields, "pull_count": int(fields["pull_count"])}


class PullTracker:
    """Hands pulls to the pool; each of them is a PING and then a script."""

    def __init__(self, port, db):
        self.client = connect(port, db)
        self.pool = ThreadPoolExecutor(max_workers=WORKERS)

    def track(self, repository_id, tag, digest):
        return self.pool.submit(self._track, repository_id, tag, digest, int(time.time()))

    def _track(self, repository_id, tag, digest, timestamp):
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self.client.ping()
                break
            except RedisError:
                if attempt == ATTEMPTS:
                    raise
                time.sleep(PAUSE_SECONDS)
        track(self.client, repository_id, tag, digest, timestamp)


def from_environment():
    """A function (repository, tag or None, response) that tracks what was pulled with success.

    PULL_METRICS_REDIS: host, port and db as JSON; REPOSITORY_IDS: the ids that Quay would find in its
    database, by name.
    """
    settings = json.loads(os.environ.get("PULL_METRICS_REDIS") or "null")
    if settings is None:
        return lambda repository, tag, response: response
    ids = json.loads(os.environ["REPOSITORY_IDS"])
    tracker = PullTracker(settings["port"], settings["db"])

    def track_pull(repository, tag, response):
        if response.status_code == 200:
            tracker.track(ids[repository], tag, response.headers["Docker-Content-Digest"])
        return response

    return track_pull
