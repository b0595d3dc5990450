"""Channels: lines of fixes that only some machines get, and what each line is to the others.

Source: OSV's ecosystem names; https://ubuntu.com/security/esm;
https://access.redhat.com/support/policy/updates/errata.
"""

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Literal, NamedTuple

from fleetkit.errors import UnknownNameError

Kind = Literal["extends", "stream", "fork"]
Said = Mapping[str, Iterable[str]]
"""Glob of a subject's id, name or environment -> names of the channels that it reaches."""


class Programme(NamedTuple):
    """A kind of channel.

    Attributes:
        word: how a user names it.
        ecosystem: whose packages it has.
        pattern: channels of the records that belong to it.
        title: for people.
        kind: `extends`: the release's own line goes on; `stream`: a minor release lives longer
            beside the newer ones, and versions of the two are not one order; `fork`: other builds
            of the same sources, as those certified for FIPS.
        is_support: who is enrolled in it gets fixes when standard support has ended.
    """

    word: str
    ecosystem: str
    pattern: re.Pattern[str]
    title: str
    kind: Kind
    is_support: bool = False


def _programme(word: str, ecosystem: str, title: str, kind: Kind, **more: bool) -> Programme:
    return Programme(word, ecosystem, re.compile(rf"{re.escape(word)}(?::.*)?"), title, kind,
                     **more)


PROGRAMMES = (
    Programme("pro", "Ubuntu", re.compile("pro"), "Ubuntu Pro", "extends", is_support=True),
    Programme("fips", "Ubuntu", re.compile("pro:fips.*"), "Ubuntu Pro's FIPS builds", "fork"),
    Programme("realtime", "Ubuntu", re.compile("pro:realtime.*"), "Ubuntu Pro's real-time kernel",
              "fork"),
    _programme("rhel_eus", "Red Hat", "Red Hat's Extended Update Support", "stream"),
    _programme("rhel_eus_long_life", "Red Hat", "Red Hat's long-life Extended Update Support",
               "stream"),
    _programme("rhel_aus", "Red Hat", "Red Hat's Advanced Mission Critical Update Support",
               "stream"),
    _programme("rhel_tus", "Red Hat", "Red Hat's Telecommunications Update Service", "stream"),
    _programme("rhel_e4s", "Red Hat", "Red Hat's Update Services for SAP Solutions", "stream"),
    _programme("rhel_els", "Red Hat", "Red Hat's Extended Life Cycle Support", "extends",
               is_support=True),
    Programme("ltss", "SUSE", re.compile(".*LTSS.*", re.IGNORECASE), "SUSE's LTSS", "extends",
              is_support=True),
)


def programme(ecosystem: str, channel: str) -> Programme | None:
    """The programme that a channel of the records belongs to; None of those not known."""
    return next((known for known in PROGRAMMES
                 if known.ecosystem == ecosystem and known.pattern.fullmatch(channel)), None)


def kind_of(ecosystem: str, channel: str) -> Kind:
    """What the channel is to the release; one that is not known is taken for a fork."""
    found = programme(ecosystem, channel)
    return found.kind if found else "fork"


def title_of(ecosystem: str, channel: str) -> str:
    """The channel for people."""
    found = programme(ecosystem, channel)
    if found is None:
        return channel
    minor = channel.partition(":")[2] if found.kind == "stream" else ""
    return f"{found.title} {minor}".strip()


def check_said(said: Said, known: Iterable[str]) -> None:
    """Refuses names of channels that neither the programmes nor the records have.

    Raises:
        UnknownNameError: a name is unknown; it lists those that are known.
    """
    listed = {*(programme.word for programme in PROGRAMMES), *known}
    for names in said.values():
        for name in [names] if isinstance(names, str) else names:
            if not (name in listed or _is_stream(name)):
                raise UnknownNameError("channel", name, listed)


def said_of(said: Said, *names: str) -> set[str] | None:
    """The channels that a subject of the names is said to reach; None where nothing is said."""
    found = [channels for glob, channels in said.items()
             if any(fnmatchcase(name, glob) for name in names if name)]
    if not found:
        return None
    return {name for channels in found
            for name in ([channels] if isinstance(channels, str) else channels)}


def belongs(name: str, ecosystem: str, channel: str, minor: str | None) -> bool:
    """Whether a channel of the records is meant by a user's name for it.

    The word of a stream without a minor release means that of the subject's own.
    """
    if name == channel:
        return True
    found = programme(ecosystem, channel)
    if found is None or found.word != name:
        return False
    return found.kind != "stream" or channel.partition(":")[2] == minor


def _is_stream(name: str) -> bool:
    word, _, minor = name.partition(":")
    return bool(re.fullmatch(r"\d+\.\d+", minor)) and any(
        programme.word == word and programme.kind == "stream" for programme in PROGRAMMES)
