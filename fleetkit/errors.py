"""Everything that fleetkit raises on purpose.

FleetkitError
├── LoadError            a document or endpoint could not be read at all
│   └── ReadError        … with what it means for coverage: denied, unsupported or failed
├── SchemaError          a frame does not fit its table
├── MissingTableError    a verb needs a table that no earlier verb has made
├── UnknownNameError     no plugin, table or view of that name
├── UnknownWorkloadError no workload of that id or name, or several
├── UnknownFindingError  no finding of that key, or several
├── MissingExtraError    an optional package is not installed
├── SnapshotError        a saved fleet is incomplete or from another version
└── OverrideError        a person's word cannot be written into a ledger
"""

from collections.abc import Iterable


class FleetkitError(Exception):
    """Base class: catch this to catch all that fleetkit raises on purpose."""


class LoadError(FleetkitError):
    """A document or endpoint could not be read at all; a single bad record is a `problems` row."""


class ReadError(LoadError):
    """A target or one of its resources could not be read.

    Args:
        message: where, what was found, what to do.
        status: what `coverage` says: denied, unsupported or failed.
        code: machine word for `problems`, as throttled; None for that of the status.
        hint: what to do, as the permission that is missing.
        retryable: reading again may help (throttling, a lost connection).
    """

    def __init__(
        self,
        message: str,
        status: str = "failed",
        *,
        code: str | None = None,
        hint: str | None = None,
        retryable: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.hint = hint
        self.retryable = retryable


class SchemaError(FleetkitError):
    """A frame does not fit the table that it is meant for."""


class SnapshotError(FleetkitError):
    """A saved fleet cannot be opened."""


class MissingTableError(FleetkitError, AttributeError):
    """A derived table was asked for before the verb that makes it was called."""

    def __init__(self, table: str, verb: str) -> None:
        super().__init__(f"this fleet has no {table!r} table; call {verb} first")


class UnknownNameError(FleetkitError, AttributeError):
    """Nothing of that name exists."""

    def __init__(self, what: str, name: str, known: Iterable[str]) -> None:
        super().__init__(f"no {what} named {name!r}; there are {', '.join(sorted(known))}")


class UnknownWorkloadError(FleetkitError, LookupError):
    """No workload has an id or name, or several have the name."""


class UnknownFindingError(FleetkitError, LookupError):
    """No finding has the key that is asked for, or several have it."""


class MissingExtraError(FleetkitError, ImportError):
    """An optional package is needed and not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(
            f"{what} needs a package that is not installed: pip install 'fleetkit[{extra}]'"
        )


class OverrideError(FleetkitError):
    """A person's word cannot be written into a ledger."""
