"""Templates in Packer's JSON form: variables and builders."""

from collections.abc import Iterator, Mapping
from typing import Any

from fleetkit.errors import LoadError
from fleetkit.loaders.packer.declared import declared
from fleetkit.loaders.packer.settings import of_json
from fleetkit.plugins import Problem, Record
from fleetkit.redaction import mask_text


def is_template(document: Any) -> bool:
    return isinstance(document, Mapping) and "builders" in document


def sources(template: Mapping[str, Any], where: str) -> Iterator[Record | Problem]:
    """What each builder of a template starts from.

    Raises:
        LoadError: its builders are no list.
    """
    builders = template["builders"]
    if not isinstance(builders, list):
        raise LoadError(
            f"{where}: expected the builders of a template as a list,"
            f" found {type(builders).__name__!r}; see `packer validate`"
        )
    settings = of_json(template)
    for position, body in enumerate(builders):
        kind = body.get("type") if isinstance(body, Mapping) else None
        if not isinstance(kind, str):
            yield Problem(
                code="unreadable_record", message="a builder of a template has no type",
                subject_id=f"{where}, builder {position + 1}", phase="parse",
                hint="see `packer validate`",
            )
            continue
        name = body.get("name")
        shown = mask_text(name) if isinstance(name, str) and name else kind
        yield from declared(kind, shown, body, settings, where)
