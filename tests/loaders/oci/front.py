"""A server in front of the real registry: it passes calls on, and answers some of them otherwise.

It stands for what a registry of this machine does not do: tokens, redirects, refusals, lies.
"""

import re
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import requests

Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Front:
    """What is answered otherwise, and what was asked.

    Args:
        behind: host and port of the registry.
        rules: pattern of method and path -> headers of the call -> answer, or None to pass it on.
        calls: method, path and headers of each call.
    """

    behind: str
    port: int = 0
    rules: dict[str, Callable[[dict[str, str]], Answer | None]] = field(default_factory=dict)
    calls: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def answer(self, method: str, path: str, headers: dict[str, str]) -> Answer:
        self.calls.append((method, path, headers))
        for pattern, rule in self.rules.items():
            if re.fullmatch(pattern, f"{method} {path}"):
                found = rule(headers)
                if found is not None:
                    return found
        passed = requests.request(
            method, f"http://{self.behind}{path}", timeout=10, allow_redirects=False,
            headers={"Accept": headers.get("Accept", "*/*"), "Accept-Encoding": "identity"})
        kept = {name: value for name, value in passed.headers.items()
                if name in ("Content-Type", "Docker-Content-Digest", "Link")}
        return passed.status_code, kept, passed.content

    def asked(self, pattern: str) -> list[dict[str, str]]:
        """Headers of the calls of that kind."""
        return [headers for method, path, headers in self.calls
                if re.fullmatch(pattern, f"{method} {path}")]


class _Handler(BaseHTTPRequestHandler):
    front: Front

    def do_GET(self) -> None:
        status, headers, content = self.front.answer(self.command, self.path, dict(self.headers))
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    do_HEAD = do_GET

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def front_of(behind: str):
    """A front that lives as long as the block."""
    front = Front(behind)
    handler = type("Handler", (_Handler,), {"front": front})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        front.port = server.server_address[1]
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield front
        finally:
            server.shutdown()
