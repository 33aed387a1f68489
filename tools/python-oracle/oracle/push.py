"""One process of the Python runtime: declares, does a workload, pushes as Quay does, and leaves.

usage: push.py <Pushgateway URL> <app>    with the steps of workload.py as JSON on standard input

As in Quay: job `quay`, grouping key host, process_name (the last argument of the process), pid.
"""

import json
import sys

from pushing import push
from workload import declare_for, do_steps


def main(gateway, app):
    do_steps(declare_for(app), json.load(sys.stdin))
    push(gateway)


if __name__ == "__main__":
    main(*sys.argv[1:])
