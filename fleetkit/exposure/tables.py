"""The frames that this room makes; they speak of several fleets, so no fleet holds them."""

from fleetkit.schema import Column, Table
from fleetkit.tables.derived import LABEL_CHOICES

OUTCOMES = ("open", "fixed", "gone", "withdrawn", "unknown")
SURE = 0.95

EPISODES = Table(
    name="episodes",
    doc="one row per slot, flaw and episode of exposure; equal replicas of a group share one row",
    key=("slot", "flaw", "first_seen", "ordinal"),
    made_by="episodes",
    columns=(
        Column("slot", "text", "place that a workload fills: a group of replicas, or a machine"),
        Column("ordinal", "integer", "number of the first slot of the group that the row tells of"),
        Column("slots", "integer", "slots of the group whose history is this one", "slots"),
        Column("name", "text", "controller, or name of the machine"),
        Column("label", "text", "when it was last seen vulnerable; NA where nobody classified",
               choices=LABEL_CHOICES),
        Column("environment", "text", "production, staging, …, as tagged"),
        Column("team", "text", "who owns it, as tagged"),
        Column("flaw", "text", "`group_id` of the findings: CVE first"),
        Column("ecosystem", "text", "named as in OSV"),
        Column("release", "text", "release of the ecosystem"),
        Column("source_name", "text", "source package; of several the first by name"),
        Column("severity", "text", "as the record words it when the flaw is first met"),
        Column("first_seen", "time", "first snapshot that saw it vulnerable", "UTC"),
        Column("not_before", "time", "last snapshot before it that saw the slot without the flaw,"
               " or empty; NA where none did", "UTC"),
        Column("last_seen", "time", "last snapshot that saw it vulnerable", "UTC"),
        Column("closed_by", "time", "first snapshot that saw it without the flaw; NA: censored",
               "UTC"),
        Column("status", "text", "how it ended: open in the newest snapshot; fixed; gone: nothing"
               " took its place; withdrawn: the same build is no longer called vulnerable;"
               " unknown: later snapshots cannot tell", choices=OUTCOMES),
        Column("is_reexposure", "boolean", "the slot was without the flaw after an earlier episode,"
               " or began with it although a fix was known; NA where nobody saw the beginning"),
        Column("published_at", "time", "when the record was published", "UTC"),
        Column("fix_known_at", "time", "since when a fix was known, at the latest; NA: none yet",
               "UTC"),
        Column("unknown_snapshots", "integer", "snapshots within the episode that cannot tell",
               "snapshots"),
    ),
)

STEPS = ("base", "image", "deploy", "clear", "restart")

STAGES = Table(
    name="stages",
    doc="one row per slot and flaw: when each stage of its fix was reached, and where it waits",
    key=("slot", "flaw"),
    made_by="stages",
    columns=(
        *(column for column in EPISODES.columns if column.name in (
            "slot", "name", "label", "environment", "team", "flaw", "source_name")),
        Column("fix_known_at", "time", "since when a fix was known, at the latest", "UTC"),
        Column("base_at", "time", "first newer image without the flaw of a base that has it; NA:"
               " none yet, or no base has it", "UTC"),
        Column("image_at", "time", "first newer image of the slot's own without it", "UTC"),
        Column("deployed_at", "time", "first snapshot with a workload of the slot without it",
               "UTC"),
        Column("cleared_at", "time", "first snapshot without a vulnerable workload", "UTC"),
        Column("restarted_at", "time", "first start after it was last seen vulnerable; of a"
               " container when it was cleared", "UTC"),
        *(Column(f"{step}_days", "real", f"until {step}, since the latest earlier stage that is"
                 " known; NA: not reached, or not known", "days") for step in STEPS),
        Column("slowest", "text", "stage that took most days, the one that it waits for included",
               choices=STEPS),
        Column("waits_for", "text", "first stage that is not reached; NA: done", choices=STEPS),
        Column("waiting_days", "real", "in the newest snapshot, since the latest stage", "days"),
    ),
)

CURVES = Table(
    name="curves",
    doc="one row per group and number of days on which an episode closed or was lost sight of",
    key=("group", "days"),
    made_by="survival",
    columns=(
        Column("group", "text", "value of the column that was asked for; NA where unknown"),
        Column("days", "real", "since the clock of the episode started", "days"),
        Column("at_risk", "integer", "slots that were watched and open until then", "slots"),
        Column("closed", "integer", "of these, fixed then", "slots"),
        Column("censored", "integer", "of these, watched no longer", "slots"),
        Column("share_open", "real", "probability to be open after these days", "0 to 1"),
        Column("low", "real", "lower end of the 95 % interval; NA at 0 and 1", "0 to 1"),
        Column("high", "real", "upper end of it", "0 to 1"),
        Column("share_open_least", "real", "the same, if each fix had come right after the slot was"
               " last seen vulnerable", "0 to 1"),
    ),
)

SUMMARIES = Table(
    name="summaries",
    doc="one row per group of a survival curve",
    key=("group",),
    made_by="survival",
    columns=(
        Column("group", "text", "value of the column that was asked for; NA where unknown"),
        Column("slots", "integer", "slots that the curve stands on", "slots"),
        Column("closed", "integer", "of these, fixed", "slots"),
        Column("censored", "integer", "of these, open or lost sight of", "slots"),
        Column("left_out", "integer", "slots whose clock has no start", "slots"),
        Column("median_days", "real", "days until half are fixed; NA: not reached", "days"),
        Column("p90_days", "real", "days until nine of ten are fixed; NA: not reached", "days"),
        Column("sla_days", "real", "days that a fix may take", "days"),
        Column("share_late", "real", "open after that; NA where nobody was watched so long",
               "0 to 1"),
        Column("low", "real", "lower end of its 95 % interval", "0 to 1"),
        Column("high", "real", "upper end of it", "0 to 1"),
    ),
)
