"""Which clusters are read: contexts of the user's kubeconfig, or the cluster that we run in."""

import os
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from fleetkit.errors import LoadError, MissingExtraError
from fleetkit.plugins import Target
from fleetkit.redaction import mask_text

INSIDE = "in-cluster"
_TOKEN = Path("/var/run/secrets/kubernetes.io/serviceaccount/token")
_SHOWN = 20

Names = str | Iterable[str]


def targets(
    *where: str | Path,
    contexts: Names = (),
    namespaces: Names = (),
    kubeconfig: str | Path | None = None,
) -> Iterator[Target]:
    """One target per context.

    Args:
        where: contexts by name or glob; the current one where none is named, and within a cluster
            that cluster where there is no kubeconfig.
        contexts: more of them.
        namespaces: those that are read; all where none is named. What lies in none (nodes,
            volumes) is read all the same.
        kubeconfig: another file than that of KUBECONFIG or ~/.kube/config.

    Raises:
        MissingExtraError: the kubernetes client is not installed.
        LoadError: no context matches, or the kubeconfig cannot be read.
    """
    file = None if kubeconfig is None else str(Path(kubeconfig).expanduser())
    options = {"namespaces": tuple(dict.fromkeys(_listed(namespaces))), "kubeconfig": file}
    patterns = [*map(str, where), *_listed(contexts)]
    if _is_inside(file) and patterns in ([], [INSIDE]):
        yield Target(INSIDE, account=INSIDE, options=options)
        return
    known, current = _known(file)
    for name in _chosen(patterns, list(known), current):
        yield Target(name, account=known[name], options=options)


def _is_inside(kubeconfig: str | None) -> bool:
    """Whether we run in a pod and nobody has named another cluster."""
    named = kubeconfig or os.environ.get("KUBECONFIG")
    return not named and not Path("~/.kube/config").expanduser().exists() and _TOKEN.exists()


def _known(kubeconfig: str | None) -> tuple[dict[str, str], str | None]:
    """The cluster of each context, and the current context."""
    try:
        import kubernetes
        from kubernetes.config.config_exception import ConfigException
        from yaml import YAMLError
    except ImportError as error:
        raise MissingExtraError("kubernetes", "kubernetes") from error
    config: Any = kubernetes.config
    try:
        found, current = config.list_kube_config_contexts(config_file=kubeconfig)
        known = {str(one["name"]): str(_part(one, "context").get("cluster")) for one in found}
    except (ConfigException, YAMLError, OSError, KeyError, TypeError, AttributeError, ValueError
            ) as error:
        raise LoadError(
            f"kubernetes: the kubeconfig cannot be read: {mask_text(str(error))[:300]};"
            " set KUBECONFIG, or name a file: kubeconfig=…"
        ) from error
    return known, str(current["name"]) if current else None


def _part(entry: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = entry[name]
    return found


def _chosen(patterns: list[str], known: list[str], current: str | None) -> Iterator[str]:
    if not patterns and current is None:
        raise LoadError("kubernetes: no context was named and the kubeconfig has no current one;"
                        f" there are {_shown(known)}")
    chosen: dict[str, None] = {}
    for pattern in patterns or [str(current)]:
        matching = [pattern] if pattern in known else \
            [name for name in known if fnmatchcase(name, pattern)]
        if not matching:
            raise LoadError(f"kubernetes: no context matches {pattern!r}; there are"
                            f" {_shown(known)}")
        chosen.update(dict.fromkeys(matching))
    yield from chosen


def _shown(known: list[str]) -> str:
    return ", ".join(known[:_SHOWN]) or "none"


def _listed(names: Names) -> list[str]:
    listed = [names] if isinstance(names, str) else list(names)
    strange = next((name for name in listed if not isinstance(name, str) or not name), None)
    if strange is not None:
        raise LoadError(f"kubernetes: expected names as text, found {strange!r}")
    return listed
