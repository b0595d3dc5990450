"""Ledger: what people know better than the evidence, in a text file under version control.

One block of YAML per entry, in the order in which they were made. A block says for whom, which
label, who says so, why, when, until when, and which evidence was outvoted, so that a later run can
tell that it moved. People may write blocks and comments by hand: what stands in the file stays.

    - for: {source: docker, controller_kind: compose, controller_name: shop/gateway}
      label: pet
      by: anna
      why: holds the only TLS key
      made: 2026-11-25
      until: 2027-05-24
"""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from fleetkit.errors import LoadError
from fleetkit.ledger.blocks import Fault, block, is_whole, parsed
from fleetkit.ledger.entries import Entry
from fleetkit.source import read_bytes

_LARGEST = 16 << 20
_HEAD = (
    "# Overrides: what people know better than the evidence. One block per entry; comments stay.\n"
)


@dataclass(frozen=True, slots=True, repr=False)
class Ledger:
    """Entries of a ledger, and what in its file could not be read.

    Args:
        entries: in the order of the file.
        faults: blocks with an error; the others apply all the same.
        path: the file; None for a ledger that was made in memory.
    """

    entries: tuple[Entry, ...] = ()
    faults: tuple[Fault, ...] = ()
    path: Path | None = None

    def __repr__(self) -> str:
        errors = f", {len(self.faults):,} blocks with an error" if self.faults else ""
        return f"{self.path or 'ledger in memory'}: {len(self.entries):,} overrides{errors}"

    @classmethod
    def read(cls, path: str | Path) -> "Ledger":
        """The ledger in a file.

        Raises:
            LoadError: there is no such file, or it is no list of blocks in UTF-8.
        """
        place = Path(path)
        if not place.is_file():
            raise LoadError(f"{place}: there is no ledger; the first override writes it")
        entries, faults = parsed(_text(place), str(place))
        return cls(tuple(entries), tuple(faults), place)

    def write(self, path: str | Path) -> "Ledger":
        """Adds the entries that a file does not hold yet, and gives the ledger that it is now.

        What stands in the file stays byte for byte, comments and faults too; a file that is not
        there is made. The new text appears whole or not at all.

        Raises:
            LoadError: the file cannot be read or written, or no block can be added to its form.
        """
        place = Path(path).resolve()
        if place.suffix == ".gz":
            raise LoadError(f"{place}: a ledger is plain text, so that people can compare versions")
        with _alone(place.parent):
            old = _text(place) if place.exists() else _HEAD
            there = parsed(old, str(place))[0]
            new = _missing(self.entries, there)
            text = _added(old, new)
            entries, faults = parsed(text, str(place))
            if entries != [*there, *new] or (is_whole(old) and not is_whole(text)):
                raise LoadError(
                    f"{place}: no block can be added; entries must begin with '- ' in the first"
                    " column, as one list")
            if len(text.encode()) > _LARGEST:
                raise LoadError(f"{place}: would hold more than {_LARGEST:,} bytes; begin another")
            if new:
                _replace(place, text)
        return Ledger(tuple(entries), tuple(faults), Path(path))


def _text(place: Path) -> str:
    try:
        return read_bytes(place, _LARGEST).decode("utf-8")
    except UnicodeDecodeError as error:
        raise LoadError(f"{place}: expected UTF-8, found other bytes at {error.start:,}") from error


def _missing(entries: Iterable[Entry], there: Iterable[Entry]) -> list[Entry]:
    """Entries that are not there as often: who returns to an older word says it twice."""
    left = Counter(there)
    missing = []
    for entry in entries:
        if left[entry]:
            left[entry] -= 1
        else:
            missing.append(entry)
    return missing


def _added(old: str, entries: list[Entry]) -> str:
    gap = "" if not old or old.endswith("\n") else "\n"
    text = gap + "".join(map(block, entries))
    return old + (text.replace("\n", "\r\n") if "\r\n" in old else text)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Waits until no other process adds to a ledger of the folder, where locks are known."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise LoadError(f"{folder}: cannot be written: {error}") from error
    try:
        with suppress(OSError):  # some network file systems have no locks
            fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def _replace(place: Path, text: str) -> None:
    made = place.with_name(f".{place.name}-{os.getpid()}")  # nobody else is here: see _alone
    try:
        made.write_text(text, encoding="utf-8", newline="")
        if place.exists():
            made.chmod(place.stat().st_mode & 0o777)
        made.replace(place)
    except OSError as error:
        made.unlink(missing_ok=True)
        raise LoadError(f"{place}: cannot be written: {error}") from error
