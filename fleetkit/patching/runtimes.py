"""Runtimes: languages, databases and servers whose makers give no more fixes, or soon will not.

A runtime that a distribution packages gets that distribution's fixes as long as the distribution
lives, whatever its makers say; one from elsewhere does not.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from fleetkit.patching.inventory import Inventory, pick
from fleetkit.patching.lifecycles import Lifecycles, products
from fleetkit.patching.support import (
    Phase,
    find_phase,
    find_support,
    is_known,
    stale_facts,
)
from fleetkit.plugins import Problem, Support
from fleetkit.schema import Row
from fleetkit.versions import scheme

Origin = Literal["distribution", "elsewhere", "unknown"]

_UNNAMED = ("generic", "Bitnami", "bitnami", "github")  # ecosystems without a system behind them
_UNKNOWN = ("", "dpkg", "rpm", "apk", "deb")
_SAID = ("status", "severity", "evidence", "due_at", "why")
_SYSTEMS = ("dpkg", "rpm", "apk")
_PURL_TYPES = {
    "Go": "golang", "NuGet": "nuget", "npm": "npm", "PyPI": "pypi", "RubyGems": "gem",
    "Maven": "maven", "Packagist": "composer", "crates.io": "cargo",
}
_VENDORS = {
    "Debian": "deb/debian", "Ubuntu": "deb/ubuntu", "Alpine": "apk/alpine",
    "Red Hat": "rpm/redhat", "CentOS": "rpm/centos", "Fedora": "rpm/fedora",
    "Amazon Linux": "rpm/amzn", "openSUSE": "rpm/opensuse", "SUSE": "rpm/suse",
}
_FOREIGN_BUILD = re.compile(  # marks of the makers' and other people's own repositories
    r"nodesource|pgdg|\.remi|\.ngx|deb\.sury|\+0~20|maria~|ppa\d|\+(?:bionic|focal|jammy|noble)\d"
    r"|~(?:buster|bullseye|bookworm|trixie|bionic|focal|jammy|noble)\b|rl\d~|\.mysql\b"
)
_OLD_JAVA = re.compile(r"(?:\d+:)?1\.(?=[5-8]\b)")
_EPOCH = re.compile(r"\d+:")
_LIMITS = {
    "Ubuntu": " if it is of main: packages of universe get fixes with Ubuntu Pro only",
    "Red Hat": " unless its stream ends before",
}


class Runtimes(NamedTuple):
    """What was found.

    Attributes:
        said: what is said of holdings: `holding_id`, and columns of `findings`.
        ended: numbers of the holdings that get no more fixes.
        problems: releases that no fact speaks of, facts that are old.
    """

    said: pd.DataFrame
    ended: np.ndarray
    problems: list[Problem]


class _Build(NamedTuple):
    """A distinct build of a runtime in the fleet that is worth a word."""

    source_id: int
    support: Support
    upstream: Phase
    origin: Origin
    ecosystem: str


def judge_runtimes(
    inventory: Inventory, subjects: pd.DataFrame, now: datetime, lifecycles: Lifecycles,
    enrolled: Mapping[str, bool] | None = None,
) -> Runtimes:
    """Findings of runtimes: status end_of_life, or limited_support where a distribution helps.

    Args:
        inventory: what is installed.
        subjects: who has it, and with which operating system.
        now: moment of the audit.
        lifecycles: the facts.
        enrolled: subject -> whether it is enrolled for extended support, where that is known.
    """
    today = now.astimezone(UTC).date()
    unknown: set[str] = set()
    used: set[Support] = set()
    builds = list(_builds(inventory.sources, lifecycles, today, unknown, used))
    problems = [*_unknown(unknown), *stale_facts(used, today)]
    found = {build.source_id: build for build in builds}
    holding = np.flatnonzero(inventory.holdings["source_id"].isin(found))
    held = pick(inventory.holdings, holding)
    code, answers = _systems(inventory, subjects, lifecycles, enrolled or {}, today)
    number, distinct = pd.factorize(
        pd.MultiIndex.from_arrays([held["source_id"], code[held["subject"]]]))
    told = pd.DataFrame([_tell(found[source], *answers[system]) for source, system in distinct],
                        columns=list(_SAID))
    said = pick(told, number)
    ended = holding[said["status"].eq("end_of_life").to_numpy()]
    return Runtimes(said.assign(holding_id=holding), ended, problems)


def _builds(
    sources: pd.DataFrame, facts: Lifecycles, today: date, unknown: set[str], used: set[Support]
) -> Iterator[_Build]:
    for base, group in sources.groupby("base", dropna=False):
        ecosystem = "" if pd.isna(base) else str(base)
        names = group["source_name"]
        known = {name: _recognise(ecosystem, name, facts) for name in names.unique()}
        chosen = group[names.map(known).notna()]
        for source_id, name, version in zip(
            chosen.index, chosen["source_name"], chosen["source_version"].fillna(""), strict=True
        ):
            product, origin = known[name] or ("", "unknown")
            plain = _plain_version(product, version)
            support = facts.of_runtime(product, plain)
            if support is None or not is_known(support):
                unknown.add(f"{product} {plain}"[:80])
                continue
            used.add(support)
            upstream = find_phase(support, today, enrolled=None)
            if origin == "distribution" and _FOREIGN_BUILD.search(version):
                origin = "elsewhere"
            if upstream and not (origin == "distribution" and upstream.severity == "info"):
                yield _Build(int(source_id), support, upstream, origin, ecosystem)


def _recognise(ecosystem: str, name: str, facts: Lifecycles) -> tuple[str, Origin] | None:
    """The runtime that a package is, and who builds it."""
    if ecosystem in _PURL_TYPES:
        purl = f"pkg:{_PURL_TYPES[ecosystem]}/{name.replace(':', '/')}"
        product = facts.product_of(purl)
        return (product, "elsewhere") if product else None
    system = scheme(ecosystem) in _SYSTEMS or ecosystem in _UNKNOWN
    if not system and ecosystem not in _UNNAMED:
        return None
    origin: Origin = "elsewhere" if not system else (
        "unknown" if ecosystem in _UNKNOWN else "distribution")
    for known in products().values():
        if known.foreign_packages.fullmatch(name):
            return known.name, "elsewhere"
        if known.packages.fullmatch(name):
            return known.name, origin
    vendor = _VENDORS.get(ecosystem, "" if system else "generic")
    product = facts.product_of(f"pkg:{vendor}/{name}") if vendor else None
    return (product, origin) if product else None


def _plain_version(product: str, version: str) -> str:
    """The version as the makers count: without epoch, and Java's 1.8 as 8."""
    if product == "eclipse-temurin":
        version = _OLD_JAVA.sub("", version)
    return _EPOCH.sub("", version, count=1) if _EPOCH.match(version) else version


def _systems(
    inventory: Inventory, subjects: pd.DataFrame, facts: Lifecycles,
    enrolled: Mapping[str, bool], today: date,
) -> tuple[np.ndarray, list[tuple[Support | None, Phase | None]]]:
    """Per subject of the inventory the number of its system's answer, and the answers."""
    shown = ["ecosystem", "release", "os_name", "os_version"]
    asked = subjects.set_index("subject_id")[shown].reindex(inventory.subjects.to_numpy())
    asked["enrolled"] = [enrolled.get(name) for name in asked.index]
    code, distinct = pd.factorize(pd.MultiIndex.from_frame(
        asked.astype(object).where(asked.notna(), None)), use_na_sentinel=False)
    answers: list[tuple[Support | None, Phase | None]] = []
    for cells in distinct:
        row: Row = {name: None if pd.isna(cell) else cell
                    for name, cell in zip([*shown, "enrolled"], cells, strict=True)}
        support = find_support(facts, row)
        known = support if support and is_known(support) else None
        answers.append((known, find_phase(known, today, enrolled=row["enrolled"])
                        if known else None))
    return code, answers


def _tell(build: _Build, system: Support | None, phase: Phase | None) -> Row:
    """Status and words of a build on a system; status NA where nothing is the matter."""
    support, upstream = build.support, build.upstream
    told = f"{support.name}: {upstream.said} ({support.source}, as of {support.as_of})"
    severity, status, more = upstream.severity, "end_of_life", "no distribution maintains it"
    if not upstream.has_ended:
        status = "limited_support"
    elif build.origin == "unknown" or (build.origin == "distribution" and system is None):
        severity, status = "info", "limited_support"
        more = "whether a distribution still maintains it is not known"
    elif build.origin == "distribution" and system is not None:
        if phase is not None and phase.has_ended:
            severity, more = phase.severity, f"{system.name}, which packages it: {phase.said}"
        else:
            severity, status = "info", "limited_support"
            more = f"{system.name} maintains it{_until(system, phase)}"
            more += _LIMITS.get(build.ecosystem, "")
    end = support.standard_until
    return {
        "status": status, "severity": severity, "evidence": "end_of_life",
        "due_at": datetime.combine(end, time(), UTC) if end else None,
        "why": f"{told}; {more}",
    }


def _until(system: Support, phase: Phase | None) -> str:
    extended = phase is not None and phase.severity.startswith("extended")
    end = system.extended_until if extended else system.standard_until
    return f" until {end}" if end else ""


def _unknown(releases: set[str]) -> Iterator[Problem]:
    if releases:
        named = sorted(releases)
        yield Problem(
            "runtime_unknown", "how long releases of runtimes get fixes is not known", None,
            ", ".join(named[:20]) + (f" and {len(named) - 20:,} more" if len(named) > 20 else ""),
            "give endoflife.date's data to the audit, as end_of_life:FILE", "info", "audit",
        )
