"""How gunicorn runs the registry, as Quay's conf/gunicorn_registry.py: gevent, preloaded, tracing after the fork."""

from gevent import monkey

# Before anything that may block is imported.
monkey.patch_all()

import os  # noqa: E402

worker_class = "gevent"
workers = int(os.environ.get("WORKERS", "1"))
worker_connections = 1000
preload_app = True
graceful_timeout = 1
logger_class = "gunicorn.glogging.Logger"
loglevel = "warning"


def post_fork(_server, _worker):
    import telemetry

    telemetry.start_in_worker()


def post_worker_init(_worker):
    import pushing

    pushing.start()
