"""Prints, as JSON, what prometheus_client itself makes of every declaration.

Read from the live objects through the public API: one child is made, and its samples and its text
exposition tell the wire name, type, HELP, label names and bucket bounds.
"""

import json
import sys

from prometheus_client import generate_latest
from prometheus_client.registry import CollectorRegistry

from declarations import DECLARATIONS, declare


def describe(declaration):
    registry = CollectorRegistry()
    metric = declare(declaration, registry)
    if declaration.labels:
        metric.labels(*("any" for _ in declaration.labels))
    family = next(iter(registry.collect()))
    type_line = next(line for line in generate_latest(registry).decode().split("\n") if line.startswith("# TYPE "))
    wire, kind = type_line.split(" ")[2:4]
    samples = [sample for sample in family.samples if not sample.name.endswith("_created")]
    bounds = [sample.labels["le"] for sample in samples if "le" in sample.labels]
    return {
        "declared": declaration.name,
        "wire": wire,
        "type": kind,
        "help": family.documentation,
        "labels": sorted({label for sample in samples for label in sample.labels if label != "le"}),
        "buckets": [float(bound) for bound in bounds if bound != "+Inf"],
        "apps": list(declaration.apps),
    }


if __name__ == "__main__":
    json.dump([describe(declaration) for declaration in DECLARATIONS], sys.stdout)
