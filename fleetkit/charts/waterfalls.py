"""How a score comes about: each reason as a step from nothing to the sum."""

from dataclasses import dataclass
from itertools import accumulate
from textwrap import wrap
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from fleetkit.charts.look import COLOURS, Ink, dressed, ink, texts
from fleetkit.explaining import Explanation
from fleetkit.explaining.card import amount, chance, plain
from fleetkit.odds import DECIDED
from fleetkit.tables.derived import AXES

if TYPE_CHECKING:
    import plotly.graph_objects as go

_MOST = 14
_LINE, _BAR, _GAP = 17, 16, 12
_TITLE, _NOTE = 34, 54
_WIDE, _LINES = 52, 3
_ANSWERS = {
    "state": ("holds data", "holds no data"),
    "uniqueness": ("is one of a kind", "is one of many"),
    "disposability": ("may be stopped now", "must not be stopped now"),
}


@dataclass(frozen=True, slots=True)
class _Step:
    """A reason in lines, what it adds, and where its text and its bar are, in pixels from top."""

    lines: tuple[str, ...]
    part: float
    top: int

    @property
    def bar(self) -> float:
        return self.top + _LINE * len(self.lines) + _BAR / 2

    @property
    def text(self) -> str:
        return "<br>".join(self.lines)


def waterfall(
    explanation: Explanation, axis: str = "state", *, dark: bool = False
) -> "go.Figure":
    """Contributions from nothing to the score, the largest first, with their reasons in words.

    Args:
        explanation: from `explain`.
        axis: state, uniqueness or disposability.
        dark: for a dark page.

    Raises:
        ValueError: there is no such axis.
    """
    import plotly.graph_objects as go

    if axis not in AXES:
        raise ValueError(f"no axis named {axis!r}; there are {', '.join(AXES)}")
    steps, total = _steps(explanation, axis), explanation.scores[axis]
    up, down = _colours(axis)
    figure = go.Figure(go.Waterfall(
        orientation="h", y=[step.bar for step in steps], x=[step.part for step in steps],
        width=[_BAR] * len(steps), measure=["relative"] * (len(steps) - 1) + ["total"],
        text=[amount(step.part) for step in steps], textposition="outside", cliponaxis=False,
        customdata=[step.text for step in steps],
        hovertemplate="%{customdata}<br>%{text} log-odds<extra></extra>",
        increasing={"marker": {"color": up}}, decreasing={"marker": {"color": down}},
        totals={"marker": {"color": COLOURS["unsure"] if abs(total) <= DECIDED
                           else up if total > 0 else down}},
        connector={"line": {"color": ink(dark).quiet, "width": 1}, "mode": "between"},
    ))
    _write(figure, steps, axis, ink(dark))
    low, high = _reach(steps, total)
    deep = steps[-1].bar + _BAR
    figure.update_yaxes(visible=False, range=[deep, 0], fixedrange=True)
    figure.update_xaxes(title="log-odds", range=[low, high], zeroline=True, nticks=8,
                        tickangle=0, fixedrange=True)
    title = "<br>".join(texts(_fitted(_finding(explanation, axis), _TITLE)))
    note = "<br>".join(wrap(_note(explanation, axis), _NOTE))
    dressed(figure, title, note, dark=dark)
    return _sized(figure, int(deep), 26 * (title.count("<br>") + 1) + 17 * (note.count("<br>") + 1))


def _steps(explanation: Explanation, axis: str) -> list[_Step]:
    """The reasons, the smallest of many in one, and the score."""
    own = explanation.evidence[explanation.evidence["axis"] == axis]
    found = list(zip(own["reason"].tolist(), own["contribution"].tolist(), strict=True))
    if len(found) > _MOST:
        rest = found[_MOST - 1:]
        found = [*found[:_MOST - 1],
                 (f"{len(rest):,} smaller ones", sum(part for _, part in rest))]
    said = [(_wrapped(reason), part) for reason, part in found or [("no signal spoke", 0.0)]]
    said.append((("<b>score</b>",), explanation.scores[axis]))
    heights = [_LINE * len(lines) + _BAR + _GAP for lines, _ in said]
    tops = accumulate(heights[:-1], initial=_GAP)
    return [_Step(lines, part, top) for (lines, part), top in zip(said, tops, strict=True)]


def _wrapped(reason: str) -> tuple[str, ...]:
    lines = _fitted(plain(reason), _WIDE)
    if len(lines) > _LINES:
        lines = [*lines[:_LINES - 1], f"{lines[_LINES - 1][:_WIDE - 1]}…"]
    return tuple(texts(lines))


def _fitted(text: str, columns: int) -> list[str]:
    """Lines of so many columns; scripts whose letters take two get half as many."""
    double = any(east_asian_width(letter) in "WF" for letter in text)
    return wrap(text, columns // 2 if double else columns)


def _colours(axis: str) -> tuple[str, str]:
    """For what adds and what takes away: pet and cattle where the axis tells them apart."""
    if axis == "disposability":
        return COLOURS["cattle"], COLOURS["prize_bull"]
    return COLOURS["pet"], COLOURS["cattle"]


def _write(figure: "go.Figure", steps: list[_Step], axis: str, colours: Ink) -> None:
    """The reasons over their bars, and the thresholds with what lies beyond them."""
    for step in steps:
        figure.add_annotation(
            text=step.text, x=0, xref="paper", y=step.top, yanchor="top", xanchor="left",
            align="left", showarrow=False, borderpad=0, bgcolor=colours.paper, yshift=1)
    for place in (DECIDED, -DECIDED):
        figure.add_vline(x=place, layer="below",
                         line={"color": colours.quiet, "width": 1, "dash": "dash"})
    above, below = _ANSWERS[axis]
    for text, x in ((f"← {below}", 0), (f"{above} →", 1)):
        figure.add_annotation(
            text=text, x=x, xref="paper", y=1, yref="paper", yanchor="bottom", showarrow=False,
            xanchor="right" if x else "left", font={"color": colours.quiet, "size": 12})


def _reach(steps: list[_Step], total: float) -> tuple[float, float]:
    """The ends of the axis: all sums and both thresholds, with room for numbers."""
    sums = [0.0, *accumulate(step.part for step in steps[:-1]), total, DECIDED, -DECIDED]
    room = 0.18 * (max(sums) - min(sums))
    return min(sums) - room, max(sums) + room


def _sized(figure: "go.Figure", deep: int, head: int) -> "go.Figure":
    """As high as its rows, whatever its width, with the title over all of it."""
    top, bottom = head + 52, 56
    figure.update_layout(
        height=deep + top + bottom, margin={"l": 16, "r": 16, "t": top, "b": bottom},
        title={"y": 1, "yref": "container", "yanchor": "top", "pad": {"t": 16}})
    return figure


def _finding(explanation: Explanation, axis: str) -> str:
    total, (above, below) = explanation.scores[axis], _ANSWERS[axis]
    name = plain(explanation.name or explanation.workload_id)
    shown = name if len(name) <= 60 else f"{name[:59]}…"
    if abs(total) <= DECIDED:
        return f"{amount(total)}: undecided whether {shown} {above}"
    return f"{amount(total)}: {shown} {above if total > 0 else below}"


def _note(explanation: Explanation, axis: str) -> str:
    return (f"Probability {chance(explanation.chances[axis])}; {explanation.coverage:.0%} of what"
            f" signals could say is known. Decided beyond ±{DECIDED}.")
