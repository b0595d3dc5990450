"""Intervals: what advisories say, as one frame that any engine can join with versions.

Each row holds the versions from `lo` up to, not with, `hi`. Both are hexadecimal keys that compare
as text, so that "is it affected" is `lo <= key and key < hi`, in every engine alike.
Source: OSV schema 1.7.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import pandas as pd

from fleetkit.patching.ecosystems import locate, name_kind, plain_name
from fleetkit.patching.flaws import Flaws
from fleetkit.patching.sweep import ABOVE, Interval, Keys, sweep, unite
from fleetkit.plugins import Affected
from fleetkit.schema import Column, Row, Table
from fleetkit.versions import scheme, text_keys

HINTS = ("unimportant", "end_of_life", "will_not_fix", "not_security", "uncomparable")
HI_KINDS = ("fixed", "last_affected", "limit", "open", "exact", "not_affected")

INTERVALS = Table(
    name="intervals",
    doc="one row per record, package, release and unbroken stretch of affected versions",
    key=("osv_id", "ecosystem", "release", "channel", "package", "module", "lo", "exact_version"),
    columns=(
        Column("osv_id", "text", "record"),
        Column("group_id", "text", "the flaw, whatever the record: CVE first"),
        Column("aliases", "texts", "other names of the flaw"),
        Column("ecosystem", "text", "named as in OSV, without release"),
        Column("release", "text", "release; NA means all"),
        Column("channel", "text", "line of fixes for enrolled machines; NA is everyone's"),
        Column("package", "text", "name as it is compared"),
        Column("name_kind", "text", "what the name is", choices=("source", "binary", "either")),
        Column("module", "text", "rpm module stream; * is some module, empty is none"),
        Column("lo", "text", "key of the first affected version; NA where it has none"),
        Column("hi", "text", "key of the first version above; NA where it has none"),
        Column("hi_kind", "text", "what ends the stretch", choices=HI_KINDS),
        Column("introduced", "text", "first affected version"),
        Column("fixed_version", "text", "first version without the flaw; NA where there is none"),
        Column("exact_version", "text", "the one version meant, as text"),
        Column("status_hint", "text", "what the record says beside the range", choices=HINTS),
        Column("severity", "text", "as the record words it"),
        Column("severity_type", "text", "kind of the score"),
        Column("severity_score", "text", "CVSS vector"),
        Column("published", "time", "when the record was published", "UTC"),
        Column("modified", "time", "last change of the record", "UTC"),
        Column("withdrawn", "time", "when the record is withdrawn; NA if it is not", "UTC"),
        Column("where", "text", "file, and line or entry of it"),
    ),
)


class _Subject(NamedTuple):
    """The package in a release that one record speaks of."""

    osv_id: str
    ecosystem: str
    release: str | None
    channel: str | None
    package: str
    module: str


def intervals(affected: Iterable[Affected]) -> pd.DataFrame:
    """The intervals of the rows, sorted by package; entries on one package are united.

    A record whose range cannot be ordered has a row without keys, hinted as uncomparable; one that
    says "not affected" has a row too, so that an answer can name it.
    """
    listed = [row for row in affected if row.ecosystem and row.package]
    flaws = Flaws({row.osv_id: row.aliases for row in listed},
                  {row.osv_id: row.upstream for row in listed})
    keys = _keys(listed)
    about: dict[_Subject, list[Affected]] = defaultdict(list)
    for row in listed:
        about[_subject(row)].append(row)
    names = {name: (flaws.group(name), flaws.others(name)) for name in {*_ids(listed)}}
    frame = INTERVALS.frame(
        {**_shared(subject, rows[0]), **cells}
        for subject, rows in about.items()
        for cells in _stretches(rows, keys)
    )
    ids = frame["osv_id"].tolist()
    named = frame.assign(
        group_id=[names[name][0] for name in ids],
        aliases=pd.Series([names[name][1] for name in ids], dtype=object),
    )
    frame = INTERVALS.cast(named)
    return frame.sort_values(list(INTERVALS.key), ignore_index=True)


def _ids(rows: list[Affected]) -> Iterator[str]:
    return (row.osv_id for row in rows)


def _subject(row: Affected) -> _Subject:
    place = locate(row.ecosystem or "")
    name = plain_name(place.ecosystem, row.package or "")
    return _Subject(row.osv_id, place.ecosystem, place.release, place.channel, name, row.module)


def _scheme(row: Affected, range_type: str) -> str:
    """Whose rule orders the versions: the ecosystem's, as that of the packages they are held to."""
    ecosystem = locate(row.ecosystem or "").ecosystem
    return "semver" if range_type == "SEMVER" and scheme(ecosystem) is None else ecosystem


def _keys(rows: list[Affected]) -> dict[str, Keys]:
    """Scheme -> version -> key, each version once."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        wanted[_scheme(row, "")].update(row.versions)
        for range_type, events in row.ranges:
            wanted[_scheme(row, range_type)].update(version for _, version in events)
    return {name: _encoded(name, versions) for name, versions in wanted.items()}


def _encoded(ecosystem: str, versions: Iterable[str]) -> Keys:
    texts = pd.Series(list(versions), dtype="string")
    found = text_keys(ecosystem, texts)
    return dict(zip(texts.tolist(), found.astype(object).where(found.notna(), None), strict=True))


def _stretches(rows: list[Affected], keys: Mapping[str, Keys]) -> Iterator[dict[str, Any]]:
    swept = [
        sweep(events, keys[_scheme(row, range_type)])
        for row in rows for range_type, events in row.ranges
    ]
    found = unite(interval for intervals in swept for interval in intervals or ())
    for interval in found:
        yield {"lo": interval.lo, "hi": interval.hi, "hi_kind": interval.hi_kind,
               "introduced": interval.introduced, "fixed_version": interval.fixed}
    exact = list(_exact(rows, found, keys))
    yield from exact
    if None in swept:
        yield {"hi_kind": "open", "status_hint": "uncomparable"}
    elif not found and not exact:
        yield {"lo": "", "hi": "", "hi_kind": "not_affected"}


def _exact(
    rows: list[Affected], found: list[Interval], keys: Mapping[str, Keys]
) -> Iterator[dict[str, Any]]:
    """Versions named one by one, unless an interval holds them already."""
    seen: set[str] = set()
    for row in rows:
        known = keys[_scheme(row, "")]
        for version in row.versions:
            key = known.get(version)
            if version in seen or _holds(found, key):
                continue
            seen.add(version)
            yield {"lo": key, "hi": None if key is None else key + ABOVE, "hi_kind": "exact",
                   "introduced": version, "exact_version": version}


def _holds(found: list[Interval], key: str | None) -> bool:
    return key is not None and any(interval.lo <= key < interval.hi for interval in found)


def _shared(subject: _Subject, row: Affected) -> Row:
    return {
        **subject._asdict(), "status_hint": row.hint,
        "name_kind": name_kind(subject.ecosystem),
        "severity": row.severity, "severity_type": row.severity_type,
        "severity_score": row.severity_score, "where": row.where,
        "published": row.published, "modified": row.modified, "withdrawn": row.withdrawn,
    }
