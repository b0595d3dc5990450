"""A replay of an HTTP API: recorded answers under their true paths, and faults on demand.

It stands for servers that cannot be had here (Mesos, Marathon, Nomad): what it answers are payloads
of theirs, what it adds are pages, redirects, refusals, pauses and answers that break off.
"""

import datetime
import ipaddress
import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

Query = dict[str, list[str]]


@dataclass
class Fault:
    """A refusal, so many times; None is always."""

    status: int
    body: str = "said by the replay"
    times: int | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Replay:
    """What is answered, and what was asked.

    Args:
        answers: JSON by path, or a function of the query that gives JSON and headers.
        faults: refusals by path.
        cut: paths whose answer ends in its middle.
        token: header and value that every call must bear.
        ca: the certificate that it shows, which is its own authority; plain HTTP without.
        calls: path, query and headers of each call.
    """

    port: int = 0
    answers: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, Fault] = field(default_factory=dict)
    cut: set[str] = field(default_factory=set)
    token: tuple[str, str] | None = None
    ca: Path | None = None
    calls: list[tuple[str, Query, dict[str, str]]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The address that a client is given."""
        return f"{'https' if self.ca else 'http'}://127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        """Paths that were asked for, in order."""
        return [path for path, _, _ in self.calls]

    def answer(self, path: str, query: Query) -> tuple[int, Any, dict[str, str]]:
        """Status, body and headers of a call."""
        fault = self.faults.get(path)
        if fault is not None and fault.times != 0:
            if fault.times is not None:
                fault.times -= 1
            return fault.status, fault.body, fault.headers
        if path not in self.answers:
            return 404, "404 page not found", {}
        found = self.answers[path]
        if isinstance(found, Callable):
            body, headers = found(query)
            return 200, body, headers
        return 200, found, {}


class _Handler(BaseHTTPRequestHandler):
    replay: Replay

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        replay = self.replay
        replay.calls.append((parts.path, parse_qs(parts.query), dict(self.headers)))
        if replay.token and self.headers.get(replay.token[0]) != replay.token[1]:
            self._send(401, "who are you?", {}, is_cut=False)
            return
        status, body, headers = replay.answer(parts.path, parse_qs(parts.query))
        self._send(status, body, headers, is_cut=parts.path in replay.cut)

    def do_POST(self) -> None:
        self.replay.calls.append((f"POST {self.path}", {}, {}))
        self._send(405, "only read", {}, is_cut=False)

    do_PUT = do_DELETE = do_PATCH = do_POST

    def _send(self, status: int, body: Any, headers: dict[str, str], *, is_cut: bool) -> None:
        content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[:len(content) // 2] if is_cut else content)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def replay(answers: dict[str, Any] | None = None, folder: Path | None = None) -> Iterator[Replay]:
    """A running replay; it ends with the block.

    Args:
        answers: JSON by path.
        folder: where its certificate is put; without one it speaks plain HTTP.
    """
    found = Replay(answers=dict(answers or {}))
    handler = type("Handler", (_Handler,), {"replay": found})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        if folder is not None:
            found.ca = _certificate(folder)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(found.ca)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        found.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield found
        finally:
            server.shutdown()
            thread.join()


def _certificate(folder: Path) -> Path:
    """A new key with a certificate for this machine, in one file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "replay")])
    today = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(
            [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "replay.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption()))
    return path
