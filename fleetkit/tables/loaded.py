"""Tables that loaders fill, from any source, in the same units."""

from fleetkit.progress import STATUSES
from fleetkit.schema import Column, Table

MOUNT_KINDS = (
    "named_volume", "anonymous_volume", "bind", "tmpfs", "hostpath", "nfs", "claim",
    "claim_template", "emptydir", "configmap", "secret", "projected", "block", "instance_store",
    "rdm", "partition", "unknown",
)
CONTROLLER_KINDS = (
    "deployment", "statefulset", "daemonset", "replicaset", "job", "cronjob", "swarm", "compose",
    "autoscaling", "managed_group", "ecs", "app", "service", "system", "batch", "none", "unknown",
)
RELATIONS = (
    "runs_on", "uses_image", "derived_from", "built_by", "calls", "depends_on", "allowed_to",
    "member_of", "mounts", "same_as", "exposes", "balances_to",
)
HEALTH = ("passing", "warning", "critical", "unknown")

ENVELOPE = (
    Column("source", "text", "loader that read the row"),
    Column("origin", "text", "how it was read", choices=("live", "file", "declared")),
    Column("target", "text", "endpoint, account, context or file, by the name that was given"),
    Column("account", "text", "account, project or engine that owns the row"),
    Column("region", "text", "region, datacenter or cluster as the source names it"),
    Column("observed_at", "time", "when the source answered", "UTC"),
)

WORKLOADS = Table(
    name="workloads",
    doc="one row per virtual machine, container, task or host",
    key=("workload_id",),
    columns=(
        Column("workload_id", "text", "stable id: source|scope|kind|native id"),
        Column("kind", "text", "what it is; a host is a physical machine that carries others",
               choices=("vm", "container", "task", "host")),
        Column("native_id", "text", "id in the source"),
        Column("name", "text", "name in the source"),
        Column("hostname", "text", "name that it gives itself"),
        Column("state", "text", "what it does now", choices=(
            "running", "stopped", "paused", "starting", "stopping", "failed", "terminated",
            "unknown")),
        Column("state_raw", "text", "state in the words of the source"),
        Column("health", "text", "answer of its own health check; NA where it has none",
               choices=HEALTH),
        Column("health_check", "text", "how it is checked; NA where it is not",
               choices=("command", "http", "tcp")),
        Column("size_name", "text", "instance type, flavor or machine type"),
        Column("cpu_cores", "real", "processor limit; NA where there is none", "cores"),
        Column("memory_bytes", "integer", "memory limit; NA where there is none", "bytes"),
        Column("disk_bytes", "integer", "disk that belongs to it, images apart", "bytes"),
        Column("written_bytes", "integer", "written into a container's own layer: lost with it",
               "bytes"),
        Column("os_family", "text", "linux, windows, …"),
        Column("os_name", "text", "operating system, without version"),
        Column("os_version", "text", "version of the operating system"),
        Column("os_source", "text", "who says so",
               choices=("tools", "config", "agent", "image", "license", "host")),
        Column("kernel_version", "text", "running kernel"),
        Column("arch", "text", "processor architecture"),
        Column("image_ref", "text", "image as it was asked for"),
        Column("image_id", "text", "image that runs: key of images"),
        Column("command", "text", "what it runs, credentials masked"),
        Column("created_at", "time", "when it was made", "UTC"),
        Column("started_at", "time", "last start", "UTC"),
        Column("stopped_at", "time", "last stop; NA while it runs", "UTC"),
        Column("exit_code", "integer", "how it ended; NA while it runs"),
        Column("restart_count", "integer", "restarts by its restart policy", "restarts"),
        Column("restart_policy", "text", "what happens when it ends"),
        Column("stop_grace_seconds", "real", "time that it may take to stop", "seconds"),
        Column("controller_kind", "text", "what would replace it", choices=CONTROLLER_KINDS),
        Column("controller_name", "text", "name of the controller: its siblings share it"),
        Column("replicas", "integer", "replicas that the controller wants", "workloads"),
        Column("host_id", "text", "workload that it runs on"),
        Column("zone", "text", "failure domain"),
        Column("environment", "text", "production, staging, …, as tagged"),
        Column("private_ips", "texts", "addresses inside"),
        Column("public_ips", "texts", "addresses outside"),
        Column("macs", "texts", "hardware addresses"),
        Column("machine_uuid", "text", "SMBIOS or machine id"),
        Column("privileged", "boolean", "may do all that its host may"),
        Column("read_only_root", "boolean", "cannot write to its root file system"),
        Column("ephemeral", "boolean", "removed when it stops, or spot capacity"),
        Column("protected", "boolean", "protected against termination"),
        Column("guest_agent", "text", "agent inside that reports to its platform",
               choices=("running", "stopped", "outdated", "absent", "unknown")),
        Column("snapshots", "integer", "snapshots of the machine or its disks", "snapshots"),
        Column("notes", "text", "what people wrote about it, credentials masked"),
        Column("ports", "texts", "ports that it listens on or declares, as 5432/tcp"),
        Column("env_names", "texts", "names of its environment variables; never values"),
        Column("tags", "mapping", "labels or tags, credentials masked"),
        *ENVELOPE,
    ),
)

IMAGES = Table(
    name="images",
    doc="one row per virtual machine or container image; one known by reference only is a stub",
    key=("image_id",),
    shared=True,
    columns=(
        Column("image_id", "text", "stable id; of a container image its content digest"),
        Column("kind", "text", "what it is",
               choices=("ami", "template", "disk_image", "container")),
        Column("name", "text", "first of its names"),
        Column("tags", "texts", "all names in its repositories"),
        Column("digests", "texts", "repository digests"),
        Column("parent_ref", "text", "parent that the source records"),
        Column("family", "text", "name without version"),
        Column("os_family", "text", "linux, windows, …"),
        Column("os_name", "text", "operating system inside, from its os-release"),
        Column("os_version", "text", "version of the operating system inside"),
        Column("ecosystem", "text", "package ecosystem, named as in OSV"),
        Column("release", "text", "release of the ecosystem, named as in OSV"),
        Column("observable", "boolean",
               "its package database was found and read; NA where nobody looked"),
        Column("arch", "text", "processor architecture"),
        Column("created_at", "time", "when it was built", "UTC"),
        Column("last_used_at", "time", "last start of a workload from it", "UTC"),
        Column("deprecated_at", "time", "when its owner gave it up", "UTC"),
        Column("size_bytes", "integer", "size on disk, unpacked", "bytes"),
        Column("owner", "text", "account or registry that owns it"),
        Column("is_public", "boolean", "anyone may use it"),
        Column("is_dangling", "boolean", "has no name any more"),
        Column("is_stub", "boolean", "known by reference only"),
        Column("build_id", "text", "build that made it"),
        Column("builder", "text", "tool that made it"),
        Column("command", "text", "what it starts, credentials masked"),
        Column("exposed_ports", "texts", "ports that it declares, as 5432/tcp"),
        Column("declared_volumes", "texts", "paths that it declares as data"),
        Column("labels", "mapping", "labels, credentials masked"),
        *ENVELOPE,
    ),
)

LAYERS = Table(
    name="layers",
    doc="one row per image and layer, the lowest first",
    key=("image_id", "position"),
    shared=True,
    columns=(
        Column("image_id", "text", "key of images"),
        Column("position", "integer", "0 is the lowest layer"),
        Column("diff_id", "text", "digest of the layer's content"),
        Column("chain_id", "text", "digest of the layer and all below it (OCI image-spec)"),
        Column("command", "text", "build step that made it, credentials masked"),
        Column("size_bytes", "integer", "size of the layer", "bytes"),
        Column("created_at", "time", "when it was made", "UTC"),
        *ENVELOPE,
    ),
)

PACKAGES = Table(
    name="packages",
    doc="one row per image or workload and package installed in it",
    key=("subject_id", "ecosystem", "name", "version", "arch", "path"),
    shared=True,
    columns=(
        Column("subject_id", "text", "image or workload: key of images or workloads"),
        Column("ecosystem", "text", "named as in OSV: Debian, Alpine, Red Hat, PyPI, …"),
        Column("release", "text", "release of the ecosystem: 12, v3.20, 9, …"),
        Column("name", "text", "binary package"),
        Column("source_name", "text", "source package that it was built from"),
        Column("version", "text", "version as the database writes it"),
        Column("source_version", "text", "version of the source package"),
        Column("arch", "text", "architecture of the package"),
        Column("purl", "text", "package URL"),
        Column("path", "text", "database or file that names it"),
        Column("module", "text", "rpm module stream"),
        Column("size_bytes", "integer", "installed size as the package states it", "bytes"),
        Column("first_layer", "integer", "lowest layer in which it appears"),
        Column("current_layer", "integer", "layer since which it is there without a break"),
        *ENVELOPE,
    ),
)

MOUNTS = Table(
    name="mounts",
    doc="one row per workload and volume, disk or mount",
    key=("workload_id", "kind", "target_path", "volume_id", "source_path"),
    columns=(
        Column("workload_id", "text", "key of workloads"),
        Column("kind", "text", "what is mounted", choices=MOUNT_KINDS),
        Column("source_path", "text", "where the data is"),
        Column("target_path", "text", "where the workload sees it"),
        Column("volume_id", "text", "volume in the source"),
        Column("driver", "text", "storage driver or class"),
        Column("read_only", "boolean", "cannot be written"),
        Column("size_bytes", "integer", "capacity", "bytes"),
        Column("used_bytes", "integer", "data in it; NA where the source does not know", "bytes"),
        Column("is_root", "boolean", "holds the operating system"),
        Column("delete_with_workload", "boolean", "is removed together with the workload"),
        Column("shared", "boolean", "several workloads mount it"),
        Column("encrypted", "boolean", "is encrypted at rest"),
        Column("thin", "boolean", "takes only the space that is written"),
        Column("snapshot_id", "text", "snapshot or image that the volume was made from"),
        Column("declared_by_image", "boolean", "the image declares this path as data"),
        Column("persistence", "text", "what becomes of the data when the workload is replaced",
               choices=("ephemeral", "writable_layer", "config", "host_state", "durable",
                        "shared_durable", "unknown")),
        *ENVELOPE,
    ),
)

SERVICES = Table(
    name="services",
    doc="one row per service instance or listener",
    key=("service_id",),
    columns=(
        Column("service_id", "text", "stable id: source|scope|service|native id"),
        Column("service_name", "text", "name that clients use"),
        Column("workload_id", "text", "key of workloads"),
        Column("address", "text", "address that it answers on"),
        Column("port", "integer", "port that clients use"),
        Column("target_port", "integer", "port inside the workload"),
        Column("protocol", "text", "tcp, udp, http, …"),
        Column("health", "text", "worst of its checks", choices=HEALTH),
        Column("exposure", "text", "who can reach it",
               choices=("public", "private", "node", "cluster", "none")),
        Column("tags", "texts", "tags of the instance"),
        Column("version", "text", "version that it announces"),
        *ENVELOPE,
    ),
)

LINKS = Table(
    name="links",
    doc="one row per directed relation between two things",
    key=("from_id", "to_id", "relation", "evidence", "port"),
    shared=True,
    columns=(
        Column("from_id", "text", "workload, image, service, build or volume"),
        Column("to_id", "text", "workload, image, service, build or volume"),
        Column("relation", "text", "how they relate", choices=RELATIONS),
        Column("evidence", "text", "what proves it, in a few stable words"),
        Column("confidence", "real", "1 is certain", "0 to 1"),
        Column("port", "integer", "port of the relation"),
        *ENVELOPE,
    ),
)

BUILDS = Table(
    name="builds",
    doc="one row per build of one image",
    key=("build_id", "image_id"),
    columns=(
        Column("build_id", "text", "run of the builder"),
        Column("image_id", "text", "key of images"),
        Column("builder", "text", "tool and builder type"),
        Column("source_image", "text", "image that the build started from"),
        Column("started_at", "time", "when it ran", "UTC"),
        Column("revision", "text", "commit of the recipe"),
        Column("template", "text", "recipe"),
        *ENVELOPE,
    ),
)

PATCHES = Table(
    name="patches",
    doc="one row per workload and operating system patch that its patch manager speaks of",
    key=("workload_id", "patch_id", "state"),
    columns=(
        Column("workload_id", "text", "key of workloads"),
        Column("patch_id", "text", "id of the patch; NA where only a count is known"),
        Column("state", "text", "what became of it", choices=(
            "installed", "missing", "failed", "pending_restart", "not_applicable", "rejected")),
        Column("count", "integer", "patches that the row stands for: 1, or a count", "patches"),
        Column("title", "text", "name of the patch"),
        Column("classification", "text", "kind, in the words of the patch manager"),
        Column("severity", "text", "in the words of the patch manager"),
        Column("cve_ids", "texts", "flaws that it mends"),
        Column("installed_at", "time", "when it was installed", "UTC"),
        Column("checked_at", "time", "when the patch manager looked", "UTC"),
        Column("baseline", "text", "rule set or group that it was judged by"),
        *ENVELOPE,
    ),
)

RECEIPT = Table(
    name="receipt",
    doc="one row per thing that an import took for granted, with the reason",
    key=("target", "section", "item", "subject"),
    columns=(
        Column("section", "text", "sheet, tab or file that it is about"),
        Column("item", "text", "what kind of decision", choices=(
            "version", "alias", "unit", "time_zone", "dropped", "unknown_column",
            "missing_column", "missing_section", "nulls")),
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
               choices=("connect", "list", "detail", "parse", "merge", "classify", "trace",
                        "audit", "report")),
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
