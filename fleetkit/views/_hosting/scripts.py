"""The scripts of several views and their host as one module, without a bundler."""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from fleetkit.errors import FleetkitError
from fleetkit.plugins import script

_HERE = Path(__file__).parent
_KIT = ("kit", "drawing", "columns", "waterfall")
_EXPORT = "export default "


def assemble(views: Iterable[str], host: str) -> str:
    """One module: the kit, each view closed in itself, then the host that shows them.

    Args:
        views: names of views.
        host: report or widget: the script that stands last and exports or starts something.
    """
    kit = ", ".join(f"...{_closed(name, _text(f'{name}.js'))}" for name in _KIT)
    parts = [f"const kit = {{ {kit} }};", "const views = {};"]
    parts += [f"views[{json.dumps(name)}] = {_closed(name, script(name))};" for name in views]
    return "\n".join([*parts, _text(f"{host}.js")])


@cache
def style() -> str:
    """The style sheet that report and widget share."""
    return _text("theme.css")


def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _closed(name: str, module: str) -> str:
    """A module as an expression: its last statement, the export, becomes what it returns."""
    head, export, tail = module.rpartition(_EXPORT)
    if not export or _EXPORT in head or not tail.rstrip().endswith("};"):
        raise FleetkitError(
            f"script of view {name!r}: expected one last statement 'export default {{ render }};'"
        )
    return f"(() => {{\n{head}return {tail.rstrip()}\n}})()"
