"""Tables that verbs make: each judges a key of a loaded table and says why."""

from fleetkit.schema import Column, Table
from fleetkit.tables.envelope import ENVELOPE
from fleetkit.tables.workloads import WORKLOADS

AXES = ("state", "uniqueness", "disposability")
LABEL_CHOICES = ("pet", "cattle", "unsure")
QUADRANTS = ("pet", "stateful_herd", "snowflake", "cattle", "unsure")
VERDICTS = ("verified", "exact", "exact_ambiguous", "declared", "recorded", "inferred")
PATCH_STATUSES = (
    "vulnerable_fix_available", "vulnerable_no_fix", "pending_restart", "older_than_before",
    "behind_fleet", "end_of_life", "limited_support", "fixed", "not_affected", "current", "no_feed",
    "unobservable", "uncomparable",
)

ENTITIES = Table(
    name="entities",
    doc="one row per real machine or container, whatever number of sources know it",
    key=("entity_id",),
    made_by="unify",
    columns=(
        Column("entity_id", "text", "workload of the source that is believed first"),
        Column("members", "texts", "workloads that it is known as"),
        Column("sources", "texts", "sources that know it"),
        Column("confidence", "real", "of the weakest merge; NA where one source knows it",
               "0 to 1"),
        *(column for column in WORKLOADS.columns[1:] if column not in ENVELOPE),
    ),
)

EVIDENCE = Table(
    name="evidence",
    doc="one row per workload, signal and axis that spoke; contributions add up to the scores",
    key=("workload_id", "signal", "axis"),
    made_by="classify",
    columns=(
        Column("workload_id", "text", "key of workloads"),
        Column("signal", "text", "signal that spoke"),
        Column("axis", "text", "what it speaks about", choices=AXES),
        Column("family", "text", "signals that see the same fact; together they are capped"),
        Column("weight", "real", "weight of the signal alone", "log-odds"),
        Column("contribution", "real", "its part of the score, after the cap", "log-odds"),
        Column("reason", "text", "what was seen, in words"),
    ),
)

LABELS = Table(
    name="labels",
    doc="one row per workload: pet, cattle or unsure, and why",
    key=("workload_id",),
    made_by="classify",
    columns=(
        Column("workload_id", "text", "key of workloads"),
        Column("label", "text", "the short answer", choices=LABEL_CHOICES),
        Column("quadrant", "text", "state × uniqueness", choices=QUADRANTS),
        Column("p_state", "real", "holds data that is lost when it is replaced", "probability"),
        Column("p_unique", "real", "nothing else could take its place", "probability"),
        Column("p_disposable", "real", "may be stopped now without asking", "probability"),
        Column("state_score", "real", "sum of the contributions", "log-odds"),
        Column("uniqueness_score", "real", "sum of the contributions", "log-odds"),
        Column("disposability_score", "real", "sum of the contributions", "log-odds"),
        Column("prize_bull", "boolean", "member of a herd that must not be stopped now"),
        Column("software", "text", "identity in the software catalogue"),
        Column("role", "text", "role of that software"),
        Column("coverage", "real", "share of the signals' weight that could be judged", "0 to 1"),
        Column("why", "text", "the three strongest reasons"),
        Column("override", "text", "a person's word that outvotes the evidence"),
    ),
)

LINEAGE = Table(
    name="lineage",
    doc="one row per image and its nearest parent",
    key=("child_id", "parent_id"),
    made_by="trace",
    columns=(
        Column("child_id", "text", "key of images"),
        Column("parent_id", "text", "key of images; a stub where the parent is not in the fleet"),
        Column("relation", "text", "derived_from: built on it; same_content: another name of it",
               choices=("derived_from", "same_content")),
        Column("verdict", "text", "how sure the edge is", choices=VERDICTS),
        Column("evidence", "text", "what proves it: layer_prefix, parent_id, label, package_set"),
        Column("confidence", "real", "1 is certain", "0 to 1"),
        Column("ambiguity", "integer", "images that could be the parent as well", "images"),
        Column("candidates", "texts", "those images"),
        Column("shared_layers", "integer", "layers that both have", "layers"),
        Column("added_layers", "integer", "layers that the child adds", "layers"),
        Column("added_bytes", "integer", "size of the layers that the child adds", "bytes"),
        Column("is_inferred", "boolean", "a guess, to be drawn dashed"),
        Column("why", "text", "the evidence in words, with what speaks against it"),
    ),
)

REBASES = Table(
    name="rebases",
    doc="one row per image whose upper layers an older image has on another base",
    key=("image_id",),
    made_by="trace",
    columns=(
        Column("image_id", "text", "key of images"),
        Column("moved_from", "text", "newest older image with these layers on another base"),
        Column("shared_layers", "integer", "upper layers that both have, two or more", "layers"),
    ),
)

FINDINGS = Table(
    name="findings",
    doc="one row per subject, source package and thing that is wrong or cannot be seen",
    key=("subject_id", "ecosystem", "release", "source_name", "source_version", "status",
         "advisory_id"),
    made_by="audit",
    columns=(
        Column("subject_id", "text", "image or workload"),
        Column("ecosystem", "text", "named as in OSV"),
        Column("release", "text", "release of the ecosystem"),
        Column("source_name", "text", "source package; NA where the whole subject is meant"),
        Column("source_version", "text", "installed version"),
        Column("package_names", "texts", "binary packages built from it"),
        Column("status", "text", "what is the matter", choices=PATCH_STATUSES),
        Column("advisory_id", "text", "record that says so; NA for lag and end of life"),
        Column("group_id", "text", "the flaw, whatever the record: CVE first"),
        Column("aliases", "texts", "other names of the flaw"),
        Column("severity", "text", "as the record words it"),
        Column("severity_score", "text", "CVSS vector where the record has one"),
        Column("introduced", "text", "first affected version; 0 is the very first"),
        Column("fixed_version", "text", "first version without the flaw; NA where there is none"),
        Column("due_at", "time", "end of support, or when the record was published", "UTC"),
        Column("exploited_since", "time", "day on which a catalogue (KEV) listed the flaw as"
               " exploited; NA: not listed, or no catalogue was given (the problem"
               " exploitation_read names those that were)", "UTC"),
        Column("exploit_probability", "real", "chance that the flaw is exploited within 30 days"
               " (EPSS); NA where no model was given or it does not know the flaw", "0 to 1"),
        Column("evidence", "text", "advisory, vex, changelog, fleet, end_of_life or observation"),
        Column("why", "text", "the finding in a sentence"),
    ),
)

ADVISORIES = Table(
    name="advisories",
    doc="one row per record, package and stretch of affected versions that a finding stands on",
    key=("advisory_id", "ecosystem", "release", "channel", "package", "module", "introduced",
         "exact_version"),
    made_by="audit",
    columns=(
        Column("advisory_id", "text", "record, as in findings"),
        Column("group_id", "text", "the flaw, whatever the record: CVE first"),
        Column("aliases", "texts", "other names of the flaw"),
        Column("ecosystem", "text", "as the record is read: named as in OSV, without release"),
        Column("release", "text", "release of the ecosystem; NA means all"),
        Column("channel", "text", "line of fixes for enrolled machines; NA is everyone's"),
        Column("package", "text", "name that the record speaks of"),
        Column("name_kind", "text", "what that name is", choices=("source", "binary", "either")),
        Column("module", "text", "rpm module stream; * is some module, empty is none"),
        Column("introduced", "text", "first affected version; 0 is the very first"),
        Column("fixed_version", "text", "first version without the flaw; NA where there is none"),
        Column("exact_version", "text", "the one version meant; NA where a range is"),
        Column("hi_kind", "text", "what ends the stretch: fixed, last_affected, limit, exact;"
               " open where nothing does"),
        Column("lo", "text", "key of the first affected version, beside patch_levels.version_key"),
        Column("hi", "text", "key of the first version above; NA where it has none"),
        Column("status_hint", "text", "what the record says beside the range"),
        Column("severity", "text", "as the record words it"),
        Column("severity_type", "text", "kind of the score"),
        Column("severity_score", "text", "CVSS vector"),
        Column("published", "time", "when the record was published", "UTC"),
        Column("modified", "time", "last change of the record", "UTC"),
        Column("where", "text", "file, and line or entry of it"),
    ),
)

PATCH_LEVELS = Table(
    name="patch_levels",
    doc="one row per subject and source package: what it has, and what the newest is",
    key=("subject_id", "ecosystem", "release", "source_name", "source_version"),
    made_by="audit",
    columns=(
        Column("subject_id", "text", "image or workload"),
        Column("ecosystem", "text", "named as in OSV"),
        Column("release", "text", "release of the ecosystem"),
        Column("source_name", "text", "source package"),
        Column("source_version", "text", "installed version"),
        Column("version_key", "text", "orders versions as the ecosystem does"),
        Column("newest_version", "text", "newest build in this release anywhere in the fleet"),
        Column("builds_behind", "integer", "newer builds of it seen in the fleet", "builds"),
        Column("days_behind", "real", "by how much the newest build is younger: by its changelog,"
               " else by the oldest images that have the two", "days"),
        Column("fixed_version", "text", "version that ends all findings with a fix"),
        Column("open_findings", "integer", "advisories that apply", "advisories"),
        Column("status", "text", "worst answer", choices=PATCH_STATUSES),
    ),
)
