"""Debian's security tracker: source package -> flaw -> state in each release, in one JSON file.

It knows what the OSV records made from it leave out: flaws that will not be fixed, those that
nobody has looked into yet, and packages that never had the flaw. Each flaw goes by the id of its
OSV record, so that of the two, where both are given, the newer one counts. The document states no
date: the time of its file stands for it.

Only the reason `ignored` means that Debian will not fix a flaw: `postponed`, and no reason, say
that the fix is for a later update. An undetermined state is no finding; it is counted.
Source: https://security-tracker.debian.org/tracker/data/json.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fleetkit.errors import LoadError
from fleetkit.installed.codenames import CODENAMES
from fleetkit.plugins import AdvisorySource, Affected, Problem
from fleetkit.source import parse_json, read_bytes
from fleetkit.values import LONGEST_NAME, BrokenError, clean, form, named

FILE_BYTES = 256 << 20  # more than three times what the tracker publishes
STATES = ("open", "resolved", "undetermined")

_NAMED = 10  # left-out releases that are named; the rest is counted
_UNRATED = ("not yet assigned", "end-of-life")  # urgencies that do not say how bad a flaw is
_UNPLANNED = {"postponed": "postponed", "": "without a reason"}

Note = Callable[[Problem], None]


def rows(path: Path, note: Note) -> Iterator[Affected]:
    """What the tracker says, in its order: one row per flaw, source package and numbered release.

    A flaw without such a row has one without a package: it still replaces its OSV record.

    Raises:
        LoadError: the file cannot be read, or is of another form.
    """
    packages = parse_json(read_bytes(path, FILE_BYTES), str(path))
    if not _is_tracker(packages):
        raise LoadError(
            f"{path}: expected the JSON of Debian's security tracker (source package, flaw,"
            f" 'releases'), found {form(packages)}; OSV records are read without a source's name"
        )
    reading = _Reading(path, note)
    for package, flaws in packages.items():
        if isinstance(flaws, dict):
            for flaw, said in flaws.items():
                yield from reading.flaw(package, flaw, said)
        else:
            reading.refuse((package,), f"expected flaws by name, found {form(flaws)}")
    reading.finish()


class _Reading:
    """One pass over the document: rows, and counts of what becomes none."""

    def __init__(self, path: Path, note: Note) -> None:
        self._path = path
        self._note = note
        self._modified = _file_time(path)
        self._numberless: Counter[str] = Counter()
        self._undetermined: Counter[str] = Counter()
        self._unplanned: Counter[str] = Counter()

    def flaw(self, package: str, flaw: str, said: Any) -> Iterator[Affected]:
        """The rows of one flaw in one source package."""
        try:
            package, flaw = named(package, "source package"), named(flaw, "flaw")
            releases = _releases(said)
        except BrokenError as error:
            self.refuse((package, flaw), str(error))
            return
        frame: dict[str, Any] = {
            "osv_id": f"DEBIAN-{flaw}", "where": f"{self._path}, {flaw}",
            "modified": self._modified, "upstream": (flaw,),
        }
        cells = [found for codename, state in releases.items()
                 if (found := self._state((package, flaw, codename), state))]
        for found in cells or [{}]:
            yield Affected(**frame, **found)

    def _state(self, place: tuple[str, str, str], state: Any) -> dict[str, Any] | None:
        package, _, codename = place
        number = CODENAMES["debian"].get(codename)
        if number is None:
            self._numberless[codename] += 1
            return None
        try:
            found = _read_state(state)
        except BrokenError as error:
            self.refuse(place, str(error))
            return None
        if found is None:
            self._undetermined[f"Debian {number}"] += 1
            return None
        if state["status"] == "open" and "nodsa" in state and found["hint"] is None:
            self._unplanned[_UNPLANNED.get(_text(state.get("nodsa_reason")), "otherwise")] += 1
        return {"ecosystem": f"Debian:{number}", "package": package, **found}

    def refuse(self, place: tuple[str, ...], said: str) -> None:
        """Notes an entry that breaks the form."""
        where = ", ".join((str(self._path), *(name[:LONGEST_NAME] for name in place)))
        self._note(Problem(
            "broken_record", "an entry of Debian's tracker breaks its form and was passed over",
            clean(where), clean(said)[:1000], "fetch the file again"))

    def finish(self) -> None:
        """Notes what was counted, once each."""
        counted = (
            ("numberless_release", self._numberless,
             "releases without a known number are left out"),
            ("undetermined", self._undetermined,
             "whether packages have a flaw is not determined yet: no finding, and not clean"),
            ("no_advisory_planned", self._unplanned,
             "Debian plans no advisory for flaws that are open; a later update may fix them"),
        )
        for code, counts, message in counted:
            if counts:
                self._note(Problem(code, message, str(self._path), _tell(counts), severity="info"))


def _is_tracker(content: Any) -> bool:
    """Whether any flaw has releases; broken neighbours do not make it another form."""
    return isinstance(content, dict) and (not content or any(
        isinstance(said, dict) and "releases" in said
        for flaws in content.values() if isinstance(flaws, dict) for said in flaws.values()
    ))


def _releases(said: Any) -> dict[str, Any]:
    """States by codename; the tracker writes none as an empty list."""
    if not isinstance(said, dict):
        raise BrokenError(f"expected a flaw, found {form(said)}")
    releases = said.get("releases")
    if releases == []:
        return {}
    if not isinstance(releases, dict):
        raise BrokenError(f"'releases' is no object but {form(releases)}")
    return releases


def _read_state(state: Any) -> dict[str, Any] | None:
    """Range, severity and hint; None where nobody knows."""
    if not isinstance(state, dict):
        raise BrokenError(f"expected a state, found {form(state)}")
    status = state.get("status")
    if status not in STATES:
        raise BrokenError(f"unknown status {str(status)[:80]!r}; known are {', '.join(STATES)}")
    if status == "undetermined":
        return None
    events = [("introduced", "0")]
    if status == "resolved":
        events.append(("fixed", named(state.get("fixed_version"), "fixed_version")))
    urgency = _text(state.get("urgency")).rstrip("*")  # asterisks: the rating is a machine's
    return {
        "ranges": (("ECOSYSTEM", tuple(events)),),
        "severity": urgency if urgency and urgency not in _UNRATED else None,
        "hint": _hint(urgency, state),
    }


def _hint(urgency: str, state: dict[str, Any]) -> str | None:
    """What the words mean; where there is a fix, nobody refuses one."""
    if urgency == "unimportant":
        return "unimportant"
    if state["status"] == "resolved":
        return None
    if urgency == "end-of-life":
        return "end_of_life"
    return "will_not_fix" if state.get("nodsa_reason") == "ignored" else None


def _file_time(path: Path) -> str | None:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat()
    except (OSError, OverflowError, ValueError):
        return None


def _tell(counts: Counter[str]) -> str:
    named = [f"{clean(name[:80])}: {count:,}" for name, count in counts.most_common(_NAMED)]
    more = len(counts) - _NAMED
    return ", ".join(named) + (f" and {more:,} more" if more > 0 else "")


def _text(value: Any) -> str:
    return clean(value) if isinstance(value, str) else ""


ADVISORIES = AdvisorySource(
    doc="Debian's security tracker: states in each release, also of flaws that get no fix",
    reads=("the tracker's data as one file (.json, .json.gz)",),
    rows=rows,
)
