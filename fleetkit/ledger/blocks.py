"""Blocks: text of a ledger -> entries, and entries -> text.

A block with an error is a fault that names its line; the other blocks are read all the same. Nodes
of the YAML are read as the text that stands there, so nothing is constructed or guessed.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any

import yaml

from fleetkit.errors import LoadError
from fleetkit.ledger.entries import (
    FITTING,
    NAMING,
    SUBJECT,
    WORDS,
    Entry,
    Outvoted,
    lasting,
    plain,
)
from fleetkit.redaction import mask_text
from fleetkit.tables.derived import LABEL_CHOICES

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULL = "tag:yaml.org,2002:null"
_NEEDED = ("for", "label", "by", "why", "made")
_FIELDS = (*_NEEDED, "until", "quadrant", "outvoted")
_START = re.compile(r"^-(?=\s)", re.MULTILINE)
_MERGE = re.compile(r"^(?:<{7}|\|{7}|={7}|>{7})(?: .*)?$", re.MULTILINE)
_UNLIMITED = 1 << 30
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """A block that cannot be applied: the line, and what is wrong there."""

    line: int
    reason: str


class _WrongError(Exception):
    """What is wrong, and at which line."""

    def __init__(self, node: Any, reason: str) -> None:
        super().__init__(reason)
        self.line: int = node.start_mark.line + 1


class _Dumper(yaml.SafeDumper):
    """Shows what has no shape (line ends, marks that turn the direction) by its number.

    Equal values are written out each time, never as aliases, which nobody could edit alone.
    """

    def ignore_aliases(self, _: Any) -> bool:
        return True

    def represent_str(self, data: str) -> Any:
        style = None if data.isprintable() else '"'
        return self.represent_scalar("tag:yaml.org,2002:str", data, style)

    def write_double_quoted(self, text: str, split: bool = True) -> None:  # noqa: FBT001, FBT002
        self.allow_unicode = False
        super().write_double_quoted(text, split)
        self.allow_unicode = True


_Dumper.add_representer(str, _Dumper.represent_str)


def parsed(text: str, where: str) -> tuple[list[Entry], list[Fault]]:
    """Entries in the order of the file, and the faults of other blocks; `where` names the file.

    Raises:
        LoadError: the text is no list of blocks at all.
    """
    entries: list[Entry] = []
    faults = [Fault(text.count("\n", 0, mark.start()) + 1, "git left a merge open here")
              for mark in _MERGE.finditer(text) if mark[0].startswith("<")]
    for part, above in _parts(_MERGE.sub("", text), where):
        try:
            root = _composed(part)
            nodes = _items(root) if root is not None else []
        except (yaml.YAMLError, RecursionError) as error:
            faults.append(_syntax(error, above))
            continue
        except _WrongError as error:
            faults.append(Fault(error.line + above, str(error)))
            continue
        for node in nodes:
            try:
                entries.append(_entry(node, above))
            except _WrongError as error:
                faults.append(Fault(error.line + above, str(error)))
    return entries, faults


def is_whole(text: str) -> bool:
    """Whether the text is YAML from its beginning to its end."""
    try:
        _composed(text)
    except (yaml.YAMLError, RecursionError):
        return False
    return True


def block(entry: Entry) -> str:
    """The entry as one block of text, each field on a line of its own."""
    fields: dict[str, Any] = {
        "for": dict(entry.subject), "label": entry.label, "quadrant": entry.quadrant,
        "by": entry.by, "why": entry.why, "made": entry.made, "until": entry.until,
        "outvoted": _outvoted_fields(entry.outvoted),
    }
    known = {name: value for name, value in fields.items() if value is not None}
    text: str = yaml.dump([known], Dumper=_Dumper, sort_keys=False, allow_unicode=True,
                          width=_UNLIMITED, default_flow_style=False)
    return text


def _outvoted_fields(outvoted: Outvoted | None) -> dict[str, Any] | None:
    if outvoted is None:
        return None
    values = {name: getattr(outvoted, name) for name in _OUTVOTED}
    values["reasons"] = list(outvoted.reasons) or None
    return {name: value for name, value in values.items() if value is not None}


def _parts(text: str, where: str) -> Iterator[tuple[str, int]]:
    """The whole text, or its blocks one by one where it is no YAML; with the lines above each."""
    try:
        root = _composed(text)
    except (yaml.YAMLError, RecursionError) as error:
        starts = [match.start() for match in _START.finditer(text)]
        if not starts:
            fault = _syntax(error, 0)
            raise LoadError(f"{where}, line {fault.line}: expected blocks that begin with '- for:',"
                            f" found {fault.reason}") from error
        ends = [*starts, len(text)]
        for start, end in zip([0, *starts], ends, strict=True):
            yield text[start:end], text.count("\n", 0, start)
        return
    if root is not None and not isinstance(root, yaml.SequenceNode):
        raise LoadError(f"{where}, line {root.start_mark.line + 1}: expected a list of blocks that"
                        f" begin with '- for:', found a {root.id}")
    yield text, 0


def _composed(text: str) -> Any:
    """The root of the text; None where it holds nothing."""
    root = yaml.compose(text, Loader=_LOADER)
    return None if isinstance(root, yaml.ScalarNode) and root.tag == _NULL else root


def _syntax(error: Exception, above: int) -> Fault:
    mark = getattr(error, "problem_mark", None)
    if str(getattr(error, "context", None)).startswith("while scanning"):
        mark = getattr(error, "context_mark", None) or mark  # where it begins, not where it fails
    said = getattr(error, "problem", None) or getattr(error, "reason", None) or "no YAML"
    return Fault((mark.line if mark else 0) + above + 1, str(said))


def _items(root: Any) -> list[Any]:
    if not isinstance(root, yaml.SequenceNode):
        raise _WrongError(root, "stands outside of all blocks; a block begins with '- for:'")
    return list(root.value)


def _entry(node: Any, above: int) -> Entry:
    found = _fields(node, "an entry", _FIELDS)
    missing = [name for name in _NEEDED if name not in found]
    if missing:
        raise _WrongError(node, f"the entry lacks {', '.join(missing)};"
                                f" every entry has {', '.join(_NEEDED)}")
    made = _day(found["made"])
    until = _day(found["until"]) if "until" in found else lasting(made)
    if until < made:
        raise _WrongError(found["until"], f"the entry ends on {until}, before it was made ({made})")
    label = _choice(found["label"], "label", WORDS)
    quadrant = (_choice(found["quadrant"], f"quadrant of {label}", FITTING[label])
                if "quadrant" in found else None)
    outvoted = _outvoted(found["outvoted"]) if "outvoted" in found else None
    return Entry(_subject(found["for"]), label, _said(found["by"]), _said(found["why"]), made,
                 until, quadrant, outvoted, node.start_mark.line + above + 1)


def _subject(node: Any) -> tuple[tuple[str, str | None], ...]:
    found = _fields(node, "for", SUBJECT)
    pairs = tuple((name, None if value.tag == _NULL else _text(value))
                  for name, value in found.items())
    if not any(value for name, value in pairs if name in NAMING):
        raise _WrongError(node, f"nobody is named; an entry is for one of {', '.join(NAMING)}")
    return pairs


def _outvoted(node: Any) -> Outvoted:
    found = _fields(node, "outvoted", tuple(_OUTVOTED))
    values: Mapping[str, Any] = {name: _OUTVOTED[name](value) for name, value in found.items()}
    return Outvoted(**values)


def _fields(node: Any, what: str, known: tuple[str, ...]) -> dict[str, Any]:
    """Nodes of a mapping by their keys."""
    if not isinstance(node, yaml.MappingNode):
        raise _WrongError(node, f"{what}: expected fields and values, found a {node.id}")
    found: dict[str, Any] = {}
    for key, value in node.value:
        name = _text(key)
        if name not in known:
            raise _WrongError(key, f"{what} has no field {_shown(name)};"
                                   f" there are {', '.join(known)}")
        if name in found:
            raise _WrongError(key, f"{what} says {name} twice")
        found[name] = value
    return found


def _text(node: Any) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise _WrongError(node, f"expected text, found a {node.id}")
    text: str = node.value
    return text


def _said(node: Any) -> str:
    text = "" if node.tag == _NULL else plain(_text(node))
    if not text:
        raise _WrongError(node, "is empty; an entry says who wants it and why")
    return text


def _choice(node: Any, what: str, allowed: tuple[str, ...]) -> str:
    text = _text(node)
    if text not in allowed:
        raise _WrongError(node, f"{what}: found {_shown(text)}; allowed are {', '.join(allowed)}")
    return text


def _day(node: Any) -> date:
    text = _text(node)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _WrongError(node, f"expected a day as 2027-05-24, found {_shown(text)}") from error


def _real(node: Any) -> float:
    text = _text(node)
    with suppress(ValueError):
        if isfinite(number := float(text)):
            return number
    raise _WrongError(node, f"expected a number, found {_shown(text)}")


def _count(node: Any) -> int:
    return int(_real(node))


def _label(node: Any) -> str:
    return _choice(node, "label", LABEL_CHOICES)


def _texts(node: Any) -> tuple[str, ...]:
    if not isinstance(node, yaml.SequenceNode):
        raise _WrongError(node, f"expected a list of texts, found a {node.id}")
    return tuple(plain(_text(part)) for part in node.value)


def _shown(text: str) -> str:
    return repr(mask_text(text)[:_SHOWN])


_OUTVOTED: dict[str, Callable[[Any], Any]] = {
    "label": _label, "state_score": _real, "uniqueness_score": _real, "software": _text,
    "image": _text, "os": _text, "workloads": _count, "reasons": _texts,
}
