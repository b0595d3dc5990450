"""Variables and locals of a template, and texts in which they are filled in.

Only plain values are: text, numbers, truth. What is marked as sensitive, or bears the name of a
secret, is left out, so a text that speaks of it stays open, as does one with a function call.
Values that a build was given on its command line are not known here.
"""

import re
from collections.abc import Mapping
from typing import Any

from fleetkit.redaction import is_secret_name

Settings = Mapping[str, str]

_IN_HCL = re.compile(r"\$\{\s*((?:var|local)\.[A-Za-z_][\w-]*)\s*\}")
_IN_JSON = re.compile(r"\{\{\s*user\s+[`\"']([\w.-]{1,200})[`\"']\s*\}\}")
_ROUNDS = 10
_LONGEST = 4_000


def filled(text: str, settings: Settings) -> str:
    """The text with all variables that are known; it stops where they grow without end."""
    for _ in range(_ROUNDS):
        found = _IN_JSON.sub(lambda match: settings.get(f"var.{match[1]}", match[0]), text)
        found = _IN_HCL.sub(lambda match: settings.get(match[1], match[0]), found)
        if found == text or len(found) > _LONGEST:
            break
        text = found
    return text[:_LONGEST]


def of_json(template: Mapping[str, Any]) -> dict[str, str]:
    """Defaults of the variables of a JSON template."""
    secret = template.get("sensitive-variables")
    hidden = set(map(str, secret)) if isinstance(secret, list) else set()
    variables = template.get("variables")
    return {
        f"var.{name}": text
        for name, value in (variables if isinstance(variables, Mapping) else {}).items()
        if name not in hidden and (text := _text(str(name), value)) is not None
    }


def of_hcl(document: Mapping[str, Any]) -> dict[str, str]:
    """Defaults of the variables, and the locals, of a document in HCL2."""
    found = {}
    for name, body in labelled(document.get("variable")):
        if body.get("sensitive") is not True:
            found[f"var.{name}"] = _text(name, body.get("default"))
    for block in listed(document.get("locals")):
        if isinstance(block, Mapping):
            found |= {f"local.{name}": _text(str(name), value) for name, value in block.items()}
    for name, body in labelled(document.get("local")):
        if body.get("sensitive") is not True:
            found[f"local.{name}"] = _text(name, body.get("expression"))
    return {name: text for name, text in found.items() if text is not None}


def of_values(document: Mapping[str, Any], secret: frozenset[str] = frozenset()) -> dict[str, str]:
    """Values of variables as a file of values gives them."""
    return {
        f"var.{name}": text for name, value in document.items()
        if name not in secret and (text := _text(str(name), value)) is not None
    }


def sensitive_in(document: Mapping[str, Any]) -> frozenset[str]:
    """Names of the variables that are declared as sensitive."""
    return frozenset(name for name, body in labelled(document.get("variable"))
                     if body.get("sensitive") is True)


def labelled(blocks: Any) -> list[tuple[str, Mapping[str, Any]]]:
    """Blocks with one label, each with its label."""
    return [
        (str(label), body)
        for block in listed(blocks) if isinstance(block, Mapping)
        for label, inner in block.items()
        for body in listed(inner) if isinstance(body, Mapping)
    ]


def listed(value: Any) -> list[Any]:
    """What may stand alone or in a list, as JSON writes blocks."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(name: str, value: Any) -> str | None:
    if is_secret_name(name) or isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value)[:_LONGEST]
