"""How plugins are found: by the name of their file, or by an entry point."""

from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Literal

from fleetkit.errors import UnknownNameError
from fleetkit.schema import Table
from fleetkit.tables import table

Folder = Literal["loaders", "signals", "advisories", "views"]
_CONSTANTS: dict[Folder, str] = {
    "loaders": "LOADER", "signals": "SIGNALS", "advisories": "ADVISORIES", "views": "VIEW",
}
_HERE = Path(__file__).parents[1]
_PRELUDE = "prelude"


def names(folder: Folder) -> tuple[str, ...]:
    """Names of all plugins of a folder, ours and those of entry points; none is imported."""
    return tuple(sorted(_ours(folder) | set(_foreign(folder))))


def find(folder: Folder, name: str) -> Any:
    """The constant that a plugin declares.

    Raises:
        UnknownNameError: there is none of that name; the message lists those there are.
    """
    if name in _ours(folder):
        return getattr(import_module(f"fleetkit.{folder}.{name}"), _CONSTANTS[folder])
    foreign = _foreign(folder)
    if name not in foreign:
        raise UnknownNameError(folder.removesuffix("s").replace("advisorie", "advisory source"),
                               name, names(folder))
    return foreign[name].load()


def script(name: str) -> str:
    """The script that draws a view, as text: it lies beside the view's module, with its name.

    Raises:
        UnknownNameError: there is no view of that name; the message lists those there are.
    """
    if name in _ours("views"):
        return (_HERE / "views" / f"{name}.js").read_text(encoding="utf-8")
    foreign = _foreign("views")
    if name not in foreign:
        raise UnknownNameError("view", name, names("views"))
    module = import_module(foreign[name].module)
    return Path(str(module.__file__)).with_suffix(".js").read_text(encoding="utf-8")


def queries_beside(module: str) -> dict[Table, tuple[str, ...]]:
    """The queries of a loader: files beside its module, named TABLE.sql or TABLE-PART.sql."""
    found: dict[Table, tuple[str, ...]] = {}
    for path in sorted(Path(module).parent.glob("*.sql")):
        if path.stem != _PRELUDE:
            declared = table(path.stem.split("-")[0])
            found[declared] = (*found.get(declared, ()), path.read_text(encoding="utf-8"))
    return found


def prelude_beside(module: str) -> str:
    """What goes before the queries of a loader: the file prelude.sql beside its module."""
    return Path(module).with_name(f"{_PRELUDE}.sql").read_text(encoding="utf-8")


def _ours(folder: Folder) -> set[str]:
    """A plugin is a file, or a folder once it has outgrown one."""
    files = {path.stem for path in (_HERE / folder).glob("*.py")}
    folders = {path.parent.name for path in (_HERE / folder).glob("*/__init__.py")}
    return {name for name in files | folders if not name.startswith("_")}


@cache
def _foreign(folder: Folder) -> dict[str, Any]:
    return {point.name: point for point in entry_points(group=f"fleetkit.{folder}")}
