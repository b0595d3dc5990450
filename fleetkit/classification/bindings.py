"""Facts from lists that describe a workload itself: what ties it to one host, address or volume."""

import narwhals as nw

from fleetkit.classification.engines import Frame, exploded, silent, with_nulls

_CHOWN = r"\bch(?:own|grp|mod)\b"
_ONE_OF = {"devices": "device", "pinned_to": "pin", "fixed_ips": "fixed_ip"}
BINDING_LISTS = (*_ONE_OF, "init_commands")
"""Columns of workloads that are read here, and only here."""


def with_bindings(workloads: Frame) -> tuple[Frame, list[Frame]]:
    """The workloads without these lists but with `…_known`, and the facts that the lists hold.

    A list that nobody filled costs nothing: its facts are null.
    """
    mute = silent(workloads, BINDING_LISTS)
    known = {f"{name}_known": nw.when(~nw.col(name).is_null()).then(nw.lit(value=True))
             for name in BINDING_LISTS}
    parts = [_first(workloads, name, fact) for name, fact in _ONE_OF.items() if name not in mute]
    if "init_commands" not in mute:
        parts.append(_prepared(workloads))
    made = {fact for part in parts for fact in part.collect_schema().names()}
    absent = {fact for fact in (*_ONE_OF.values(), "init_chown") if fact not in made}
    plain = workloads.with_columns(**known).drop(*BINDING_LISTS)
    return with_nulls(plain, dict.fromkeys(sorted(absent), "text")), parts


def _first(workloads: Frame, name: str, fact: str) -> Frame:
    """One entry of each list that has any."""
    return exploded(workloads, "workload_id", name).group_by("workload_id").agg(
        nw.col(name).min().alias(fact))


def _prepared(workloads: Frame) -> Frame:
    """The step before the start that hands a volume to the user who is to own it."""
    steps = exploded(workloads, "workload_id", "init_commands").filter(
        nw.col("init_commands").str.contains(_CHOWN))
    return steps.group_by("workload_id").agg(init_chown=nw.col("init_commands").min())
