"""A signed-in session with the API of one project: bounded answers, failures by their meaning."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fleetkit.endpoints import patience, whole
from fleetkit.errors import LoadError, MissingExtraError, ReadError
from fleetkit.loaders.gcp.failures import answered, not_reached, not_signed_in
from fleetkit.plugins import Target
from fleetkit.source import parse_json

SCOPE = "https://www.googleapis.com/auth/compute.readonly"
_MOST_PAGES = 10_000
_BUSY = (429, 500, 502, 503, 504)
_REPEATS = 4
_LONGEST_PAUSE = 8.0


@dataclass
class Project:
    """A project that is read.

    Args:
        name: its id.
        session: Google's session, which signs each call.
        root: address of the API up to its version.
        seconds: that one call may wait for the next piece of its answer.
        zones: globs of zones; all where there are none, nor regions.
        regions: globs of regions.
        types: machine types that are in use, by zone; None until the instances were asked for.
        images: images that disks were made from: project and name.
    """

    name: str
    session: Any
    root: str
    seconds: float
    zones: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    types: dict[str, set[str]] | None = None
    images: set[tuple[str, str]] = field(default_factory=set)

    def pages(
        self, path: str, options: Mapping[str, str] | None = None
    ) -> Iterator[tuple[dict[str, Any], int]]:
        """Each page of a list, with the number of calls that were repeated for it.

        Raises:
            ReadError: a call failed, or a page names one that was read before.
        """
        asked = {"maxResults": "500", "returnPartialSuccess": "true", **(options or {})}
        tokens = set()
        for _ in range(_MOST_PAGES):
            body, retries = self._get(path, asked)
            yield body, retries
            token = body.get("nextPageToken")
            if not token:
                return
            if not isinstance(token, str) or token in tokens:
                raise ReadError(f"{self.name}: {path} names a page that was read before",
                                code="repeated_page", hint="load again")
            tokens.add(token)
            asked["pageToken"] = token
        raise ReadError(f"{self.name}: {path} has more than {_MOST_PAGES:,} pages",
                        code="too_many_pages", hint="load fewer zones at once: zones=[…]")

    def close(self) -> None:
        """Ends the session."""
        self.session.close()

    def _get(self, path: str, options: Mapping[str, str]) -> tuple[dict[str, Any], int]:
        from google.auth.exceptions import GoogleAuthError
        from requests.exceptions import RequestException
        from urllib3.exceptions import HTTPError

        where = f"{self.name}: {path}"
        try:
            with self.session.get(
                f"{self.root}/{path}", params=options, timeout=self.seconds, stream=True,
                allow_redirects=False,
            ) as response:
                content = whole(response.raw, where)
                retries = len(response.raw.retries.history) if response.raw.retries else 0
        except GoogleAuthError as error:
            raise not_signed_in(self.name, error) from error
        except (RequestException, HTTPError, OSError) as error:
            raise not_reached(where, error) from error
        return _body(response.status_code, content, where), retries


def connect(target: Target, seconds: float) -> Project:
    """A session with the project, signed in.

    Raises:
        MissingExtraError: google-auth is not installed.
        ReadError: there are no credentials, or they are not accepted.
    """
    credentials, _ = find_credentials()
    session = _session(credentials, seconds)
    options = target.options
    return Project(
        str(target.account), session, f"{options['endpoint']}/compute/v1/projects", seconds,
        tuple(options["zones"]), tuple(options["regions"]),
    )


def find_credentials() -> tuple[Any, str | None]:
    """Read-only credentials of Google's default chain, and the project that they name.

    Raises:
        MissingExtraError: google-auth is not installed.
        ReadError: there are none.
    """
    try:
        import google.auth
        from google.auth.exceptions import GoogleAuthError
    except ImportError as error:
        raise MissingExtraError("gcp", "gcp") from error
    try:
        found: tuple[Any, str | None] = google.auth.default(scopes=[SCOPE])
    except (GoogleAuthError, OSError, ValueError) as error:
        raise not_signed_in("gcp", error) from error
    return found


def _session(credentials: Any, seconds: float) -> Any:
    """A session whose token was fetched: who is not let in is told so once."""
    from google.auth.exceptions import GoogleAuthError
    from google.auth.transport.requests import AuthorizedSession, Request
    from requests import Session
    from requests.adapters import HTTPAdapter

    with Session() as door:
        try:
            if not credentials.valid:
                credentials.refresh(_hurried(Request(door), seconds))
        except (GoogleAuthError, OSError, ValueError) as error:
            raise not_signed_in("gcp", error) from error
    opened: Any = AuthorizedSession
    session = opened(credentials, refresh_timeout=seconds)
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(max_retries=patience(
            longest=_LONGEST_PAUSE, total=_REPEATS, connect=None, read=None,
            status_forcelist=_BUSY, backoff_factor=0.3, backoff_jitter=0.2,
        )))
    return session


def _hurried(request: Any, seconds: float) -> Any:
    def ask(*args: Any, **options: Any) -> Any:
        return request(*args, **{**options, "timeout": seconds})

    return ask


def _body(status: int, content: bytes, where: str) -> dict[str, Any]:
    try:
        body = parse_json(content, where)
    except LoadError as error:
        if status == 200:
            raise ReadError(str(error), code="unreadable", retryable=True) from error
        body = {}
    if status != 200:
        raise answered(status, body, where)
    if not isinstance(body, dict):
        raise ReadError(f"{where}: expected an object, found {type(body).__name__!r}",
                        code="unreadable")
    return body
