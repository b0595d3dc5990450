"""The card of a fleet: what is in it, how much of it was seen, how old it is."""

from collections.abc import Iterator, Mapping
from html import escape

import pandas as pd

_STYLE = (
    "border-collapse:collapse;font-variant-numeric:tabular-nums;margin:.25em 0 .5em"
)


def at_least(count: int, *, lower_bound: bool) -> str:
    """A number as it may be said: with "at least" where a part of the fleet was not seen.

    Examples:
        >>> at_least(1412, lower_bound=True)
        'at least 1,412'
    """
    return f"at least {count:,}" if lower_bound else f"{count:,}"


def card_text(frames: Mapping[str, pd.DataFrame], unseen: int) -> str:
    """The card as text."""
    lines = [_headline(frames, unseen), ""]
    lines += [f"  {name:<14}{count:>24}" for name, count in _counts(frames, unseen)]
    return "\n".join([*lines, "", *(f"  {line}" for line in _notes(frames, unseen))])


def card_html(frames: Mapping[str, pd.DataFrame], unseen: int) -> str:
    """The card as HTML; every text in it is escaped."""
    rows = "".join(
        f'<tr><td style="text-align:left">{escape(name)}</td>'
        f'<td style="text-align:right">{escape(count)}</td></tr>'
        for name, count in _counts(frames, unseen)
    )
    notes = "<br>".join(escape(line) for line in _notes(frames, unseen))
    return (
        f"<div><strong>{escape(_headline(frames, unseen))}</strong>"
        f'<table style="{_STYLE}">{rows}</table><small>{notes}</small></div>'
    )


def _headline(frames: Mapping[str, pd.DataFrame], unseen: int) -> str:
    named = len(frames["workloads"])
    workloads = frames.get("entities", frames["workloads"])
    kinds = workloads["kind"].value_counts()
    names = {"vm": "machines", "container": "containers", "task": "tasks", "host": "hosts"}
    parts = [f"{kinds[kind]:,} {said}" for kind, said in names.items() if kind in kinds]
    total = at_least(len(workloads), lower_bound=unseen > 0)
    more = f", known by {named:,} names" if named > len(workloads) else ""
    return f"Fleet of {total} workloads" + (f" ({', '.join(parts)})" if parts else "") + more


def _counts(frames: Mapping[str, pd.DataFrame], unseen: int) -> Iterator[tuple[str, str]]:
    for name, frame in frames.items():
        if name not in ("coverage", "problems") and len(frame):
            yield name, at_least(len(frame), lower_bound=unseen > 0)


def _notes(frames: Mapping[str, pd.DataFrame], unseen: int) -> Iterator[str]:
    coverage, problems = frames["coverage"], frames["problems"]
    if len(coverage):
        statuses = coverage["status"].value_counts()
        said = ", ".join(f"{count:,} {status}" for status, count in statuses.items())
        yield f"read: {said}" + (": counts are lower bounds" if unseen else "")
        kept = coverage[coverage["cached"].fillna(value=False)]
        if len(kept):
            yield f"from the cache: {len(kept):,}, read {kept['observed_at'].min():%Y-%m-%d %H:%M}"
    seen = frames["workloads"]["observed_at"].dropna()
    if len(seen):
        yield f"observed: {seen.min():%Y-%m-%d %H:%M} to {seen.max():%Y-%m-%d %H:%M} UTC"
    if len(problems):
        codes = problems["code"].value_counts().head(4)
        said = ", ".join(f"{count:,} × {code}" for code, count in codes.items())
        yield f"problems: {said}; see fleet.problems"
