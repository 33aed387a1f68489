"""Tracing as Quay's Python runtime sets it up: app.py, util/metrics/otel.py, conf/gunicorn_registry.py.

FEATURE_OTEL_TRACING and, as JSON, OTEL_CONFIG and OTEL_TRACING_EXCLUDED_URLS are here what they are in
Quay's config.yaml. The sampler goes by the trace id alone: it is not parent-based. The default propagator
is W3C's.

One line is not Quay's: the instrumentation of `requests`. Without it what Python asks of another service
carries no traceparent, and the trace ends in Python.
"""

import json
import os

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import TraceIdRatioBased

DEFAULT_RATE = 1 / 1000


def is_on():
    return os.environ.get("FEATURE_OTEL_TRACING", "").lower() == "true"


def instrument(app):
    if not is_on():
        return
    FlaskInstrumentor().instrument_app(app, excluded_urls=os.environ.get("OTEL_TRACING_EXCLUDED_URLS"))
    RequestsInstrumentor().instrument()


def start_in_worker():
    """After the fork: the thread that exports does not survive one."""
    if not is_on():
        return
    config = json.loads(os.environ.get("OTEL_CONFIG") or "{}")
    rate = config.get("sample_rate", DEFAULT_RATE)
    if not isinstance(rate, (int, float)) or not 0.0 <= float(rate) <= 1.0:
        rate = DEFAULT_RATE
    provider = TracerProvider(
        resource=Resource.create(attributes={SERVICE_NAME: config.get("service_name", "quay")}),
        sampler=TraceIdRatioBased(float(rate)),
    )
    endpoint = config.get("endpoint", "http://jaeger:4318/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    trace.set_tracer_provider(provider)
