"""Successions of images: which image took the place of which.

An image follows the one that was built before it under the same name: of a container image its
repository, of a machine image its family or its name without date, of both the recipe of their
builds. Where tags bear versions, a later build of a lower version (a maintained older line) does
not follow a higher one.
"""

import re
from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, NamedTuple

import pandas as pd

from fleetkit.fleet import Fleet
from fleetkit.patching.dates import FIRST
from fleetkit.references import reference_parts, repository_of

_VERSION = re.compile(r"v?(\d{1,18}(?:\.\d{1,18}){0,5})(?:[-+_].*)?", re.DOTALL)
_DATED = re.compile(r"[-_ .]v?\d[\d.\-_:TZ]*$")

_LONGEST = 512
_FACTS = ["image_id", "kind", "name", "family", "owner", "arch", "tags", "digests", "created_at"]

Line = tuple[str, ...]
Facts = dict[str, Any]


class Step(NamedTuple):
    """One image after another; `line` is what they have in common, in words."""

    image_id: str
    before_id: str
    line: str


@dataclass
class _Line:
    """The images of a line so far: those with a version in order, and the newest without one."""

    versioned: list[tuple[tuple[int, ...], int, str]] = field(default_factory=list)
    plain: tuple[int, str] | None = None


def succeed(fleet: Fleet, subjects: Iterable[str]) -> tuple[list[Step], int]:
    """Each image's predecessor, oldest images first, and how many images have no date.

    Args:
        fleet: images, and the builds that made them.
        subjects: images to put in order; others are passed over.
    """
    images = fleet.images[fleet.images["image_id"].isin(set(subjects))]
    dated = images["created_at"].ge(FIRST).fillna(value=False)
    ordered = images[dated].sort_values(["created_at", "image_id"])
    recipes = _recipes(fleet.builds)
    lines: dict[Line, _Line] = defaultdict(_Line)
    steps: list[Step] = []
    for moment, group in groupby(_plain(ordered), key=lambda row: row["created_at"].value):
        facts = [(row["image_id"], _lines(row, recipes), _version(row)) for row in group]
        # images of one moment do not follow each other
        steps += [step for fact in facts if (step := _step(lines, *fact))]
        for image_id, keys, version in facts:
            for key in keys:
                _append(lines[key], version, moment, image_id)
    return steps, int((~dated).sum())


def replaced(fleet: Fleet, subjects: Iterable[str]) -> list[Step]:
    """Images that an orchestrator ran in the place of others, whatever was built first."""
    known = set(subjects)
    links = fleet.links[fleet.links["relation"] == "replaces"]
    pairs = links[["from_id", "to_id", "evidence"]].dropna().drop_duplicates(["from_id", "to_id"])
    return [
        Step(after, before, evidence)
        for after, before, evidence in pairs.sort_values(["from_id", "to_id"]).itertuples(
            index=False, name=None)
        if after in known and before in known and after != before
    ]


def names_of(images: pd.DataFrame) -> list[list[str]]:
    """The names that each image shares with those it follows: repositories, family or bare name."""
    return [list(dict.fromkeys(line[1] for line in _names(row))) for row in _plain(images)]


def _plain(images: pd.DataFrame) -> list[Facts]:
    facts = images[_FACTS]
    rows: list[Facts] = facts.astype(object).where(facts.notna(), None).to_dict(
        "records")  # type: ignore[assignment]
    return rows


def _step(
    lines: dict[Line, _Line], image_id: str, keys: list[Line], version: tuple[int, ...] | None
) -> Step | None:
    found = [
        (*before, key) for key in keys
        if key in lines and (before := _before(lines[key], version))
    ]
    if not found:
        return None
    _, before_id, key = max(found)
    return Step(image_id, before_id, f"{key[0]} {key[1]}")


def _before(line: _Line, version: tuple[int, ...] | None) -> tuple[int, str] | None:
    """Moment and id of the image that one of this version follows."""
    newest = [line.plain] if line.plain else []
    if version is None:
        newest += [(moment, image_id) for _, moment, image_id in line.versioned]
        return max(newest, default=None)
    place = bisect_right(line.versioned, version, key=lambda entry: entry[0])
    if place:
        return line.versioned[place - 1][1:]
    return line.plain


def _append(line: _Line, version: tuple[int, ...] | None, moment: int, image_id: str) -> None:
    if version is None:
        line.plain = (moment, image_id)
    else:
        insort(line.versioned, (version, moment, image_id))


def _lines(row: Facts, recipes: dict[str, list[Line]]) -> list[Line]:
    arch = str(row["arch"] or "")
    made = recipes.get(row["image_id"], [])
    return [(*line, arch) for line in dict.fromkeys([*_names(row), *made])]


def _names(row: Facts) -> Iterator[Line]:
    return _repositories(row) if row["kind"] == "container" else _families(row)


def _repositories(row: Facts) -> Iterator[Line]:
    for reference in _references(row):
        repository = repository_of(reference)
        if not repository.startswith("sha256:") and repository not in ("", "<none>"):
            yield "repository", repository


def _references(row: Facts) -> list[str]:
    named = [row["name"]] if row["name"] else []
    return [*named, *_texts(row["tags"]), *_texts(row["digests"])]


def _families(row: Facts) -> Iterator[Line]:
    owner = str(row["owner"] or "")
    if row["family"]:
        yield "family", row["family"], owner
    elif row["name"] and (bare := _DATED.sub("", row["name"][:_LONGEST])):
        yield "name", bare, owner


def _recipes(builds: pd.DataFrame) -> dict[str, list[Line]]:
    """The recipe of each image that a build with a recipe made."""
    made: dict[str, list[Line]] = defaultdict(list)
    known = builds[["image_id", "template", "name"]].dropna(subset=["image_id", "template"])
    for image_id, template, name in known.itertuples(index=False, name=None):
        made[image_id].append(("recipe", template, "" if pd.isna(name) else name))
    return made


def _version(row: Facts) -> tuple[int, ...] | None:
    """The most exact version among the tags."""
    tags = (reference_parts(reference)[2] for reference in _texts(row["tags"]))
    matches = [match for tag in tags if tag and (match := _VERSION.fullmatch(tag))]
    versions = [tuple(map(int, match[1].split("."))) for match in matches]
    return max(versions, key=lambda version: (len(version), version), default=None)


def _texts(cell: Any) -> list[str]:
    return [] if cell is None else [text for text in cell if text]
