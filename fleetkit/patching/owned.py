"""Owned: packages of languages that a distribution's package put there.

The distribution mends them under their old version, so that records which count upstream's versions
say nothing about them. The distribution's package stands for them.

Some folders are the distribution's alone, for its `pip`, `gem` and `npm` write elsewhere. Into
others anyone may write: there a package is the distribution's if one of its usual name and the same
version is installed beside it.
Source: Debian Python Policy 3.1; Fedora change "Making sudo pip safe"; rubygems-integration; Debian
JavaScript Policy; FHS of Debian's and Fedora's Java packages.
"""

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from fleetkit.patching.ecosystems import plain_name
from fleetkit.plugins import Problem
from fleetkit.versions import scheme

_ROOT = re.compile(r"^(?:\./|/)+")
_ALONE = {
    "PyPI": r"usr/lib/python3/dist-packages/",
    "npm": r"usr/(?:share|lib|lib/[^/]+-linux-gnu[^/]*)/nodejs/",
    "RubyGems": r"usr/(?:share/rubygems-integration|share/gems|lib/ruby/vendor_ruby"
                r"|lib(?:64)?/ruby/gems/[^/]+/specifications/default)/",
    "Maven": r"usr/share/(?:java|maven-repo)/",
}
_SHARED = {
    "PyPI": r"usr/lib(?:64)?/(?:python\d[\d.]*|pypy[\d.]*)/(?:site|dist)-packages/",
    "npm": r"usr/lib/node_modules/",
    "RubyGems": r"usr/lib(?:64)?/ruby/gems/",
}
_USUAL = {
    "PyPI": re.compile(r"(?:python[\d.]*|py3|py)-(.+)"),
    "npm": re.compile(r"(?:node|nodejs)-(.+)|(npm)"),
    "RubyGems": re.compile(r"(?:ruby[\d.]*|rubygem)-(.+)"),
}
_SYSTEMS = ("dpkg", "rpm", "apk")
_UPSTREAM = re.compile(r"(?:\d+:)?([^-]+)")


def is_owned(packages: pd.DataFrame) -> np.ndarray:
    """Whether each row of `packages` is of a language and belongs to a package of a distribution.

    A subject without packages of a distribution has none of them: nothing would stand for it.
    """
    answer = np.zeros(len(packages), dtype=bool)
    ecosystem = packages["ecosystem"]
    some = np.flatnonzero(ecosystem.isin([*_ALONE]).to_numpy(dtype=bool)
                          & packages["path"].notna().to_numpy(dtype=bool))
    if not len(some):
        return answer
    system = packages[_is_system(ecosystem)]
    listed = packages.iloc[some]
    listed = listed[listed["subject_id"].isin(system["subject_id"].unique()).to_numpy(dtype=bool)]
    place = pd.Series(np.arange(len(packages)), index=packages.index)[listed.index].to_numpy()
    path = listed["path"].str.replace(_ROOT, "", regex=True)
    alone = np.zeros(len(listed), dtype=bool)
    shared = np.zeros(len(listed), dtype=bool)
    for language in _ALONE:
        mine = listed["ecosystem"].eq(language).to_numpy(dtype=bool)
        alone |= mine & path.str.match(_ALONE[language]).to_numpy(dtype=bool)
        if language in _SHARED:
            shared |= mine & path.str.match(_SHARED[language]).to_numpy(dtype=bool)
    shared &= ~alone
    answer[place[alone]] = True
    answer[place[shared]] = _has_owner(listed[shared], system)
    return answer


def tell_owned(owned: np.ndarray) -> Iterator[Problem]:
    """How many packages stand for themselves no more."""
    count = int(owned.sum())
    if count:
        noun = "package belongs" if count == 1 else "packages belong"
        yield Problem(
            "owned_by_distribution",
            "packages of languages that belong to packages of the distribution are judged as these",
            None, f"{count:,} language {noun} to packages of the distribution", severity="info",
            phase="audit")


def _is_system(ecosystem: pd.Series) -> np.ndarray:
    named = ecosystem.dropna().unique()
    kinds = pd.Series([scheme(name) in _SYSTEMS for name in named], index=named, dtype=bool)
    return ecosystem.isin(kinds.index[kinds]).to_numpy(dtype=bool)


def _has_owner(listed: pd.DataFrame, system: pd.DataFrame) -> np.ndarray:
    """Whether a package of the usual name and the same upstream version is beside each row."""
    beside = system[system["subject_id"].isin(listed["subject_id"].unique())]
    known = {
        (subject, language, name, found[1])
        for subject, package, version in zip(
            beside["subject_id"], beside["name"].fillna(""), beside["version"].fillna(""),
            strict=True)
        if (found := _UPSTREAM.match(version))
        for language, name in _usual(package)
    }
    return np.array([
        (subject, language, plain_name(language, str(name).lower()), version) in known
        for subject, language, name, version in zip(
            listed["subject_id"], listed["ecosystem"], listed["name"], listed["version"],
            strict=True)
    ], dtype=bool)


def _usual(package: str) -> Iterator[tuple[str, str]]:
    """The packages of languages that a distribution's package is named after."""
    for language, pattern in _USUAL.items():
        found = pattern.fullmatch(package)
        if found:
            name = next(part for part in found.groups() if part is not None)
            yield language, plain_name(language, name.lower())
