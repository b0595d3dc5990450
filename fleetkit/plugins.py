"""The things that one can add, one file each, and how they are found.

A plugin's name is its file's name. The file ends with one declared constant and is imported only
when it is used, so a missing optional package never breaks `import fleetkit`. Third parties hang
theirs on the entry-point group `fleetkit.<folder>`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
import pyarrow as pa

from fleetkit.errors import UnknownNameError
from fleetkit.schema import Row, Table
from fleetkit.tables import table

if TYPE_CHECKING:
    import narwhals as nw

Folder = Literal["loaders", "signals", "advisories", "views"]
_CONSTANTS: dict[Folder, str] = {
    "loaders": "LOADER", "signals": "SIGNALS", "advisories": "ADVISORIES", "views": "VIEW",
}
_HERE = Path(__file__).parent
_PRELUDE = "prelude"


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
            `Call` for each answer.
        parse: document, its name -> raw records of a saved JSON document; what `load` is told
            beside files are its keyword-only arguments. So with `scan`.
        scan: path -> sections of a file of another form, each with its name and raw records.
        given: object in memory, as a data frame -> its sections; None where it takes none.
        patterns: names of files that are looked for in a folder; JSON where there are none.
        rows: table -> a pure function from one raw record to rows; a row may name its origin,
            account and region where it knows these better than its target does.
        shapes: kind of record -> the fields that queries read, as an Arrow schema.
        prelude: DuckDB statements that go before all queries: macros and tables that several of
            them speak of.
        queries: table -> DuckDB queries over the kinds of records; their rows are joined.
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
    read: Callable[[Any, str], Iterable[Item]] | None = None
    parse: Callable[..., Iterable[Record | Problem]] | None = None
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


@dataclass(frozen=True)
class Signal:
    """A piece of evidence about every workload, for one axis; two axes are two signals.

    Args:
        name: machine word; one name may speak on several axes.
        doc: the reason for the weight, in a line.
        axis: state, uniqueness or disposability.
        family: signals of one family see the same fact; together they are capped.
        needs: columns of the facts that must be known for the signal to speak.
        weight: expression over the facts: log-odds, null where the signal says nothing.
        reason: expression over the facts: what was seen, in words.
        most: the largest size of the weight; it counts towards coverage.
        kinds: kinds of workload that can have it; others are not asked.
    """

    name: str
    doc: str
    axis: Literal["state", "uniqueness", "disposability"]
    family: str
    needs: tuple[str, ...]
    weight: "nw.Expr"
    reason: "nw.Expr"
    most: float
    kinds: tuple[str, ...] = ("vm", "container", "task")


@dataclass(frozen=True, slots=True)
class Affected:
    """One package that one record speaks of; words are those of the OSV schema.

    Args:
        osv_id: id of the record.
        where: file, and line or entry of it: one record in one place.
        ecosystem: with its release, as the record writes it; None if the record names no package
            (it still replaces older records of its id).
        package: as the record writes it.
        ranges: (type, events) with events as (kind, version).
        versions: affected versions, listed one by one.
        aliases: other ids of the same flaw.
        upstream: ids of the flaws that the record passes on.
        severity: in the record's words: an urgency or a level.
        severity_type: kind of the score.
        severity_score: CVSS vector.
        hint: what the words say about the flaw: unimportant, end_of_life, will_not_fix or
            not_security.
        module: rpm module and stream, as "nodejs:12"; "*" where only "some module" is known;
            "" outside of modules.
        modified: last change, as RFC 3339 text, as are the next two.
        published: when it was made public.
        withdrawn: since when it is void; None while it holds.
    """

    osv_id: str
    where: str
    ecosystem: str | None = None
    package: str | None = None
    ranges: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    versions: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    upstream: tuple[str, ...] = ()
    severity: str | None = None
    severity_type: str | None = None
    severity_score: str | None = None
    hint: str | None = None
    module: str = ""
    modified: str | None = None
    published: str | None = None
    withdrawn: str | None = None


@dataclass(frozen=True)
class AdvisorySource:
    """Where fixes are announced: a path -> what each record says about each package.

    Args:
        doc: what it reads, in a sentence.
        reads: the file forms that it understands, as a user would name them.
        rows: path, note -> one row per record and package, as the record states it; `note` takes
            problems of records and files; a path that is no feed raises LoadError.
    """

    doc: str
    reads: tuple[str, ...]
    rows: Callable[[Path, Callable[[Problem], None]], Iterator[Affected]]


@dataclass(frozen=True)
class View:
    """A thing that can be shown: data from tables, drawn by the script of the same name.

    Args:
        title: heading in report and notebook.
        doc: the question that it answers.
        needs: tables that it reads.
        data: tables -> a dictionary of plain values, numpy arrays and text lists.
    """

    title: str
    doc: str
    needs: tuple[Table, ...]
    data: Callable[[Mapping[str, pd.DataFrame]], dict[str, Any]]


def names(folder: Folder) -> tuple[str, ...]:
    """Names of all plugins of a folder, ours and those of entry points; none is imported."""
    return tuple(sorted(_ours(folder) | set(_foreign(folder))))


def find(folder: Folder, name: str) -> Any:
    """The constant that a plugin declares.

    Raises:
        UnknownNameError: there is none of that name; the message lists those there are.
    """
    if name in _ours(folder):
        return getattr(import_module(f"fleetkit.{folder}.{name}"), _CONSTANTS[folder])
    foreign = _foreign(folder)
    if name not in foreign:
        raise UnknownNameError(folder.removesuffix("s").replace("advisorie", "advisory source"),
                               name, names(folder))
    return foreign[name].load()


def script(name: str) -> str:
    """The script that draws a view, as text: it lies beside the view's module, with its name.

    Raises:
        UnknownNameError: there is no view of that name; the message lists those there are.
    """
    if name in _ours("views"):
        return (_HERE / "views" / f"{name}.js").read_text(encoding="utf-8")
    foreign = _foreign("views")
    if name not in foreign:
        raise UnknownNameError("view", name, names("views"))
    module = import_module(foreign[name].module)
    return Path(str(module.__file__)).with_suffix(".js").read_text(encoding="utf-8")


def queries_beside(module: str) -> dict[Table, tuple[str, ...]]:
    """The queries of a loader: files beside its module, named TABLE.sql or TABLE-PART.sql."""
    found: dict[Table, tuple[str, ...]] = {}
    for path in sorted(Path(module).parent.glob("*.sql")):
        if path.stem != _PRELUDE:
            declared = table(path.stem.split("-")[0])
            found[declared] = (*found.get(declared, ()), path.read_text(encoding="utf-8"))
    return found


def prelude_beside(module: str) -> str:
    """What goes before the queries of a loader: the file prelude.sql beside its module."""
    return Path(module).with_name(f"{_PRELUDE}.sql").read_text(encoding="utf-8")


def _ours(folder: Folder) -> set[str]:
    """A plugin is a file, or a folder once it has outgrown one."""
    files = {path.stem for path in (_HERE / folder).glob("*.py")}
    folders = {path.parent.name for path in (_HERE / folder).glob("*/__init__.py")}
    return {name for name in files | folders if not name.startswith("_")}


@cache
def _foreign(folder: Folder) -> dict[str, Any]:
    return {point.name: point for point in entry_points(group=f"fleetkit.{folder}")}
