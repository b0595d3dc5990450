"""A vCenter: the simulator of govmomi, built once from Debian's packages, and a front before it.

The front speaks TLS with a certificate of a private authority, writes down every call, and does
what the simulator cannot: pages, faults, answers that break off. Nothing leaves this machine.
"""

import hashlib
import os
import re
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.real import parts
from tests.real.engine import default_folder
from tests.real.papers import Papers

USER = "reader@vsphere.local"
PASSWORD = "correct horse 7"
SOURCE = Path(__file__).with_name("scripts") / "vcsim.go"
PACKAGES = Path("/usr/share/gocode")
LIBRARY = PACKAGES / "src/github.com/vmware/govmomi/simulator"
INSTALL = "install golang-go and golang-github-vmware-govmomi-dev, as root on Debian bookworm"
ACTION = re.compile(rb"<soapenv:Body>\s*<(\w+)")
OBJECT = re.compile(rb"<objects>.*?</objects>", re.DOTALL)
KIND = re.compile(rb"<propSet>\s*<type>(\w+)</type>")
FAULT = (
    '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope'
    ' xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body><soapenv:Fault>'
    "<faultcode>ServerFaultCode</faultcode><faultstring>refused</faultstring><detail>"
    '<{0}Fault xmlns="urn:vim25" xsi:type="{0}">{1}</{0}Fault>'
    "</detail></soapenv:Fault></soapenv:Body></soapenv:Envelope>"
)
INVALID_PROPERTY = FAULT.format("InvalidProperty", "<name>config</name>")
NO_PERMISSION = FAULT.format(
    "NoPermission",
    '<object type="Folder">group-d1</object><privilegeId>System.View</privilegeId>')


def program() -> Path:
    """The simulator, built if need be."""
    go = parts.require("go", f"the compiler of Go is absent here; {INSTALL}")
    if not LIBRARY.is_dir():
        parts.refuse(f"the sources of govmomi are absent here; {INSTALL}")
    version = subprocess.run([go, "version"], check=True, stdout=subprocess.PIPE).stdout
    digest = hashlib.sha256(SOURCE.read_bytes() + version).hexdigest()[:16]
    built = default_folder() / "vcenter" / f"vcsim-{digest}"
    if not built.exists():
        built.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=built.parent) as folder:
            fresh = Path(folder) / "vcsim"
            environment = {**os.environ, "GOPATH": str(PACKAGES), "GO111MODULE": "off",
                           "GOFLAGS": "", "GOCACHE": str(Path(folder) / "cache")}
            subprocess.run([go, "build", "-o", str(fresh), str(SOURCE)], check=True,
                           env=environment)
            fresh.replace(built)
    return built


@dataclass(frozen=True)
class Simulator:
    """A running simulator and its host and port."""

    process: subprocess.Popen
    address: str

    def export(self, folder: Path) -> Path:
        """Writes about.json, vm.info.json and host.info.json, as govc of 2021 prints them."""
        self.process.stdin.write(f"{folder}\n")
        self.process.stdin.flush()
        said = self.process.stdout.readline().strip()
        if said != "written":
            raise RuntimeError(said)
        return folder


@contextmanager
def simulator(folder: Path, signed: Papers, **sizes: int) -> Iterator[Simulator]:
    """A running simulator; sizes are its flags, as machines=20."""
    flags = [word for name, value in sizes.items()
             for word in (f"-{name.replace('_', '-')}", str(value))]
    command = [str(program()), "-user", USER, "-password", PASSWORD, "-cert", str(signed.chain),
               "-key", str(signed.key), *flags]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True, env={"TMPDIR": str(folder), "HOME": str(folder), "PATH": "/usr/bin:/bin"})
    try:
        yield Simulator(process, process.stdout.readline().strip())
    finally:
        process.stdin.close()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


@dataclass
class Front:
    """A TLS server before the simulator.

    Args:
        address: host and port of the simulator.
        papers: certificates.
        calls: every call that came, by its name, in order.
        page: objects in a page; None for as many as there are.
        unknown: a property that the server does not know.
        refused: kinds of objects, or names of calls, that are answered with NoPermission.
        repeats: the second page is sent again and again.
        breaks: the answer with the second page breaks off.
    """

    address: str
    papers: Papers
    calls: list[str] = field(default_factory=list)
    page: int | None = None
    unknown: str = ""
    refused: set[str] = field(default_factory=set)
    repeats: bool = False
    breaks: bool = False
    waiting: dict[bytes, list[bytes]] = field(default_factory=dict)
    shell: tuple[bytes, bytes] = (b"", b"")
    place: str = ""

    @cached_property
    def trusting(self) -> ssl.SSLContext:
        """Trusts the authority of the tests alone."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cafile=self.papers.authority)
        return context

    def reset(self) -> None:
        """Back to passing everything on."""
        self.calls.clear()
        self.waiting.clear()
        self.refused.clear()
        self.page, self.repeats, self.breaks, self.unknown = None, False, False, ""

    def answer(self, request: bytes, headers: dict[str, str]) -> tuple[int, bytes, str]:
        """Status, body and cookie for a call."""
        action = (ACTION.search(request) or [b"", b"?"])[1].decode()
        self.calls.append(action)
        kind = (KIND.search(request) or [b"", b""])[1].decode()
        if self.unknown and self.unknown.encode() in request:
            return 500, INVALID_PROPERTY.encode(), ""
        if self.refused & {action, kind}:
            return 500, NO_PERMISSION.encode(), ""
        if action == "ContinueRetrievePropertiesEx" and self.page:
            return 200, self._next(re.search(rb"<token[^>]*>(.*?)</token>", request)[1]), ""
        status, body, cookie = self.passed_on("POST", "/sdk", request, headers)
        if action == "RetrievePropertiesEx" and self.page and status == 200:
            body = self._first(body)
        return status, body, cookie

    def passed_on(
        self, method: str, path: str, request: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, bytes, str]:
        """What the simulator answers."""
        connection = HTTPSConnection(self.address, context=self.trusting, timeout=60)
        try:
            connection.request(method, path, request, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.getheader("Set-Cookie") or ""
        finally:
            connection.close()

    def _first(self, body: bytes) -> bytes:
        objects = OBJECT.findall(body)
        if len(objects) <= self.page:
            return body
        start, end = body.index(objects[0]), body.rindex(objects[-1]) + len(objects[-1])
        token = str(len(self.waiting)).encode()
        self.shell = body[:start], body[end:]
        self.waiting[token] = objects[self.page:]
        return self._wrapped(token, objects[:self.page])

    def _next(self, token: bytes) -> bytes:
        objects = self.waiting[token]
        page, rest = objects[:self.page], objects[self.page:]
        if not self.repeats:
            self.waiting[token] = rest
        body = self._wrapped(token if rest or self.repeats else b"", page)
        answer = b"RetrievePropertiesExResponse"
        return body.replace(answer, b"Continue" + answer)

    def _wrapped(self, token: bytes, objects: list[bytes]) -> bytes:
        before, after = self.shell
        said = b"<token>" + token + b"</token>" if token else b""
        return before + said + b"".join(objects) + after


@contextmanager
def front(address: str, signed: Papers) -> Iterator[Front]:
    """A running front; `place` is its host and port."""
    watched = Front(address, signed)
    server = _Server(("127.0.0.1", 0), _handler(watched))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(signed.chain, signed.key)
    server.socket = context.wrap_socket(server.socket, server_side=True,
                                        do_handshake_on_connect=False)
    watched.place = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield watched
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that does not trust the certificate hangs up; that is what it should do."""


def _handler(watched: Front) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 20
        disable_nagle_algorithm = True
        wbufsize = -1  # one packet for head and body

        def do_GET(self):
            watched.calls.append(f"GET {self.path}")
            status, body, _ = watched.passed_on("GET", self.path)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self):
            request = self.rfile.read(int(self.headers["Content-Length"]))
            kept = {name: self.headers[name] for name in ("Cookie", "SOAPAction", "Content-Type")
                    if self.headers[name]}
            status, body, cookie = watched.answer(request, kept)
            self.send_response(status)
            self.send_header("Content-Type", "text/xml; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            if cookie:
                self.send_header("Set-Cookie", cookie)
            self.end_headers()
            if watched.breaks and watched.calls[-1] == "ContinueRetrievePropertiesEx":
                body = body[:len(body) // 2]
                self.close_connection = True
            self.wfile.write(body)

        def log_message(self, *_):
            """Nothing is written to the terminal."""

        def finish(self):
            try:
                super().finish()
            except OSError:
                return  # the client has left

    return Handler
