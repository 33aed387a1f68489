"""TRACKED_NAMESPACES as the contract (section 2) has it, for comparison with the new runtime's reading.

Reads from standard input a JSON object: `configs`, texts of JSON configurations, and `namespaces`. Prints, for each
configuration, the label of each namespace.
"""

import json
import sys


def namespace_buckets(raw):
    """Namespace -> bucket. Anything malformed means that no namespace is tracked."""
    buckets = {}
    try:
        if isinstance(raw, dict):
            for bucket, names in raw.items():
                for name in names if isinstance(names, list) else [names]:
                    buckets[name] = bucket
        elif isinstance(raw, list):
            for name in raw:
                buckets[name] = name
    except TypeError:
        return {}
    return buckets


def namespace_label(buckets, namespace):
    return buckets.get(namespace) or "other"


if __name__ == "__main__":
    work = json.load(sys.stdin)
    labels = []
    for text in work["configs"]:
        buckets = namespace_buckets(json.loads(text).get("TRACKED_NAMESPACES"))
        labels.append([namespace_label(buckets, namespace) for namespace in work["namespaces"]])
    json.dump(labels, sys.stdout)
