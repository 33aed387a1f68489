"""Asks the registry behind, in the place of Quay's database and storage. Bodies stream both ways.

By urllib3 itself, which is not instrumented: in Quay this is no HTTP either, so it makes no spans.
"""

import os

import urllib3
from flask import Response, request

CHUNK_BYTES = 64 * 1024
# Of a connection, not of a message (RFC 9110, 7.6.1).
HOP_BY_HOP = {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}
NOT_ASKED = HOP_BY_HOP | {"expect"}

pool = urllib3.PoolManager(
    maxsize=256,
    retries=False,
    timeout=urllib3.Timeout(connect=5, read=120),
)


def ask_upstream(without=()):
    headers = urllib3.HTTPHeaderDict(
        (name, value)
        for name, value in request.headers
        if name.lower() not in NOT_ASKED and name.lower() not in without
    )
    has_body = "Content-Length" in request.headers or "Transfer-Encoding" in request.headers
    answer = pool.urlopen(
        request.method,
        # As it was sent: Flask's own is decoded.
        os.environ["UPSTREAM_URL"] + request.environ["RAW_URI"],
        body=chunks(request.stream) if has_body else None,
        headers=headers,
        preload_content=False,
        decode_content=False,
        redirect=False,
    )
    response = Response(
        answer.stream(CHUNK_BYTES, decode_content=False),
        status=answer.status,
        headers=[(name, value) for name, value in answer.headers.items() if name.lower() not in HOP_BY_HOP],
    )
    response.call_on_close(lambda: give_back(answer))
    return response


def chunks(stream):
    while chunk := stream.read(CHUNK_BYTES):
        yield chunk


def give_back(answer):
    """A connection with half an answer in it must not meet another request."""
    if answer.length_remaining == 0:
        answer.drain_conn()
    else:
        answer.close()
