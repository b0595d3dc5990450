"""Instances: the workloads of one snapshot that count, what speaks for each, and its names.

A container stands behind its image, unless its own packages were read. Of a machine that several
sources know, the first member whose packages were read speaks. Containers and tasks that have
ended are no exposure; a machine that is stopped still has its flaws.
"""

import json
import re

import pandas as pd

from fleetkit.fleet import Fleet

TEXT = pd.StringDtype("pyarrow", na_value=pd.NA)
_ENDED = ("stopped", "failed", "terminated")
_LOOSE = ("none", "unknown")
_ORDERED = "statefulset"
_SCOPE = ("source", "account", "region")


def instances(fleet: Fleet, judged: pd.Index, team_tags: tuple[str, ...]) -> pd.DataFrame:
    """One row per workload that counts, sorted by id.

    Columns: those of workloads that are needed, and `members`, `subject_id`, `label`, `team`,
    `known_as`: the controller of replicas, the name of anything else.

    Args:
        fleet: of one moment.
        judged: subjects whose packages were read.
        team_tags: names of the tags that tell who owns a workload, the first that is known counts.
    """
    listed = _listed(fleet)
    ended = listed["state"].eq("terminated") | (
        listed["kind"].isin(["container", "task"]) & listed["state"].isin(_ENDED))
    found = listed[~ended.fillna(value=False).to_numpy(dtype=bool)]
    found = found.sort_values("workload_id", ignore_index=True)
    known = found["members"].explode()
    own = _first(known, known.isin(judged))
    imaged = found["image_id"].where(found["kind"].isin(["container", "task"]).fillna(value=False))
    return found.assign(
        subject_id=own.fillna(imaged).fillna(found["workload_id"]),
        label=_labels(fleet, known).reindex(found.index).astype(TEXT),
        team=teams(found["tags"], team_tags),
        known_as=found["name"].mask(
            _is_controlled(found) & found["controller_kind"].ne(_ORDERED).fillna(value=True),
            found["controller_name"]).fillna(found["workload_id"]),
    )


def tokens(found: pd.DataFrame) -> pd.DataFrame:
    """`row, token`: the names by which the slot of an instance is known again, the best first.

    Replicas of one controller and environment share theirs. A member of a StatefulSet has its own
    number. A container that nobody controls is known by its name, a machine by its ids and,
    where no other machine bears the same, by its UUID.
    """
    kind, controller = found["controller_kind"], found["controller_name"]
    held = _is_controlled(found)
    scope = _joined(found[[*_SCOPE]])
    group = kind + "|" + scope + "|" + found["environment"].fillna("") + "|" + controller
    numbered = kind.eq(_ORDERED) & found["name"].notna()
    group = group.mask(numbered.fillna(value=False), group + "|" + found["name"])
    boxed = found["kind"].isin(["container", "task"]) & found["name"].notna()
    shared = group.where(held, (scope + "|" + found["name"]).where(boxed))
    machines = found[shared.isna().to_numpy(dtype=bool)]
    unique = machines["machine_uuid"].where(~machines["machine_uuid"].duplicated(keep=False))
    parts = [shared.dropna(), machines["workload_id"].dropna(),
             machines["members"].explode().dropna(), ("uuid|" + unique).dropna()]
    listed = pd.concat([
        pd.DataFrame({"row": part.index, "token": part.astype(TEXT).array}) for part in parts
    ], ignore_index=True)
    return listed.drop_duplicates(ignore_index=True)


def teams(tags: pd.Series, names: tuple[str, ...]) -> pd.Series:
    """Who owns each workload by its tags; NA where no tag says so.

    A mapping is JSON text without spaces, so an expression finds a name, whatever stands before
    its last / or dot, in small letters or capitals.
    """
    texts = pd.Series(tags.dropna().unique(), dtype=TEXT)
    said = pd.Series(pd.NA, index=texts.index, dtype=TEXT)
    for name in names:
        key = f'(?i)[{{,]"(?:[^"]*[/.])?{re.escape(name)}":"((?:[^"\\\\]|\\\\.)+)"'
        said = said.fillna(texts.str.extract(key, expand=False))
    said = said.map({text: _unescaped(text) for text in said.dropna().unique()}).astype(TEXT)
    return tags.map(pd.Series(said.array, index=texts.array)).astype(TEXT)


def _is_controlled(found: pd.DataFrame) -> pd.Series:
    kind = found["controller_kind"]
    held: pd.Series = found["controller_name"].notna() & kind.notna() & ~kind.isin(_LOOSE)
    return held


def _unescaped(text: str) -> str:
    """The text that stands in JSON; as it is where it is no JSON."""
    try:
        return str(json.loads(f'"{text}"'))
    except ValueError:
        return text


def _listed(fleet: Fleet) -> pd.DataFrame:
    """Entities where the fleet was unified, else workloads, each its own only member."""
    wanted = [*_SCOPE, "kind", "state", "name", "environment", "controller_kind", "image_id",
              "controller_name", "machine_uuid", "tags"]
    if "entities" in fleet:
        entities = fleet["entities"].rename(columns={"entity_id": "workload_id"})
        scopes = fleet.workloads[["workload_id", *_SCOPE]].drop_duplicates("workload_id")
        bare = entities.drop(columns=list(_SCOPE), errors="ignore")
        return bare.merge(scopes, on="workload_id", how="left")[["workload_id", "members", *wanted]]
    workloads = fleet.workloads
    return workloads[["workload_id", *wanted]].assign(members=workloads["workload_id"])


def _first(values: pd.Series, chosen: pd.Series) -> pd.Series:
    """The first chosen value of each row, in the index of all rows."""
    some = values[chosen.to_numpy(dtype=bool)]
    one = some[~some.index.duplicated()]
    return one.reindex(values.index.unique()).astype(TEXT)


def _labels(fleet: Fleet, members: pd.Series) -> pd.Series:
    """The label of the first member that has one."""
    if "labels" not in fleet:
        return pd.Series(pd.NA, index=members.index.unique(), dtype=TEXT)
    labels = fleet["labels"].drop_duplicates("workload_id").set_index("workload_id")["label"]
    said = members.map(labels)
    return _first(said, said.notna())


def _joined(cells: pd.DataFrame) -> pd.Series:
    first, *others = (cells[name].fillna("") for name in cells.columns)
    joined: pd.Series = first
    for other in others:
        joined = joined + "|" + other
    return joined
