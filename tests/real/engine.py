"""A private Docker engine, with podman's service and a small registry, in one folder.

    python -m tests.real.engine start|build|run|stop|env [FOLDER]    (commands.py)

They live in mount, process, network, IPC, cgroup and host-name namespaces of their own. So the
machine's network, mounts and Docker stay untouched, ports and addresses are free to be the same
each time, every path and name that the engine reports is that of an ordinary server, and ending
the first process ends all of them, mounts included. Only cgroups have to be swept.
"""

import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import docker
from docker.errors import APIError, NotFound

from tests.real import parts

HOST = "dock-01.shop.example"
OURS = "started-by-tests"  # such an engine stops with the last test run
READY = "ready"  # the fleet in it is complete, as of the code whose digest this file holds
LOGS = ("engine", "docker", "podman")
START_S = 30.0
PING_S = 5.0
STOP_S = 30.0
KILL_S = 10.0
ENDED = "ended"
LONGEST_SOCKET = 100  # the kernel allows 107 bytes
FIRST_PROCESS = Path(__file__).with_name("scripts") / "engine.sh"
DETACHED = 'exec 3>&1; setsid "$@" 3>&- >"$LOG" 2>&1 </dev/null & echo $! >&3'
NAMESPACES = ("--mount", "--propagation", "private", "--uts", "--ipc", "--net", "--cgroup")
PROCESSES = ("--pid", "--fork", "--kill-child", "--mount-proc")


class EngineError(Exception):
    """The engine did not start, or a part of it is absent; the text says why, with its log."""


@dataclass(frozen=True)
class Engine:
    """One running engine: its folder and the URL of its socket."""

    folder: Path
    socket: str

    @cached_property
    def client(self) -> docker.DockerClient:
        """The Docker SDK's client; API version 1.41 on bookworm, for podman too."""
        return docker.DockerClient(base_url=self.socket, timeout=120)

    def answers(self) -> bool:
        """Whether something listens on the socket and says that it is well."""
        with socket.socket(socket.AF_UNIX) as connection, suppress(OSError):
            connection.settimeout(PING_S)
            connection.connect(self.socket.removeprefix("unix://"))
            connection.sendall(b"GET /_ping HTTP/1.0\r\n\r\n")
            return b" 200 " in connection.recv(64)
        return False


def default_folder() -> Path:
    """FLEETKIT_REAL_FOLDER, or `fleetkit-real` in the user's cache."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("FLEETKIT_REAL_FOLDER") or Path(cache) / "fleetkit-real").resolve()


def docker_of(folder: Path) -> Engine:
    """The Docker engine of a folder, running or not."""
    return Engine(folder, f"unix://{folder}/docker.sock")


def podman_of(folder: Path) -> Engine:
    """The podman service of a folder, running or not."""
    return Engine(folder, f"unix://{folder}/podman.sock")


def is_running(folder: Path) -> bool:
    """Whether the folder's engine is alive and answers."""
    return _pid(folder) is not None and docker_of(folder).answers()


def start(folder: Path) -> Engine:
    """The folder's Docker engine, started if need be; podman's service comes with it.

    Raises:
        EngineError: a part is absent, or the engine did not answer in time.
    """
    found, why = parts.find("docker-engine")
    if found is None:
        raise EngineError(why)
    if not is_running(folder):
        _end(folder)
        _prepare(folder)
        _launch(folder)
        _await(folder)
    return docker_of(folder)


def stop(folder: Path) -> None:
    """Removes containers, volumes and networks, and ends every process; the images stay."""
    for engine in (docker_of(folder), podman_of(folder)):
        if engine.answers():
            _empty(engine)
            engine.client.close()
    _end(folder)


def _prepare(folder: Path) -> None:
    if len(f"{folder}/podman.sock") > LONGEST_SOCKET or str(folder).startswith(("/run/", "/srv/")):
        raise EngineError(
            f"{folder}: too long for a socket's path, or below /run or /srv, which the engine "
            "replaces; name a shorter folder in FLEETKIT_REAL_FOLDER"
        )
    for name in ("docker", "podman", "srv"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for place in ("/var/lib/docker", "/var/lib/containers", "/srv"):
        Path(place).mkdir(parents=True, exist_ok=True)  # only to be mounted over, out of sight
    (folder / "hosts").write_text(f"127.0.0.1 localhost {HOST} registry.shop.example\n")
    for name in ("docker.sock", "podman.sock"):
        (folder / name).unlink(missing_ok=True)


def _launch(folder: Path) -> None:
    words = ["unshare", *NAMESPACES, *PROCESSES, "sh", str(FIRST_PROCESS)]
    # A bare environment: a proxy of this machine would show in what the engine tells of itself.
    environment = {
        "PATH": os.pathsep.join((os.environ.get("PATH", ""), parts.ADMIN_PATH, "/usr/bin:/bin")),
        "HOME": "/root",
        "LOG": str(folder / "engine.log"),
    }
    arguments = ["sh", "-c", DETACHED, "sh", *words, str(folder), HOST, _cgroup(folder)]
    ran = subprocess.run(arguments, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    first = _first_process(int(ran.stdout))
    if first is None:
        raise EngineError(f"{folder}: no namespaces of its own; unshare said\n{_tails(folder)}")
    (folder / "engine.pid").write_text(f"{first} {_born(first)}")


def _first_process(unshare: int) -> int | None:
    """The one child of unshare, process 1 of the namespaces; None when unshare gave up."""
    limit = time.monotonic() + START_S
    while _born(unshare) != ENDED and time.monotonic() < limit:
        for child in _children(unshare):
            return child
        time.sleep(0.01)
    return None


def _await(folder: Path) -> None:
    engines = [docker_of(folder)]
    if parts.find("podman")[0]:
        engines.append(podman_of(folder))
    limit = time.monotonic() + START_S
    while not all(engine.answers() for engine in engines):
        if time.monotonic() > limit or _pid(folder) is None:
            tails = _tails(folder)
            _end(folder)
            told = f"{folder}: no engine within {START_S:g} s; its logs end with\n{tails}"
            raise EngineError(told)
        time.sleep(0.05)


def _empty(engine: Engine) -> None:
    api = engine.client.api
    for container in api.containers(all=True, quiet=True):
        with suppress(NotFound):
            api.remove_container(container["Id"], force=True, v=True)
    for volume in api.volumes()["Volumes"] or []:
        api.remove_volume(volume["Name"], force=True)
    for network in api.networks():
        with suppress(APIError):  # the predefined ones refuse
            api.remove_network(network["Id"])


def _end(folder: Path) -> None:
    """Ends the first process: first a request, which dockerd obeys in order, then by force."""
    for number, patience_s in ((signal.SIGTERM, STOP_S), (signal.SIGKILL, KILL_S)):
        pid = _pid(folder)
        if pid is None:
            break
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        limit = time.monotonic() + patience_s
        while _pid(folder) is not None and time.monotonic() < limit:
            time.sleep(0.05)
    for name in ("engine.pid", OURS, READY):
        (folder / name).unlink(missing_ok=True)
    _sweep_cgroups(folder)


def _pid(folder: Path) -> int | None:
    """The engine's first process; None when it has ended, even if its number is in use again."""
    try:
        pid, born = (folder / "engine.pid").read_text().split()
    except (FileNotFoundError, ValueError):
        return None
    return int(pid) if _born(int(pid)) == born else None


def _stat(pid: int) -> list[str]:
    """Fields of /proc/PID/stat from the third one (state) on; empty without such a process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _born(pid: int) -> str:
    """Start time in ticks since boot; "ended" for a process that is gone or waits to be reaped."""
    fields = _stat(pid)
    return ENDED if not fields or fields[0] in "ZX" else fields[19]


def _children(pid: int) -> list[int]:
    numbers = [int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit()]
    return [number for number in numbers if _stat(number)[1:2] == [str(pid)]]


def _cgroup(folder: Path) -> str:
    return f"fleetkit-real-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"


def _sweep_cgroups(folder: Path) -> None:
    """Removes what a killed engine left of its cgroups; the kernel refuses where a process is."""
    for name in (_cgroup(folder), "libpod_parent"):
        for top in (*Path("/sys/fs/cgroup").glob(f"*/{name}"), Path("/sys/fs/cgroup") / name):
            for inner, _, _ in os.walk(top, topdown=False):
                with suppress(OSError):
                    Path(inner).rmdir()


def _tails(folder: Path) -> str:
    """The last lines of every log."""
    told = []
    for log in (folder / f"{name}.log" for name in LOGS):
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        told += [f"  {log.name}: {line}" for line in lines[-15:]]
    return "\n".join(told)


if __name__ == "__main__":
    from tests.real.commands import main

    sys.exit(main(sys.argv[1:]))
