"""Marathon's groups: what is in them, and what waits for what."""

from collections.abc import Iterator, Mapping
from typing import Any

from fleetkit.fields import Fields
from fleetkit.loaders.mesos.apps import app_records
from fleetkit.loaders.mesos.pods import pod_records
from fleetkit.loaders.mesos.recipes import path_of
from fleetkit.plugins import Problem, Record
from fleetkit.plugins.making import made, nameless

_DEEPEST = 100
_SHOWN = 10

Found = Iterator[Record | Problem]
Needs = dict[str, set[str]]


def group_records(
    group: Fields, framework: str | None = None, *, only_groups: bool = False
) -> Found:
    """A group with all that is in it.

    Args:
        group: the answer for a group, or a definition of one.
        framework: id of its Marathon.
        only_groups: apps and pods were read elsewhere.
    """
    open_groups = [(group, "/", 0)]
    needs: Needs = {}
    while open_groups:
        one, base, depth = open_groups.pop()
        path = path_of(one, base)
        if path is None or depth > _DEEPEST:
            yield nameless("a group")
            continue
        needs[path] = {path_of(Fields({"id": text}), path) or text
                       for text in one.texts("dependencies")}
        open_groups += [(inner, path, depth + 1) for inner in reversed(list(one.parts("groups")))]
        if not only_groups:
            for app in one.parts("apps"):
                yield from app_records(app, framework, path)
            for pod in one.parts("pods"):
                yield from pod_records(pod, framework, path)
        needs |= _needs_of_apps(one, path)
        yield from made("group", {"Framework": framework, "Id": path,
                                  "DependsOn": sorted(needs[path])}, one)
    yield from cycles(needs)


def _needs_of_apps(group: Fields, base: str) -> Needs:
    return {
        path: {path_of(Fields({"id": text}), path) or text for text in app.texts("dependencies")}
        for app in group.parts("apps") if (path := path_of(app, base))
    }


def cycles(needs: Mapping[str, set[str]]) -> Iterator[Problem]:
    """A problem for what waits for itself: Marathon could start none of it."""
    settled: set[str] = set()
    for start in sorted(needs):
        trail: list[str] = []
        open_ends: list[tuple[str, Any]] = [(start, None)]
        while open_ends:
            path, waiting = open_ends.pop()
            if waiting is None:
                if path in settled:
                    continue
                trail.append(path)
                waiting = iter(sorted(needs.get(path, ())))
            after = next(waiting, None)
            if after is None:
                settled.add(trail.pop())
                continue
            open_ends.append((path, waiting))
            if after in trail:
                yield _cycle([*trail[trail.index(after):], after])
            else:
                open_ends.append((after, None))


def _cycle(trail: list[str]) -> Problem:
    shown = trail if len(trail) <= _SHOWN else [*trail[:_SHOWN], "…"]
    return Problem(
        code="cyclic_dependencies", message="apps or groups depend on themselves",
        subject_id=trail[0], detail=" → ".join(shown), phase="parse",
        hint="Marathon starts what is depended on first; break the circle",
    )
