"""Templates in HCL2, as HCL or JSON: source blocks, and those that builds make of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from fleetkit.loaders.packer.declared import declared
from fleetkit.loaders.packer.settings import Settings, filled, labelled, listed
from fleetkit.plugins import Problem, Record

_Body = Mapping[str, Any]


def sources(document: _Body, where: str, settings: Settings) -> Iterator[Record | Problem]:
    """What each source block starts from; one that a build names anew is also told by that name."""
    known = {
        (kind, name): body
        for kind, named in labelled(document.get("source"))
        for name, inner in named.items()
        for body in listed(inner) if isinstance(body, Mapping)
    }
    renamed = {
        (kind, again): {**known.get((kind, name), {}), **body}
        for kind, name, again, body in _renamed(document, settings)
    }
    for (kind, name), body in (known | renamed).items():
        yield from declared(kind, name, body, settings, where)


def _renamed(document: _Body, settings: Settings) -> Iterator[tuple[str, str, str, _Body]]:
    for build in listed(document.get("build")):
        inner = build.get("source") if isinstance(build, Mapping) else None
        for label, body in labelled(inner):
            kind, _, name = label.removeprefix("source.").partition(".")
            again = body.get("name")
            yield kind, name, filled(again, settings) if isinstance(again, str) else name, body
