"""Spans: the unbroken stretches of versions that records call affected, as columns.

Each row holds the versions from `lo` up to, not with, `hi`, and the number of the record that says
so. Source: OSV schema 1.7.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import pandas as pd
import pyarrow as pa

from fleetkit.patching.ecosystems import locate, name_kind, plain_name
from fleetkit.patching.sweep import ABOVE, Interval, Keys, sweep, unite
from fleetkit.plugins import Affected
from fleetkit.versions import scheme, text_keys

_MOST_KEYS = 2_000_000
_NUMBER = "record"
_SUBJECT = ("ecosystem", "release", "channel", "package", "module")
_STRETCH = ("lo", "hi", "hi_kind", "introduced", "fixed_version", "exact_version", "status_hint")
_SAID = ("severity", "severity_type", "severity_score", "name_kind")
ORDER = (_NUMBER, *_SUBJECT, "lo", "exact_version")
SPANS = pa.schema([
    pa.field(_NUMBER, pa.int32()),
    *(pa.field(name, pa.large_string()) for name in (*_SUBJECT, *_STRETCH, *_SAID)),
])

Numbered = tuple[int, Affected]


class _Stretch(NamedTuple):
    lo: str | None = None
    hi: str | None = None
    hi_kind: str = "open"
    introduced: str | None = None
    fixed_version: str | None = None
    exact_version: str | None = None
    status_hint: str | None = None


_NOWHERE = _Stretch("", "", "not_affected")
_ORDERLESS = _Stretch(status_hint="uncomparable")


class Keyring:
    """Keys of versions, each made once; scheme -> version -> key, None where no rule orders it."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, str | None]] = defaultdict(dict)

    def keys(self, rows: Iterable[Affected]) -> Mapping[str, Keys]:
        """The keys of all versions that the rows name, and of more."""
        wanted: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            wanted[ordering(row, "")].update(row.versions)
            for range_type, events in row.ranges:
                wanted[ordering(row, range_type)].update([version for _, version in events])
        for name, versions in wanted.items():
            known = self._known[name]
            if len(known) > _MOST_KEYS:
                known.clear()
            known.update(_encoded(name, versions - known.keys()))
        return self._known


def ordering(row: Affected, range_type: str) -> str:
    """Whose rule orders the versions: the ecosystem's, as that of the packages they are held to."""
    ecosystem = locate(row.ecosystem or "").ecosystem
    return "semver" if range_type == "SEMVER" and scheme(ecosystem) is None else ecosystem


def spans(rows: Sequence[Numbered], keyring: Keyring) -> pa.Table:
    """The spans of the rows; entries of one record on one package are united.

    A range that cannot be ordered has a row without keys, hinted as uncomparable; "not affected"
    has a row too, so that an answer can name it.

    Args:
        rows: each with the number of its record, and a package; all of one record together.
        keyring: keys that are known already.
    """
    keys = keyring.keys(row for _, row in rows)
    about: dict[tuple[int, str, str, str], list[Affected]] = defaultdict(list)
    for number, row in rows:
        about[number, row.ecosystem or "", row.package or "", row.module].append(row)
    subjects: dict[tuple[int | str | None, ...], list[Affected]] = defaultdict(list)
    for (number, ecosystem, package, module), group in about.items():
        place = locate(ecosystem)
        name = plain_name(place.ecosystem, package)
        subjects[number, place.ecosystem, place.release, place.channel, name, module].extend(group)
    cells = [
        (*subject, *stretch[:-1], stretch.status_hint or group[0].hint, *_said(group[0]))
        for subject, group in subjects.items() for stretch in _stretches(group, keys)
    ]
    columns = zip(*cells, strict=True) if cells else [()] * len(SPANS)
    return pa.table([
        pa.array(column, field.type) for column, field in zip(columns, SPANS, strict=True)
    ], schema=SPANS)


def _said(row: Affected) -> tuple[str | None, ...]:
    kind = name_kind(locate(row.ecosystem or "").ecosystem)
    return row.severity, row.severity_type, row.severity_score, kind


def _encoded(ecosystem: str, versions: Iterable[str]) -> Keys:
    texts = pd.Series(list(versions), dtype="string")
    found = text_keys(ecosystem, texts)
    return dict(zip(texts.tolist(), found.astype(object).where(found.notna(), None), strict=True))


def _stretches(rows: list[Affected], keys: Mapping[str, Keys]) -> Iterator[_Stretch]:
    swept = [
        sweep(events, keys[ordering(row, range_type)])
        for row in rows for range_type, events in row.ranges
    ]
    found = [interval for part in swept for interval in part or ()]
    if len(found) > 1:
        found = unite(found)
    for interval in found:
        yield _Stretch(interval.lo, interval.hi, interval.hi_kind, interval.introduced,
                       interval.fixed)
    exact = list(_exact(rows, found, keys)) if any(row.versions for row in rows) else []
    yield from exact
    if None in swept:
        yield _ORDERLESS
    elif not found and not exact:
        yield _NOWHERE


def _exact(
    rows: list[Affected], found: list[Interval], keys: Mapping[str, Keys]
) -> Iterator[_Stretch]:
    """Versions named one by one, unless an interval holds them already."""
    seen: set[str] = set()
    for row in rows:
        known = keys[ordering(row, "")]
        for version in row.versions:
            key = known.get(version)
            if _holds(found, key) or version in seen:
                continue
            seen.add(version)
            yield _Stretch(key, None if key is None else key + ABOVE, "exact", version,
                           exact_version=version)


def _holds(found: list[Interval], key: str | None) -> bool:
    return key is not None and any(interval.lo <= key < interval.hi for interval in found)
