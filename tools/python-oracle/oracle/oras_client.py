"""Does with the real oras library what people do with artifacts.

usage: oras_client.py <host:port> <folder>

Pushes a file in two repositories and pulls it back by tag and by digest, lists tags, asks for what is absent.
Writes one JSON object: the digests of what came back, and the errors by what was asked for.
"""

import hashlib
import json
import os
import sys

import oras.client


def main(host, folder):
    client = oras.client.OrasClient(hostname=host, insecure=True)
    os.chdir(folder)
    with open("artifact.txt", "wb") as file:
        file.write(b"an artifact\n" * 5000)
    told = {"pulled": [], "errors": {}}
    for repository in ("devtable/artifact", "devtable/nested/artifact"):
        target = f"{host}/{repository}:v1"
        pushed = client.push(target=target, files=["artifact.txt"], disable_path_validation=True)
        digest = pushed.headers["Docker-Content-Digest"]
        for reference in (target, target, f"{host}/{repository}@{digest}"):
            for path in client.pull(target=reference, outdir=os.path.join(folder, "out"), overwrite=True):
                with open(path, "rb") as file:
                    told["pulled"].append(hashlib.sha256(file.read()).hexdigest())
    told["tags"] = client.get_tags(f"{host}/devtable/artifact")
    for absent in ("devtable/artifact:absent", "nobody/nothing:v1"):
        try:
            client.pull(target=f"{host}/{absent}", outdir=folder)
        except Exception as error:
            told["errors"][absent] = type(error).__name__
    with open("artifact.txt", "rb") as file:
        told["pushed"] = hashlib.sha256(file.read()).hexdigest()
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
