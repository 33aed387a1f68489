"""Makes a virtual environment once, however many processes ask for it at the same time.

usage: create_environment.py <folder> <requirements file>

The lock is the kernel's: it goes with the process that holds it, so a crashed creator leaves none
behind. pip inherits it, so that a pip which outlives its parent is never joined by a second one.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import venv


def main(folder, requirements):
    os.makedirs(os.path.dirname(folder), exist_ok=True)
    complete = os.path.join(folder, ".complete")
    lock = os.open(folder + ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    fcntl.flock(lock, fcntl.LOCK_EX)
    if os.path.exists(complete):
        return 0
    # Whatever is here is half of an earlier attempt.
    shutil.rmtree(folder, ignore_errors=True)
    venv.create(folder, with_pip=True, symlinks=True)
    pip = [os.path.join(folder, "bin", "python"), "-m", "pip", "--disable-pip-version-check", "install"]
    installed = subprocess.run(pip + ["--no-input", "--quiet", "-r", requirements], pass_fds=(lock,))
    if installed.returncode != 0:
        return installed.returncode
    open(complete, "w").close()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
