"""Quay as a client of Clair: its calls, its tokens, and what it observes of them itself.

Reads one JSON object from standard input: `endpoint` and `psk` (as in Quay's configuration), `database` (a libpq URI or
null) and `steps`, a list of

    {"do": "index", "manifest": digest, "layers": [{"digest": digest, "bytes": size or null}]}
    {"do": "state" | "report" | "delete_report" | "vulnerabilities", "id": digest}
    {"do": "notification" | "delete_notification", "id": id, "next": id or null}

An index step is a round of Quay's securityworker: it observes the size of each layer, submits them, and, if the report is
finished and the database knows of no scan, the time since the push; then it writes down the outcome. Prints one JSON
object: `samples` of the three metrics by name and labels, and `outcomes`, one for each step.

Written from the behaviour of util/secscan/v4/api.py and data/secscan_model/secscan_v4_model.py.
"""

import base64
import json
import sys
import time
from datetime import datetime, timedelta
from urllib.parse import urljoin

import jwt
import psycopg2
import requests
from prometheus_client import CollectorRegistry

from declarations import DECLARATIONS

TIMEOUT_SECONDS = 600
REPORTS = "/indexer/api/v1/index_report"
NOTIFICATIONS = "/notifier/api/v1/notification/"


def declared(name, registry):
    found = next(each for each in DECLARATIONS if each.name == name)
    buckets = {} if found.buckets is None else {"buckets": found.buckets}
    return found.metric(found.name, found.help, found.labels, registry=registry, **buckets)


class Client:
    def __init__(self, endpoint, psk, database):
        self.registry = CollectorRegistry()
        self.durations = declared("quay_secscan_request_duration_seconds", self.registry)
        self.sizes = declared("quay_secscan_index_layer_size_bytes", self.registry)
        self.results = declared("quay_secscan_result_duration_seconds", self.registry)
        self.endpoint = endpoint
        self.psk = None if psk is None else base64.b64decode(psk)
        self.session = requests.Session()
        # Proxies of the surroundings have no business here.
        self.session.trust_env = False
        self.database = None if database is None else psycopg2.connect(database)

    def step(self, step):
        try:
            return getattr(self, step["do"])(step)
        except requests.exceptions.RequestException as error:
            return type(error).__name__

    def index(self, step):
        layers = []
        for layer in step["layers"]:
            self.sizes.observe(layer["bytes"] or 0)
            layers.append(
                {
                    "hash": layer["digest"],
                    "uri": layer.get("uri", "https://quay.test/v2/acme/app/blobs/" + layer["digest"]),
                    "headers": {"Accept": ["application/gzip"], "Authorization": ["Bearer layer-secret"]},
                }
            )
        answer = self.perform("Index", "POST", REPORTS, {"hash": step["manifest"], "layers": layers})
        if answer.status_code // 100 != 2:
            return answer.status_code
        assert answer.headers["etag"]
        report = answer.json()
        if report["state"] == "IndexFinished":
            self.finished(step["manifest"])
        return report["state"]

    def finished(self, digest):
        with self.database, self.database.cursor() as cursor:
            cursor.execute(
                "SELECT id, repository_id FROM manifest WHERE digest = %s"
                " AND NOT EXISTS (SELECT 1 FROM manifestsecuritystatus WHERE manifest_id = manifest.id)"
                " ORDER BY id LIMIT 1",
                (digest,),
            )
            manifest = cursor.fetchone()
            if manifest is None:
                return
            cursor.execute("SELECT lifetime_start_ms FROM tag WHERE manifest_id = %s LIMIT 1", manifest[:1])
            pushed = cursor.fetchone()
            if pushed is not None:
                self.results.observe((time.time() * 1000 - pushed[0]) / 1000)
            cursor.execute(
                "INSERT INTO manifestsecuritystatus (manifest_id, repository_id, index_status, error_json,"
                " last_indexed, indexer_hash, indexer_version, metadata_json)"
                " VALUES (%s, %s, 1, '\"\"', now() AT TIME ZONE 'UTC', 'state', 4, '{}')",
                manifest,
            )

    def state(self, step):
        return self.perform("IndexState", "GET", "/indexer/api/v1/index_state").status_code

    def report(self, step):
        return self.perform("GetIndexReport", "GET", f"{REPORTS}/{step['id']}").status_code

    def delete_report(self, step):
        return self.perform("DeleteIndexReport", "DELETE", f"{REPORTS}/{step['id']}").status_code

    def vulnerabilities(self, step):
        path = "/matcher/api/v1/vulnerability_report/" + step["id"]
        return self.perform("GetVulnerabilityReport", "GET", path).status_code

    def notification(self, step):
        page = "?next=" + step["next"] if step.get("next") else ""
        return self.perform("GetNotification", "GET", NOTIFICATIONS + step["id"] + page).status_code

    def delete_notification(self, step):
        return self.perform("DeleteNotification", "DELETE", NOTIFICATIONS + step["id"]).status_code

    def perform(self, action, method, path, body=None):
        start = time.time()
        headers = {}
        if self.psk:
            claims = {"iss": "quay", "exp": datetime.utcnow() + timedelta(minutes=5)}
            headers["authorization"] = "Bearer " + jwt.encode(claims, self.psk, algorithm="HS256")
        url = urljoin(self.endpoint, path)
        answer = self.session.request(method, url, json=body, headers=headers, timeout=TIMEOUT_SECONDS)
        self.durations.labels(method, action, answer.status_code).observe(time.time() - start)
        return answer

    def samples(self):
        found = []
        for metric in self.registry.collect():
            for sample in metric.samples:
                found.append({"name": sample.name, "labels": sample.labels, "value": sample.value})
        return found


def main():
    task = json.load(sys.stdin)
    client = Client(task["endpoint"], task["psk"], task["database"])
    outcomes = [client.step(step) for step in task["steps"]]
    json.dump({"samples": client.samples(), "outcomes": outcomes}, sys.stdout)


if __name__ == "__main__":
    main()
