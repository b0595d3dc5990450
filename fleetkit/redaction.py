"""Secrets never enter: what must not be stored is masked where a record is read.

Values of environment variables are dropped whole. In other text (commands, build steps, labels,
messages) what looks like a credential is replaced by a mark, so that the rest can still be read.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

MASK = "[masked]"

_SECRET_NAME = re.compile(
    r"pass(?:word|wd|phrase)?(?![a-z])|pwd|secret|token|api[-_.]?key|access[-_.]?key|private[-_.]?key"
    r"|credential|auth(?![a-z])|basicauth|cookie|session[-_.]?key|dsn|connection[-_.]?string",
    re.IGNORECASE,
)
_ASSIGNED = re.compile(
    r"""(?P<name>(?:--?)?[\w.-]{0,40}"""
    r"""(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[-_.]?key|access[-_.]?key|private[-_.]?key|credentials?)"""
    r"""[\w.-]{0,40})(?P<sign>["']?\s*[=:]\s*|\s+)(?P<value>"[^"]*"|'[^']*'|[^\s"',;&|]+)""",
    re.IGNORECASE,
)
_IN_URL = re.compile(r"(?P<scheme>\b[a-z][a-z0-9+.-]*://)[^/\s@:]*:[^/\s@]+@", re.IGNORECASE)
_KNOWN_SHAPES = re.compile(
    r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bgh[pousr]_[A-Za-z0-9]{20,}\b|\bxox[abprs]-[A-Za-z0-9-]{10,}"
    r"|\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    re.DOTALL,
)
_SUSPICIOUS = re.compile(
    r"pass|pwd|secret|token|key|cred|://[^/\s]*@|AKIA|ASIA|\bgh[pousr]_|\bxox|\beyJ", re.IGNORECASE
)
_SIGN = r"[=:_-]|AKIA|ASIA|eyJ"  # whatever is masked has one of these
_SECRET_OPTION = re.compile(
    r"--?[\w.-]{0,40}(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[-_.]?key|credentials?)",
    re.IGNORECASE,
)
_VARIABLES = re.compile(
    r"(?P<head>\s*(?:/bin/sh -c )?(?:#\(nop\)\s+)?(?:ENV|ARG)\s+)(?P<pairs>.*)", re.DOTALL
)
_ARGUMENTS = re.compile(
    r"(?P<head>\s*(?:RUN )?\|\d+ )(?P<pairs>.*?)(?P<rest>/bin/\w+ -\w+ .*)?\Z", re.DOTALL
)
_NAME_OF_VALUE = re.compile(r"(?:^|\s)([A-Za-z_]\w{0,100})=")
_LONGEST = 20_000
_SHORTEST = 4  # a shorter value would mask ordinary words


def mask_column(texts: Any) -> Any:
    """A column of text, or of lists of text, with credentials masked in every cell."""
    if pa.types.is_list(texts.type):
        masked = mask_column(pc.list_flatten(texts))
        lengths = pc.fill_null(pc.list_value_length(texts), 0)
        offsets = pc.cumulative_sum(pa.concat_arrays([pa.array([0], pa.int32()), lengths]))
        return pa.ListArray.from_arrays(offsets, masked, mask=pc.is_null(texts))
    coded = texts.dictionary_encode()
    if 2 * len(coded.dictionary) < len(texts):  # most texts of a column come often
        return pc.take(mask_column(coded.dictionary), coded.indices)
    doubtful = pc.fill_null(pc.or_(
        pc.and_(pc.match_substring_regex(texts, _SUSPICIOUS.pattern, ignore_case=True),
                pc.match_substring_regex(texts, _SIGN)),
        pc.greater(pc.binary_length(texts), _LONGEST),
    ), False)
    if not pc.any(doubtful).as_py():
        return texts
    shown = pa.array([mask_text(text) for text in pc.filter(texts, doubtful).to_pylist()],
                     pa.string())
    return pc.replace_with_mask(texts, doubtful, shown)


def names_only(environment: Iterable[str] | None) -> list[str]:
    """The names of environment variables given as NAME=value; the values are dropped."""
    return [entry.split("=", 1)[0] for entry in environment or () if isinstance(entry, str)]


@lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Whether a name says that its value is a credential."""
    return bool(_SECRET_NAME.search(name))


def mask_text(text: str, values: Iterable[str] = ()) -> str:
    """The text with credentials masked, and cut where it is longer than anything real.

    Args:
        text: a command, a build step, a label or a message.
        values: values that are known to be secret, wherever they stand.
    """
    for value in values:
        text = text.replace(value, MASK)
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]} … {len(text) - _LONGEST:,} more characters"
    return _masked(text)


def mask_tree(value: Any, values: Iterable[str] = ()) -> Any:
    """A JSON document with credentials masked in all its text, and where a name says secret."""
    return _masked_tree(value, tuple(values))


def mask_step(step: str) -> str:
    """A build step; values of its variables and arguments are dropped, their names stay."""
    step = step[:_LONGEST]
    match = _VARIABLES.match(step) or _ARGUMENTS.match(step)
    if not match or "=" not in match["pairs"]:
        return mask_text(step)
    named = " ".join(f"{name}={MASK}" for name in _NAME_OF_VALUE.findall(match["pairs"])) or MASK
    rest = match.groupdict().get("rest") or ""
    return f"{match['head']}{named} {mask_text(rest)}".rstrip()


def secret_values(environment: Iterable[str] | None) -> tuple[str, ...]:
    """Values of variables whose names say secret: to be masked wherever else they stand."""
    pairs = [entry.split("=", 1) for entry in environment or () if isinstance(entry, str)]
    found = {
        value for name, *rest in pairs for value in rest
        if len(value) >= _SHORTEST and is_secret_name(name)
    }
    return tuple(sorted(found, key=len, reverse=True))


def _masked_tree(value: Any, known: tuple[str, ...]) -> Any:
    kind = type(value)  # parsed JSON has exact types; isinstance costs a third of the time
    if kind is str:
        return mask_text(value, known) if value else value
    if kind is dict:
        return {
            str(name): MASK if type(item) is str and item and is_secret_name(str(name))
            else _masked_tree(item, known)
            for name, item in value.items()
        }
    return _masked_list(value, known) if kind is list else value


def _masked_list(items: list[Any], known: tuple[str, ...]) -> list[Any]:
    """Items masked; the one behind an option such as --password is its value."""
    masked = []
    behind_option = False
    for item in items:
        is_value = behind_option and isinstance(item, str)
        masked.append(MASK if is_value else _masked_tree(item, known))
        behind_option = isinstance(item, str) and bool(_SECRET_OPTION.fullmatch(item))
    return masked


@lru_cache(maxsize=16_384)
def _masked(text: str) -> str:
    if not _SUSPICIOUS.search(text):
        return text
    text = _IN_URL.sub(rf"\g<scheme>{MASK}@", text)
    text = _KNOWN_SHAPES.sub(MASK, text)
    return _ASSIGNED.sub(_masked_assignment, text)


def _masked_assignment(match: re.Match[str]) -> str:
    name, sign = match["name"], match["sign"]
    if sign.isspace() and not name.startswith("-"):
        return match[0]  # prose: "password for the database"
    return f"{name}{sign}{MASK}"
