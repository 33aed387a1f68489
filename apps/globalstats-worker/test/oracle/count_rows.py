"""Counts as Quay's model functions do (contract section 7), with the peewee and psycopg2 that Quay pins.

Prints a line of JSON for every line that it reads.
"""

import json
import sys

from peewee import BooleanField, CharField, ForeignKeyField, Model
from playhouse.db_url import connect

database = connect(sys.argv[1])


class BaseModel(Model):
    class Meta:
        database = database


class User(BaseModel):
    username = CharField()
    organization = BooleanField()
    robot = BooleanField()
    enabled = BooleanField()


class DeletedNamespace(BaseModel):
    namespace = ForeignKeyField(User)


class Repository(BaseModel):
    name = CharField()


class RobotAccountToken(BaseModel):
    robot_account = ForeignKeyField(User)


class OrgMirrorConfig(BaseModel):
    organization = ForeignKeyField(User)
    is_enabled = BooleanField()


def count():
    users = User.select().where(User.organization == False, User.robot == False)  # noqa: E712
    users = users.where(User.id.not_in(DeletedNamespace.select(DeletedNamespace.namespace)))
    organizations = User.select().where(User.organization == True, User.robot == False)  # noqa: E712
    organizations = organizations.where(User.enabled == True)  # noqa: E712
    mirrors = OrgMirrorConfig.select()
    return {
        "repositories": Repository.select().count(),
        "users": users.count(),
        "organizations": organizations.count(),
        "robots": RobotAccountToken.select().count(),
        "orgMirrors": {
            "total": mirrors.count(),
            "enabled": mirrors.where(OrgMirrorConfig.is_enabled == True).count(),  # noqa: E712
        },
    }


for line in sys.stdin:
    print(json.dumps(count()), flush=True)
