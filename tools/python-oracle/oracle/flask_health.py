"""The health endpoints of Quay's Python runtime (contract section 10): Flask under gunicorn with Quay's versions.

HEALTH_CONFIG holds Quay's keys as JSON; HEALTH_REGISTRY_PING_URL and HEALTH_WEB_PING_URL stand for the addresses that
Quay makes up from its host name, HEALTH_DB_REVISION for its file ALEMBIC_HEAD.
"""

import functools
import json
import os
import socket

from flask import Flask, abort, jsonify, make_response, session
from werkzeug.middleware.proxy_fix import ProxyFix

import health_services as services

config = json.loads(os.environ["HEALTH_CONFIG"])

INSTANCE = {
    "registry_gunicorn": services.worker_ping(os.environ["HEALTH_REGISTRY_PING_URL"]),
    "web_gunicorn": services.worker_ping(os.environ["HEALTH_WEB_PING_URL"]),
    "service_key": services.service_key,
    "disk_space": services.disk_space("DISKSPACE_HEALTH_THRESHOLD", 0.01),
}
GLOBAL = {
    "database": services.database,
    "redis": services.build_logs_redis,
    "storage": services.storage,
    "auth": services.auth,
}
WARNING = {"disk_space_warning": services.disk_space("DISKSPACE_HEALTH_WARNING_THRESHOLD", 0.1)}

application = Flask(__name__)
application.secret_key = "a secret of the tests"
application.config.update(
    SESSION_COOKIE_NAME="_csrf_token", SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax"
)
application.wsgi_app = ProxyFix(application.wsgi_app)


def no_cache(view):
    @functools.wraps(view)
    def uncached(**arguments):
        response = view(**arguments)
        response.headers["Cache-Control"] = "no-cache, no-store, must-revalidate"
        return response

    return uncached


def key_id():
    try:
        return services.local_key_id(config)
    except IOError:
        return None


def answer(checks):
    results = {name: check(config) for name, check in checks.items()}
    healthy = all(status for status, _message in results.values())
    data = {"services": {name: status for name, (status, _message) in results.items()}}
    if session.get("health_debug", False):
        expanded = {}
        for name, (status, message) in results.items():
            expanded[name] = {"status": status}
            if not status:
                expanded[name]["failure"] = message
            elif message:
                expanded[name]["message"] = message
        data.update(
            services_expanded=expanded,
            notes=[],
            is_testing=config.get("TESTING", True),
            config_provider="file",
            local_service_key_id=key_id(),
            hostname=socket.gethostname(),
        )
    return respond(data, 200 if healthy else 503)


def respond(data, status):
    response = jsonify(dict(data=data, status_code=status))
    response.status_code = status
    return response


@application.route("/health", methods=["GET"])
@application.route("/health/instance", methods=["GET"])
@no_cache
def instance_health():
    skips = (config.get("HEALTH_CHECKER", ["LocalHealthCheck", None])[1] or {}).get(
        "instance_skips", ["redis", "storage"]
    )
    checks = dict(INSTANCE, **GLOBAL)
    if config.get("HEALTH_CHECKER_INSTANCE_CHECK_PREFERRED_STORAGE"):
        checks["preferred_storage"] = services.preferred_storage
    return answer({name: check for name, check in checks.items() if name not in skips})


@application.route("/status", methods=["GET"])
@application.route("/health/endtoend", methods=["GET"])
@no_cache
def endtoend_health():
    return answer(GLOBAL)


@application.route("/health/warning", methods=["GET"])
@no_cache
def warning_health():
    return answer(WARNING)


@application.route("/health/dbrevision", methods=["GET"])
@no_cache
def dbrevision_health():
    if not config.get("FEATURE_BILLING", False):
        abort(404)
    # Quay looks for a user first, and so asks the session.
    session.get("_user_id")
    db_revision = services.ask_database(config, "SELECT * FROM alembic_version LIMIT 1")[0][0]
    local_revision = os.environ["HEALTH_DB_REVISION"]
    status = 200 if db_revision == local_revision else 400
    return respond({"db_revision": db_revision, "local_revision": local_revision}, status)


@application.route("/health/enabledebug/<secret>", methods=["GET"])
@no_cache
def enable_health_debug(secret):
    if not config.get("ENABLE_HEALTH_DEBUG_SECRET") or config["ENABLE_HEALTH_DEBUG_SECRET"] != secret:
        abort(404)
    session["health_debug"] = True
    return make_response("Health check debug information enabled")


@application.route("/oracle/up")
def up():
    return "up"
