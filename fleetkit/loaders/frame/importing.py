"""A table as it came to rows of ours: columns matched, cells read, rows identified."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fleetkit.loaders.frame.extras import keep
from fleetkit.loaders.frame.keys import expand, identify, settled
from fleetkit.loaders.frame.matching import arrange
from fleetkit.loaders.frame.raw import Raw
from fleetkit.loaders.frame.receipts import Receipt, tell_cells, tell_columns
from fleetkit.loaders.frame.values import Setting, as_texts, by_distinct, cleaned, convert
from fleetkit.loaders.frame.wishes import Wishes
from fleetkit.plugins import Batch, Problem
from fleetkit.redaction import mask_column
from fleetkit.references import image_id_of
from fleetkit.tables import IMAGES, WORKLOADS

_FAMILIES = (
    ("windows", "windows"), ("darwin", "darwin"), ("macos", "darwin"), ("freebsd", "freebsd"),
    ("solaris", "solaris"), ("esx", "esxi"), ("aix", "aix"),
    *((word, "linux") for word in (
        "linux", "ubuntu", "debian", "centos", "red hat", "redhat", "rhel", "suse", "sles",
        "fedora", "photon", "coreos", "rocky", "alma", "flatcar")),
)

Columns = dict[str, pa.Array]


def imported(raw: Raw, wishes: Wishes) -> Iterator[Problem | Batch]:
    """The rows of a table, what could not be read, and the receipt.

    Each row that was read is a row of ours or a problem.

    Raises:
        LoadError: no column names its rows, or the user names columns that it does not have.
    """
    layout = arrange(list(raw.columns), wishes, raw.name)
    receipt = Receipt(raw.name, raw.read)
    tell_columns(receipt, raw, layout, wishes)
    columns: Columns = {}
    yield from raw.problems
    setting = Setting(wishes.decimal, raw.decimal, wishes.zone)
    for match in layout.matches:
        cells = raw.columns[match.header]
        found = convert(match, cells, setting)
        columns[match.column.name] = found.values
        yield from tell_cells(receipt, raw, match, found, cells)
        if match.column.name == "state" and "state_raw" not in {
                match.column.name for match in layout.matches}:
            columns["state_raw"] = mask_column(cleaned(as_texts(cells)))
    if wishes.table is WORKLOADS:
        _complete(raw, columns, wishes, receipt)
    expand(raw, columns, layout.matches, wishes, receipt)
    identify(raw, columns, wishes, receipt)
    keep(raw, columns, layout, wishes.table, receipt)
    yield from _rows(raw, columns, wishes, receipt)


def _rows(
    raw: Raw, columns: Columns, wishes: Wishes, receipt: Receipt
) -> Iterator[Problem | Batch]:
    stay, problems = settled(raw, columns, wishes.table)
    yield from problems
    rows = pa.table(columns)
    kept = rows if bool(np.all(stay)) else rows.filter(pa.array(stay))
    yield Batch(wishes.table, kept, raw.read)
    if wishes.table is WORKLOADS and "image_id" in columns:
        yield from _stubs(kept)
    yield receipt.batch()


def _complete(raw: Raw, columns: Columns, wishes: Wishes, receipt: Receipt) -> None:
    """What goes without saying of machines, and what other columns say."""
    count = len(raw)
    kind = columns.get("kind", pa.nulls(count, pa.string()))
    if unknown := kind.null_count:
        receipt.add("missing_column" if "kind" not in columns else "value", "kind",
                    wishes.kind, "no cell says so; if it is another, say kind=", unknown)
        columns["kind"] = pc.fill_null(kind, wishes.kind)
    if "os_name" in columns and "os_family" not in columns:
        family = by_distinct(columns["os_name"], _family, pa.string())
        columns["os_family"] = family
        receipt.add("missing_column", "os_family", "os_name", "the name of a system tells it",
                    count - family.null_count)
    if "image_ref" in columns and "image_id" not in columns:
        packed = pc.is_in(columns["kind"], pa.array(["container", "task"]))
        refs = pc.if_else(packed, columns["image_ref"], None)
        if refs.null_count < count:
            columns["image_id"] = by_distinct(refs, image_id_of, pa.string())


def _family(system: str) -> str | None:
    lower = system.lower()
    return next((family for word, family in _FAMILIES if word in lower), None)


def _stubs(kept: pa.Table) -> Iterator[Batch]:
    """Images that workloads name, each once."""
    if "image_ref" not in kept.column_names:
        return
    named = kept.select(["image_id", "image_ref"]).filter(pc.is_valid(kept["image_id"]))
    if len(named):
        first = named.group_by("image_id", use_threads=False).aggregate([("image_ref", "min")])
        count = len(first)
        yield Batch(IMAGES, pa.table({
            "image_id": first["image_id"], "name": first["image_ref_min"],
            "kind": pa.repeat("container", count), "is_stub": pa.repeat(True, count),
        }), 0)
