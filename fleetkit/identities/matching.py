"""Text -> software: what an image reference, a command or a name says about what runs.

Whole words count, never parts of words: `shop-postgres` is PostgreSQL, `postgrest` is not. What
only stands beside a database (operator, exporter, client, console) is its companion, and keeps
nothing itself. Images for tests and initialisation say nothing.
"""

import re
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from fleetkit.identities.reading import Match, Reader, reader
from fleetkit.identities.software import Catalogue, Software, meant
from fleetkit.identities.words import LONGEST, Words, each_distinct, respelled, role_words

_NO_SERVER = re.compile(
    r"^(?:lib|python|php|ruby|perl|node-|golang|r-|fonts-|gir1|linux-|rust-|haskell|erlang-|lua)"
    r"|-(?:clients?|common|libs?|dev|devel|docs?|data|contrib|plugins?|tools|utils|cli|shell|dbg"
    r"|dbgsym|debuginfo|config|selinux|keyring|release|repo|exporter|bin|perl|python|jdbc|odbc"
    r"|module|mod|agent|backup|themes?|lang|l10n)(?:-|$)")
_TAG = r"(?::[^/@]*)?(?:@.*)?$"
_ENDS = (("(?s)^(?:.*/)?([^/]*)/[^/]*$|^[^/]*$", r"\1"), ("(?s)^.*/", ""))
"""What makes of a path its last folder, and what makes its base."""
_UNIT = r"(?:@[^.]*)?\.(?:service|socket|timer|target|path|mount|slice)$"
_BETWEEN = r"[ \t\n\r\f\v'\";&|()]+"
_IDLE = frozenset((
    "busybox", "chrony", "consul-server", "cron", "crond", "curl", "dnsmasq", "exim4", "kubelet",
    "nfs-server", "nomad-server", "ntp", "openssh", "openssh-server", "postfix", "puppetserver",
    "rsync", "rsyncd", "rsyslog", "samba", "sqlite", "sshd", "syslog",
))
"""Software that machines bring along, as an agent or unused; what else runs there says more."""
_CLIENT_ALONE = frozenset(("mysql", "mariadb", "postgresql"))
"""Names that mean the client on one system and the server on another."""


def image_match(reference: str, known: Catalogue | None = None) -> Match | None:
    """The software of an image reference; registry, tag and digest do not count."""
    read = _reader(known)
    path = re.sub(_TAG, "", reference[:LONGEST]).split("/")
    above = path[-2] if len(path) > 1 else ""
    return read.image(read.vocabulary.words(above), read.vocabulary.words(path[-1]))


def command_match(command: str, known: Catalogue | None = None) -> Match | None:
    """The software of a command line: its program, or what a runtime was told to run."""
    return _reader(known).command(re.split(_BETWEEN, command[:LONGEST]))


def name_match(name: str, known: Catalogue | None = None) -> Match | None:
    """The software that a workload or its controller is named after."""
    read = _reader(known)
    return read.name(read.vocabulary.words(name))


def service_match(name: str, known: Catalogue | None = None) -> Match | None:
    """The software of a service that runs: a unit of systemd, or an entry of a registry."""
    read = _reader(known)
    return _serving(read, read.vocabulary.words(re.sub(_UNIT, "", name[:LONGEST])))


def package_match(name: str, known: Catalogue | None = None) -> Match | None:
    """The software whose server a package installs: weak, for not all that is installed runs.

    Clients, libraries, bindings and documentation never count.
    """
    low = name[:LONGEST].lower()
    if _NO_SERVER.search(low):
        return None
    bare = re.sub(r"-?(?:[0-9][0-9.]*|x64|x86)(?=-|$)", "", low)
    server = re.sub(r"(?:-(?:community|org|enterprise|commercial|oss|ce|ee))?"
                    r"(?:-(?:server|daemon|main))?(?:-core)?$", "", bare)
    read = _reader(known)
    found = read.whole(read.vocabulary.words(server)) or read.whole(
        read.vocabulary.words(bare))
    if found is None or not _tells(found) or (bare == server and low in _CLIENT_ALONE):
        return None
    return Match(found, 40 if "server" in bare else 30)


MATCHERS: dict[str, Callable[[str, Catalogue | None], Match | None]] = {
    "image": image_match, "command": command_match, "name": name_match,
    "service": service_match, "package": package_match,
}


def codes(texts: pa.Array, place: str, known: Catalogue | None = None) -> pa.Array:
    """What each text names, as a number; null where nothing.

    The surer the match the larger the number; its rest by `ROWS` is the row of `known_rows`.
    """
    return codes_of(spelled(texts, place, known), place, known)


def spelled(texts: pa.Array, place: str, known: Catalogue | None = None) -> pa.Array:
    """Each text in words that mean the same to this place, of which there are far fewer."""
    read = _reader(known)
    short = pc.utf8_slice_codeunits(texts, 0, LONGEST)
    if place == "image":
        path = pc.replace_substring_regex(short, f"(?s:{_TAG})", "")
        ends = [pc.replace_substring_regex(path, *end) for end in _ENDS]
        return pc.binary_join_element_wise(
            *[read.vocabulary.skeletons(end) for end in ends], "/")
    if place == "command":
        return respelled(texts, _BETWEEN, read.spoken, " ")
    if place == "package":
        return pc.if_else(read.told(short), short, "")
    unit = pc.replace_substring_regex(short, _UNIT, "") if place == "service" else short
    return read.vocabulary.skeletons(unit)


def codes_of(said: pa.Array, place: str, known: Catalogue | None = None) -> pa.Array:
    """As `codes`, of texts that are spelled already."""
    read = _reader(known)
    meanings: dict[str, Callable[[str], Match | None]] = {
        "image": lambda text: read.image(*[_words(end) for end in text.split("/")]),
        "command": lambda text: read.command(text.split(" ")),
        "package": lambda text: package_match(text, known),
        "service": lambda text: _serving(read, _words(text)),
        "name": lambda text: read.name(_words(text)),
    }
    return each_distinct(said, lambda text: read.code(meanings[place](text)))


def role_places(said: pa.Array) -> pa.Array:
    """The place in `role_words` of the last general word of each spelled name or image."""
    places = {word: number for number, word in enumerate(role_words())}
    return each_distinct(said, lambda text: next(
        (places[word] for word in reversed(text.rsplit("/", 1)[-1].split("-"))
         if word in places), None))


def known_rows(known: Catalogue | None = None) -> list[dict[str, object]]:
    """What codes stand for: each software and its companion, numbered."""
    return [row for number, one in enumerate(meant(known)) for row in _pair(number, one)]


def _pair(number: int, known: Software) -> list[dict[str, object]]:
    itself = {
        "row": number * 2, "software": known.name, "role": known.role,
        "state_class": known.state_class, "herd": known.herd, "state_path": known.state_path,
    }
    companion = {
        "row": number * 2 + 1, "software": f"{known.name} companion",
        "role": f"operator, exporter, client or console beside a {known.role}",
        "state_class": "stateless", "herd": None, "state_path": None,
    }
    return [itself, companion]


def _serving(read: Reader, said: Words) -> Match | None:
    """What a service says of the machine that it runs on."""
    match = read.match(said, whole=85, part=48)
    return match if match is not None and _tells(match.software) else None


def _tells(software: Software) -> bool:
    return not (software.weak or software.herd == "per_node" or software.name in _IDLE)


def _words(skeleton: str) -> Words:
    return tuple(filter(None, skeleton.split("-")))


def _reader(known: Catalogue | None) -> Reader:
    return reader(meant(known))
