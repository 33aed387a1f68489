"""Answers, with the real Flask and Werkzeug, what each request of a list on stdin runs under.

In:  {"converters": {...}, "routes": [...], "requests": [[method, raw path], ...]}
Out: one of [endpoint, view arguments, path], "405" or null for each request.
"""

import json
import sys
from urllib.parse import unquote_to_bytes

from flask import Blueprint, Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter, RequestRedirect

given = json.load(sys.stdin)
app = Flask("oracle", static_folder=None)


def converter_class(declared):
    class Converter(BaseConverter):
        part_isolating = declared["partIsolating"]
        regex = declared["pattern"]
        weight = declared["weight"]

    return Converter


for name, declared in given["converters"].items():
    if name != "default":
        app.url_map.converters[name] = converter_class(declared)


def answer(**_):
    return ""


blueprints = {}
for route in given["routes"]:
    family = route["family"]
    blueprint = blueprints.setdefault(family, Blueprint(family, __name__))
    blueprint.add_url_rule(
        route["rule"][len(family) + 1 :],
        endpoint=route["endpoint"].split(".", 1)[1],
        view_func=answer,
        methods=route["methods"],
    )
for family, blueprint in blueprints.items():
    app.register_blueprint(blueprint, url_prefix=f"/{family}")


def verdict(method, raw):
    # As gunicorn fills PATH_INFO: decoded bytes, as latin-1 text.
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": unquote_to_bytes(raw.split("?", 1)[0]).decode("latin-1"),
        "SCRIPT_NAME": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "wsgi.input": None,
    }
    with app.request_context(environ) as context:
        request = context.request
        error = request.routing_exception
        if error is None:
            return [request.endpoint, request.view_args, request.path]
        if isinstance(error, RequestRedirect) or not isinstance(error, HTTPException):
            return None
        return "405" if error.code == 405 else None


json.dump([verdict(method, raw) for method, raw in given["requests"]], sys.stdout)
