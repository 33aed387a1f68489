"""The checks of Quay's health endpoints, from contract section 10: each gives (healthy, message).

Libraries in Quay's versions ask the same servers as the new runtime. Unlike Quay's, the check of the service key
asks the database each time.
"""

import os
import tempfile
import threading
import time
from contextlib import closing

import psycopg2
import redis
import requests

# Threads of one process, which write the same file.
verifying = threading.Lock()
NOT_SET_UP = (True, "Stack not fully setup; skipping check")


def worker_ping(url):
    def check(_config):
        try:
            status = requests.get(url, verify=False, timeout=2).status_code
        except requests.RequestException:
            return False, "Exception when checking worker health: %s" % url
        return status == 200, None if status == 200 else "Got non-200 response for worker: %s" % status

    return check


def ask_database(config, statement, values=()):
    with closing(psycopg2.connect(config["DB_URI"], connect_timeout=3)) as connection:
        with connection, connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout=5000")
            cursor.execute(statement, values)
            return cursor.fetchall()


def database(config):
    try:
        found = bool(ask_database(config, "SELECT id, name FROM teamrole LIMIT 1"))
    except psycopg2.Error as error:
        return False, "Could not connect to the database: %s" % error
    return found, None if found else "Could not execute query, timeout reached"


def build_logs_redis(config):
    settings = dict(config["BUILDLOGS_REDIS"], socket_connect_timeout=1, socket_timeout=1)
    try:
        with closing(redis.StrictRedis(**settings)) as connection:
            if not connection.ping():
                return False, "Could not ping redis"
            connection.set("_health", time.time())
            connection.get("_health")
            return True, None
    except redis.RedisError as error:
        return False, "Could not connect to redis: %s" % error


def local_key_id(config):
    with open(config["INSTANCE_SERVICE_KEY_KID_LOCATION"]) as file:
        return file.read()


def service_key(config):
    if not config.get("SETUP_COMPLETE", False):
        return NOT_SET_UP
    try:
        kid = local_key_id(config)
    except IOError:
        return NOT_SET_UP
    try:
        found = ask_database(
            config,
            "SELECT 1 FROM servicekey JOIN servicekeyapproval ON servicekeyapproval.id = servicekey.approval_id"
            " WHERE kid = %s AND service = 'quay'"
            " AND (expiration_date IS NULL OR expiration_date > now() AT TIME ZONE 'utc')",
            (kid,),
        )
    except psycopg2.Error:
        return True, "Failed to get instance key due to a database issue; skipping check"
    return bool(found), None if found else "Could not find valid instance service key %s" % kid


def used_percent(folder):
    """As psutil tells it: of what a user could use, with one decimal."""
    counts = os.statvfs(folder)
    used = counts.f_blocks - counts.f_bfree
    return round(used / (used + counts.f_bavail) * 100, 1)


def disk_space(key, default):
    def check(config):
        if not config.get("SETUP_COMPLETE", False):
            return NOT_SET_UP
        for volume, folder in (("main", os.getcwd()), ("temp", tempfile.gettempdir())):
            percent = used_percent(folder)
            if 1.0 - percent / 100.0 < config.get(key, default):
                return False, "Disk space has gone below threshold on %s volume: %s" % (volume, percent)
        return True, ""

    return check


def verify_location(parameters):
    path = os.path.join(parameters["storage_path"], "_verify")
    with verifying:
        os.makedirs(parameters["storage_path"], exist_ok=True)
        with open(path, "wb") as file:
            file.write(b"testing 123")
        with open(path, "rb") as file:
            if file.read() != b"testing 123":
                raise OSError("Could not find verification file")
        os.remove(path)


def storage(config):
    if config.get("REGISTRY_STATE", "normal") == "readonly":
        return True, "Storage check disabled for readonly mode"
    preferred = config.get("DISTRIBUTED_STORAGE_PREFERENCE")
    failures, warnings = [], []
    for location, (_engine, parameters) in config["DISTRIBUTED_STORAGE_CONFIG"].items():
        try:
            verify_location(parameters)
        except OSError as error:
            if not preferred or location in preferred:
                failures.append("Preferred storage '%s' check failed: %s" % (location, error))
            else:
                warnings.append("Non-preferred storage '%s' unavailable: %s" % (location, error))
    warned = "; ".join(warnings)
    if failures:
        return False, "; ".join(failures) + (" (warnings: %s)" % warned if warned else "")
    return True, warned or None


def preferred_storage(config):
    if config.get("REGISTRY_STATE", "normal") == "readonly":
        return True, "Preferred storage check disabled for readonly mode"
    try:
        verify_location(config["DISTRIBUTED_STORAGE_CONFIG"][config["DISTRIBUTED_STORAGE_PREFERENCE"][0]][1])
        return True, None
    except OSError as error:
        return False, "Preferred storage check failed with exception %s" % error


def auth(_config):
    """Users in the database."""
    return True, None
