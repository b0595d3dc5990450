"""Endpoint: the door to HTTP APIs that speak JSON. GET only, bounded answers, failures by meaning.

A redirect is followed to the same scheme only; credentials go nowhere but to the host that they
are for. What a proxy, a certificate or a password file (netrc) says is found as requests finds it.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin, urlsplit

from fleetkit.errors import LoadError, ReadError
from fleetkit.redaction import mask_text
from fleetkit.source import parse_json

_LARGEST = 512 << 20
_LONGEST = 120.0
_PIECE = 1 << 20
_SHOWN = 300
_REPEATS = 3
_LONGEST_PAUSE = 4.0
_MOST_HOPS = 3
_BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE,
         HTTPStatus.GATEWAY_TIMEOUT)


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON answer, the headers that came with it, and how often the call was repeated."""

    body: Any
    headers: Mapping[str, str]
    retries: int = 0


@dataclass
class Endpoint:
    """An HTTP API.

    Args:
        root: its address, without credentials.
        seconds: that one call may wait for the next piece of its answer.
        headers: sent to the root's host and nowhere else; they may hold a token.
        verify: whether, or with which bundle of authorities, its certificate is checked.
        cert: files of a client's certificate and key.
        denied: what to do where the call is not allowed.
        socket: path of the Unix socket that is called instead of the root's host.
    """

    root: str
    seconds: float
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    verify: bool | str = True
    cert: tuple[str, str] | str | None = None
    denied: str | None = None
    socket: str | None = None
    _session: Any = None

    def __post_init__(self) -> None:
        """Opens the session."""
        from requests import Session
        from requests.adapters import HTTPAdapter

        self._session = Session()
        self._session.cert = self.cert
        if self.verify is not True:  # else the environment may name a bundle
            self._session.verify = self.verify
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=patience(), pool_maxsize=16))
        if self.socket is not None:
            from docker.transport import UnixHTTPAdapter

            through = UnixHTTPAdapter(f"http+unix://{self.socket}", max_pool_size=16)
            through.max_retries = patience()
            self._session.mount(self.root, through)

    @property
    def name(self) -> str:
        """The address as it may be shown."""
        return mask_text(f"unix://{self.socket}" if self.socket is not None else self.root)

    def get(self, path: str, options: Mapping[str, str] | None = None) -> Answer:
        """The answer to one call.

        Raises:
            ReadError: it was refused, got no whole answer, or is no JSON.
        """
        url = f"{self.root}{path}"
        for _ in range(_MOST_HOPS + 1):
            status, headers, content, retries = self._ask(url, options)
            place = headers.get("Location")
            if status not in (301, 302, 307, 308) or not place:
                return Answer(self._body(status, content, path), headers, retries)
            url, options = self._followed(url, place), None
        raise ReadError(f"{self.name}{path}: is redirected without end", code="redirected",
                        hint="does the cluster have a leader?", retryable=True)

    def close(self) -> None:
        """Ends the session."""
        self._session.close()

    def _ask(
        self, url: str, options: Mapping[str, str] | None
    ) -> tuple[int, Mapping[str, str], bytes, int]:
        from requests.exceptions import RequestException
        from urllib3.exceptions import HTTPError

        is_home = urlsplit(url).netloc == urlsplit(self.root).netloc
        headers = {"Accept": "application/json", **(self.headers if is_home else {})}
        try:
            with self._session.get(
                url, params=options, headers=headers, timeout=self.seconds, stream=True,
                allow_redirects=False, **({} if self.verify is True else {"verify": self.verify}),
            ) as response:
                content = whole(response.raw, self.name)
                retries = len(response.raw.retries.history) if response.raw.retries else 0
        except (RequestException, HTTPError, OSError) as error:
            raise self._unreached(error) from error
        return response.status_code, response.headers, content, retries

    def _followed(self, url: str, place: str) -> str:
        target = urljoin(url, place)
        if urlsplit(target).scheme != urlsplit(self.root).scheme:
            raise ReadError(
                f"{self.name}: is redirected from {urlsplit(self.root).scheme} to"
                f" {urlsplit(target).scheme}, which is not followed",
                code="redirected", hint="name the address that it redirects to",
            )
        return target

    def _body(self, status: int, content: bytes, path: str) -> Any:
        where = f"{self.name}{path}"
        if status != HTTPStatus.OK:
            raise self._refused(status, content, where)
        try:
            return parse_json(content, where)
        except LoadError as error:
            raise ReadError(str(error), code="unreadable", retryable=True) from error

    def _refused(self, status: int, content: bytes, where: str) -> ReadError:
        words = " ".join(content[:_SHOWN * 4].decode(errors="replace").split())
        said = mask_text(f"{where}: {status} {words}"[:_SHOWN])
        if status == HTTPStatus.UNAUTHORIZED:
            return ReadError(said, "denied", code="no_credentials", hint=self.denied)
        if status == HTTPStatus.FORBIDDEN:
            return ReadError(said, "denied", code="access_denied", hint=self.denied)
        if status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED,
                      HTTPStatus.NOT_IMPLEMENTED):
            return ReadError(said, "unsupported", code="not_found",
                             hint="this version of the server does not have it")
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            return ReadError(said, code="throttled", hint="load again later", retryable=True)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return ReadError(said, code="unavailable", hint="load again later", retryable=True)
        return ReadError(said, code="refused")

    def _unreached(self, error: Exception) -> ReadError:
        said = mask_text(f"{self.name}: {type(error).__name__}: {error}"[:_SHOWN])
        late = "timed out" in str(error).lower() or "Timeout" in type(error).__name__
        if "certificate" in str(error).lower():
            return ReadError(said, code="untrusted_certificate",
                             hint="name its authority, as in REQUESTS_CA_BUNDLE")
        return ReadError(said, code="timeout" if late else "unreachable", retryable=True,
                         hint="is the address right, and no proxy or firewall in the way?")


def whole(raw: Any, where: str) -> bytes:
    """The body of an answer of urllib3, if it comes in bounded time and size.

    Raises:
        ReadError: it does not end.
    """
    until = time.monotonic() + _LONGEST
    content = bytearray()
    while piece := raw.read1(_PIECE, decode_content=True):
        content += piece
        if len(content) > _LARGEST or time.monotonic() > until:
            raise ReadError(f"{where}: the answer does not end: {len(content):,} bytes so far",
                            code="timeout", retryable=True)
    return bytes(content)


def patience(
    methods: tuple[str, ...] = ("GET",), longest: float = _LONGEST_PAUSE, **settings: Any
) -> Any:
    """Repeats of a call that was throttled, or that a server could not answer just then.

    Args:
        methods: of the calls that are repeated.
        longest: seconds that it pauses at most, whatever the server asks for.
        settings: of urllib3's Retry that differ from ours.
    """
    from urllib3.util.retry import Retry

    class Patience(Retry):
        """The pause that a server asks for, but none that outlasts a load."""

        def get_retry_after(self, response: Any) -> float | None:
            asked = super().get_retry_after(response)
            return None if asked is None else min(asked, longest)

    return Patience(**{
        "total": _REPEATS, "connect": 0, "read": 1, "redirect": 0, "status_forcelist": _BUSY,
        "allowed_methods": methods, "backoff_factor": 0.1, "backoff_max": longest,
        "raise_on_status": False, **settings,
    })
