"""Text -> words: how the names of workloads, images and services are written.

Words are divided by punctuation, by capitals (`cartService`), by numbers (`postgres16`), or only
by what is known of their parts (`rediscart`, `checkoutservice`). A word that nobody knows is `*`.
"""

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

import pyarrow as pa
import pyarrow.compute as pc

from fleetkit.catalogue import fact_file

Words = tuple[str, ...]
LONGEST = 300
"""Characters of a text that are looked at."""
UNKNOWN = "*"
_SEPARATORS = r"[ \t\n\r\f\v\-_./+*:@,;$()\[\]|]+"
_SPLIT = re.compile(_SEPARATORS)
_CAPITALS = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]+|[a-z]+|[0-9]+")
_NUMBERS = "0123456789#"
_SHORTEST = 4
"""Letters that a word has at least to be found inside of another."""
_ENDINGS = (
    "service", "services", "server", "svc", "db", "database", "api", "frontend", "backend",
    "gateway", "worker", "queue", "cache", "proxy", "exporter", "operator", "controller", "broker",
    "storage", "app", "web", "ui",
)
_NEIGHBOURS = frozenset((
    *_ENDINGS, "cart", "order", "orders", "user", "users", "session", "sessions", "catalog",
    "catalogue", "product", "products", "payment", "payments", "account", "accounts", "auth",
    "shop", "blog", "data", "my", "main", "node", "master", "slave", "primary", "replica",
    "cluster", "prod", "dev", "local", "cms", "wp", "host", "store", "instance", "container",
))
_LAST = tuple(_NEIGHBOURS)
_DIVISIBLE = f"(?i:^(?:{'|'.join(_LAST)})|(?:{'|'.join(_LAST)})$)|^$|[0-9#]$|[A-Z]"


@dataclass(frozen=True, slots=True)
class RoleWord:
    """What a general word in a name says: its lean towards state in log-odds, and the role."""

    lean: float
    says: str


@cache
def role_words() -> Mapping[str, RoleWord]:
    """General words of roles, from `catalogue/role_words.csv`."""
    text = fact_file("role_words.csv").read_text(encoding="utf-8")
    return {row["word"]: RoleWord(float(row["lean"]), row["says"])
            for row in csv.DictReader(text.splitlines())}


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The words that are known: those of names of software, and those beside them."""

    names: frozenset[str]
    beside: frozenset[str]

    @cached_property
    def _known(self) -> Mapping[str, str]:
        """Known words by their spellings; a stem shows digits within a word as #, as in neo#j."""
        plain = {word: word for word in (*self.names, *self.beside)}
        numbered = [word for word in self.names if re.search("[0-9]+[a-z]", word)]
        stems = [re.sub("[0-9]+", "#", word) for word in numbered]
        told = {stem: word for stem, word in zip(stems, numbered, strict=True)
                if stems.count(stem) == 1}  # k#s may be k3s or k8s
        return {**told, **plain}

    def words(self, text: str) -> Words:
        """The words of a text; * for each that is not known."""
        return tuple(word for part in _SPLIT.split(text[:LONGEST]) if part
                     for word in self.spelled(part))

    def spelled(self, part: str) -> Words:
        """The words that are written as one; none if it is a number."""
        low = part.lower()
        known = self._known.get(low)
        if known:
            return (known,)
        bare = low.rstrip(_NUMBERS)
        if not bare:
            return ()
        if bare != low:
            known = self._known.get(bare) or self._known.get(bare.removesuffix("v"))
        return (known,) if known else self._parted(part, bare)

    def skeletons(self, texts: pa.Array) -> pa.Array:
        """The words of each text, joined by `-`: few texts remain of many."""
        return respelled(texts, _SEPARATORS, self._spellings, "-")

    def _spellings(self, parts: pa.Array) -> pa.Array:
        """What is written for each distinct part; most are known or hopeless at a glance."""
        low = pc.utf8_lower(parts)
        plain = pc.and_(pc.invert(pc.is_in(low, value_set=self._listed)),
                        pc.invert(pc.match_substring_regex(parts, _DIVISIBLE)))
        rest = [_joined(self.spelled(part)) for part in parts.filter(pc.invert(plain)).to_pylist()]
        written = pa.nulls(len(parts), pa.string()).fill_null(UNKNOWN)
        return pc.replace_with_mask(written, pc.invert(plain), pa.array(rest, pa.string()))

    @cached_property
    def _listed(self) -> pa.Array:
        return pa.array(list(self._known), pa.string())

    def _parted(self, part: str, bare: str) -> Words:
        if part == bare and not bare.endswith(_LAST) and not bare.startswith(_LAST):
            return (UNKNOWN,)
        return (self._unglued(bare) or self._capitals(part) or self._ending(bare) or (UNKNOWN,))

    def _unglued(self, word: str) -> Words | None:
        """A name and a usual neighbour of names, written as one."""
        for cut in range(len(word) - 2, 1, -1):
            head, tail = word[:cut], word[cut:]
            if cut >= _SHORTEST and tail in _NEIGHBOURS and head in self.names:
                return head, tail if tail in self.beside else UNKNOWN
            if len(tail) >= _SHORTEST and head in _NEIGHBOURS and tail in self.names:
                return head if head in self.beside else UNKNOWN, tail
        return None

    def _capitals(self, part: str) -> Words | None:
        """Words that begin with capitals, if one of them is known."""
        if part in (part.lower(), part.upper()):
            return None
        capitals = [one.lower() for one in _CAPITALS.findall(part)]
        known = tuple(self._known.get(one, UNKNOWN) for one in capitals if not one.isdigit())
        return known if len(known) > 1 and any(one != UNKNOWN for one in known) else None

    def _ending(self, word: str) -> Words | None:
        """A role at the end of an unknown word."""
        ending = next((one for one in _ENDINGS if word.endswith(one) and len(word) > len(one) + 2),
                      None)
        return (UNKNOWN, ending) if ending in self.beside else None


def each_distinct(texts: pa.Array, meaning: Callable[[str], int | None]) -> pa.Array:
    """A number for each text, looked up once per distinct text."""
    coded = texts.dictionary_encode()
    found = [meaning(text) for text in coded.dictionary.to_pylist()]
    return pa.array(found, pa.int64()).take(coded.indices)


def respelled(
    texts: pa.Array, separators: str, spell: Callable[[pa.Array], pa.Array], joint: str,
) -> pa.Array:
    """Each text in words that mean the same, of which there are far fewer.

    Args:
        texts: texts, of which so much is read as `LONGEST` says.
        separators: expression for what stands between words.
        spell: what is written for each of the distinct words.
        joint: what is written between them.
    """
    lists = pc.split_pattern_regex(pc.utf8_slice_codeunits(texts, 0, LONGEST), separators)
    coded = lists.flatten().dictionary_encode()
    flat = spell(coded.dictionary).take(coded.indices)
    return pc.binary_join(pa.ListArray.from_arrays(lists.offsets, flat), joint)


def _joined(words: Words) -> str:
    return "-".join(words)
