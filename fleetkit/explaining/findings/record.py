"""The record that a finding stands on: who it is, where it is written, what it says."""

from collections.abc import Iterator

from fleetkit.explaining.findings.case import Case
from fleetkit.explaining.findings.facts import Fact, Section, few, known, section, told

_HINTS = {
    "unimportant": "the flaw is unimportant",
    "end_of_life": "the release gets no more fixes",
    "will_not_fix": "it will not be fixed",
    "not_security": "it announces a bug fix, not a flaw",
    "uncomparable": "its range cannot be put in order",
}
_SHOWN = frozenset((
    "subject_id", "ecosystem", "release", "source_name", "source_version", "package_names",
    "status", "advisory_id", "group_id", "aliases", "severity", "severity_score", "introduced",
    "fixed_version", "due_at", "why",
))
_OWN = frozenset(("advisory", "fleet", "end_of_life", "observation", "changelog", "vex"))


def record(case: Case) -> Section:
    """What the record says, beside the range."""
    return section("Record", _record(case))


def beside(case: Case) -> Section:
    """What else the finding says: exploitation, judgements, whatever the audit adds."""
    columns = [name for name in case.row.index if name not in _SHOWN
               and (name != "evidence" or case.row[name] not in _OWN)]
    return section("Known beside", [
        told(str(name).replace("_", " "), case.row[name]) for name in columns
    ])


def _record(case: Case) -> Iterator[Fact | None]:
    row, record = case.row, case.record
    ident, group = known(row["advisory_id"]), known(row["group_id"])
    if ident is None:
        return
    yield Fact("id", ident + (f", about {group}" if group and group != ident else ""))
    others = [name for name in row["aliases"] if name not in (ident, group)] if (
        known(row["aliases"])) else []
    yield told("also known as", few(others, 8))
    yield told("severity", row["severity"])
    yield told("CVSS", row["severity_score"])
    if record is None:
        yield told("published", row["due_at"])
        return
    yield told("published", record["published"])
    yield told("changed", record["modified"])
    yield Fact("speaks of", _about(case))
    hint = known(record["status_hint"])
    yield Fact("says beside", _HINTS.get(hint, hint)) if hint else None
    yield told("line of fixes", record["channel"])
    yield told("written in", record["where"])


def _about(case: Case) -> str:
    """`source package openssl of Debian 12`."""
    record = case.record
    if record is None:
        return ""
    kind = {"source": "source package", "binary": "binary package"}.get(
        known(record["name_kind"]) or "", "package")
    release = known(record["release"])
    module = known(record["module"])
    return (f"{kind} {known(record['package'])} of {known(record['ecosystem'])}"
            + (f" {release}" if release else ", all releases")
            + (f", module {module}" if module else ""))
