"""Tables that loaders fill beside workloads, from any source, in the same units."""

from fleetkit.schema import Column, Table
from fleetkit.tables.envelope import ENVELOPE
from fleetkit.tables.identity import SAME_IMAGES
from fleetkit.tables.workloads import CONTROLLER_KINDS, HEALTH

MOUNT_KINDS = (
    "named_volume", "anonymous_volume", "bind", "tmpfs", "hostpath", "nfs", "claim",
    "claim_template", "emptydir", "configmap", "secret", "projected", "block", "instance_store",
    "rdm", "partition", "unknown",
)
RELATIONS = (
    "runs_on", "uses_image", "derived_from", "built_by", "calls", "depends_on", "allowed_to",
    "member_of", "mounts", "same_as", "exposes", "balances_to", "denied_to", "routes_to",
    "managed_by", "replaces", "distinct_from",
)

IMAGES = Table(
    name="images",
    doc="one row per virtual machine or container image; one known by reference only is a stub",
    key=("image_id",),
    shared=True,
    same=SAME_IMAGES,
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
        Column("revision", "text", "commit that it was built from"),
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
        Column("layer_id", "text", "digest of the layer that holds it, where a scanner says so"),
        Column("first_layer", "integer", "lowest layer in which it appears"),
        Column("current_layer", "integer", "layer since which it is there without a break"),
        *ENVELOPE,
    ),
)

CHANGELOGS = Table(
    name="changelogs",
    doc="one row per source build and flaw that an entry of its changelog names",
    key=("ecosystem", "release", "source_name", "source_version", "version", "flaw"),
    shared=True,
    columns=(
        Column("ecosystem", "text", "named as in packages"),
        Column("release", "text", "release of the ecosystem"),
        Column("source_name", "text", "source package"),
        Column("source_version", "text", "build whose changelog it is, as in packages"),
        Column("version", "text", "version of the entry: the build, or one before it"),
        Column("flaw", "text", "CVE that the entry names"),
        Column("says", "text", "what it says of it: fixed; completed, an earlier fix was not"
               " enough; undone, an earlier fix was taken back; aside, named without a fix",
               choices=("fixed", "completed", "undone", "aside")),
        Column("line", "text", "words of the entry, credentials masked, 300 characters at most"),
        Column("changed_at", "time", "when the entry was made", "UTC"),
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
        Column("sticky", "boolean", "clients are kept to the instance that they met first"),
        Column("tags", "texts", "tags of the instance"),
        Column("version", "text", "version that it announces"),
        Column("namespace", "text", "namespace, partition or group that it lives in"),
        Column("kind", "text", "what it is in the words of its source; NA for a plain service"),
        Column("health_output", "text", "what its worst check said, credentials masked"),
        Column("meta", "mapping", "labels or meta, credentials masked"),
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
        Column("finished_at", "time", "when it was done", "UTC"),
        Column("name", "text", "name of the build in its recipe"),
        Column("is_latest", "boolean", "of the last run that its record tells of"),
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

ROLLOUTS = Table(
    name="rollouts",
    doc="one row per controller and version of its definition that runs, is wanted or is kept",
    key=("controller_id", "version"),
    columns=(
        Column("controller_id", "text", "stable id: source|scope|controller|native id"),
        Column("controller_kind", "text", "what it is", choices=CONTROLLER_KINDS),
        Column("controller_name", "text", "as in workloads.controller_name"),
        Column("version", "text", "version of the definition, as in workloads.revision"),
        Column("status", "text", "its place in the rollout: the only one, moving in, moving out,"
               " or kept to go back to", choices=("current", "incoming", "outgoing", "previous")),
        Column("image_ref", "text", "image that it asks for"),
        Column("image_id", "text", "image that it asks for: key of images"),
        Column("replicas", "integer", "replicas that are wanted of it", "workloads"),
        Column("running", "integer", "replicas that run", "workloads"),
        Column("healthy", "integer", "replicas that pass their checks", "workloads"),
        Column("started_at", "time", "since when there is this version", "UTC"),
        Column("is_moving", "boolean", "a deployment of the controller is under way"),
        Column("deployment_id", "text", "deployment that is under way"),
        Column("message", "text", "what the controller says about it, credentials masked"),
        *ENVELOPE,
    ),
)
