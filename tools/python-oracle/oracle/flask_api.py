"""Quay's API as its Python runtime has it on the wire: Flask under gunicorn, its rules, its timing.

The rules and endpoint names are those of ROUTES_FILE, JSON with `converters` and `routes`, of which the family `api`
is served by a blueprint of that name; Werkzeug matches them, and the timing is that of the real blueprint
(util/metrics/prometheus.py). A view tells what it was asked. The query decides the rest of the answer:

status=404      the status; `raise` lets the view fail
pieces=5        so many lines of text instead, 0.1 s apart
bytes=1000000   a JSON text of about that length instead

Beside the API there is what Quay's web process answers too: /_internal_ping, and under /realtime as many events as the
query's `events` says, 0.1 s apart. The server is the registry's (gunicorn_registry.py). /metrics shows the timings.
"""

import json
import os
import time

from flask import Blueprint, Flask, Response, jsonify, request
from prometheus_client import REGISTRY, generate_latest
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter

import telemetry
from registry_counters import timed

PAUSE_SECONDS = 0.1

with open(os.environ["ROUTES_FILE"], encoding="utf-8") as file:
    quay = json.load(file)


def converter(declared):
    class Converter(BaseConverter):
        regex = declared["pattern"]
        weight = declared["weight"]
        part_isolating = declared["partIsolating"]

    return Converter


def answer(**arguments):
    status = request.args.get("status", "200")
    if status == "raise":
        raise RuntimeError("the view fails, as it was asked to")
    if "pieces" in request.args:
        return Response(pieces(int(request.args["pieces"])), status=int(status), mimetype="text/plain")
    asked = {
        "endpoint": request.endpoint,
        "method": request.method,
        "arguments": arguments,
        "cookie": request.headers.get("Cookie"),
        "bodyBytes": len(request.get_data()),
        "filler": "x" * int(request.args.get("bytes", 0)),
    }
    response = jsonify(asked)
    response.status_code = int(status)
    response.set_cookie("session", "of-quay", httponly=True)
    response.set_cookie("_csrf_token", "token")
    return response


def pieces(count):
    for number in range(count):
        if number > 0:
            time.sleep(PAUSE_SECONDS)
        yield f"piece {number}\n"


api = timed(Blueprint("api", __name__, url_prefix="/api"))
for route in quay["routes"]:
    if route["family"] == "api":
        api.add_url_rule(
            route["rule"].removeprefix("/api"),
            endpoint=route["endpoint"].removeprefix("api."),
            view_func=answer,
            methods=route["methods"],
        )

application = Flask(__name__, static_folder=None)
for name, declared in quay["converters"].items():
    if name != "default":
        application.url_map.converters[name] = converter(declared)
application.register_blueprint(api)
application.wsgi_app = ProxyFix(application.wsgi_app)


@application.route("/_internal_ping")
def internal_ping():
    return "true"


@application.route("/realtime/user/subscribe")
def realtime():
    count = int(request.args.get("events", 1))

    def events():
        for number in range(count):
            if number > 0:
                time.sleep(PAUSE_SECONDS)
            yield f"data: {number}\n\n"

    return Response(events(), mimetype="text/event-stream")


@application.route("/metrics")
def metrics():
    return generate_latest(REGISTRY), 200, {"Content-Type": "text/plain; version=0.0.4"}


telemetry.instrument(application)
