"""Tracks pulls as Quay's Python runtime does; prints how long it took.

Five threads; each pull is handed to their pool, and there costs a PING and an EVAL (contract section 4).
"""

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor

from redis import Redis

PULLS = int(os.environ["PULLS"])
REPOSITORIES = int(os.environ["REPOSITORIES"])
WORKERS = 5
TAG_SCRIPT = """
if not ARGV[1] or ARGV[1] == '' or not ARGV[2] or ARGV[2] == '' or not ARGV[3] or ARGV[3] == '' then
  return redis.error_reply('Invalid input: missing required fields')
end
local timestamp = tonumber(ARGV[4])
if not timestamp or timestamp <= 0 then
  return redis.error_reply('Invalid input: timestamp must be positive number')
end
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('HSET', KEYS[1], 'repository_id', ARGV[1], 'tag_name', ARGV[2], 'manifest_digest', ARGV[3],
    'pull_count', 1, 'last_pull_timestamp', ARGV[4], 'pull_method', ARGV[5])
else
  redis.call('HINCRBY', KEYS[1], 'pull_count', 1)
  redis.call('HSET', KEYS[1], 'last_pull_timestamp', ARGV[4])
end
return redis.call('HGET', KEYS[1], 'pull_count')
"""
DIGEST_SCRIPT = """
if not ARGV[1] or ARGV[1] == '' or not ARGV[2] or ARGV[2] == '' then
  return redis.error_reply('Invalid input: missing required fields')
end
local timestamp = tonumber(ARGV[3])
if not timestamp or timestamp <= 0 then
  return redis.error_reply('Invalid input: timestamp must be positive number')
end
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('HSET', KEYS[1], 'repository_id', ARGV[1], 'tag_name', '', 'manifest_digest', ARGV[2],
    'pull_count', 1, 'last_pull_timestamp', ARGV[3], 'pull_method', ARGV[4])
else
  redis.call('HINCRBY', KEYS[1], 'pull_count', 1)
  redis.call('HSET', KEYS[1], 'last_pull_timestamp', ARGV[3])
end
return redis.call('HGET', KEYS[1], 'pull_count')
"""

client = Redis(
    host="127.0.0.1",
    port=int(os.environ["REDIS_PORT"]),
    db=1,
    socket_connect_timeout=5,
    socket_timeout=5,
)


def track(number, timestamp):
    """The pull with this number, as `pullNumber` of src/pulls/workload.ts has it; ids begin at 1."""
    repository = number % REPOSITORIES
    turn = number // REPOSITORIES
    digest = f"sha256:{(repository * 5 + turn % 5) % 256:064x}"
    client.ping()
    if turn % 2 == 1:
        key = f"pull_events:repo:{repository + 1}:digest:{digest}"
        client.eval(DIGEST_SCRIPT, 1, key, str(repository + 1), digest, str(timestamp), "digest")
    else:
        key = f"pull_events:repo:{repository + 1}:tag:latest:{digest}"
        client.eval(TAG_SCRIPT, 1, key, str(repository + 1), "latest", digest, str(timestamp), "tag")


client.ping()
cpu_before, before = time.process_time(), time.perf_counter()
timestamp = int(time.time())
with ThreadPoolExecutor(max_workers=WORKERS) as pool:
    futures = [pool.submit(track, number, timestamp) for number in range(PULLS)]
for future in futures:
    future.result()
seconds = time.perf_counter() - before
print(json.dumps({"seconds": seconds, "cpuSeconds": time.process_time() - cpu_before, "outcomes": {}}))
