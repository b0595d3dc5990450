"""A trail as text, and as one picture: a column per stage, a gap hatched and dashed."""

from collections.abc import Iterator
from html import escape
from textwrap import shorten
from typing import Any

import pandas as pd

_HEADINGS = {
    "commit": "Commit", "build": "Build", "image": "Image", "deployment": "Deployment",
    "instance": "Instance", "service": "Service and health",
}
_MOST = 12
_WIDTH, _HEIGHT, _COLUMN, _ROW, _TOP = 176, 48, 208, 60, 40
_LETTERS = 24
_BAD = ("critical", "failed", "warning")
_STYLE = (
    ".trail{font:12px system-ui,sans-serif;color:currentColor}.trail rect{fill:none;"
    "stroke:currentColor;stroke-opacity:.35}.trail .gap rect{stroke-dasharray:4 3;"
    "stroke-opacity:.7}.trail .bad rect{stroke:#D55E00;stroke-width:2;stroke-opacity:1}"
    ".trail text{fill:currentColor}.trail .quiet{opacity:.7}.trail path{fill:none;"
    "stroke:currentColor;stroke-opacity:.45}.trail .guess{stroke-dasharray:4 3}"
)
Place = tuple[int, int]


def told(name: str, steps: pd.DataFrame) -> str:
    """The trail as lines of text."""
    lines = [headline(name, steps)]
    for stage, heading in _HEADINGS.items():
        for row in rows_of(steps[steps["stage"] == stage]):
            found = " ".join(filter(None, [str(row["name"]), _state(row["state"])]))
            said = "gap: " + row["why"] if row["is_gap"] else found
            lines.append(f"  {heading:<20}{said}")
    return "\n".join(lines)


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a small frame, each by the names of its columns."""
    return [{str(name): cell for name, cell in row.items()} for row in frame.to_dict("records")]


def headline(name: str, steps: pd.DataFrame) -> str:
    """The finding: how many instances, how well, and what is not on record."""
    seen = steps[~steps["is_gap"]]
    instances = seen[seen["stage"] == "instance"]
    services = seen[seen["stage"] == "service"]
    checked = services if len(services) else instances
    bad = int(checked["state"].isin(_BAD).sum())
    blind = len(checked) - bad - int((checked["state"] == "passing").sum())
    images = int((seen["stage"] == "image").sum())
    gaps = list(dict.fromkeys(steps.loc[steps["is_gap"], "stage"]))
    return (
        f"{name}: {_count(len(instances), 'instance')} of {_count(images, 'image')},"
        f" {bad} of {len(checked)} not healthy"
        + (f", of {blind} nobody knows" if blind else "")
        + (f"; not on record: {', '.join(gaps)}" if gaps else "")
    )


def drawn(name: str, steps: pd.DataFrame, edges: pd.DataFrame) -> str:
    """The trail as HTML: a picture, and the same as a table for who cannot see it."""
    places = dict(_places(steps))
    height = _TOP + _ROW * max([row for _, row in places.values()], default=0) + _ROW
    boxes = "".join(_boxes(steps, places))
    lines = "".join(_lines(edges, places))
    heads = "".join(
        f'<text x="{column * _COLUMN}" y="16" font-weight="600">{heading}</text>'
        for column, heading in enumerate(_HEADINGS.values())
    )
    title = escape(headline(name, steps))
    width = _COLUMN * len(_HEADINGS)
    return (
        f'<div class="trail"><style>{_STYLE}</style><strong>{title}</strong>'
        f'<svg viewBox="-1 0 {width} {height}" style="width:100%;max-width:{width}px" role="img"'
        f' aria-label="{title}">{_HATCH}{heads}{lines}{boxes}</svg>{_table(steps)}</div>'
    )


_HATCH = (
    '<defs><pattern id="trail-gap" width="6" height="6" patternUnits="userSpaceOnUse"'
    ' patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="6" stroke="currentColor"'
    ' stroke-opacity=".18" stroke-width="2"/></pattern></defs>'
)


def _places(steps: pd.DataFrame) -> Iterator[tuple[str, Place]]:
    """Column and row of each step that is drawn."""
    for column, stage in enumerate(_HEADINGS):
        for row, identity in enumerate(steps.loc[steps["stage"] == stage, "id"].head(_MOST)):
            yield identity, (column, row)


def _boxes(steps: pd.DataFrame, places: dict[str, Place]) -> Iterator[str]:
    for row in rows_of(steps):
        if row["id"] not in places:
            continue
        x, y = _corner(places[row["id"]])
        kind = "gap" if row["is_gap"] else "bad" if row["state"] in _BAD else ""
        hover = escape(str(row["why"] if row["is_gap"] else row["id"]))
        first, second = map(escape, _words(row))
        fill = ' style="fill:url(#trail-gap)"' if row["is_gap"] else ""
        yield (
            f'<g class="{kind}"><title>{hover}</title>'
            f'<rect x="{x}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" rx="3"{fill}/>'
            f'<text x="{x + 8}" y="{y + 20}">{first}</text>'
            f'<text x="{x + 8}" y="{y + 37}" class="quiet">{second}</text></g>'
        )
    for column, stage in enumerate(_HEADINGS):
        more = int((steps["stage"] == stage).sum()) - _MOST
        if more > 0:
            y = _TOP + _ROW * _MOST
            yield f'<text x="{column * _COLUMN + 8}" y="{y + 12}">and {more:,} more</text>'


def _words(row: dict[str, Any]) -> tuple[str, str]:
    """The two lines in a box: name, then state and since when; of a gap what is missing."""
    if row["is_gap"]:
        return str(row["name"]), shorten(str(row["why"]), _LETTERS + 1, placeholder=" …")
    since = row["since"]
    day = "" if pd.isna(since) else f"{since:%Y-%m-%d}"
    second = " · ".join(part for part in (_state(row["state"]), day) if part)
    return _cut(str(row["name"])), _cut(second)


def _lines(edges: pd.DataFrame, places: dict[str, Place]) -> Iterator[str]:
    for row in rows_of(edges):
        if row["from_id"] in places and row["to_id"] in places:
            x, y = _corner(places[row["from_id"]])
            to_x, to_y = _corner(places[row["to_id"]])
            start, middle = x + _WIDTH, (x + _WIDTH + to_x) / 2
            kind = "guess" if row["confidence"] < 0.9 else ""
            yield (
                f'<path class="{kind}" d="M{start} {y + 24}C{middle} {y + 24} {middle} {to_y + 24}'
                f' {to_x} {to_y + 24}"><title>{escape(row["evidence"])}</title></path>'
            )


def _table(steps: pd.DataFrame) -> str:
    rows = "".join(
        f"<tr><td>{_HEADINGS[row['stage']]}</td><td>{escape(str(row['name']))}</td>"
        f"<td>{escape(row['why'] if row['is_gap'] else _state(row['state']))}</td></tr>"
        for row in rows_of(steps)
    )
    return f"<details><summary>As a table</summary><table>{rows}</table></details>"


def _corner(place: Place) -> Place:
    return place[0] * _COLUMN, _TOP + place[1] * _ROW


def _state(state: Any) -> str:
    return "" if state is None or pd.isna(state) else str(state)


def _cut(text: str) -> str:
    """Cut in the middle: names differ at both ends."""
    if len(text) <= _LETTERS:
        return text
    half = (_LETTERS - 1) // 2
    return f"{text[:half]}…{text[-half:]}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
