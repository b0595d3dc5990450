"""The columns that every loaded table carries: where a row comes from."""

from fleetkit.schema import Column

ENVELOPE = (
    Column("source", "text", "loader that read the row"),
    Column("origin", "text", "how it was read", choices=("live", "file", "declared")),
    Column("target", "text", "endpoint, account, context or file, by the name that was given"),
    Column("account", "text", "account, project or engine that owns the row"),
    Column("region", "text", "region, datacenter or cluster as the source names it"),
    Column("observed_at", "time", "when the source answered", "UTC"),
)
