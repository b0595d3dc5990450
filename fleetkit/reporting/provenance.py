"""The foot of the page: where the numbers come from and what they leave out."""

from collections.abc import Iterable, Sequence
from html import escape
from importlib.metadata import PackageNotFoundError, version

import pandas as pd

from fleetkit.fleet import Fleet
from fleetkit.tables import DERIVED
from fleetkit.views._hosting import Scene, shown

_LONGEST = 240
Rows = Iterable[Sequence[object]]


def sources(fleet: Fleet) -> str:
    """The loaders that filled the fleet, in words."""
    named = fleet["workloads"]["source"].dropna().unique().tolist()
    named += fleet["coverage"]["source"].dropna().unique().tolist()
    return ", ".join(dict.fromkeys(map(str, named))) or "tables brought along"


def provenance(fleet: Fleet, shown_scenes: Sequence[Scene]) -> str:
    """The footer as HTML; it needs no script."""
    return "\n".join([
        '<footer id="provenance" aria-labelledby="provenance-title">',
        '<h2 id="provenance-title" tabindex="-1">Provenance</h2>',
        '<p class="fk-lead">Where the numbers come from, and what they leave out.</p>',
        '<div class="fk-columns fk-provenance">',
        _block("Read", _list(_reading(fleet))),
        _block("Rows by table", _list(_counts(fleet))),
        _block("What could not be read in full", _unread(fleet)),
        _block("Problems by code", _problems(fleet)),
        "</div>",
        f'<p class="fk-quiet">{_caps(shown_scenes)}</p>',
        "</footer>",
    ])


def _reading(fleet: Fleet) -> Rows:
    seen = fleet["workloads"]["observed_at"].dropna()
    yield "sources", sources(fleet)
    targets = fleet["coverage"]["target"].dropna().unique().tolist()
    yield "targets", ", ".join(map(str, targets[:12])) + ("" if len(targets) < 13 else ", …")
    if len(seen):
        yield "observed from", f"{seen.min():%Y-%m-%d %H:%M} UTC"
        yield "observed until", f"{seen.max():%Y-%m-%d %H:%M} UTC"
    yield "made by", f"fleetkit {_version()}"
    verbs = dict.fromkeys(made.made_by for made in DERIVED if made.name in fleet)
    yield "judged by", ", ".join(str(verb) for verb in verbs) or "no verb yet"


def _counts(fleet: Fleet) -> Rows:
    return ((name.replace("_", " "), f"{len(frame):,}") for name, frame in fleet)


def _unread(fleet: Fleet) -> str:
    unseen = fleet.unseen
    if fleet["coverage"].empty:
        return "<p>No loader recorded what it read.</p>"
    if unseen.empty:
        return f"<p>Nothing: all {len(fleet['coverage']):,} readings were complete.</p>"
    listed = (
        (f"{row['target']} {row['resource']}", _said(row["status"], row["error"]))
        for row in unseen.head(20).to_dict("records")
    )
    more = len(unseen) - 20
    return _list(listed) + (f"<p>and {more:,} more</p>" if more > 0 else "")


def _said(status: object, error: object) -> str:
    return str(status) if pd.isna(error) else f"{status}: {error}"  # type: ignore[call-overload]


def _problems(fleet: Fleet) -> str:
    problems = fleet["problems"]
    if problems.empty:
        return "<p>None were met.</p>"
    counts = problems.groupby("code", dropna=False).agg(
        count=("message", "size"), message=("message", "first")
    ).sort_values("count", ascending=False).head(15)
    return _list(
        (code, f"{row['count']:,} × {row['message']}")
        for code, row in zip(counts.index, counts.to_dict("records"), strict=True)
    )


def _caps(shown_scenes: Sequence[Scene]) -> str:
    """Which tables are cut in this file, in a sentence."""
    cut = [
        f"{table['name']} ({table['kept']:,} of {table['rows']:,} rows)"
        for scene in shown_scenes for table in scene.content.get("tables", ())
        if isinstance(table, dict) and table.get("kept", 0) < table.get("rows", 0)
    ]
    if not cut:
        return "Every row of every table is in this file."
    return _text(f"Cut to keep this file small: {', '.join(cut)}. The fleet itself has all rows.")


def _block(title: str, body: str) -> str:
    return f'<section class="fk-block"><h3>{_text(title)}</h3>{body}</section>'


def _list(rows: Rows) -> str:
    pairs = "".join(
        f"<dt><bdi>{_text(key)}</bdi></dt><dd><bdi>{_text(value)}</bdi></dd>" for key, value in rows
    )
    return f'<dl class="fk-pairs">{pairs}</dl>'


def _text(value: object) -> str:
    return escape(shown(str(value), _LONGEST))


def _version() -> str:
    try:
        return version("fleetkit")
    except PackageNotFoundError:
        return "of this checkout"
