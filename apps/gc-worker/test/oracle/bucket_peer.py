"""boto3 as a witness of what is in buckets, told what to do by lines of JSON.

usage: bucket_peer.py <endpoint> <access key> <secret key>

    {"command": "make", "bucket": "quay", "keys": []}      makes the bucket
    {"command": "put", "bucket": "quay", "keys": [...]}    writes an object under each key
    {"command": "delete", "bucket": "quay", "keys": [...]}
    {"command": "list", "bucket": "quay", "keys": []}      answers all keys, sorted
"""

import json
import sys

import boto3.session
from botocore.client import Config

endpoint, access_key, secret_key = sys.argv[1:]
session = boto3.session.Session(aws_access_key_id=access_key, aws_secret_access_key=secret_key)
client = session.client("s3", endpoint_url=endpoint, config=Config(signature_version="s3v4"))


def make(bucket, keys):
    client.create_bucket(Bucket=bucket)


def put(bucket, keys):
    for key in keys:
        client.put_object(Bucket=bucket, Key=key, Body=key.encode())


def delete(bucket, keys):
    for key in keys:
        client.delete_object(Bucket=bucket, Key=key)


def list_keys(bucket, keys):
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return sorted(item["Key"] for page in pages for item in page.get("Contents", []))


COMMANDS = {"make": make, "put": put, "delete": delete, "list": list_keys}

for line in sys.stdin:
    request = json.loads(line)
    answer = COMMANDS[request["command"]](request["bucket"], request["keys"])
    print(json.dumps({"answer": answer}), flush=True)
