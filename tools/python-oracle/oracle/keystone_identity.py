"""OpenStack's Keystone on 127.0.0.1 with one user, `admin`, its state in a folder.

usage: keystone_identity.py <port> <folder> <password of admin>
"""

import grp
import os
import pwd
import subprocess
import sys

from keystone.server.wsgi import initialize_public_application
from werkzeug.serving import run_simple

# Passwords are hashed cheaply: what is kept here protects nothing.
CONFIG = """
[database]
connection = sqlite:///{folder}/keystone.db
[fernet_tokens]
key_repository = {folder}/tokens
[fernet_receipts]
key_repository = {folder}/tokens
[identity]
password_hash_algorithm = bcrypt
password_hash_rounds = 4
"""


def manage(config, *arguments):
    program = os.path.join(os.path.dirname(sys.executable), "keystone-manage")
    subprocess.run([program, "--config-file", config, *arguments], check=True)


def main(port, folder, password):
    config = os.path.join(folder, "keystone.conf")
    if not os.path.exists(config):
        os.makedirs(os.path.join(folder, "tokens"), mode=0o700, exist_ok=True)
        with open(config, "w") as file:
            file.write(CONFIG.format(folder=folder))
        manage(config, "db_sync")
        user, group = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
        manage(config, "fernet_setup", "--keystone-user", user, "--keystone-group", group)
        manage(config, "bootstrap", "--bootstrap-password", password)
    os.environ["OS_KEYSTONE_CONFIG_FILES"] = config
    # It reads the command line, too, which is ours.
    del sys.argv[1:]
    application = initialize_public_application()
    run_simple("127.0.0.1", int(port), application, threaded=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
