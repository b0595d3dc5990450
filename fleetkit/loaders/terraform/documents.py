"""Which form a document has: a state of any version, or what `terraform show -json` prints."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from fleetkit.errors import LoadError
from fleetkit.loaders.terraform import flat, shown, states
from fleetkit.loaders.terraform.making import records
from fleetkit.loaders.terraform.resources import Resource, Stack
from fleetkit.plugins import Problem, Record
from fleetkit.source import read_json

_Reader = Callable[[Mapping[str, Any], set[str], list[str]], Iterable[Resource]]
_FORMS = ("values", "planned_values", "prior_state")
_FLAT = (1, 2, 3)
_NEWEST = 4


def parse(
    document: Any, where: str, *, lineage: str | None = None
) -> Iterator[Record | Problem]:
    """The raw records of a state.

    Args:
        document: a state, or what `terraform show -json` prints.
        where: its name.
        lineage: id of the state, for a document that does not name it.

    Raises:
        LoadError: it is neither, or of a version that is not known.
    """
    if not isinstance(document, Mapping):
        raise LoadError(_strange(where, repr(type(document).__name__)))
    if _is_bookkeeping(document):
        return
    reader = _reader(document, where)
    secrets: set[str] = set()
    strange: list[str] = []
    found = list(reader(document, secrets, strange))
    serial = document.get("serial")
    stack = Stack(
        lineage=_lineage(document) or lineage or "",
        serial=serial if isinstance(serial, int) and abs(serial) < 1 << 62 else None,
        resources=found, secrets=frozenset(secrets), strange=strange,
    )
    made = list(records(stack, where))
    if found:
        yield Record("state", {"lineage": stack.lineage, "serial": stack.serial})
    yield from made


def scan(
    path: Path, *, lineage: str | None = None
) -> Iterator[tuple[str, Iterable[Record | Problem]]]:
    """The raw records of a file whose name does not say that it is JSON."""
    yield "file", parse(read_json(path), str(path), lineage=lineage)


def _is_bookkeeping(document: Mapping[str, Any]) -> bool:
    """Whether it is what `terraform init` leaves in .terraform: a backend, or a list of modules."""
    return list(document) == ["Modules"] or ("backend" in document and not document.get("modules"))


def _reader(document: Mapping[str, Any], where: str) -> _Reader:
    """What reads a document of this form.

    Raises:
        LoadError: it has none of the forms that are known.
    """
    if "encrypted_data" in document:
        raise LoadError(f"{where}: the state is encrypted; pass what `tofu show -json` prints")
    if "format_version" in document:
        return _shown(document, where)
    version = document.get("version")
    if isinstance(version, bool) or not isinstance(version, int):
        raise LoadError(_strange(where, f"the keys {sorted(map(str, document))[:6]!r}"))
    held = "resources" if version == _NEWEST else "modules"
    if version in (*_FLAT, _NEWEST) and isinstance(document.get(held), list):
        return states.resources if version == _NEWEST else flat.resources
    if version > _NEWEST or version < 1:
        raise LoadError(
            f"{where}: states of version {version} are not known; there are 1 to {_NEWEST};"
            " pass what `terraform show -json` prints"
        )
    raise LoadError(_strange(where, f"one of version {version} without a list of {held}"))


def _shown(document: Mapping[str, Any], where: str) -> _Reader:
    major = str(document["format_version"]).partition(".")[0]
    if major not in ("0", "1"):
        raise LoadError(
            f"{where}: the form of version {document['format_version']!r:.20} is not known;"
            " there are 0 and 1; use the terraform that fleetkit was made for"
        )
    strangers = {str(key) for key in document} - {"format_version", "terraform_version"}
    if strangers and not any(name in document for name in _FORMS):
        raise LoadError(_strange(where, f"the keys {sorted(strangers)[:6]!r}"))
    return shown.resources


def _lineage(document: Mapping[str, Any]) -> str | None:
    found = document.get("lineage")
    return found[:200] if isinstance(found, str) else None


def _strange(where: str, found: str) -> str:
    return (
        f"{where}: expected a Terraform state, or what `terraform show -json` prints,"
        f" found {found}; pass terraform.tfstate or the output of `terraform state pull`"
    )
