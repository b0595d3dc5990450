"""All that could be otherwise about one workload; what it has may be gone, by what it says."""

from collections.abc import Iterator, Mapping, Sequence

from fleetkit.explaining.cases import Case, Edit, after
from fleetkit.explaining.changes import LONGEST, Change, Facts, ruled

_STORED = {
    "template_mounts": "volume of its own", "claim_mounts": "claim", "volume_mounts": "volume",
    "bind_mounts": "host path", "network_mounts": "network file system",
    "anonymous_mounts": "anonymous volume", "shared_disks": "shared disk",
    "data_disk_bytes": "data disk",
}


def changes(case: Case) -> list[Change]:
    """What could be otherwise, each change with an effect on some fact."""
    found = [*ruled(case.facts), *_parts(case)]
    told = after(case, [[change.edit] for change in found]).drop(["workload_id"]).to_pylist()
    now = {name: value for name, value in case.facts.items() if name != "workload_id"}
    return [change for change, then in zip(found, told, strict=True) if then != now]


def _parts(case: Case) -> list[Change]:
    """Its mounts, variables and tags, taken away by what they say."""
    stripped = Edit(gone=frozenset(range(len(case.mounts))),
                    env_names=dict.fromkeys(case.env_names, False),
                    tags=dict.fromkeys(case.tags))
    alone = [
        *[Edit(stripped.row, gone=stripped.gone - {place}, env_names=stripped.env_names,
               tags=stripped.tags) for place in range(len(case.mounts))],
        *[Edit(stripped.row, gone=stripped.gone, env_names={**stripped.env_names, name: True},
               tags=stripped.tags) for name in case.env_names],
        *[Edit(stripped.row, gone=stripped.gone, env_names=stripped.env_names,
               tags={**stripped.tags, name: value}) for name, value in case.tags.items()],
    ]
    nothing, *told = after(case, [[stripped], *[[edit] for edit in alone]]).to_pylist()
    said = [[name for name in one if one[name] != nothing[name]] for one in told]
    mounts = len(case.mounts)
    variables = mounts + len(case.env_names)
    return [*_without_options(case), *_without_mounts(case, said[:mounts]),
            *_without_variables(case.env_names, said[mounts:variables]),
            *_without_tags(case.tags, said[variables:])]


def _without_options(case: Case) -> Iterator[Change]:
    """Its command without what decides where its state is."""
    program, *options = str(case.row.get("command", "")).split()[:2] or [""]
    decided = [str(case.facts[name]) for name in ("setting_for", "setting_against")]
    if options and any(text.startswith("command ") for text in decided):
        yield Change(f"it ran {program[:LONGEST]} without options", "configuration", "command",
                     Edit(row={"command": program}))


def _without_mounts(case: Case, said: Sequence[list[str]]) -> Iterator[Change]:
    for fact, noun in _STORED.items():
        places = [place for place, names in enumerate(said) if fact in names]
        if places:
            names = [_name_of(case.mounts[place], fact) for place in places]
            yield Change(f"{_listed(noun, names)} were gone", "storage", fact,
                         Edit(gone=frozenset(places)))


def _without_variables(names: Sequence[str], said: Sequence[list[str]]) -> Iterator[Change]:
    facts = dict.fromkeys(fact for told in said for fact in told if fact != "workload_id")
    for fact in facts:
        given = [name for name, told in zip(names, said, strict=True) if fact in told]
        yield Change(f"{_listed('variable', given)} were not given", "configuration", fact,
                     Edit(env_names=dict.fromkeys(given, False)))


def _without_tags(tags: Mapping[str, str], said: Sequence[list[str]]) -> Iterator[Change]:
    for (name, value), told in zip(tags.items(), said, strict=True):
        if told != ["workload_id"]:
            yield Change(f"its tag {name[-LONGEST:]}={value[:LONGEST]} were gone", "owner",
                         f"tag {name}", Edit(tags={name: None}))


def _name_of(mount: Facts, fact: str) -> str:
    columns = ("target_path",) if fact == "anonymous_mounts" else (
        "volume_id", "source_path", "target_path")
    named = [mount[name] for name in columns if name in mount]
    return str(named[0])[:LONGEST] if named else "without a name"


def _listed(noun: str, names: Sequence[str]) -> str:
    """The noun with the first names."""
    if len(names) == 1:
        return f"{noun} {names[0]}"
    first, last = names[:2], len(names) - 2
    return f"{noun}s " + (f"{', '.join(first)} and {last:,} more" if last else " and ".join(first))
