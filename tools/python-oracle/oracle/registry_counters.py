"""The metrics of Quay's registry, the timing of its blueprints, and what moves them (contract sections 2 and 3), as in Quay's source."""

import json
import os
import time

from flask import g, request
from prometheus_client import REGISTRY

from declarations import DECLARATIONS, declare

SCHEMA1 = "application/vnd.docker.distribution.manifest.v1+json"


def metric(name):
    return declare(next(found for found in DECLARATIONS if found.name == name), REGISTRY)


request_duration = metric("quay_request_duration_seconds")
image_pulls = metric("quay_registry_image_pulls_total")
image_pushes = metric("quay_registry_image_pushes_total")
image_pulled_bytes = metric("quay_registry_image_pulled_estimated_bytes_total")


def timed(blueprint):
    """Times every view of the blueprint, from its start to the response object."""
    buckets = namespace_buckets(json.loads(os.environ.get("TRACKED_NAMESPACES") or "[]"))

    def before():
        g.started = time.time()

    def after(response):
        seconds = time.time() - g.started
        namespace = buckets.get(request_namespace(), "other")
        labels = (request.method, request.endpoint, response.status_code, namespace)
        request_duration.labels(*labels).observe(seconds)
        return response

    blueprint.before_request(before)
    blueprint.after_request(after)
    return blueprint


def request_namespace():
    """That of the rule, else the first segment of the path, if it looks like one and others follow."""
    arguments = request.view_args or {}
    named = arguments.get("namespace_name") or arguments.get("namespace")
    if named:
        return named
    first, *others = request.path.strip("/").split("/")
    return first if others and first.replace("-", "").replace("_", "").isalnum() else None


def namespace_buckets(tracked):
    if isinstance(tracked, list):
        return {name: name for name in tracked}
    return {name: bucket for bucket, names in tracked.items() for name in names}


def count_pull(ref, statuses, response):
    if response.status_code in statuses:
        image_pulls.labels("v2", ref, response.status_code).inc()
    return response


def count_push(failures, content_type, response):
    if response.status_code == 201:
        media_type = (content_type or "").split(";")[0].strip()
        by_default = media_type in ("", "application/json")
        image_pushes.labels("v2", 201, SCHEMA1 if by_default else media_type).inc()
    elif response.status_code in failures:
        image_pushes.labels("v2", response.status_code, "").inc()
    return response


def count_blob(response):
    """The whole size once per GET that finds the blob, whatever is sent of it. HEAD has a view of its own."""
    if response.status_code == 200:
        image_pulled_bytes.labels("v2").inc(response.content_length)
    elif response.status_code in (206, 416):
        image_pulled_bytes.labels("v2").inc(int(response.headers["Content-Range"].rpartition("/")[2]))
    return response
