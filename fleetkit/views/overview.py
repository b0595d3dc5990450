"""The first screen: how big, how much of it was seen, what it is, what is unpatched and where."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from fleetkit.fleet import at_least
from fleetkit.plugins import View
from fleetkit.tables import (
    COVERAGE,
    FINDINGS,
    IMAGES,
    LABELS,
    LINEAGE,
    PATCH_LEVELS,
    PROBLEMS,
    WORKLOADS,
)
from fleetkit.views import (
    BY_ADVISORIES,
    Tables,
    absent,
    brief,
    groups,
    is_blind,
    is_lower_bound,
    is_openssl,
    judged,
    patch_facts,
    pick,
    reach,
    share,
)

_KINDS = {"vm": ("machine", "machines"), "container": ("container", "containers"),
          "task": ("task", "tasks"), "host": ("host", "hosts")}
Filter = Mapping[str, str | list[str]]
_MOST_PACKAGES, _MOST_TARGETS, _MOST_RESOURCES = 8, 8, 8


def data(tables: Tables) -> dict[str, Any]:
    facts = patch_facts(tables)
    finding, place = _finding(tables, facts)
    figures = _figures(tables, facts)
    return {
        "finding": finding,
        "place": place,
        "subtitle": _subtitle(tables),
        "lower_bound": is_lower_bound(tables),
        "workloads": len(facts),
        "figures": figures,
        "labels": _labels(tables),
        "patches": _patches(facts, tables),
        "packages": _packages(tables),
        "targets": _targets(tables),
        "summary": [[figure["label"], figure["said"], figure["note"]] for figure in figures],
        "missing": absent(tables, LABELS, FINDINGS, LINEAGE),
    }


def _finding(tables: Tables, facts: pd.DataFrame) -> tuple[str, dict[str, Any]]:
    """The sentence that a reader should leave with, and the rows behind it."""
    bound = is_lower_bound(tables) or bool(is_blind(facts).any())
    of = f"of {len(facts):,} workloads"
    for column, name, said in (
        ("unpatched", "openssl", "run OpenSSL behind the fix"),
        ("unpatched", "", "run software behind a fix that exists"),
        ("behind", "openssl", "run an older OpenSSL than others in the fleet"),
    ):
        count = int(_naming(facts[column], name).sum())
        if count:
            start = at_least(count, lower_bound=bound)
            return _sentence(f"{start} {of} {said}"), _rows({column: name or "*"})
    return _without_patches(tables, facts)


def _without_patches(tables: Tables, facts: pd.DataFrame) -> tuple[str, dict[str, Any]]:
    bound = is_lower_bound(tables)
    ended = int(facts["end_of_life"].sum())
    if ended:
        said = at_least(ended, lower_bound=bound or bool(is_blind(facts).any()))
        return (_sentence(f"{said} of {len(facts):,} workloads run a system past its end of life"),
                _rows({"end_of_life": "yes"}))
    total = at_least(len(facts), lower_bound=bound)
    labels = pick(tables, LABELS)["label"]
    if len(labels):
        pets, cattle = int(labels.eq("pet").sum()), int(labels.eq("cattle").sum())
        return (_sentence(f"{pets:,} pets and {cattle:,} cattle among {total} workloads"),
                _rows({"label": "*"}))
    said = f"A fleet of {total} workloads" if len(facts) else "Nothing was found in this fleet"
    return said, _rows({})


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _rows(filters: Filter, table: str = "workloads") -> dict[str, Any]:
    """The place that shows the rows behind a number."""
    return {"view": "tables", "table": table, "filter": filters}


def _naming(texts: pd.Series, name: str) -> pd.Series:
    if not name:
        return texts.notna()
    return texts.str.contains(name, case=False, regex=False).fillna(value=False).astype(bool)


def _subtitle(tables: Tables) -> str:
    workloads = pick(tables, WORKLOADS)
    services = _many(groups(tables).nunique(), "service")
    counted = f"{_many(len(workloads), 'workload')} in {services} counted"
    seen = workloads["observed_at"].dropna()
    read = f", read {_span(seen)}" if len(seen) else ""
    return f"{counted}{read}. {_unseen(tables)}."


def _span(seen: pd.Series) -> str:
    first, last = seen.min(), seen.max()
    if first.date() == last.date():
        return f"on {last:%Y-%m-%d} at {last:%H:%M} UTC"
    return f"between {first:%Y-%m-%d} and {last:%Y-%m-%d}"


def _unseen(tables: Tables) -> str:
    coverage = pick(tables, COVERAGE)
    if coverage.empty:
        return "No loader said what it could not see"
    bad = coverage[~coverage["status"].isin(["ok", "empty"])]
    if bad.empty:
        readings = _many(len(coverage), "reading")
        return f"{readings} succeeded" if len(coverage) == 1 else f"All {readings} succeeded"
    named = ", ".join(map(brief, dict.fromkeys(bad["target"].dropna().tolist()[:3])))
    were = "was" if len(bad) == 1 else "were"
    return (f"{len(bad):,} of {len(coverage):,} readings {were} not complete ({named}), so every"
            " count is a lower bound")


def _figures(tables: Tables, facts: pd.DataFrame) -> list[dict[str, Any]]:
    """The numbers of the first row, each with the rows behind it."""
    bound, total, blind = is_lower_bound(tables), len(facts), is_blind(facts)
    why_not = _unjudged(tables, facts)
    counted: tuple[tuple[str, str, int, str, Filter], ...] = (
        ("workloads", "workloads", total, _by_kind(tables), {}),
        ("unpatched", "lack a fix that exists", int(facts["unpatched"].notna().sum()),
         share(int(facts["unpatched"].notna().sum()), total), {"unpatched": "*"}),
        ("end_of_life", "run past end of life", int(facts["end_of_life"].sum()),
         share(int(facts["end_of_life"].sum()), total), {"end_of_life": "yes"}),
        ("unobservable", "could not be looked into",
         int(blind.sum()), _blind_note(facts),
         {"patch_status": ["?", "=unobservable", "=no_feed", "=uncomparable"]}),
    )
    return [
        {"key": key, "label": label, "place": _rows(filters), **(
            {"value": None, "bound": False, "said": "unknown", "note": why_not[key]}
            if key in why_not else _number(value, note, bound=bound or (
                key in ("unpatched", "end_of_life") and bool(blind.any()))))}
        for key, label, value, note, filters in counted
    ]


def _number(value: int, note: str, *, bound: bool) -> dict[str, Any]:
    return {"value": value, "bound": bound, "note": note,
            "said": at_least(value, lower_bound=bound)}


def _unjudged(tables: Tables, facts: pd.DataFrame) -> dict[str, str]:
    """Figures that nobody could count, and why: a zero would claim that somebody looked."""
    if FINDINGS.name not in tables and PATCH_LEVELS.name not in tables:
        names = ("unpatched", "end_of_life", "unobservable")
        return dict.fromkeys(names, "audit has not been called")
    if len(facts) and not judged(tables)["status"].isin(BY_ADVISORIES).any():
        return {"unpatched": "no advisories were known for these systems"}
    return {}


def _by_kind(tables: Tables) -> str:
    workloads = pick(tables, WORKLOADS)
    counts = workloads["kind"].value_counts()
    parts = [f"{counts[kind]:,} {said[0] if counts[kind] == 1 else said[1]}"
             for kind, said in _KINDS.items() if kind in counts]
    stopped = int(workloads["state"].isin(["stopped", "terminated", "failed"]).sum())
    if stopped:
        parts.append(f"{stopped:,} of them stopped")
    return ", ".join(parts)


def _blind_note(facts: pd.DataFrame) -> str:
    counts = facts["status"].value_counts()
    words = {"unobservable": "no package database", "no_feed": "no advisories for its system",
             "uncomparable": "versions without order"}
    parts = [f"{counts[status]:,} {said}" for status, said in words.items() if status in counts]
    unlooked = int(facts["status"].isna().sum())
    return ", ".join([*parts, *([f"{unlooked:,} not looked into"] if unlooked else [])])


def _labels(tables: Tables) -> list[dict[str, Any]]:
    """Pets, cattle, unsure and those that nobody judged."""
    if LABELS.name not in tables:
        return []
    labels = pick(tables, LABELS)
    known = pick(tables, WORKLOADS)[["workload_id"]].merge(labels, on="workload_id", how="left")
    counts = known["label"].value_counts()
    bulls = int(known["prize_bull"].fillna(value=False).sum())
    named = [
        {"key": label, "count": int(counts.get(label, 0)), "place": _rows({"label": f"={label}"})}
        for label in ("pet", "cattle", "unsure")
    ]
    none = int(known["label"].isna().sum())
    unjudged = {"key": "unjudged", "count": none, "place": _rows({"label": "?"})}
    prize = {"key": "prize_bull", "count": bulls, "place": _rows({"prize_bull": "yes"})}
    return [*named, unjudged, prize]


def _patches(facts: pd.DataFrame, tables: Tables) -> list[dict[str, Any]]:
    """Workloads by the worst that is known of them."""
    if FINDINGS.name not in tables and PATCH_LEVELS.name not in tables:
        return []
    kinds = {
        "fix": ("vulnerable_fix_available",), "ended": ("end_of_life",),
        "behind": ("pending_restart", "older_than_before", "behind_fleet"),
        "no_fix": ("vulnerable_no_fix",),
        "current": ("current", "fixed", "not_affected"),
        "unseen": ("unobservable", "uncomparable", "no_feed"),
    }
    counted = [
        {"key": key, "count": int(facts["status"].isin(statuses).sum()),
         "place": _rows({"patch_status": [f"={status}" for status in statuses]})}
        for key, statuses in kinds.items()
    ]
    unlooked = {"key": "unlooked", "count": int(facts["status"].isna().sum()),
                "place": _rows({"patch_status": "?"})}
    return [*counted, unlooked]


def _packages(tables: Tables) -> list[dict[str, Any]]:
    """Source packages that lack a fix or lag behind, OpenSSL first, and the services with them."""
    late = judged(tables)
    late = late[late["status"].isin(["vulnerable_fix_available", "behind_fleet"])].dropna()
    reached = late.merge(reach(tables), on="subject_id")
    reached = reached.assign(
        group=groups(tables).reindex(reached["row"]).to_numpy(),
        fix=reached["status"].eq("vulnerable_fix_available"),
    )
    counts = reached.groupby("source_name").agg(
        rows=("row", "nunique"), images=("subject_id", "nunique"), fix=("fix", "max"))
    first = is_openssl(pd.Series(counts.index, index=counts.index, dtype="str"))
    order = counts.assign(first=first).sort_values(
        ["first", "fix", "rows"], ascending=False, kind="stable")
    return [
        _package(str(name), order.loc[name], reached[reached["source_name"].eq(name)])
        for name in order.index[:_MOST_PACKAGES]
    ]


def _package(name: str, counts: pd.Series, reached: pd.DataFrame) -> dict[str, Any]:
    fixable = int(reached.loc[reached["fix"], "row"].nunique())
    where = reached.drop_duplicates("row")["group"].value_counts()
    column = "unpatched" if fixable else "behind"
    return {
        "name": name, "workloads": int(counts["rows"]), "fixable": fixable,
        "images": int(counts["images"]), "groups": len(where),
        "where": [[str(group), int(count)] for group, count in where.head(3).items()],
        "place": _rows({column: f"={name}"}),
        "findings": _rows({"source_name": f"={name}"}, "findings"),
    }


def _targets(tables: Tables) -> dict[str, Any]:
    """What was to be read and what came of it, the unread first."""
    coverage = pick(tables, COVERAGE)
    ranked = coverage.assign(bad=~coverage["status"].isin(["ok", "empty"]))
    ranked = ranked.sort_values(["bad", "target"], ascending=[False, True], kind="stable")
    listed = [
        _target(str(target), rows) for target, rows in ranked.groupby("target", sort=False)
    ]
    return {
        "read": int((~ranked["bad"]).sum()), "all": len(ranked),
        "listed": listed[:_MOST_TARGETS], "more": max(len(listed) - _MOST_TARGETS, 0),
        "problems": len(pick(tables, PROBLEMS)),
    }


def _target(target: str, rows: pd.DataFrame) -> dict[str, Any]:
    bad = rows[rows["bad"]]
    errors = bad["error"].dropna().unique().tolist()
    statuses = bad["status"] if len(bad) else rows["status"]
    return {
        "target": target, "source": ", ".join(rows["source"].dropna().unique().tolist()),
        "status": ", ".join(statuses.unique().tolist()), "is_read": not len(bad),
        "rows": int(rows["rows"].fillna(0).sum()), "error": errors[0] if errors else None,
        "resources": _resources(bad if len(bad) else rows),
        "place": _rows({"target": f"={target}"}, "coverage"),
    }


def _resources(rows: pd.DataFrame) -> str:
    """What was asked for, by name while that can be taken in at a glance."""
    names = rows["resource"].dropna().str.replace("_", " ").unique().tolist()
    said = ", ".join(names) if len(names) <= _MOST_RESOURCES else _many(len(names), "resource")
    regions = rows["region"].dropna().unique().tolist()
    if not regions:
        return said
    place = regions[0] if len(regions) == 1 else _many(len(regions), "region")
    return f"{said} in {place}"


VIEW = View(
    title="Overview",
    doc="How big is the fleet, how much of it was seen, and what is unpatched where?",
    needs=(WORKLOADS, IMAGES, COVERAGE, PROBLEMS, LABELS, FINDINGS, PATCH_LEVELS),
    data=data,
)
