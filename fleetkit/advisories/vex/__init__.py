"""Judgements of flaws in products (VEX): OpenVEX, CSAF and CycloneDX, told apart by their content.

Sources: OpenVEX 0.0.1 and 0.2.0 (github.com/openvex/spec, openvex_json_schema.json), CSAF 2.0
(docs.oasis-open.org/csaf/csaf/v2.0/csaf_json_schema.json) and CycloneDX 1.4 and later
(cyclonedx.org/schema, `vulnerabilities[].analysis`). A document may stand in an in-toto statement
or its signed envelope (DSSE); the signature is not checked. A broken entry is noted and passed
over; the others are kept.
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from fleetkit.advisories.vex.csaf import read_csaf
from fleetkit.advisories.vex.cyclonedx import read_cyclonedx
from fleetkit.advisories.vex.files import SUFFIXES, documents
from fleetkit.advisories.vex.openvex import read_openvex
from fleetkit.advisories.vex.texts import Note, breach
from fleetkit.plugins import AdvisorySource, Statement
from fleetkit.values import BrokenError, as_dict, as_list

MOST_ROWS = 1_000_000  # of one document; the longest that vendors publish have a tenth of it


def rows(path: Path, note: Note) -> Iterator[Statement]:
    """The statements of a file or folder, in the order of names, lines and entries.

    Raises:
        LoadError: the path does not exist or is of no form that is read.
    """
    for where, content, subjects in documents(path, note):
        try:
            read = _read(content, where, subjects, note)
            yield from islice(read, MOST_ROWS)
            if next(read, None) is not None:
                note(breach(where, f"says more than {MOST_ROWS:,} things; the rest is left out"))
        except BrokenError as error:
            note(breach(where, str(error)))


def _read(content: Any, where: str, subjects: list[str], note: Note) -> Iterator[Statement]:
    document = as_dict(content)
    if "csaf_version" in as_dict(document.get("document")):
        return read_csaf(document, where, note)
    if document.get("bomFormat") == "CycloneDX":
        return read_cyclonedx(document, where, note)
    if as_list(document.get("statements")) or "openvex" in str(document.get("@context"))[:200]:
        return read_openvex(document, where, subjects, note)
    raise BrokenError("it is neither OpenVEX ('statements'), CSAF ('document.csaf_version') nor"
                      " CycloneDX ('bomFormat')")


ADVISORIES = AdvisorySource(
    doc="judgements of flaws in products (VEX): not affected, fixed, affected, being looked into",
    reads=("OpenVEX", "CSAF 2.0", "CycloneDX with analysis of vulnerabilities",
           "attestations of these (in-toto, DSSE)",
           f"a file or a folder of files ({', '.join(SUFFIXES)})"),
    rows=rows,
)
