"""Who owns a request or a worker's program, asked by Python code: copy this file, it needs no library.

    from owner_decision import owner_of_request, owner_of_worker

    if owner_of_worker(CONTROLLER, "GCWORKER") != "python":
        return  # The new runtime does the work, or nobody is to.

Nothing is raised and nothing is remembered. Whatever goes wrong, the owner is Python: a controller that is
away, slow or not understood never moves work to the new runtime. The question costs a millisecond, and at most
about `timeout` seconds; ask once per request or round of work, and not in a loop.
"""

import http.client
import urllib.parse
import urllib.request

PYTHON = "python"
TIMEOUT_SECONDS = 0.3

# Proxies of the surroundings have no business here.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def owner_of_request(controller, method, uri, user=None, timeout=TIMEOUT_SECONDS):
    """`python` or `go`. `uri` is path and query as the client sent them; `user` matters to canaries only."""
    question = {"method": method, "uri": uri}
    if user:
        question["user"] = user
    return _ask(controller, question, (PYTHON, "go"), timeout)


def owner_of_worker(controller, program, timeout=TIMEOUT_SECONDS):
    """`python`, `go` or `off`, for a program of supervisord in capitals, e.g. `GCWORKER`."""
    return _ask(controller, {"worker": program}, (PYTHON, "go", "off"), timeout)


def _ask(controller, question, owners, timeout):
    try:
        url = f"{controller}/v1/decision?{urllib.parse.urlencode(question)}"
        with _opener.open(url, timeout=timeout) as answer:
            owner = answer.headers.get("X-Quay-Owner")
    except (OSError, ValueError, http.client.HTTPException):
        return PYTHON
    return owner if owner in owners else PYTHON
