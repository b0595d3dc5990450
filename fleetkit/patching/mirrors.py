"""Mirrors: feeds that the user names by address, kept in the user's cache with their date.

A copy that is kept is asked for again with its validators (RFC 9110, section 13), so that an
unchanged feed is not sent twice. Certificates are verified. What an address says of users and
queries is never shown, and the cache knows it as a digest only.
"""

import hashlib
import json
import mimetypes
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from fleetkit.errors import LoadError
from fleetkit.patching.store import bound, is_mine
from fleetkit.plugins import Problem
from fleetkit.redaction import MASK, mask_text
from fleetkit.source import LARGEST, parse_json, shelf_folder

_ADDRESS = re.compile(
    r"(?P<scheme>https?(?=:/)|[a-z][a-z0-9+.-]+(?=://)):/{1,2}(?=[^/])", re.IGNORECASE
)
_WEB = re.compile(r"https?://", re.IGNORECASE)
_STRANGE = re.compile(r"[^A-Za-z0-9._-]+")
_STATE = "state.json"
_TIMEOUT_S = (10, 60)  # to connect, and between two portions
_LONGEST_S = 3_600
_PORTION = 1 << 20
_MOST_HOPS = 5


class _Copy(NamedTuple):
    """What is known of the copy that is kept."""

    name: str
    size: int
    fetched_at: str
    etag: str | None
    last_modified: str | None


class _RefusedError(Exception):
    """Why there is no new copy, in a few words without the address."""


def as_address(text: str) -> str | None:
    """The address that a text is, also where a path has swallowed one of its slashes, or None."""
    found = _ADDRESS.match(text)
    return f"{found['scheme']}://{text[found.end():]}" if found else None


def masked(address: str) -> str:
    """The address as it may be shown: without what it says of users and queries."""
    rest, _, query = address.partition("#")[0].partition("?")
    scheme, _, place = rest.partition("://")
    host, slash, path = place.partition("/")
    user, sign, host = host.rpartition("@")
    return mask_text(f"{scheme}://{MASK + sign if user or sign else ''}{host}{slash}{path}") + (
        f"?{MASK}" if query else ""
    )


def fetch(address: str, note: Callable[[Problem], None], largest: int = LARGEST) -> Path:
    """The file of an address: a new copy, or the kept one where that still holds.

    Where the mirror cannot be read, the kept copy is used, and a problem tells its date.

    Args:
        address: http or https.
        note: takes the problem.
        largest: bytes that are read at most.

    Raises:
        LoadError: the mirror cannot be read, and no copy of it is kept.
    """
    if not _WEB.match(address):
        raise LoadError(f"{masked(address)}: expected an address of http or https, or a file")
    folder = shelf_folder("mirrors") / hashlib.sha256(address.encode(errors="replace")).hexdigest()
    kept = _kept(folder)
    try:
        copy = _ask(address, folder, kept, largest)
    except _RefusedError as error:
        if kept is None:
            raise LoadError(
                f"{masked(address)}: {error}, and no copy of it is kept; check the address and the"
                " network, or name a file"
            ) from None
        note(Problem(
            "unreachable_mirror", "a mirror could not be read; the copy that is kept is used",
            masked(address), f"{error}; copy of {kept.fetched_at[:16]}Z",
            "newer flaws are not seen: fetch the feed again", phase="audit",
        ))
        copy = kept
    bound(folder.parent)
    return folder / copy.name


def _kept(folder: Path) -> _Copy | None:
    """The copy of an earlier call; one that is damaged, or of somebody else, counts as none."""
    if not is_mine(folder):
        return None
    try:
        copy = _Copy(**parse_json((folder / _STATE).read_bytes(), _STATE))
        is_whole = Path(copy.name).name == copy.name and (
            (folder / copy.name).stat().st_size == copy.size)
        datetime.fromisoformat(copy.fetched_at)
    except (LoadError, OSError, TypeError, ValueError):
        return None
    return copy if is_whole else None


def _ask(address: str, folder: Path, kept: _Copy | None, largest: int) -> _Copy:
    """The copy that holds now, on disk."""
    from requests import Session

    validators = {"If-None-Match": kept.etag, "If-Modified-Since": kept.last_modified} if (
        kept) else {}
    headers = {"Accept-Encoding": "identity", "User-Agent": "fleetkit",
               **{name: value for name, value in validators.items() if value}}
    with _in_words(), Session() as session:
        answer = _answer(session, address, headers)
        if kept and answer.status_code == HTTPStatus.NOT_MODIFIED:
            os.utime(folder / _STATE)  # what was not used for longest goes first
            return kept
        if answer.status_code != HTTPStatus.OK:
            raise _RefusedError(f"the mirror answered {_status(answer.status_code)}")
        return _save(answer, _name(address, answer.headers), folder, largest)


def _answer(session: Any, address: str, headers: dict[str, str]) -> Any:
    """The answer behind all redirections; none leads from https to http."""
    for _ in range(_MOST_HOPS):
        answer = session.get(
            address, headers=headers, timeout=_TIMEOUT_S, stream=True, allow_redirects=False)
        if not answer.is_redirect:
            return answer
        answer.close()
        following = urljoin(address, answer.headers["Location"])
        if not _WEB.match(following) or (
            urlsplit(address).scheme == "https" and urlsplit(following).scheme != "https"
        ):
            raise _RefusedError("the mirror leads to an address that is not protected")
        address = following
    raise _RefusedError(f"the mirror leads from address to address, more than {_MOST_HOPS} times")


def _save(answer: Any, name: str, folder: Path, largest: int) -> _Copy:
    for made in (folder.parent, folder):
        made.mkdir(parents=True, exist_ok=True, mode=0o700)
    size, latest = 0, time.monotonic() + _LONGEST_S
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".new-", delete=False) as stream:
        written = Path(stream.name)
    try:
        with written.open("wb") as stream:
            for portion in answer.raw.stream(_PORTION, decode_content=not name.endswith(".gz")):
                size += len(portion)
                if size > largest:
                    raise _RefusedError(f"the feed holds more than {largest:,} bytes")
                if time.monotonic() > latest:
                    raise _RefusedError(f"the feed took more than {_LONGEST_S:,} s")
                stream.write(portion)
        _date(written, answer.headers.get("Last-Modified"))
        written.replace(folder / name)
    finally:
        written.unlink(missing_ok=True)
    copy = _Copy(name, size, datetime.now(UTC).isoformat(timespec="seconds"),
                 _header(answer, "ETag"), _header(answer, "Last-Modified"))
    with tempfile.NamedTemporaryFile("w", dir=folder, prefix=".new-", delete=False) as state:
        json.dump(copy._asdict(), state)
    Path(state.name).replace(folder / _STATE)
    return copy


def _date(file: Path, said: str | None) -> None:
    """Gives the file the time that the mirror states: some feeds have no other date."""
    try:
        moment = parsedate_to_datetime(said or "").timestamp()
        os.utime(file, (moment, min(moment, time.time())))
    except (ValueError, OverflowError, OSError):
        return


def _header(answer: Any, name: str) -> str | None:
    value = answer.headers.get(name)
    return value if value and len(value) < 1_000 else None


def _name(address: str, headers: Any) -> str:
    """A file name whose end tells the form, which the address or the mirror says."""
    path = PurePosixPath(unquote(urlsplit(address).path))
    name = _STRANGE.sub("-", path.name)[-100:].lstrip(".-")
    if path.suffix:
        return name or "feed"
    kind = headers.get("Content-Type", "").partition(";")[0].strip()
    return (name or "feed") + (mimetypes.guess_extension(kind) or "")


def _status(code: int) -> str:
    try:
        return f"{code} ({HTTPStatus(code).phrase})"
    except ValueError:
        return str(code)


@contextmanager
def _in_words() -> Iterator[None]:
    """Failures of the network in words, for the libraries' own name the whole address."""
    from requests import exceptions as failures
    from urllib3.exceptions import HTTPError

    try:
        yield
    except failures.SSLError:
        raise _RefusedError("the certificate of the mirror is not trusted") from None
    except failures.Timeout:
        raise _RefusedError("the mirror did not answer in time") from None
    except failures.ConnectionError:
        raise _RefusedError("the mirror cannot be reached") from None
    except HTTPError:
        raise _RefusedError("the mirror broke off") from None
    except (failures.RequestException, ValueError) as error:
        said = type(error).__name__
        raise _RefusedError(f"the address cannot be asked ({said})") from None
    except OSError as error:
        raise _RefusedError(f"the copy cannot be kept ({error.strerror})") from None
