"""A proxy that lets requests pass, remembers them, and spoils answers where a test wants it."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

ANSWER_S = 60.0
Answer = tuple[int, bytes]
Fault = Callable[[str, Answer], Answer]
_KEPT = {"content-type", "x-subject-token", "vary", "openstack-api-version", "location"}


@dataclass
class Proxy:
    """A running proxy.

    Args:
        url: where it listens.
        asked: method and address of each request.
        fault: address and answer -> the answer that is passed on.
    """

    url: str
    asked: list[tuple[str, str]] = field(default_factory=list)
    fault: Fault = field(default=lambda url, answer: answer)

    def calls(self, path: str) -> list[str]:
        """Addresses that were asked and hold a path."""
        return [url for _, url in self.asked if path in url]


@contextmanager
def watched() -> Iterator[Proxy]:
    """A proxy on loopback, until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    proxy = Proxy(f"http://127.0.0.1:{server.server_address[1]}")
    server.RequestHandlerClass = type("Handler", (_Handler,), {"proxy": proxy})
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def edited(change: Callable[[Any], None]) -> Callable[[Answer], Answer]:
    """A fault that changes the document of an answer."""
    def spoil(answer: Answer) -> Answer:
        document = json.loads(answer[1])
        change(document)
        return answer[0], json.dumps(document).encode()

    return spoil


class _Handler(BaseHTTPRequestHandler):
    proxy: Proxy
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._pass_on(None)

    def do_POST(self) -> None:
        self._pass_on(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    do_PUT = do_PATCH = do_DELETE = do_HEAD = do_POST

    def log_message(self, *words: object) -> None:
        """Prints nothing."""

    def _pass_on(self, body: bytes | None) -> None:
        self.proxy.asked.append((self.command, self.path))
        address = urlsplit(self.path)
        behind = HTTPConnection(str(address.hostname), address.port or 80, timeout=ANSWER_S)
        try:
            behind.request(self.command, f"{address.path}?{address.query}".rstrip("?"), body,
                           {name: value for name, value in self.headers.items()
                            if name.lower() not in ("connection", "accept-encoding")})
            answer = behind.getresponse()
            status, content = self.proxy.fault(self.path, (answer.status, answer.read()))
        finally:
            behind.close()
        self.send_response(status)
        for name, value in answer.getheaders():
            if name.lower() in _KEPT:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
