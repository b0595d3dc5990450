"""Lifecycles: how long each release of a system or runtime gets fixes, and how it is recognised.

Facts: `catalogue/end_of_life.csv`, with their date and source in it; what a feed states and is
newer takes their place. `catalogue/lifecycles.csv` says by which names products go in a fleet.
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import cache
from typing import NamedTuple

from fleetkit.catalogue import fact_file
from fleetkit.patching.ecosystems import locate
from fleetkit.plugins import Support

_NUMBER = re.compile(r"\d+(?:\.\d+){0,9}")
_NO_PATTERN = re.compile(r"(?!)")


class Product(NamedTuple):
    """How a system or runtime is recognised.

    Attributes:
        name: one word, as endoflife.date has it.
        title: for people.
        system_names: names of an operating system, in lower case.
        ecosystem: OSV's name of a system's packages.
        release_prefix: what OSV writes before the release.
        packages: source packages of distributions, and generic names, that are the runtime.
        foreign_packages: the same, of packages that no distribution builds.
        purls: purls without version, in lower case.
        extended_name: programme of extended support, for people.
        needs_enrolment: a machine must be enrolled in it.
    """

    name: str
    title: str
    system_names: tuple[str, ...]
    ecosystem: str
    release_prefix: str
    packages: re.Pattern[str]
    foreign_packages: re.Pattern[str]
    purls: tuple[str, ...]
    extended_name: str
    needs_enrolment: bool


class Lifecycles:
    """The facts, looked up by what a fleet knows.

    Args:
        stated: facts of feeds; of one release the newest counts, and a feed's before the shipped.
    """

    def __init__(self, stated: Iterable[Support] = ()) -> None:
        self._facts = dict(_shipped())
        for support in stated:
            self._add(support)
        self._systems: dict[tuple[str, str], Support] = {}
        self._places: dict[tuple[str, str | None], Support] = {}
        self._purls: dict[str, str] = {}
        for support in self._facts.values():
            self._index(support)

    def of_place(self, ecosystem: str, release: str | None) -> Support | None:
        """The support of an OSV ecosystem and release."""
        place = locate(f"{ecosystem}:{release or ''}")
        return self._places.get((place.ecosystem, place.release))

    def of_system(self, said: str, version: str) -> Support | None:
        """Of `Debian GNU/Linux 12 (bookworm)`, version `12.5`; the finest release that is known."""
        said = said.strip().lower()
        names = [name for name, _ in self._systems if said == name or said.startswith(f"{name} ")]
        name = max(names, key=len, default="")
        releases = _releases(version or said.removeprefix(name))
        return next((self._systems[name, release] for release in releases
                     if (name, release) in self._systems), None)

    def of_runtime(self, product: str, version: str) -> Support | None:
        """The support of the runtime's release that a version belongs to."""
        return next((self._facts[product, release] for release in _releases(version)
                     if (product, release) in self._facts), None)

    def knows(self, product: str) -> bool:
        """Whether any release of the product is known."""
        return any(name == product for name, _ in self._facts)

    def product_of(self, purl: str) -> str | None:
        """The runtime that a purl without version means."""
        return self._purls.get(purl.lower())

    def _add(self, support: Support) -> None:
        key = (support.product, support.release)
        if key not in self._facts or support.as_of >= self._facts[key].as_of:
            self._facts[key] = _completed(support)

    def _index(self, support: Support) -> None:
        product = products().get(support.product)
        names = support.system_names + (product.system_names if product else ())
        for name in names:
            self._systems.setdefault((name.lower(), support.release), support)
        place = support.ecosystem or _place(product, support.release)
        if place:
            found = locate(place)
            self._places.setdefault((found.ecosystem, found.release), support)
        if not names and not place:
            for purl in support.packages + (product.purls if product else ()):
                self._purls.setdefault(purl.lower(), support.product)


@cache
def products() -> dict[str, Product]:
    """The products that the catalogue recognises, by name."""
    lines = fact_file("lifecycles.csv").read_text(encoding="utf-8").splitlines()
    return {
        row["product"]: Product(
            name=row["product"], title=row["title"],
            system_names=_words(row["system_names"]),
            ecosystem=row["ecosystem"], release_prefix=row["release_prefix"],
            packages=_pattern(row["packages"]),
            foreign_packages=_pattern(row["foreign_packages"]),
            purls=_words(row["purls"].lower()), extended_name=row["extended_name"],
            needs_enrolment=row["needs_enrolment"] == "yes",
        )
        for row in csv.DictReader(lines)
    }


def _completed(support: Support) -> Support:
    """The support with the catalogue's word on its programme where it has none of its own."""
    if support.needs_enrolment is not None:
        return support
    product = products().get(support.product)
    if product is None or not product.extended_name:
        return replace(support, needs_enrolment=True)
    return replace(support, extended_name=product.extended_name,
                   needs_enrolment=product.needs_enrolment)


def _place(product: Product | None, release: str) -> str:
    if product is None or not product.ecosystem:
        return ""
    return f"{product.ecosystem}:{product.release_prefix}{release}"


def _releases(version: str) -> list[str]:
    """`1.2.3` may be of release 1.2.3, 1.2 or 1."""
    found = _NUMBER.search(version)
    parts = found[0].split(".") if found else []
    return [".".join(parts[:count]) for count in range(len(parts), 0, -1)]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split(";")) if text else ()


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text) if text else _NO_PATTERN


@cache
def _shipped() -> dict[tuple[str, str], Support]:
    lines = fact_file("end_of_life.csv").read_text(encoding="utf-8").splitlines()
    facts = (_read(row) for row in csv.DictReader(lines))
    return {(support.product, support.release): support for support in facts}


def _read(row: dict[str, str]) -> Support:
    product = products()[row["product"]]
    return Support(
        name=f"{product.title} {row['release']}",
        released=_day(row["released"]),
        active_until=_day(row["active_until"]),
        standard_until=_day(row["standard_until"]),
        extended_until=_day(row["extended_until"]),
        extended_name=product.extended_name,
        needs_enrolment=product.needs_enrolment,
        as_of=date.fromisoformat(row["as_of"]),
        source=row["source"],
        product=row["product"],
        release=row["release"],
        ended={"yes": True, "no": False}.get(row["ended"]),
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
