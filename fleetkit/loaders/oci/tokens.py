"""Credentials as docker keeps them, and the tokens that a registry gives for them.

A registry says where its tokens are had. Credentials go there encrypted, or to the registry's own
host where that is spoken to in plain HTTP, and nowhere else. Tokens live as long as the client.
Source: distribution, "Token authentication".
"""

import base64
import re
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from fleetkit.errors import ReadError
from fleetkit.loaders.oci.places import HUB
from fleetkit.redaction import mask_text
from fleetkit.source import parse_json

_PARAMETER = re.compile(r'(\w+)="([^"]*)"')
_LARGEST = 1 << 20
_LOGIN = "log in with `docker login`, or ask for the right to pull"


@dataclass
class Keys:
    """What opens one registry.

    Args:
        host: of the registry, as references are written.
        root: address of its API.
        session: of requests.
        seconds: that one call may take.
    """

    host: str
    root: str
    session: Any
    seconds: float
    _known: dict[str, str] = field(default_factory=dict, repr=False)
    _login: dict[str, str] | None = field(default=None, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def header(self, scope: str) -> dict[str, str]:
        """What a call in a scope bears, as far as it is known."""
        found = self._known.get(scope)
        return {"Authorization": found} if found else {}

    def answer(self, challenge: str, scope: str, used: str | None) -> bool:
        """Fetches what a refused call asks for; False if there is nothing new to try.

        Raises:
            ReadError: tokens cannot be had.
        """
        with self._lock:
            if self._known.get(scope) != used:
                return True  # another thread has fetched it meanwhile
            found = self._fetched(challenge, scope)
            if found is None or found == used:
                return False
            self._known[scope] = found
            return True

    def _fetched(self, challenge: str, scope: str) -> str | None:
        kind, _, rest = challenge.partition(" ")
        if "bearer" in challenge.lower() and kind.lower() != "bearer":
            rest = challenge[challenge.lower().index("bearer"):]
            kind = "bearer"
        if kind.lower() == "bearer":
            return f"Bearer {self._token(dict(_PARAMETER.findall(rest)), scope)}"
        login = self._credentials()
        if kind.lower() != "basic" or not login.get("Username"):
            return None
        return _basic(login)

    def _token(self, asked: dict[str, str], scope: str) -> str:
        from requests.exceptions import RequestException

        realm = asked.get("realm", "")
        if urlsplit(realm).scheme not in ("http", "https"):
            raise ReadError(f"{self.host}: says no place where its tokens are had", "denied")
        question = {"service": asked.get("service", ""), "scope": asked.get("scope") or scope}
        login = self._credentials() if self._may_know(realm) else {}
        try:
            content, status = self._call(realm, question, login)
        except (RequestException, OSError) as error:
            raise ReadError(f"{self.host}: its token service does not answer:"
                            f" {type(error).__name__}", retryable=True) from error
        if status != 200:
            raise ReadError(f"{self.host}: its token service refuses with {status}", "denied",
                            code="access_denied", hint=_LOGIN, retryable=status >= 500)
        said = parse_json(content, f"{self.host}: token service")
        token = said.get("token") or said.get("access_token") if isinstance(said, dict) else None
        if not isinstance(token, str) or not token:
            raise ReadError(f"{self.host}: its token service gives no token", "denied")
        return token

    def _call(
        self, realm: str, question: dict[str, str], login: dict[str, str]
    ) -> tuple[bytes, int]:
        """Asks for a token; an identity token is given in a form, for that has no other way."""
        identity = login.get("IdentityToken")
        wanted = {"timeout": self.seconds, "allow_redirects": False, "stream": True}
        if identity:
            form = {**question, "grant_type": "refresh_token", "client_id": "fleetkit",
                    "refresh_token": identity}
            response = self.session.post(realm, data=form, **wanted)
        else:
            headers = {"Authorization": _basic(login)} if login.get("Username") else {}
            response = self.session.get(realm, params=question, headers=headers, **wanted)
        with response:
            return response.raw.read(_LARGEST, decode_content=True), response.status_code

    def _may_know(self, realm: str) -> bool:
        """Whether credentials may go there."""
        there, here = urlsplit(realm), urlsplit(self.root)
        return there.scheme == "https" or (
            here.scheme == "http" and there.hostname == here.hostname)

    def _credentials(self) -> dict[str, str]:
        if self._login is None:
            self._login = _stored(self.host)
        return self._login


def _stored(host: str) -> dict[str, str]:
    """What `docker login` has stored for a registry, in its file or with its helper."""
    from docker import auth
    from docker.errors import DockerException

    try:
        found = auth.load_config().resolve_authconfig(None if host == HUB else host) or {}
    except (DockerException, OSError, ValueError) as error:
        raise ReadError(f"{host}: docker's stored credentials cannot be read:"
                        f" {mask_text(str(error))[:200]}", "denied", hint=_LOGIN) from error
    return {_spelled(name): value for name, value in found.items() if isinstance(value, str)}


def _spelled(name: str) -> str:
    return {"username": "Username", "password": "Password",
            "identitytoken": "IdentityToken"}.get(name.lower(), name)


def _basic(login: dict[str, str]) -> str:
    pair = f"{login['Username']}:{login.get('Password', '')}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"
