"""apk's `installed`: blocks of one-letter fields, followed by the files of the package."""

from collections.abc import Iterator

from fleetkit.installed.faults import Fault
from fleetkit.installed.purl import Naming, build_purl
from fleetkit.installed.records import Entry, Package
from fleetkit.installed.stanzas import compile_fields, read_stanzas
from fleetkit.installed.texts import read_count, read_word

_WANTED = compile_fields("P|V|A|o|I")  # case counts: p, a and i are other fields


def read_apk(text: bytes, path: str, naming: Naming) -> Iterator[Entry]:
    """Every package; the origin is the source package, built in the same version."""
    for stanza in read_stanzas(text, _WANTED):
        fields = stanza.fields
        name, version = read_word(fields.get(b"P")), read_word(fields.get(b"V"))
        if stanza.repeated or name is None or version is None:
            why = (
                f"two lines {stanza.repeated.decode()!r}"
                if stanza.repeated
                else "no name and version"
            )
            message = f"block at line {stanza.line} ({name!r}) has {why}"
            yield Fault("unreadable_entry", path, message)
            continue
        arch, origin = read_word(fields.get(b"A")), read_word(fields.get(b"o"))
        yield Package(
            name=name,
            version=version,
            source_name=origin,
            source_version=None if origin is None else version,
            arch=arch,
            kind="apk",
            path=path,
            purl=build_purl(naming, "apk", name, version, arch),
            size_bytes=read_count(fields.get(b"I")),
        )
