"""A replay of the Compute Engine REST API v1: payloads that a test gives, lists as documented.

It answers lists and aggregated lists with pages, and fails where a test says so: refusals with
Google's reasons, zones that do not answer, page tokens that repeat, bodies cut short. Beside it a
token endpoint, so that Google's own client signs in through its default chain. Whether payloads
are what the API gives is judged by the types of google-cloud-compute (tests/loaders/gcp).
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "ya29.a-token-that-must-be-nowhere"
_VERSION = "/compute/v1/projects/"
_KINDS = {
    "instances": "instance", "disks": "disk", "machineTypes": "machineType", "images": "image",
    "instanceGroupManagers": "instanceGroupManager", "snapshots": "snapshot",
}
_NAMES = re.compile(r'\(name = "([^"]*)"\)')


@dataclass
class Fault:
    """A refusal, so many times; None is always."""

    status: int
    reason: str = "forbidden"
    times: int | None = None
    message: str = "said by the replay"

    def body(self) -> dict[str, Any]:
        """The error as the API writes it."""
        entry = {"message": self.message, "domain": "global", "reason": self.reason}
        return {"error": {"code": self.status, "message": self.message, "errors": [entry]}}


@dataclass
class Google:
    """What the replay answers, and what it was asked.

    Args:
        port: where it listens on this machine.
        entries: by path below `projects/` (P/zones/Z/instances, P/global/images).
        faults: by path below `projects/`, as P/aggregated/instances.
        silent: places of a path that do not answer.
        repeated: paths whose pages name themselves as the next.
        cut: paths whose answer ends in its middle, from which entry on, and how often.
        page_size: most entries of a page.
        refusal: what the token endpoint says instead of a token.
        calls: method, path and query of each call.
    """

    port: int = 0
    entries: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    faults: dict[str, Fault] = field(default_factory=dict)
    silent: dict[str, list[str]] = field(default_factory=dict)
    repeated: set[str] = field(default_factory=set)
    cut: dict[str, tuple[int, int | None]] = field(default_factory=dict)
    page_size: int = 500
    refusal: dict[str, str] | None = None
    calls: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    @property
    def endpoint(self) -> str:
        """The address that a client is given."""
        return f"http://127.0.0.1:{self.port}"

    def add(self, *entries: dict[str, Any]) -> None:
        """Puts resources where their own URLs say."""
        for entry in entries:
            path = entry["selfLink"].partition("/projects/")[2].rpartition("/")[0]
            self.entries[path].append(entry)

    def paths(self, method: str = "GET") -> list[str]:
        """Paths that were asked for."""
        return [path for sent, path, _ in self.calls if sent == method]

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Status and body of a list."""
        fault = self.faults.get(path)
        if fault is not None and fault.times != 0:
            if fault.times is not None:
                fault.times -= 1
            return fault.status, fault.body()
        project, kind, *rest = path.split("/")
        if kind == "aggregated":
            found = self._everywhere(project, rest[0])
        else:
            found = [(path.partition("/")[2], entry) for entry in self.entries[path]]
        wanted = _NAMES.findall(query.get("filter", ""))
        found = [pair for pair in found if not wanted or pair[1]["name"] in wanted]
        return 200, self._page(path, found, query)

    def _everywhere(self, project: str, collection: str) -> list[tuple[str, dict[str, Any]]]:
        return [
            (place.removeprefix(f"{project}/").removesuffix(f"/{collection}"), entry)
            for place, entries in self.entries.items()
            if place.startswith(f"{project}/") and place.endswith(f"/{collection}")
            for entry in entries
        ]

    def _page(
        self, path: str, found: list[tuple[str, dict[str, Any]]], query: dict[str, str]
    ) -> dict[str, Any]:
        start = int(query.get("pageToken", "page-0").removeprefix("page-"))
        end = start + min(self.page_size, int(query.get("maxResults", "500")))
        page, collection = found[start:end], path.rpartition("/")[2]
        form = "AggregatedList" if "/aggregated/" in path else "List"
        body: dict[str, Any] = {
            "kind": f"compute#{_KINDS[collection]}{form}", "id": f"projects/{path}",
            "selfLink": f"https://www.googleapis.com/compute/v1/projects/{path}",
            "items": [entry for _, entry in page],
        }
        if form == "AggregatedList":
            body["items"] = self._by_place(path, collection, found, page)
        if path in self.repeated:
            body["nextPageToken"] = f"page-{start}"
        elif end < len(found):
            body["nextPageToken"] = f"page-{end}"
        return body

    def _by_place(self, path: str, collection: str, found: Any, page: Any) -> dict[str, Any]:
        places: dict[str, Any] = {place: {} for place, _ in found} | {"global": {}}
        for place, entry in page:
            places[place].setdefault(collection, []).append(entry)
        for place, part in places.items():
            if not part:
                part["warning"] = _warning("NO_RESULTS_ON_PAGE", place)
        for place in self.silent.get(path, ()):
            places[place] = {"warning": _warning("UNREACHABLE", place)}
        return places


def _warning(code: str, place: str) -> dict[str, Any]:
    message = {"NO_RESULTS_ON_PAGE": f"There are no results for scope '{place}' on this page.",
               "UNREACHABLE": f"The scope '{place}' cannot be reached."}[code]
    return {"code": code, "message": message, "data": [{"key": "scope", "value": place}]}


class _Handler(BaseHTTPRequestHandler):
    google: Google

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        path = parts.path.removeprefix(_VERSION)
        self.google.calls.append(("GET", path, query))
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self._send(401, Fault(401, "authError").body())
            return
        status, body = self.google.answer(path, query)
        first, times = self.google.cut.get(path, (0, 0))
        page = int(query.get("pageToken", "page-0").removeprefix("page-"))
        is_cut = times != 0 and page >= first
        if is_cut and times is not None:
            self.google.cut[path] = (first, times - 1)
        self._send(status, body, is_cut=is_cut)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.google.calls.append(("POST", self.path, {}))
        if self.google.refusal is not None:
            self._send(400, self.google.refusal)
            return
        self._send(200, {"access_token": TOKEN, "expires_in": 3600, "token_type": "Bearer"})

    def _send(self, status: int, body: dict[str, Any], *, is_cut: bool = False) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[:len(content) // 2] if is_cut else content)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def replay() -> Iterator[Google]:
    """A running replay; it ends with the block."""
    google = Google()
    handler = type("Handler", (_Handler,), {"google": google})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        google.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield google
        finally:
            server.shutdown()
            thread.join()


def private_key() -> str:
    """A new key, as a service account has one."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def write_credentials(folder: Path, google: Google, key: str, project: str | None) -> Path:
    """The file of a service account whose tokens the replay gives."""
    path = folder / "service-account.json"
    path.write_text(json.dumps({
        "type": "service_account", "private_key_id": "1", "private_key": key,
        "client_email": "reader@shop.iam.gserviceaccount.com", "client_id": "1",
        "token_uri": f"{google.endpoint}/token",
        **({"project_id": project} if project else {}),
    }))
    return path
