"""An explanation as text and as HTML: the answer, its reasons, what if, what to ask."""

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from fleetkit.explaining.asking import Effect
from fleetkit.explaining.counterfactual import WhatIf
from fleetkit.explaining.verdicts import UNDECIDED
from fleetkit.tables.derived import AXES, LABEL_CHOICES

if TYPE_CHECKING:
    from fleetkit.explaining.explanation import Explanation

_ASKS = {"state": "holds data", "uniqueness": "is one of a kind",
         "disposability": "may be stopped now"}
_QUADRANTS = {
    "pet": "holds data, one of a kind", "stateful_herd": "holds data, one of many",
    "snowflake": "holds none, one of a kind", "cattle": "holds none, one of many",
}
_LONGEST = 300
_WIDEST_EM = 7.0
_COLOURS = {True: "#d55e00", False: "#0072b2", None: "#7f7f7f"}
"""For a pet, for cattle, for neither."""
_CELL = "padding:.1em .8em .1em 0;text-align:left;vertical-align:top;background:none;border:0"
_NUMBER = f"{_CELL};text-align:right;white-space:nowrap"
_HEAD = "margin:.8em 0 .1em;font-weight:600"


def card_text(one: "Explanation") -> str:
    """The explanation as text."""
    lines = [_headline(one), *(f"  {note}" for note in _notes(one))]
    for axis in AXES:
        lines += ["", _asks(one, axis)]
        lines += [f"  {amount(part)}  {plain(reason)}" for part, reason in _reasons(one, axis)]
    lines += ["", "What if", *(f"  {line}" for line in _what_ifs(one))]
    if one.asked:
        lines += ["", "Ask"]
    for question, answers in _questions(one):
        lines += [f"  {question}", *(f"    {answer}" for answer in answers)]
    return "\n".join(lines)


def card_html(one: "Explanation") -> str:
    """The explanation as HTML; every text in it is escaped, and it runs nothing."""
    notes = "".join(f"<br><small>{escape(note)}</small>" for note in _notes(one))
    axes = "".join(f'<div style="{_HEAD}">{escape(_asks(one, axis))}</div>{_table(one, axis)}'
                   for axis in AXES)
    asked = [f"{escape(question)}{_list([escape(answer) for answer in answers])}"
             for question, answers in _questions(one)]
    ask = f'<div style="{_HEAD}">Ask</div>{_list(asked)}' if asked else ""
    return (
        '<div style="max-width:64em;line-height:1.45;font-variant-numeric:tabular-nums">'
        f"<strong>{escape(_headline(one))}</strong>{notes}{axes}"
        f'<div style="{_HEAD}">What if</div>{_list([escape(line) for line in _what_ifs(one)])}'
        f"{ask}</div>"
    )


def plain(text: Any) -> str:
    """Text in one line, without characters that steer a terminal, and not too long."""
    shown = re.sub(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+", " ",
                   str(text)).strip()
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST - 1]}…"


def amount(value: float) -> str:
    """Log-odds with their sign, as they are read beside each other."""
    return f"{value:+.2f}".replace("-", "−")


def chance(value: float) -> str:
    """A probability that never reads as certain."""
    return f"{min(max(value, 0.01), 0.99):.2f}" if 0.005 <= value < 0.995 else (
        "under 0.01" if value < 0.5 else "over 0.99")


def _headline(one: "Explanation") -> str:
    said = _QUADRANTS.get(one.quadrant)
    return f"{plain(one.name or one.workload_id)}: {one.label}" + (f" ({said})" if said else "")


def _notes(one: "Explanation") -> Iterator[str]:
    yield f"{one.coverage:.0%} of what signals could say is known; workload_id" \
          f" {plain(one.workload_id)}"
    if one.override is not None:
        yield f"a person's word: {plain(one.override)}; the evidence says {one.evidence_label}"
    yield from one.notes


def _asks(one: "Explanation", axis: str) -> str:
    return (f"{_ASKS[axis].capitalize()}?  {amount(one.scores[axis])} log-odds,"
            f" probability {chance(one.chances[axis])}")


def _reasons(one: "Explanation", axis: str) -> list[tuple[float, str]]:
    own = one.evidence[one.evidence["axis"] == axis]
    found = list(zip(own["contribution"].tolist(), own["reason"].tolist(), strict=True))
    return found or [(0.0, "no signal spoke")]


def _table(one: "Explanation", axis: str) -> str:
    rows = "".join(
        f'<tr style="background:none"><td style="{_NUMBER}">{amount(part)}</td>'
        f'<td style="{_CELL};width:{_WIDEST_EM}em">{_bar(part, axis)}</td>'
        f'<td style="{_CELL};white-space:normal;overflow-wrap:anywhere">{escape(plain(reason))}'
        "</td></tr>" for part, reason in _reasons(one, axis))
    return f'<table style="border-collapse:collapse;margin:.1em 0 .4em;font:inherit">{rows}</table>'


def _bar(part: float, axis: str) -> str:
    colour = _COLOURS[None if axis == "disposability" else part > 0]
    width = min(abs(part), 3.5) / 3.5 * _WIDEST_EM
    return (f'<span style="display:inline-block;height:.6em;width:{width:.2f}em;'
            f'background:{colour}"></span>')


def _list(lines: Sequence[str]) -> str:
    items = "".join(f"<li>{line}</li>" for line in lines)
    return f'<ul style="margin:.1em 0 .3em;padding-left:1.2em">{items}</ul>'


def _what_ifs(one: "Explanation") -> Iterator[str]:
    """Other labels first, then other sides of axes that the same changes do not name again."""
    labels = [found for found in one.what_ifs if found.about == "label"]
    yield from (_what_if(found, found.becomes) for found in labels)
    for label in LABEL_CHOICES:
        if label not in {one.evidence_label, *(found.becomes for found in labels)}:
            yield f"{label}: no plausible change was found that would make it so"
    told = {found.words for found in labels}
    for found in one.what_ifs:
        if found.words not in told:
            told.add(found.words)
            yield _what_if(found, f"undecided whether it {_ASKS[found.about]}"
                           if found.becomes == UNDECIDED else found.becomes)


def _what_if(found: WhatIf, becomes: str) -> str:
    axes = AXES[:2] if found.about == "label" else (found.about,)
    scores = ", ".join(f"{axis} {amount(found.scores[axis])}" for axis in axes)
    kinds = ", ".join(dict.fromkeys(change.kind for change in found.changes))
    more = "" if found.smallest else "; a smaller set may do the same"
    return f"{becomes}: {plain(found.words)} ({kinds}; {scores}{more})"


def _questions(one: "Explanation") -> Iterator[tuple[str, list[str]]]:
    for found in one.asked:
        yield plain(found.question.words), [_effect(effect, one) for effect in found.effects]


def _effect(effect: Effect, one: "Explanation") -> str:
    moved = [f"{axis} {amount(effect.moves[axis])}" for axis in AXES if effect.moves[axis]]
    label = f"then {effect.label}" if effect.label != one.evidence_label else (
        f"still {effect.label}")
    return f"{effect.answer.words}: {', '.join(moved) or 'moves no score'}, {label}"
