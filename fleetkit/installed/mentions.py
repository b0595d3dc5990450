"""Flaws that a text of a changelog names, and what it says of them.

Changelogs are prose. A line counts as a fix unless its own words say otherwise; which words do was
learnt from changelogs of Debian. A word speaks of a flaw only from within the same sentence, and
not from outside of brackets around the flaw: "remove the lock (CVE-2022-0001)" is a fix, "remove
CVE-2022-0001.patch" is none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from fleetkit.redaction import mask_text

Says = Literal["fixed", "completed", "undone", "aside"]
STRENGTH: tuple[Says, ...] = ("completed", "fixed", "undone", "aside")
"""What counts where one entry says several things of a flaw, the first there is."""

MAX_LINE = 300  # characters of a line that are kept
_LONGEST = 10_000  # characters of an item that are looked at
_NEAR = 300  # characters on each side of a flaw whose words count

_FLAW = re.compile(
    r"CVE[-\s](?P<year>\d{4})-(?:(?P<number>\d{4,7})(?P<more>(?:\s?/\s?(?:\d{4}-)?\d{4,7})*)(?!\d)"
    r"|\{(?P<listed>\d{4,7}(?:,\s?\d{4,7}){0,50})\})",
    re.IGNORECASE,
)
_MORE = re.compile(r"(?:(\d{4})-)?(\d{4,7})")
_SENTENCE = re.compile(r"(?<=[.;!])\s+")
_ASIDE = (
    re.compile(r"(?<![-\w])(?<!n't )(?<!not )(?:drop|remov)(?:e|es|ed|s|ped|ping|ing)?\b[^(]*$"),
    re.compile(r"\bchangelog entr(?:y|ies)\b[^(]*$"),
)
_ASIDE_AFTER = re.compile(r"^\S*:?\s+(?:drop|remov)(?:e|ed|ped)?\b")
_ASIDE_ANYWHERE = re.compile(
    r"\b(?:not|isn't|aren't) (?:yet |been |be )?(?:affected|vulnerable|fixed)\b|\bunaffected\b"
    r"|\b(?:do|does|did) not (?:yet |fully )?(?:affect|fix)\b|\bstill (?:affected|vulnerable)\b"
    r"|\bunfixed\b"
)
_COMPLETED = re.compile(
    r"\b(?:incomplete|complet(?:e|es|ed|ing)) (?:the |upstream |previous )*(?:fix|patch)(?:es)?"
    r"(?: (?:for|of|to))?(?: the)? \S*$"
)
_COMPLETED_AFTER = re.compile(
    r"^\S*(?: (?:fix|patch) incomplete|(?: (?:fix|patch))? (?:was|is|being) incomplete)\b"
)
_UNDONE = re.compile(r"\brevert(?:s|ed|ing)?\b(?P<between>[^(]*)$")
_UNDONE_AFTER = re.compile(r"^[^(]*\b(?:is|was|were|been) (?:reverted|backed out)\b")
_MENDS = re.compile(r"\b(?:fix(?:es|ing)|to (?:fix|address|mitigate)|address(?:es|ing))\b")
_REPLACED = re.compile(r"\b(?:instead|replac\w+|use the|correct|proper|better)\b")


@dataclass(frozen=True, slots=True)
class Mention:
    """One flaw that an entry of a changelog names.

    Attributes:
        version: of the entry.
        flaw: CVE.
        says: fixed; completed (an earlier fix was not enough); undone (an earlier fix was taken
            back); aside (named, but neither of these).
        line: what the entry says, credentials masked, at most `MAX_LINE` characters.
        changed_at: when the entry was made; None where it does not say.
    """

    version: str
    flaw: str
    says: Says
    line: str
    changed_at: datetime | None


class Said(NamedTuple):
    """A flaw, what is said of it and where."""

    flaw: str
    says: Says
    line: str


def flaws_in(item: str, heading: str = "") -> Iterator[Said]:
    """The flaws that one item of a list names, each once, in order.

    Args:
        item: text of the item.
        heading: text of the item above that this one is a part of.
    """
    text, above = _plain(item[:_LONGEST]), _plain(heading[:_LONGEST])
    found: dict[str, tuple[Says, int]] = {}
    start = 0
    for number, sentence in enumerate(_SENTENCE.split(text)):
        # a heading that ends in a colon governs all that stands below it
        before = f"{above} " if number == 0 or above.endswith(":") else ""
        for flaw, says, place in _judged(sentence, before):
            known = found.get(flaw)
            if known is None or STRENGTH.index(says) < STRENGTH.index(known[0]):
                found[flaw] = (says, start + place)
        start += len(sentence) + 1
    for flaw, (says, place) in found.items():
        yield Said(flaw, says, _cut(text, place))


def _plain(text: str) -> str:
    """One line of printable text."""
    return "".join(
        letter if letter.isprintable() else "\ufffd" for letter in " ".join(text.split())
    )


def _judged(sentence: str, heading: str) -> Iterator[tuple[str, Says, int]]:
    for match in _FLAW.finditer(sentence):
        before = heading + sentence[max(0, match.start() - _NEAR) : match.start()]
        says = _says(before[-_NEAR:].lower(), sentence[match.end() : match.end() + _NEAR].lower())
        for flaw in _named(match):
            yield flaw, says, match.start()


def _named(match: re.Match[str]) -> Iterator[str]:
    """The flaws of `CVE-2022-4304/4450`, of `CVE-2022-{4304,4450}` and of the plain form."""
    year, numbers = match["year"], match["number"] or ""
    for other, number in _MORE.findall(f"{numbers}{match['more'] or ''}{match['listed'] or ''}"):
        yield f"CVE-{other or year}-{number}"


def _says(before: str, after: str) -> Says:
    """What the words of a sentence before and after a flaw say of it."""
    if _COMPLETED.search(before) or _COMPLETED_AFTER.search(after):
        return "completed"
    reverted = _UNDONE.search(before)
    if (reverted and not _MENDS.search(reverted["between"])) or _UNDONE_AFTER.search(after):
        return "fixed" if _REPLACED.search(after) else "undone"
    if _ASIDE_ANYWHERE.search(before) or _ASIDE_ANYWHERE.search(after):
        return "aside"
    if _ASIDE_AFTER.search(after) or any(pattern.search(before) for pattern in _ASIDE):
        return "aside"
    return "fixed"


def _cut(text: str, place: int) -> str:
    """The text, or the part of it around a place; masked before it is cut."""
    if len(text) > MAX_LINE:
        start = max(0, min(place - MAX_LINE // 3, len(text) - MAX_LINE))
        # masked with some text around, so that half a credential is not overlooked
        text = mask_text(text[max(0, start - MAX_LINE) : start + 2 * MAX_LINE])
        start = min(start, MAX_LINE)
        return ("…" if start else "") + text[start : start + MAX_LINE - 2] + "…"
    return mask_text(text)
