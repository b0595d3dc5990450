"""Consul agents: servers and clients of a version that Debian packaged, and a front before one.

The program comes once from the bullseye suite of this machine's mirror, by a private apt folder;
nothing of the machine's own apt is touched. Agents listen on free ports of 127.0.0.1.
"""

import json
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from requests.structures import CaseInsensitiveDict

from tests.real import parts
from tests.real.engine import default_folder
from tests.real.mirror import read
from tests.real.sharing import locked

MASTER = "11111111-2222-4333-8444-555555555555"
GONE = ("does not have a Release file", "Unable to locate package", "404")
STARTS_S = 20.0


@cache  # tests may move the home that the folder lies in
def program() -> Path:
    """The consul program, fetched if need be; where the mirror has it no more, tests skip."""
    folder = default_folder() / "consul"
    made = folder / "unpacked/usr/bin/consul"
    if made.exists():
        return made
    parts.require("debian-mirror")
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder), tempfile.TemporaryDirectory(dir=folder) as scratch:
        if not made.exists():
            _fetch(Path(scratch)).replace(folder / "unpacked")
    return made


def _fetch(scratch: Path) -> Path:
    """A folder with the unpacked package."""
    apt = scratch / "apt"
    for name in ("lists/partial", "cache/archives/partial", "parts", "preferences"):
        (apt / name).mkdir(parents=True)
    (apt / "status").touch()
    (apt / "sources.list").write_text("\n".join(read().lines("bullseye", security=False)) + "\n")
    (apt / "apt.conf").write_text("".join(f'{name} "{value}";\n' for name, value in {
        "Dir::State::lists": apt / "lists", "Dir::State::status": apt / "status",
        "Dir::Cache": apt / "cache", "Dir::Etc::sourcelist": apt / "sources.list",
        "Dir::Etc::sourceparts": apt / "parts", "Dir::Etc::preferencesparts": apt / "preferences",
        "Acquire::Languages": "none", "APT::Sandbox::User": "root",
    }.items()))
    for words in (("update",), ("download", "consul")):
        ran = subprocess.run(["apt-get", "-c", str(apt / "apt.conf"), *words], cwd=scratch,
                             capture_output=True, text=True, timeout=300)
        if ran.returncode:
            refuse(ran.stderr)
    package = next(scratch.glob("consul_*.deb"))
    subprocess.run(["dpkg", "-x", str(package), str(scratch / "unpacked")], check=True)
    return scratch / "unpacked"


def refuse(said: str) -> None:
    """Ends the test: skipped where the mirror has the suite no more, else as of an absent part."""
    reason = f"the mirror does not give consul of bullseye: {said.strip()[-300:]}"
    if any(words in said for words in GONE):
        pytest.skip(reason)
    parts.refuse(reason)


@dataclass(frozen=True)
class Agent:
    """A running agent, and its ports by name."""

    process: subprocess.Popen
    ports: dict[str, int]
    token: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports['http']}"

    def get(self, path: str) -> Any:
        """What an endpoint answers, as JSON."""
        return self._asked("GET", path, None).json()

    def put(self, path: str, body: Any = None) -> Any:
        """Writes; what the endpoint answers, as JSON if it answers."""
        answer = self._asked("PUT", path, body)
        return answer.json() if answer.content else None

    def post(self, path: str, body: Any) -> Any:
        """Makes; what the endpoint answers."""
        return self._asked("POST", path, body).json()

    def _asked(self, method: str, path: str, body: Any) -> requests.Response:
        answer = requests.request(method, f"{self.url}/v1/{path}", json=body, timeout=10,
                                  headers={"X-Consul-Token": self.token} if self.token else {})
        if not answer.ok:
            raise RuntimeError(f"{path}: {answer.status_code} {answer.text}")
        return answer

    def kill(self) -> None:
        """Ends it as a crash does."""
        self.process.kill()
        self.process.wait()


@contextmanager
def agent(folder: Path, **settings: Any) -> Iterator[Agent]:
    """A running agent: a server of its own in development mode, or a client with `join`.

    Args:
        folder: an empty folder.
        settings: of Consul's configuration; `join` names an agent that it joins, `acl` turns on
            ACLs that deny by default, `more_ports` are names of ports beside the usual.
    """
    join, acl = settings.pop("join", None), settings.pop("acl", False)
    named = ("http", "serf_lan", "serf_wan", "server", *settings.pop("more_ports", ()))
    ports = {**_free_ports(*named), "dns": -1, "grpc": -1}
    configuration = {
        "node_name": folder.name, "ports": ports, "bind_addr": "127.0.0.1", "log_level": "err",
        "connect": {"enabled": True}, "disable_update_check": True,
        "gossip_lan": {"probe_interval": "100ms", "probe_timeout": "50ms", "suspicion_mult": 1,
                       "gossip_interval": "20ms"},
        **settings,
    }
    if acl:
        configuration["acl"] = {"enabled": True, "default_policy": "deny",
                                "tokens": {"master": MASTER, "agent": MASTER}}
    if join is None:
        flags = ["-dev"]
    else:
        flags = ["-data-dir", str(folder / "data")]
        configuration["retry_join"] = [f"127.0.0.1:{join.ports['serf_lan']}"]
    file = folder / "agent.json"
    file.write_text(json.dumps(configuration))
    command = [str(program()), "agent", *flags, "-config-file", str(file)]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=folder)
    running = Agent(process, ports, MASTER if acl else "")
    try:
        wait_until(lambda: is_ready(running), f"{folder.name} to start")
        yield running
    finally:
        process.kill()
        process.wait()


def is_ready(running: Agent) -> bool:
    """Whether the agent answers, knows a leader and has registered itself."""
    try:
        me = running.get("agent/self")["Config"]["NodeName"]
        known = [node["Node"] for node in running.get("catalog/nodes")]
        return me in known and bool(running.get("status/leader"))
    except (requests.RequestException, RuntimeError):
        return False


def settle(running: Agent) -> None:
    """Waits until servers know of the agent's node all that it knows itself."""
    me = running.get("agent/self")["Config"]["NodeName"]
    wait_until(lambda: running.get(f"catalog/node/{me}")["Node"]["Meta"], "the node's meta")


def wait_until(holds: Any, what: str) -> None:
    """Waits until something holds, not for long."""
    limit = time.monotonic() + STARTS_S
    while not holds():
        if time.monotonic() > limit:
            raise TimeoutError(f"waited {STARTS_S:g} s for {what}")
        time.sleep(0.05)


def _free_ports(*names: str) -> dict[str, int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in names]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return {name: one.getsockname()[1] for name, one in zip(names, sockets, strict=True)}


@dataclass
class Front:
    """A server before an agent that writes down what it is asked, and answers otherwise if told.

    Args:
        behind: the agent.
        calls: method, path and query of each call.
        headers: headers that are added to answers.
        before: what is done before a path is passed on, by path.
        refused: status and text by path.
    """

    behind: Agent
    port: int = 0
    calls: list[tuple[str, str, dict[str, list[str]]]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    refused: dict[str, tuple[int, str]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, path: str, sent: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body for a call."""
        plain = urlsplit(path).path.removeprefix("/v1/")
        self.before.get(plain, lambda: None)()
        if plain in self.refused:
            status, text = self.refused[plain]
            return status, {}, text.encode()
        answer = requests.get(f"{self.behind.url}{path}", headers=sent, timeout=10)
        kept = {name: value for name, value in answer.headers.items()
                if name.lower().startswith("x-consul")}
        told = CaseInsensitiveDict({**kept, **self.headers})
        return answer.status_code, dict(told), answer.content


@contextmanager
def front(behind: Agent) -> Iterator[Front]:
    """A running front."""
    watched = Front(behind)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(watched))
    server.daemon_threads = True
    watched.port = server.server_port
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield watched
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(watched: Front) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 20
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_GET(self):
            self._pass_on()

        do_POST = do_PUT = do_DELETE = do_GET

        def _pass_on(self):
            parts_of = urlsplit(self.path)
            watched.calls.append(
                (self.command, parts_of.path, parse_qs(parts_of.query, keep_blank_values=True)))
            token = self.headers.get("X-Consul-Token")
            status, headers, body = watched.answer(
                self.path, {"X-Consul-Token": token} if token else {})
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Nothing is written to the terminal."""

    return Handler
