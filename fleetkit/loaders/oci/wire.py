"""Calls of the distribution API: GET and HEAD only, bounded, failures by their meaning.

Credentials go to the registry's own address only; a redirect to where blobs are stored goes without
them, and never from an encrypted address to a plain one. Source: OCI distribution-spec 1.1.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any
from urllib.parse import urljoin, urlsplit

from fleetkit.endpoints import patience
from fleetkit.errors import LoadError, ReadError
from fleetkit.loaders.oci.documents import Missing
from fleetkit.loaders.oci.places import Place
from fleetkit.loaders.oci.streams import PORTION
from fleetkit.loaders.oci.tokens import Keys
from fleetkit.plugins import Call
from fleetkit.redaction import mask_text

_MOST_HOPS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_THREADS = 8
_SHOWN = 200
_CATALOG = "registry:catalog:*"
_HINT = "log in with `docker login`, or ask for the right to pull"


@dataclass(frozen=True)
class Reply:
    """An answer, read in full."""

    headers: Mapping[str, str]
    content: bytes
    url: str


@dataclass
class Wire:
    """The way to one registry.

    Args:
        place: what is read of it.
        seconds: that one call may wait for the next piece of its answer.
    """

    place: Place
    seconds: float
    _session: Any = None
    _keys: Keys | None = None
    _calls: SimpleQueue[Call] = field(default_factory=SimpleQueue)

    def __post_init__(self) -> None:
        """Opens the session; a password file (netrc) is not asked, for docker does not."""
        from requests import Session
        from requests.adapters import HTTPAdapter

        self._session = Session()
        self._session.auth = _as_it_is
        for scheme in ("https://", "http://"):
            adapter = HTTPAdapter(max_retries=patience(("GET", "HEAD")), pool_maxsize=_THREADS)
            self._session.mount(scheme, adapter)
        self._keys = Keys(self.place.host, self.place.root, self._session, self.seconds)

    def get(self, path: str, largest: int, accept: str = "*/*") -> Reply:
        """A document, in memory.

        Raises:
            LoadError: it was refused, is absent, or larger than allowed.
        """
        from urllib3.exceptions import HTTPError

        with self.opened("GET", path, accept) as response:
            try:
                content = response.raw.read(largest + 1, decode_content=True)
            except (HTTPError, OSError) as error:
                raise self._broken(path, error) from error
            if len(content) > largest:
                raise LoadError(f"{self.shown(path)}: is larger than {largest:,} bytes")
            return Reply(response.headers, content, path)

    def head(self, path: str, accept: str) -> Mapping[str, str]:
        """The headers of a document."""
        with self.opened("HEAD", path, accept) as response:
            return dict(response.headers)

    def stream(self, path: str) -> Iterator[bytes]:
        """A blob in portions.

        Raises:
            LoadError: it was refused, is absent, or breaks off.
        """
        from urllib3.exceptions import HTTPError

        with self.opened("GET", path, "*/*") as response:
            try:
                yield from response.raw.stream(PORTION, decode_content=False)
            except (HTTPError, OSError) as error:
                raise self._broken(path, error) from error

    @contextmanager
    def opened(self, method: str, path: str, accept: str) -> Iterator[Any]:
        """The answer to a call, redirects followed."""
        url = urljoin(self.place.root, path)
        for _ in range(_MOST_HOPS):
            with self._asked(method, url, accept, _scope(path)) as response:
                place = response.headers.get("Location")
                if response.status_code not in _REDIRECTS or not place:
                    self._check(response, path)
                    yield response
                    return
                url = self._followed(url, place)
        raise ReadError(f"{self.shown(path)}: is redirected without end", code="redirected")

    def calls(self) -> Iterator[Call]:
        """The calls since this was last asked."""
        while True:
            try:
                yield self._calls.get_nowait()
            except Empty:
                return

    def shown(self, path: str) -> str:
        """A path as it may be shown."""
        return f"{self.place.host}{path.partition('?')[0]}"

    def close(self) -> None:
        """Ends the session."""
        self._session.close()

    def _asked(self, method: str, url: str, accept: str, scope: str) -> Any:
        """The answer to one request, asked again with a token where one is wanted."""
        response = self._sent(method, url, accept, scope)
        if response.status_code != 401 or not self._is_home(url) or self._keys is None:
            return response
        used = response.request.headers.get("Authorization")
        challenge = response.headers.get("WWW-Authenticate", "")
        response.close()
        if not self._keys.answer(challenge, scope, used):
            raise ReadError(f"{self.place.host}: refuses without credentials, or those that docker"
                            " has stored", "denied", code="no_credentials", hint=_HINT)
        return self._sent(method, url, accept, scope)

    def _sent(self, method: str, url: str, accept: str, scope: str) -> Any:
        from requests.exceptions import RequestException

        headers = {"Accept": accept, "Accept-Encoding": "identity"}
        if self._is_home(url) and self._keys is not None:
            headers |= self._keys.header(scope)
        try:
            response = self._session.request(
                method, url, headers=headers, timeout=self.seconds, stream=True,
                allow_redirects=False)
        except (RequestException, OSError, UnicodeError) as error:
            raise self._unreached(error) from error
        history = response.raw.retries.history if response.raw.retries else ()
        self._calls.put(Call(len(history)))
        return response

    def _is_home(self, url: str) -> bool:
        there, here = urlsplit(url), urlsplit(self.place.root)
        return (there.scheme, there.netloc) == (here.scheme, here.netloc)

    def _followed(self, url: str, place: str) -> str:
        target = urljoin(url, place)
        there, here = urlsplit(target).scheme, urlsplit(url).scheme
        if there not in ("http", "https") or (here, there) == ("https", "http"):
            raise ReadError(f"{self.place.host}: is redirected from {here} to"
                            f" {there or 'nowhere'}, which is not followed", code="redirected")
        return target

    def _check(self, response: Any, path: str) -> None:
        status = response.status_code
        if status == 200:
            return
        where = self.shown(path)
        if status == 404:
            raise Missing(f"{where}: is not there")
        said = mask_text(response.raw.read(_SHOWN, decode_content=True).decode(errors="replace")
                         ) if response.request.method == "GET" else ""
        words = f"{where}: {status} {' '.join(said.split())}".strip()
        if status in (401, 403):
            raise ReadError(words, "denied", code="access_denied", hint=_HINT)
        if status == 429:
            raise ReadError(words, code="throttled", hint="load again later; what was read is kept",
                            retryable=True)
        raise ReadError(words, code="unavailable" if status >= 500 else "refused",
                        retryable=status >= 500)

    def _broken(self, path: str, error: Exception) -> ReadError:
        return ReadError(f"{self.shown(path)}: breaks off: {type(error).__name__}",
                         code="incomplete", retryable=True)

    def _unreached(self, error: Exception) -> ReadError:
        said = mask_text(f"{self.place.host}: {type(error).__name__}: {error}"[:300])
        if "CERTIFICATE_VERIFY_FAILED" in said or "certificate" in said.lower():
            return ReadError(said, code="untrusted_certificate",
                             hint="name its authority, as in REQUESTS_CA_BUNDLE")
        if "WRONG_VERSION_NUMBER" in said or "record layer failure" in said.lower():
            return ReadError(f"{self.place.host}: speaks plain HTTP", code="unreachable",
                             hint="say insecure=True if that is meant")
        return ReadError(said, code="unreachable", retryable=True,
                         hint="is the address right, and no proxy or firewall in the way?")


def _scope(path: str) -> str:
    """What a call wants to be allowed, in the words of token services."""
    words = path.partition("?")[0].split("/")
    ends = [words.index(word) for word in ("manifests", "blobs", "tags", "referrers")
            if word in words[3:]]
    if not ends:
        return _CATALOG
    return f"repository:{'/'.join(words[2:max(ends)])}:pull"


def _as_it_is(request: Any) -> Any:
    return request
