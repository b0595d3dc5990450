"""Tables about the read itself: what was covered, taken for granted, and went wrong."""

from fleetkit.progress import STATUSES
from fleetkit.schema import Column, Table
from fleetkit.tables.envelope import ENVELOPE

RECEIPT = Table(
    name="receipt",
    doc="one row per thing that an import took for granted, with the reason",
    key=("target", "section", "item", "subject"),
    columns=(
        Column("section", "text", "sheet, tab or file that it is about"),
        Column("item", "text", "what kind of decision", choices=(
            "version", "alias", "unit", "time_zone", "dropped", "unknown_column",
            "missing_column", "missing_section", "nulls", "encoding", "separator", "number",
            "value", "key")),
        Column("subject", "text", "column, or what was dropped"),
        Column("taken_as", "text", "what it was taken for"),
        Column("why", "text", "the reason"),
        Column("rows", "integer", "rows that it concerns", "rows"),
        Column("share", "real", "part of all rows of the section", "0 to 1"),
        *ENVELOPE,
    ),
)

COVERAGE = Table(
    name="coverage",
    doc="one row per target, region and resource that was to be read",
    key=("source", "target", "account", "region", "resource"),
    columns=(
        Column("resource", "text", "what was asked for"),
        Column("status", "text", "what came of it", choices=STATUSES),
        Column("rows", "integer", "records that were read", "records"),
        Column("calls", "integer", "calls to the source", "calls"),
        Column("retries", "integer", "calls that were repeated", "calls"),
        Column("seconds", "real", "time that it took", "seconds"),
        Column("error", "text", "why it is not ok, credentials masked"),
        Column("cached", "boolean", "answered by an earlier read, of `observed_at`"),
        Column("request", "text", "what `load` was asked, as JSON, for `retry`"),
        *ENVELOPE,
    ),
)

PROBLEMS = Table(
    name="problems",
    doc="one row per thing that a reader of the numbers should know",
    key=(),
    columns=(
        Column("code", "text", "machine word, as vanished or duplicate_key"),
        Column("phase", "text", "when it was met",
               choices=("connect", "list", "detail", "parse", "merge", "unify", "classify",
                        "trace", "audit", "report")),
        Column("severity", "text", "how much it matters", choices=("info", "warning", "error")),
        Column("subject_id", "text", "workload, image, table or file"),
        Column("resource", "text", "resource that was being read"),
        Column("message", "text", "one sentence without names, so that equal ones group"),
        Column("detail", "text", "what was found, credentials masked"),
        Column("hint", "text", "what to do"),
        Column("retryable", "boolean", "reading again may help"),
        *ENVELOPE,
    ),
)
