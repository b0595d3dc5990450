"""An explanation of a finding as text and as HTML: a headline, the reason, facts under heads."""

from collections.abc import Sequence
from html import escape
from textwrap import TextWrapper
from typing import TYPE_CHECKING

from fleetkit.explaining.card import plain
from fleetkit.explaining.findings.facts import Fact, Section

if TYPE_CHECKING:
    from fleetkit.explaining.findings.explanation import FindingExplanation

_LINE = 100
_COLOURS = {"vulnerable_fix_available": "#d55e00", "vulnerable_no_fix": "#d55e00",
            "older_than_before": "#e69f00", "behind_fleet": "#e69f00",
            "end_of_life": "#d55e00", "limited_support": "#e69f00",
            "fixed": "#009e73", "not_affected": "#009e73", "current": "#009e73"}
_UNKNOWN = "#7f7f7f"
_BOX = ("max-width:60em;line-height:1.45;font-variant-numeric:tabular-nums;"
        "padding:.1em 0 .1em .9em;border-left:.3em solid ")
_ROW = "display:flex;flex-wrap:wrap;gap:0 1em;margin:.1em 0"
_WHAT = "flex:0 0 11em;opacity:.72;overflow-wrap:anywhere"
_VALUE = "flex:1 1 16em;min-width:0;overflow-wrap:anywhere"
_HEAD = "margin:.8em 0 .1em;font-weight:600"
_WIDEST_EM = 6.0


def card_text(one: "FindingExplanation") -> str:
    """The explanation as text, in lines that fit a terminal where words allow it."""
    lines = [plain(one.headline), *_wrapped("  ", plain(one.why))]
    for section in one.sections:
        width = max(len(plain(fact.what)) for fact in section.facts)
        lines += ["", plain(section.title)]
        for fact in section.facts:
            lines += _wrapped(f"  {plain(fact.what):<{min(width, 28)}}  ", plain(fact.value))
    return "\n".join(lines)


def card_html(one: "FindingExplanation") -> str:
    """The explanation as HTML; every text in it is escaped, and it runs nothing."""
    sections = "".join(_section(section) for section in one.sections)
    return (
        f'<div style="{_BOX}{_COLOURS.get(one.status, _UNKNOWN)}">'
        f"<strong>{escape(plain(one.headline))}</strong><br>{escape(plain(one.why))}"
        f"{sections}</div>"
    )


def _wrapped(start: str, text: str) -> Sequence[str]:
    wrapper = TextWrapper(_LINE, initial_indent=start, subsequent_indent=" " * len(start),
                          break_long_words=False, break_on_hyphens=False)
    return wrapper.wrap(text)


def _section(section: Section) -> str:
    rows = "".join(_row(fact) for fact in section.facts)
    return f'<div style="{_HEAD}">{escape(plain(section.title))}</div>{rows}'


def _row(fact: Fact) -> str:
    bar = "" if fact.share is None else (
        f'<span style="display:inline-block;height:.6em;margin-right:.6em;background:{_UNKNOWN};'
        f'width:{max(fact.share * _WIDEST_EM, 0.15):.2f}em"></span>')
    return (f'<div style="{_ROW}"><span style="{_WHAT}">{escape(plain(fact.what))}</span>'
            f'<span style="{_VALUE}">{bar}{escape(plain(fact.value))}</span></div>')
