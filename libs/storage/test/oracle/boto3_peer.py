"""boto3 as Quay uses it (storage/cloud.py), told what to do by lines of JSON.

usage: boto3_peer.py <endpoint> <access key> <secret key> <bucket> <storage path>
"""

import json
import os
import sys

import boto3.session
from botocore.client import Config
from botocore.exceptions import ClientError

endpoint, access_key, secret_key, bucket_name, root = sys.argv[1:]
session = boto3.session.Session(aws_access_key_id=access_key, aws_secret_access_key=secret_key)
options = {"endpoint_url": endpoint, "config": Config(signature_version="s3v4")}
client = session.client("s3", **options)
bucket = session.resource("s3", **options).Bucket(bucket_name)


def key_of(path):
    """As in Quay."""
    joined = os.path.join(root, path)
    return joined[1:] if joined[0] == "/" else joined


def create_bucket():
    client.create_bucket(Bucket=bucket_name)


def put(path, text):
    bucket.Object(key_of(path)).put(Body=text.encode(), ServerSideEncryption="AES256")


def get(path):
    return bucket.Object(key_of(path)).get()["Body"].read().decode()


def encryption(path):
    return bucket.Object(key_of(path)).server_side_encryption


def exists(path):
    try:
        bucket.Object(key_of(path)).load()
        return True
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
            return False
        raise


def keys():
    return sorted(item.key for item in bucket.objects.all())


COMMANDS = {
    "create_bucket": create_bucket,
    "put": put,
    "get": get,
    "encryption": encryption,
    "exists": exists,
    "keys": keys,
}

for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps({"answer": COMMANDS[request["command"]](*request["arguments"])}), flush=True)
