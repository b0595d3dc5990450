"""A bill of materials in the one form that all readers give, and the records made of it.

What a document lists becomes a record or a problem, one by one: a broken entry does not spoil its
neighbours, and what is left out on purpose is counted.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fleetkit.installed import OperatingSystem
from fleetkit.loaders.sbom.components import Component, contradicts, package_row
from fleetkit.loaders.sbom.subjects import (
    Subject,
    doubts,
    image_row,
    layer_rows,
    system_columns,
)
from fleetkit.loaders.sbom.texts import info, text, warning
from fleetkit.plugins import Problem, Record
from fleetkit.redaction import mask_text
from fleetkit.tables import PACKAGES

_KEY = "gpg-pubkey"  # rpm keeps keys among packages; readers of databases leave them out
_NAMED = 100
_SHOWN = 500
_BROKEN = (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError)


@dataclass(frozen=True)
class Bom:
    """What a document says, its entries not yet read.

    Attributes:
        form: the word for it in `coverage`.
        subject: what the document is of.
        system: the operating system in the subject.
        entries: what the document lists, as it stands there.
        read: an entry -> what it says of a package, or the word for what else it is.
        remarks: doubts about the document as a whole.
        is_whole: all packages are listed, as far as the document says.
    """

    form: str
    subject: Subject
    system: OperatingSystem | None
    entries: Iterable[Any]
    read: Callable[[Any], Component | str]
    remarks: tuple[Problem, ...] = ()
    is_whole: bool = True


@dataclass
class _Notes:
    """What is said of entries in sum, and of the first broken ones by name."""

    others: Counter[str] = field(default_factory=Counter)
    broken: int = 0
    repeated: int = 0
    misplaced: int = 0
    contradicting: list[str] = field(default_factory=list)

    def finish(self) -> Iterator[Problem]:
        if self.broken > _NAMED:
            yield warning("more_problems", "more entries of a document could not be read",
                          f"{self.broken - _NAMED:,} more")
        if self.others:
            shown = ", ".join(f"{count:,} {kind}" for kind, count in sorted(self.others.items()))
            yield info("other_components", "a document lists things that are no packages, and are"
                       " not read", shown[:_SHOWN])
        if self.repeated:
            yield info("repeated_packages", "packages are listed more than once; each is one row",
                       f"{self.repeated:,} repetitions")
        if self.misplaced:
            yield warning("unknown_layer", "packages are said to lie in layers that the image does"
                          " not have", f"{self.misplaced:,} packages")
        if self.contradicting:
            yield warning(
                "contradicting_version", "package URLs tell of other versions than the entries"
                " that hold them; the entries are believed", mask_text(
                    f"{len(self.contradicting):,} entries, as {self.contradicting[0]}")[:_SHOWN])


def records(bom: Bom) -> Iterator[Record | Problem]:
    """The rows of a document as records, each of the kind of its table, and the problems met."""
    yield from bom.remarks
    yield from doubts(bom.subject)
    notes = _Notes()
    found = 0
    for item in _packages(bom, notes):
        found += isinstance(item, Record)
        yield item
    yield from notes.finish()
    yield from _subject(bom, is_observed=bool(found) and bom.is_whole)


def _packages(bom: Bom, notes: _Notes) -> Iterator[Record | Problem]:
    subject_id, system = bom.subject.id, bom.system
    layers = frozenset(bom.subject.layers or ())
    seen: set[tuple[Any, ...]] = set()
    for entry in bom.entries:
        try:
            found = bom.read(entry)
            row = None if isinstance(found, str) else package_row(found, subject_id, system)
        except _BROKEN as error:
            yield from _unreadable(entry, notes, f"{type(error).__name__}: {error}")
            continue
        if isinstance(found, str):
            notes.others[found] += 1
        elif row is None:
            yield from _unreadable(entry, notes, "it has no readable name")
        elif row["name"] == _KEY:
            notes.others["imported key"] += 1
        elif (key := tuple([row[name] for name in PACKAGES.key])) in seen:
            notes.repeated += 1
        else:
            seen.add(key)
            _note(found, notes, layers)
            yield Record("package", row)


def _note(component: Component, notes: _Notes, layers: frozenset[str]) -> None:
    notes.misplaced += bool(layers and component.layer_id and component.layer_id not in layers)
    if component.purl and contradicts(component):
        bare = component.purl.partition("?")[0]  # qualifiers may hold a login
        notes.contradicting.append(f"{component.version} beside {bare}")


def _unreadable(entry: Any, notes: _Notes, why: str) -> Iterator[Problem]:
    notes.broken += 1
    if notes.broken <= _NAMED:
        yield Problem(
            "unreadable_record", "an entry of a document does not tell of a package",
            subject_id=_named(entry), detail=mask_text(why)[:_SHOWN], phase="parse",
            severity="error", hint="was the file edited, or written for another version?",
        )


def _named(entry: Any) -> str | None:
    names = ("name", "Name", "PkgName", "bom-ref", "SPDXID", "id")
    parts = entry if isinstance(entry, tuple) else (entry,)
    said = [text(part.get(name)) for part in parts if isinstance(part, Mapping) for name in names]
    return next((mask_text(name) for name in said if name), None)


def _subject(bom: Bom, *, is_observed: bool) -> Iterator[Record | Problem]:
    subject = bom.subject
    if subject.kind in ("container", "ami"):
        yield Record("image", image_row(subject, bom.system, is_observed=is_observed))
        for row in layer_rows(subject):
            yield Record("layer", row)
    elif subject.kind == "machine":
        yield Record("workload", {
            "workload_id": subject.id, "kind": "vm", "native_id": subject.name,
            "name": subject.name, "hostname": subject.name, "arch": subject.arch,
            **system_columns(bom.system), "os_source": "agent" if bom.system else None,
        })
    else:
        yield info(
            "other_subject", "a document is of no image and no machine; its packages stand under an"
            " id of their own", f"{subject.said}: {mask_text(subject.id)}"[:_SHOWN],
            "to tie it to an image, write the SBOM of the image: syft IMAGE, trivy image IMAGE",
        )
