"""OpenStack's own services as a real part: `python -m tests.real.openstack build|run`.

`build` installs them into a virtual environment of their own and makes their databases; `run`
starts them and prints how to log in, until it is interrupted. Tests take the fixture in
tests/loaders/openstack/conftest.py.
"""

import signal
import sys
import time
from contextlib import suppress

from tests.real import openstack_building as building
from tests.real import openstack_processes as processes
from tests.real import openstack_settings as settings

COMMAND = "python -m tests.real.openstack build"
USAGE = 2


def build() -> None:
    """Everything that takes time, made once."""
    started = time.monotonic()
    sys.stdout.write(f"{building.build()}: complete, {time.monotonic() - started:.0f} s\n")


def run() -> None:
    """A cloud until this process is interrupted."""
    started = time.monotonic()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with processes.running() as cloud:
        sys.stdout.write(
            f"started in {time.monotonic() - started:.0f} s\n"
            f"export OS_AUTH_URL={cloud.login} OS_USERNAME=admin OS_PASSWORD={settings.PASSWORD}"
            " OS_PROJECT_NAME=admin OS_USER_DOMAIN_ID=default OS_PROJECT_DOMAIN_ID=default"
            f" OS_REGION_NAME={settings.REGION}\nlogs: {cloud.folder}\n"
        )
        sys.stdout.flush()
        with suppress(KeyboardInterrupt):
            signal.pause()


VERBS = {"build": build, "run": run}

if __name__ == "__main__":
    if len(sys.argv) != USAGE or sys.argv[1] not in VERBS:
        sys.exit(f"usage: python -m tests.real.openstack {'|'.join(VERBS)}")
    VERBS[sys.argv[1]]()
