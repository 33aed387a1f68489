"""One process of the Python runtime: declares, does a workload, pushes as Quay does, and leaves.

usage: push.py <Pushgateway URL> <app>    with the workload as JSON on standard input:
[{"metric": wire name, "action": "inc" | "set" | "observe", "labels": {name: value}, "value": number}]

As in Quay: job `quay`, grouping key host, process_name (the last argument of the process), pid.
"""

import json
import sys

from prometheus_client import REGISTRY

from declarations import DECLARATIONS, declare
from dump import describe
from pushing import push


def main(gateway, app):
    metrics = {
        describe(declaration)["wire"]: declare(declaration, REGISTRY)
        for declaration in DECLARATIONS
        if app in declaration.apps
    }
    for step in json.load(sys.stdin):
        metric = metrics[step["metric"]]
        child = metric.labels(**step["labels"]) if step["labels"] else metric
        getattr(child, step["action"])(step["value"])
    push(gateway)


if __name__ == "__main__":
    main(*sys.argv[1:])
