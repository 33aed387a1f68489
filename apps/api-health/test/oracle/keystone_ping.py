"""Asks Keystone as the ping of Quay does (data/users/keystone.py), with the real client library.

usage: keystone_ping.py <url> <version> <user> <password> <tenant>

Prints the id of the user, or the class of the error.
"""

import sys

from keystoneauth1 import session
from keystoneauth1.exceptions import ClientException
from keystoneauth1.identity import v2, v3

url, version, user, password, tenant = sys.argv[1:]
if version == "3":
    auth = v3.Password(auth_url=url, username=user, password=password, user_domain_id="default")
else:
    auth = v2.Password(auth_url=url, username=user, password=password, tenant_name=tenant)
try:
    print(session.Session(auth=auth).get_user_id())
except ClientException as error:
    print(type(error).__name__)
