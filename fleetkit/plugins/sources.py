"""What a source is made of: targets, raw records, and the loader that declares how to read."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from fleetkit.schema import Row, Table


@dataclass(frozen=True, slots=True)
class Target:
    """One endpoint, account, context or file to read; `options` say where it is, never a secret."""

    name: str
    account: str | None = None
    region: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """One raw record as the API or a file gives it, secrets already taken out."""

    kind: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One call to the source was answered; `retries` by the SDK are counted with it."""

    retries: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that a reader of the numbers should know; the engine adds where it was met."""

    code: str
    message: str
    subject_id: str | None = None
    detail: str | None = None
    hint: str | None = None
    severity: Literal["info", "warning", "error"] = "warning"
    phase: str = "detail"
    retryable: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one table at once, from a source that is a table already.

    Args:
        table: what the rows are.
        rows: declared columns of it, in their Arrow types, credentials masked.
        read: records that were read, those that became problems included.
    """

    table: Table
    rows: pa.Table
    read: int


@dataclass(frozen=True, slots=True)
class Listing:
    """What the beginning of a large JSON document tells: it lists records of one kind.

    Args:
        kind: of the records.
        place: field of the document that holds them.
        needed: path of a field that each record must have.
        marks: other fields of the records, each with all that it may hold (None where it is
            absent); a document that is not so is read record by record.
    """

    kind: str
    place: str
    needed: tuple[str, ...]
    marks: Mapping[str, tuple[str | None, ...]] = field(default_factory=dict)


Item = Record | Problem | Call
Section = tuple[str, Iterable[Record | Problem | Batch]]


@dataclass(frozen=True)
class Loader:
    """A source.

    Raw records become rows in one of two ways: `rows`, a pure generator over one record, for what
    takes thought; or `shapes` and `queries`, for records that come in great number or have to be
    joined: each kind of record is a relation with the declared fields and the struct `seen`
    (target, account, region: where it was read), and each query selects columns of its table and
    `seen`. A mapping column is selected as a list of (key, value) structs.

    A file or object that is a table already is given whole, as a `Batch` in the place of records.

    Args:
        doc: what it reads, in a sentence.
        reads: the file forms that it understands, as a user would name them.
        permissions: the least that the reader must be allowed to do.
        policy: the same as a document that an administrator can grant, if the source has such.
        resources: what is asked of a target, in order, each with the resources whose answers it
            needs; those that need nothing of each other are read side by side.
        limits: how many targets of one account may be asked for a resource at once; 8 where it
            is not named.
        tries: how often a resource is read if reading again may help; 1 where the SDK retries.
        targets: options of `load` -> the targets that they name; asks nobody.
        split: target, seconds -> the targets in it (accounts, regions); asks the source.
        connect: target, seconds -> a client; it is closed after use if it has `close`, and read
            by several threads where resources do not wait for each other.
        read: client, resource -> raw records, problems for those that could not be read, and a
            `Call` for each answer; a source that makes whole tables itself yields a `Batch`.
        parse: document, its name -> raw records of a saved JSON document; what `load` is told
            beside files are its keyword-only arguments. So with `scan`.
        listing: beginning of a saved JSON document -> what it lists, if its records may go into
            their shape as they are; such a document is read at once, without `parse`.
        scan: path -> sections of a file of another form, each with its name and raw records.
        given: object in memory, as a data frame -> its sections; None where it takes none.
        patterns: names of files that are looked for in a folder; JSON where there are none.
        rows: table -> a pure function from one raw record to rows; a row may name its origin,
            account and region where it knows these better than its target does.
        shapes: kind of record -> the fields that queries read, as an Arrow schema; of mappings
            only those of text to text.
        prelude: DuckDB statements that go before all queries: macros and tables that several of
            them speak of.
        queries: table -> DuckDB queries over the kinds of records; their rows are joined. Those
            of `problems` tell what only records together show: each row names a problem's fields.
        batches: tables that come as batches.
        captured: folder of captures that stand for the source (the sample), if any.
        sdk: module that live reads need, imported only there.
        extra: the optional dependency that brings it.
    """

    doc: str
    reads: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    policy: Callable[[], dict[str, Any]] | None = None
    resources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    limits: Mapping[str, int] = field(default_factory=dict)
    tries: int = 3
    targets: Callable[..., Iterable[Target]] | None = None
    split: Callable[[Target, float], Iterable[Target | Problem]] | None = None
    connect: Callable[[Target, float], Any] | None = None
    read: Callable[[Any, str], Iterable[Item | Batch]] | None = None
    parse: Callable[..., Iterable[Record | Problem]] | None = None
    listing: Callable[[bytes], Listing | None] | None = None
    scan: Callable[..., Iterable[Section]] | None = None
    given: Callable[..., Iterable[Section]] | None = None
    patterns: tuple[str, ...] = ()
    rows: Mapping[Table, Callable[[Record], Iterable[Row]]] = field(default_factory=dict)
    shapes: Mapping[str, pa.Schema] = field(default_factory=dict)
    prelude: str = ""
    queries: Mapping[Table, tuple[str, ...]] = field(default_factory=dict)
    batches: tuple[Table, ...] = ()
    captured: Path | None = None
    sdk: str | None = None
    extra: str | None = None

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables that it fills."""
        return tuple(dict.fromkeys((*self.rows, *self.queries, *self.batches)))
