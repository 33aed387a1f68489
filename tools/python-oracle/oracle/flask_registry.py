"""A registry as Quay's Python runtime is one on the wire: Flask under gunicorn, its routes, its counters.

What Quay finds in its database and storage, this asks of a real registry, UPSTREAM_URL. Everything else is
as in Quay: the rules and endpoint names of /v2 (endpoints/v2), the timing of the blueprint
(util/metrics/prometheus.py), the counters (endpoints/metrics.py), tracing (telemetry.py), the server
(gunicorn_registry.py). There is no /v1: the registry behind has none.

API_HEALTH_URL: the catalogue asks this address by `requests`, and says in the header X-Api-Health what it
answered. /metrics shows the counters of the worker that answers; with PROMETHEUS_PUSHGATEWAY_URL each
worker pushes its own, as Quay does. With PULL_METRICS_REDIS pulls are tracked (pull_tracking.py).
"""

import os

import requests
from flask import Blueprint, Flask, request
from prometheus_client import REGISTRY, generate_latest
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter

import pull_tracking
import telemetry
from registry_counters import count_blob, count_pull, count_push, timed
from upstream import ask_upstream

DIGEST = r"([A-Za-z0-9_+.-]+):([A-Fa-f0-9]+)"
TAG = r"[\w][\w.-]{0,127}"
MANIFEST_BY_TAG = f'/<repopath:repository>/manifests/<regex("{TAG}"):manifest_ref>'
MANIFEST_BY_DIGEST = f'/<repopath:repository>/manifests/<regex("{DIGEST}"):manifest_ref>'
BLOB = f'/<repopath:repository>/blobs/<regex("{DIGEST}"):digest>'
UPLOAD = "/<repopath:repository>/blobs/uploads/<upload_uuid>"
API_HEALTH_TIMEOUT_SECONDS = 2


track_pull = pull_tracking.from_environment()
api_health = requests.Session()
api_health.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=64))


class RepositoryPathConverter(BaseConverter):
    regex = r"[^/]+(/[^/]+)*"
    weight = 200
    part_isolating = False


class RegexConverter(BaseConverter):
    def __init__(self, url_map, regex):
        super().__init__(url_map)
        self.regex = regex
        self.part_isolating = "/" not in regex


v2 = timed(Blueprint("v2", __name__, url_prefix="/v2"))


@v2.route(MANIFEST_BY_TAG, methods=["GET"])
def fetch_manifest_by_tagname(repository, manifest_ref):
    return track_pull(repository, manifest_ref, count_pull("tag", (200, 400, 404), ask_upstream()))


@v2.route(MANIFEST_BY_DIGEST, methods=["GET"])
def fetch_manifest_by_digest(repository, manifest_ref):
    return track_pull(repository, None, count_pull("manifest", (200, 404), ask_upstream()))


@v2.route(MANIFEST_BY_TAG, methods=["PUT"])
def write_manifest_by_tagname(repository, manifest_ref):
    return count_push((), request.content_type, ask_upstream())


@v2.route(MANIFEST_BY_DIGEST, methods=["PUT"])
def write_manifest_by_digest(repository, manifest_ref):
    return count_push((400, 404), request.content_type, ask_upstream())


@v2.route(BLOB, methods=["GET"])
def download_blob(repository, digest):
    # Quay answers no conditional requests for blobs.
    return count_blob(ask_upstream(without=("if-none-match", "if-modified-since")))


@v2.route("/_catalog", methods=["GET"])
def catalog_search():
    response = ask_upstream()
    if os.environ.get("API_HEALTH_URL"):
        response.headers["X-Api-Health"] = ask_api_health(os.environ["API_HEALTH_URL"])
    return response


def ask_api_health(url):
    try:
        return str(api_health.get(url, timeout=API_HEALTH_TIMEOUT_SECONDS).status_code)
    except requests.RequestException as error:
        return type(error).__name__


def pass_on(**_arguments):
    return ask_upstream()


for rule, method, endpoint in (
    ("/", "GET", "v2_support_enabled"),
    (BLOB, "HEAD", "check_blob_exists"),
    ("/<repopath:repository>/blobs/uploads/", "POST", "start_blob_upload"),
    (UPLOAD, "GET", "fetch_existing_upload"),
    (UPLOAD, "PATCH", "upload_chunk"),
    (UPLOAD, "PUT", "monolithic_upload_or_last_chunk"),
    (UPLOAD, "DELETE", "cancel_upload"),
    ("/<repopath:repository>/blobs/<digest>", "DELETE", "delete_digest"),
    (MANIFEST_BY_DIGEST, "DELETE", "delete_manifest_by_digest"),
    (MANIFEST_BY_TAG, "DELETE", "delete_manifest_by_tag"),
    (f'/<repopath:repository>/referrers/<regex("{DIGEST}"):manifest_ref>', "GET", "list_manifest_referrers"),
    ("/<repopath:repository>/tags/list", "GET", "list_all_tags"),
    ("/auth", "GET", "generate_registry_jwt"),
):
    v2.add_url_rule(rule, endpoint, pass_on, methods=[method])

application = Flask(__name__)
application.url_map.converters["repopath"] = RepositoryPathConverter
application.url_map.converters["regex"] = RegexConverter
application.register_blueprint(v2)
application.wsgi_app = ProxyFix(application.wsgi_app)


@application.route("/metrics")
def metrics():
    return generate_latest(REGISTRY), 200, {"Content-Type": "text/plain; version=0.0.4"}


telemetry.instrument(application)
