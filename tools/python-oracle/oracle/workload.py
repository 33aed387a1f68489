"""Steps that a process of the Python runtime does with the metrics that move to an app.

[{"metric": wire name, "action": "inc" | "set" | "observe", "labels": {name: value}, "value": number}]
"""

from prometheus_client import REGISTRY

from declarations import DECLARATIONS, declare
from dump import describe


def declare_for(app):
    """The live metrics that move to the app, by their names on the wire."""
    return {
        describe(declaration)["wire"]: declare(declaration, REGISTRY)
        for declaration in DECLARATIONS
        if app in declaration.apps
    }


def do_steps(metrics, steps):
    for step in steps:
        metric = metrics[step["metric"]]
        child = metric.labels(**step["labels"]) if step["labels"] else metric
        getattr(child, step["action"])(step["value"])
