"""Running services of a session: started side by side, awaited, ended."""

import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

from tests.real import openstack_building as building
from tests.real import openstack_settings as settings

START_S = 180.0
END_S = 20.0


@dataclass
class Cloud:
    """OpenStack's services on loopback.

    Args:
        folder: databases, configuration and logs of this session.
        ports: of each service.
    """

    folder: Path
    ports: dict[str, int]
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    @property
    def login(self) -> str:
        """The address of the identity service."""
        return settings.address("keystone", self.ports)

    def start(self, *names: str) -> None:
        """Starts services and waits until each answers.

        Raises:
            NotBuilt: one ended, or does not answer in time; the text has the end of its log.
        """
        for name in names:
            self.processes[name] = self._launched(name)
        limit = time.monotonic() + START_S
        for name in names:
            while not _answers(self.ports[name]):
                if time.monotonic() > limit or self.processes[name].poll() is not None:
                    raise building.NotBuilt(f"{name} does not answer:\n{self.tail(name)}")
                time.sleep(0.1)

    def end(self) -> None:
        """Ends all services."""
        for process in self.processes.values():
            process.kill()
        for process in self.processes.values():
            process.wait(END_S)

    def manage(self, name: str, *words: str) -> None:
        """Runs a service's own management tool in this session."""
        tool = [str(building.python().with_name(f"{name}-manage")), "--config-file",
                str(self.folder / name / f"{name}.conf"), *words]
        subprocess.run(tool, cwd=self.folder, check=True, stdout=subprocess.PIPE,
                       stderr=subprocess.STDOUT,
                       env=settings.environment(self.folder, building.SCRIPTS))

    def tail(self, name: str) -> str:
        """The end of a service's log."""
        return (self.folder / f"{name}.log").read_text(errors="replace")[-3000:]

    def _launched(self, name: str) -> "subprocess.Popen[bytes]":
        words = [str(building.python()), str(building.SCRIPTS / "openstack_serve.py"), name,
                 str(self.ports[name]), str(self.folder / name / f"{name}.conf")]
        with (self.folder / f"{name}.log").open("wb") as log:
            return subprocess.Popen(
                words, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=settings.environment(self.folder, building.SCRIPTS),
            )


@contextmanager
def running() -> Iterator[Cloud]:
    """A fresh cloud of all services with one hypervisor; ended and removed afterwards.

    Raises:
        NotBuilt: a part could not be made, or a service did not start.
    """
    building.build()
    with tempfile.TemporaryDirectory(prefix="openstack-", ignore_cleanup_errors=True) as folder:
        cloud = Cloud(Path(folder), _free_ports())
        building.place(cloud.folder, cloud.ports)
        try:
            cloud.start(*settings.SERVICES)
            cloud.manage("nova", "cell_v2", "discover_hosts")
            yield cloud
        finally:
            cloud.end()


def _free_ports() -> dict[str, int]:
    """Ports that nobody listens on, asked of the kernel all at once so that they differ."""
    sockets = {name: socket.socket() for name in settings.SERVICES}
    for one in sockets.values():
        one.bind(("127.0.0.1", 0))
    ports = {name: one.getsockname()[1] for name, one in sockets.items()}
    for one in sockets.values():
        one.close()
    return ports


def _answers(port: int) -> bool:
    """Whether a service says anything; a refusal is an answer too."""
    opener = build_opener(ProxyHandler({}))
    with suppress(URLError, OSError):
        try:
            opener.open(f"http://127.0.0.1:{port}/", timeout=5).close()
        except HTTPError as error:
            error.close()
        return True
    return False
