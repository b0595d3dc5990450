"""A real registry (distribution) on a port of this machine, in a folder that goes with it.

    with registry(tmp_path) as running:
        running.copy("docker-daemon:shop/web:2.3.1", "team/web:1.0")

`skopeo` and `umoci` fill it; manifests that no tool here writes (BuildKit's attestations, lists of
platforms) are put by hand in the documented form. The registry writes down each call.
"""

import hashlib
import json
import re
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from tests.real.parts import ADMIN_PATH, require

START_S = 10.0
_CALL = re.compile(r'"(GET|HEAD|POST|PUT|PATCH|DELETE) (\S+) HTTP/[\d.]+" (\d+)')
_SETTINGS = """\
version: 0.1
log: {{accesslog: {{disabled: false}}, level: warn}}
storage: {{filesystem: {{rootdirectory: {store}}}, delete: {{enabled: true}}}}
http: {{addr: 127.0.0.1:{port}}}
{auth}"""
LOGIN = ("shop", "planted-registry-5be20c")
_HASHED = "$2b$04$abcdefghijklmnopqrstuuOOsSEqft.OieQ/4ltzJemLBNoU8HMfi"  # bcrypt of the password
_PASSWORDS = "auth: {{htpasswd: {{realm: shop, path: {path}}}}}\n"
OCI = "application/vnd.oci.image."
CONFIG = f"{OCI}config.v1+json"
MANIFEST = f"{OCI}manifest.v1+json"
INDEX = f"{OCI}index.v1+json"
LAYER = f"{OCI}layer.v1.tar"
STATEMENT = "application/vnd.in-toto+json"


@dataclass
class Registry:
    """A running registry.

    Args:
        folder: its store, settings and log.
        port: where it listens on this machine.
        login: user and password that it asks for.
    """

    folder: Path
    port: int
    login: tuple[str, str] | None = None
    _seen: int = field(default=0)

    @property
    def host(self) -> str:
        """Its name in references."""
        return f"127.0.0.1:{self.port}"

    def calls(self) -> list[tuple[str, str, int]]:
        """Method, path and status of each call since this was last asked."""
        found = _CALL.findall((self.folder / "log").read_text(errors="replace"))
        new, self._seen = found[self._seen:], len(found)
        return [(method, path, int(status)) for method, path, status in new]

    def copy(self, source: str, to: str, *more: str) -> None:
        """Copies an image with skopeo."""
        skopeo(source, f"docker://{self.host}/{to}", "--dest-tls-verify=false", *more)

    def put(self, repository: str, reference: str, document: Mapping[str, Any]) -> str:
        """Puts a manifest or index; returns its digest."""
        content = json.dumps(document).encode()
        answer = self.session().put(
            f"http://{self.host}/v2/{repository}/manifests/{reference}", data=content,
            headers={"Content-Type": document["mediaType"]}, timeout=10)
        assert answer.status_code == 201, answer.text
        return _digest(content)

    def push(self, repository: str, content: bytes, media_type: str, **more: Any) -> dict[str, Any]:
        """Puts a blob; returns its descriptor."""
        session, digest = self.session(), _digest(content)
        begun = session.post(f"http://{self.host}/v2/{repository}/blobs/uploads/", timeout=10)
        answer = session.put(begun.headers["Location"], params={"digest": digest}, data=content,
                             headers={"Content-Type": "application/octet-stream"}, timeout=30)
        assert answer.status_code == 201, answer.text
        return {"mediaType": media_type, "digest": digest, "size": len(content), **more}

    def image(self, repository: str, layers: Sequence[bytes], *, architecture: str = "amd64",
              **more: Any) -> dict[str, Any]:
        """Puts an image of these layers; returns the descriptor of its manifest."""
        config = {
            "architecture": architecture, "os": "linux", "created": "2026-09-01T10:00:00Z",
            "config": {}, "history": [{"created_by": "COPY . /"} for _ in layers],
            "rootfs": {"type": "layers", "diff_ids": [_digest(layer) for layer in layers]},
            **more,
        }
        manifest = {
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": self.push(repository, json.dumps(config).encode(), CONFIG),
            "layers": [self.push(repository, layer, LAYER) for layer in layers],
        }
        digest = self.put(repository, _digest(json.dumps(manifest).encode()), manifest)
        return {
            "mediaType": MANIFEST, "digest": digest, "size": len(json.dumps(manifest)),
            "platform": {"os": "linux", "architecture": architecture},
            "config": manifest["config"]["digest"],
        }

    def index(self, repository: str, tag: str, children: Sequence[Mapping[str, Any]]) -> str:
        """Puts an index of these manifests; returns its digest."""
        listed = [{name: child[name] for name in child if name != "config"} for child in children]
        return self.put(repository, tag,
                        {"schemaVersion": 2, "mediaType": INDEX, "manifests": listed})

    def attestation(self, repository: str, subject: str, statements: Sequence[Mapping[str, Any]]
                    ) -> dict[str, Any]:
        """Puts statements about an image as BuildKit stores them; returns their descriptor."""
        blobs = [self.push(
            repository, json.dumps(statement).encode(), STATEMENT,
            annotations={"in-toto.io/predicate-type": statement["predicateType"]},
        ) for statement in statements]
        config = {
            "architecture": "unknown", "os": "unknown", "config": {},
            "rootfs": {"type": "layers", "diff_ids": [blob["digest"] for blob in blobs]},
        }
        manifest = {
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": self.push(repository, json.dumps(config).encode(), CONFIG), "layers": blobs,
        }
        digest = self.put(repository, _digest(json.dumps(manifest).encode()), manifest)
        return {
            "mediaType": MANIFEST, "digest": digest, "size": len(json.dumps(manifest)),
            "annotations": {"vnd.docker.reference.type": "attestation-manifest",
                            "vnd.docker.reference.digest": subject},
            "platform": {"os": "unknown", "architecture": "unknown"},
        }

    def session(self) -> requests.Session:
        """A session with the login, if there is one."""
        session = requests.Session()
        session.trust_env = False
        session.auth = self.login
        return session


@contextmanager
def registry(folder: Path, *, is_locked: bool = False) -> Iterator[Registry]:
    """A registry that lives as long as the block; a locked one asks for LOGIN."""
    program = require("docker-registry")
    folder.mkdir(parents=True, exist_ok=True)
    running = Registry(folder, _free_port(), LOGIN if is_locked else None)
    (folder / "htpasswd").write_text(f"{LOGIN[0]}:{_HASHED}\n")
    auth = _PASSWORDS.format(path=folder / "htpasswd") if is_locked else ""
    settings = folder / "settings.yml"
    settings.write_text(_SETTINGS.format(store=folder / "store", port=running.port, auth=auth))
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([program, "serve", str(settings)], stdout=log,
                                   stderr=subprocess.STDOUT, env={"PATH": ADMIN_PATH})
        try:
            _await(running, process)
            yield running
        finally:
            process.terminate()
            process.wait(START_S)


def skopeo(source: str, to: str, *more: str) -> None:
    """Copies an image from anywhere to anywhere."""
    policy = ["--insecure-policy", "copy", "-q", *more, source, to]
    ran = subprocess.run([require("skopeo"), *policy], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


def umoci(*words: str) -> None:
    """Makes or changes an image in a layout."""
    ran = subprocess.run([require("umoci"), *words], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


def _await(running: Registry, process: subprocess.Popen[bytes]) -> None:
    limit = time.monotonic() + START_S
    while time.monotonic() < limit and process.poll() is None:
        with suppress(requests.ConnectionError):
            running.session().get(f"http://{running.host}/v2/", timeout=START_S)
            return
        time.sleep(0.02)
    raise AssertionError(f"no registry: {(running.folder / 'log').read_text()[-2000:]}")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
