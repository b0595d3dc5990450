"""A Kubernetes API server over etcd, on this machine: `python -m tests.real.kubernetes build`.

No controller and no kubelet runs: what they would write (pods, replica sets, statuses) is written
by the tests through the API, which checks it as it would theirs.
"""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import Any

import yaml

from tests.real import parts
from tests.real.kubernetes_building import NotBuilt, build, program
from tests.real.papers import Papers

ADMIN, READER, NOBODY = "admin-token-3b1f", "reader-token-77aa", "nobody-token-0c0c"
USERS = f'{ADMIN},admin,1,"system:masters"\n{READER},reader,2\n{NOBODY},nobody,3\n'
PATIENCE_S = 90.0
BUILD = "python -m tests.real.kubernetes build"
NOT_BUILT = f"the API server is not built here; build it once: {BUILD} (some minutes)"


@dataclass
class Server:
    """A running API server.

    Args:
        port: on this machine.
        papers: certificates; the server's own is of their authority.
        audit: file in which the server writes every request down.
        store: port of its etcd.
    """

    port: int
    papers: Papers
    audit: Path
    store: int

    @cached_property
    def trusting(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.papers.authority))

    def ask(self, method: str, path: str, body: Any = None, token: str = ADMIN,
            kind: str = "application/json") -> Any:
        """The answer of the API; an error if it is one."""
        connection = HTTPSConnection("127.0.0.1", self.port, context=self.trusting, timeout=20)
        try:
            headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            said = answer.read()
        finally:
            connection.close()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {said[:400].decode()}")
        return json.loads(said)

    def create(self, path: str, entry: Mapping[str, Any]) -> dict[str, Any]:
        """Makes an object, and writes its status if it has one, as its controller would."""
        made = self.ask("POST", path, entry)
        if "status" in entry:
            place = f"{path}/{made['metadata']['name']}/status"
            made = self.ask("PATCH", place, {"status": entry["status"]},
                            kind="application/merge-patch+json")
        return made

    def forget(self) -> None:
        """Makes etcd forget all moments before this one, as it does of itself every 5 minutes."""
        later = self.ask("PATCH", "/api/v1/namespaces/default",
                         {"metadata": {"labels": {"moment": str(time.monotonic_ns())}}},
                         kind="application/merge-patch+json")
        now = later["metadata"]["resourceVersion"]
        connection = HTTPConnection("127.0.0.1", self.store, timeout=20)
        try:
            connection.request("POST", "/v3/kv/compaction", json.dumps({"revision": now}))
            if connection.getresponse().status != 200:
                raise RuntimeError("etcd does not forget")
        finally:
            connection.close()

    def requests(self) -> list[dict[str, Any]]:
        """Every request that came, as the server's audit has it."""
        return [json.loads(line) for line in self.audit.read_text().splitlines() if line]

    def kubeconfig(self, folder: Path, **tokens: str) -> Path:
        """A kubeconfig with a context for each token, under its name."""
        path = folder / "kubeconfig"
        path.write_text(yaml.safe_dump({
            "apiVersion": "v1", "kind": "Config", "current-context": next(iter(tokens), ""),
            "clusters": [{"name": "local", "cluster": {
                "server": f"https://127.0.0.1:{self.port}",
                "certificate-authority": str(self.papers.authority)}}],
            "users": [{"name": name, "user": {"token": token}} for name, token in tokens.items()],
            "contexts": [{"name": name, "context": {"cluster": "local", "user": name}}
                         for name in tokens],
        }))
        return path


def needed() -> Path:
    """The built server; the test is skipped (or fails) where it is not."""
    parts.require("etcd", "the program 'etcd' is absent here; install etcd-server")
    parts.require("openssl")
    if not program().exists():
        if os.environ.get("FLEETKIT_REAL") != "1":
            parts.refuse(NOT_BUILT)
        try:
            build()
        except NotBuilt as error:
            parts.refuse(f"the API server cannot be built here: {error}")
    return program()


@contextmanager
def server(folder: Path, signed: Papers) -> Iterator[Server]:
    """A running API server, empty."""
    built = needed()
    client, peer, port = (_free_port() for _ in range(3))
    running = Server(port, signed, folder / "audit.log", client)
    _write_settings(folder)
    processes: list[subprocess.Popen[bytes]] = []
    try:
        processes.append(_started(folder, "etcd", _etcd(folder, client, peer)))
        processes.append(_started(folder, "server", [str(built), *_flags(folder, running, client)]))
        _wait(running, processes, folder)
        yield running
    finally:
        for process in reversed(processes):
            process.send_signal(signal.SIGKILL)
            process.wait()


def _etcd(folder: Path, client: int, peer: int) -> list[str]:
    return [parts.require("etcd"), "--data-dir", str(folder / "etcd"),
            "--listen-client-urls", f"http://127.0.0.1:{client}",
            "--advertise-client-urls", f"http://127.0.0.1:{client}",
            "--listen-peer-urls", f"http://127.0.0.1:{peer}",
            "--initial-advertise-peer-urls", f"http://127.0.0.1:{peer}",
            "--initial-cluster", f"default=http://127.0.0.1:{peer}", "--unsafe-no-fsync"]


def _flags(folder: Path, running: Server, client: int) -> list[str]:
    flags = {
        "etcd-servers": f"http://127.0.0.1:{client}", "secure-port": running.port,
        "bind-address": "127.0.0.1", "cert-dir": folder / "certificates",
        "tls-cert-file": running.papers.chain, "tls-private-key-file": running.papers.key,
        "service-cluster-ip-range": "10.96.0.0/16",
        "service-account-issuer": "https://kubernetes.default.svc",
        "service-account-key-file": folder / "sa.pub",
        "service-account-signing-key-file": folder / "sa.key", "api-audiences": "api",
        "token-auth-file": folder / "users.csv", "authorization-mode": "RBAC",
        "disable-admission-plugins": "ServiceAccount", "allow-privileged": "true",
        "anonymous-auth": "true", "audit-policy-file": folder / "audit.yaml",
        "audit-log-path": running.audit, "audit-log-mode": "blocking",
        "feature-gates": "EphemeralContainers=true",
    }
    return [f"--{name}={value}" for name, value in flags.items()]


def _write_settings(folder: Path) -> None:
    (folder / "users.csv").write_text(USERS)
    (folder / "audit.yaml").write_text(
        "apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\n"
        "rules: [{level: Metadata}]\n")
    openssl = parts.require("openssl")
    for words in (["genrsa", "-out", "sa.key", "2048"],
                  ["rsa", "-in", "sa.key", "-pubout", "-out", "sa.pub"]):
        subprocess.run([openssl, *words], cwd=folder, check=True, stderr=subprocess.DEVNULL)


def _started(folder: Path, name: str, command: list[str]) -> subprocess.Popen[bytes]:
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=folder,
                                start_new_session=True)


def _wait(running: Server, processes: list[subprocess.Popen[bytes]], folder: Path) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if any(process.poll() is not None for process in processes):
            break
        try:
            running.ask("GET", "/readyz?verbose=false")
        except (OSError, RuntimeError):
            time.sleep(0.1)
        except json.JSONDecodeError:  # it says "ok"
            return
    said = "".join((folder / f"{name}.log").read_text()[-500:] for name in ("etcd", "server"))
    raise RuntimeError(f"the API server did not start: {said}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    if sys.argv[1:] != ["build"]:
        raise SystemExit(f"usage: {BUILD}")
    try:
        print(build())
    except NotBuilt as error:
        raise SystemExit(f"not built: {error}") from error


if __name__ == "__main__":
    main()
