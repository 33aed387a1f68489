"""A registry of protocol v1 as Quay's is one on the wire, kept in memory: rules and statuses of endpoints/v1.

Served by one worker. What begins with `private/` is denied; what nobody has created is not found. It counts
nothing: it stands behind the gateway, in the place of the new runtime.
"""

import json

from flask import Blueprint, Flask, Response, request

from flask_registry import RepositoryPathConverter

repositories = {}
images = {}

v1 = Blueprint("v1", __name__, url_prefix="/v1")


def refused(repository):
    if repository.startswith("private/"):
        return {"error": "Permission denied"}, 403
    return ({"error": "Repository not found"}, 404) if repository not in repositories else None


@v1.route("/_ping", methods=["GET"])
def ping():
    return "true", 200, {"X-Docker-Registry-Version": "0.6.0"}


@v1.route("/repositories/<repopath:repository>/", methods=["PUT"])
def create_repository(repository):
    repositories.setdefault(repository, {"images": [], "tags": {}})
    return "Created", 201


@v1.route("/repositories/<repopath:repository>/images", methods=["PUT"])
def update_images(repository):
    problem = refused(repository)
    if problem is not None:
        return problem
    try:
        repositories[repository]["images"] = [{"id": image["id"]} for image in json.loads(request.data)]
    except (ValueError, KeyError, TypeError):
        return {"error": "Invalid JSON"}, 400
    return "", 204


@v1.route("/repositories/<repopath:repository>/images", methods=["GET"])
def get_repository_images(repository):
    return refused(repository) or Response(json.dumps(repositories[repository]["images"]))


@v1.route("/repositories/<repopath:repository>/tags", methods=["GET"])
def get_tags(repository):
    return refused(repository) or repositories[repository]["tags"]


@v1.route("/repositories/<repopath:repository>/tags/<tag>", methods=["PUT"])
def put_tag(repository, tag):
    problem = refused(repository)
    if problem is None:
        repositories[repository]["tags"][tag] = json.loads(request.data)
    return problem or ("Created", 200)


@v1.route("/images/<image_id>/<any(json, layer, checksum):part>", methods=["PUT"])
def put_image(image_id, part):
    images[image_id, part] = request.data or request.stream.read()
    return "true"


@v1.route("/images/<image_id>/<any(json, layer):part>", methods=["GET"])
def get_image(image_id, part):
    if (image_id, part) not in images:
        return {"error": "Image not found"}, 404
    return Response(images[image_id, part], mimetype="application/octet-stream")


@v1.route("/images/<image_id>/ancestry", methods=["GET"])
def get_image_ancestry(image_id):
    return Response(json.dumps([image_id]))


application = Flask(__name__)
application.url_map.converters["repopath"] = RepositoryPathConverter
application.register_blueprint(v1)
