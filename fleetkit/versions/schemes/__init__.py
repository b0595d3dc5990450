"""Schemes: how a family of ecosystems orders its versions, one file each.

To add a scheme, add a file of its name that ends with the constant SCHEME. It spells a version as
text of code points below 256 that sort as the versions do. No spelling may end in code point 0 or
be a proper prefix of another: rank the marks that can follow at one place, below every sign of a
text, and end with a mark.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Scheme:
    """One rule.

    Args:
        name: the file's name.
        ecosystems: OSV names of those that follow the rule, and of distributions unknown to OSV.
        spell: version -> the text that sorts as the versions do; None if the rule cannot order it.
            It is given at most 1,000 characters, none of them NUL.
    """

    name: str
    ecosystems: tuple[str, ...]
    spell: Callable[[str], str | None]


def find(ecosystem: str) -> Scheme | None:
    """The scheme of an ecosystem, whose name may go on after a colon; None if there is none."""
    return _owners().get(ecosystem.partition(":")[0])


@cache
def _owners() -> Mapping[str, Scheme]:
    owners: dict[str, Scheme] = {}
    for module in pkgutil.iter_modules(__path__):
        found: Scheme = importlib.import_module(f"{__name__}.{module.name}").SCHEME
        owners |= dict.fromkeys((found.name, *found.ecosystems), found)
    return owners
