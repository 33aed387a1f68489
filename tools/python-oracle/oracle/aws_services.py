"""AWS's S3, STS and RDS, by moto, on 127.0.0.1: real requests with real signatures, state in memory.

usage: aws_services.py <port> <folder>

Every request must be signed with the keys in `<folder>/keys.json`, written before it listens: those of a user
who may do everything, and of one who may do nothing. Two requests have no counterpart in AWS and are not signed:

    POST /-/rds/<instance>?status=<status>   makes the instance if need be, and sets its status
    POST /-/role/<name>                      makes a role that may do everything in S3; answers its ARN
"""

import json
import os
import sys
from urllib.parse import parse_qs

from moto import settings
from moto.core import DEFAULT_ACCOUNT_ID
from moto.iam.models import iam_backends
from moto.rds.models import rds_backends
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, run_simple

REGION = "us-east-1"
ANYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}

iam = iam_backends[DEFAULT_ACCOUNT_ID]["aws"]
rds = rds_backends[DEFAULT_ACCOUNT_ID][REGION]


def new_user(name, policy=None):
    iam.create_user(REGION, name)
    if policy is not None:
        iam.put_user_policy(name, "policy", json.dumps(policy))
    key = iam.create_access_key(name)
    return {"accessKeyId": key.access_key_id, "secretAccessKey": key.secret_access_key}


def set_status(instance, status):
    if instance not in rds.databases:
        rds.create_db_instance(
            {
                "db_instance_identifier": instance,
                "db_instance_class": "db.t3.micro",
                "engine": "postgres",
                "allocated_storage": 10,
                "master_username": "quay",
                "master_user_password": "not used at all",
                "storage_type": "gp2",
                "tags": [],
            }
        )
    rds.databases[instance].status = status
    return ""


def new_role(name):
    role = iam.create_role(name, json.dumps(ANYTHING), "/", None, "", [], 3600)
    iam.put_role_policy(name, "policy", json.dumps(ANYTHING))
    return role.arn


def application(environ, start_response):
    parts = environ["PATH_INFO"].split("/")[1:]
    if parts[0] != "-":
        return aws(environ, start_response)
    query = parse_qs(environ.get("QUERY_STRING", ""))
    if parts[1] == "rds":
        answer = set_status(parts[2], query["status"][0])
    elif parts[1] == "role":
        answer = new_role(parts[2])
    else:
        answer = "up"
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [answer.encode()]


class Quiet(WSGIRequestHandler):
    def log_request(self, *args):
        pass


if __name__ == "__main__":
    port, folder = int(sys.argv[1]), sys.argv[2]
    keys = {"allowed": new_user("quay", ANYTHING), "forbidden": new_user("nobody")}
    with open(os.path.join(folder, "keys.json"), "w") as file:
        json.dump(keys, file)
    settings.INITIAL_NO_AUTH_ACTION_COUNT = 0.0
    aws = DomainDispatcherApplication(create_backend_app)
    run_simple("127.0.0.1", port, application, threaded=True, request_handler=Quiet)
