"""What can be loaded: sources, policy and the options of each."""

import inspect
from importlib.util import find_spec
from typing import Any

import pandas as pd

from fleetkit import plugins
from fleetkit.errors import LoadError
from fleetkit.plugins import Loader


def sources() -> pd.DataFrame:
    """What can be loaded: one row per source, with the files it reads and the tables it fills.

    `permissions` are the least that a live read needs; `installed` says whether its SDK is, and
    `install` what brings it.
    """
    rows = []
    for name in plugins.names("loaders"):
        loader: Loader = plugins.find("loaders", name)
        rows.append({
            "source": name,
            "reads": loader.doc,
            "files": "; ".join(loader.reads),
            "tables": ", ".join(table.name for table in loader.tables),
            "permissions": "; ".join(loader.permissions),
            "options": "; ".join(_options(loader)),
            "resources": ", ".join(loader.resources),
            "live": loader.connect is not None,
            "installed": _is_installed(loader),
            "install": f"pip install 'fleetkit[{loader.extra}]'" if loader.extra else "",
        })
    return pd.DataFrame(rows)


def help_of(source: str) -> str:
    """What the places and options of a source mean, in the words of its loader."""
    loader: Loader = plugins.find("loaders", source)
    reader = loader.targets or loader.parse or loader.scan
    return inspect.getdoc(reader) or "" if reader is not None else ""


def policy(source: str) -> dict[str, Any]:
    """The least permissions of a source as a document that an administrator can grant.

    Raises:
        LoadError: the source has no such form of permissions.
    """
    loader: Loader = plugins.find("loaders", source)
    if loader.policy is None:
        said = "; ".join(loader.permissions) or "none: it reads files"
        raise LoadError(f"{source}: has no policy document; it needs {said}")
    return loader.policy()


def _options(loader: Loader) -> list[str]:
    """Names of the options of `load`, with their defaults."""
    return list(dict.fromkeys(
        f"{option.name}={option.default!r}"
        for reader in (loader.targets, loader.parse, loader.scan) if reader is not None
        for option in inspect.signature(reader).parameters.values()
        if option.kind is inspect.Parameter.KEYWORD_ONLY
    ))


def _is_installed(loader: Loader) -> bool:
    try:
        return loader.sdk is None or find_spec(loader.sdk) is not None
    except ModuleNotFoundError:  # of a dotted name, the package above it
        return False
