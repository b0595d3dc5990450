"""By what a machine, a container or an image is known to be the same in several sources."""

from fleetkit.schema import Same

MACHINES = ("vm", "host")
CONTAINERS = ("container", "task")

SAME_WORKLOADS = (
    Same("told by a source", "told", ("workload_id",), 0.95),
    Same("platform id", "platform",
         ("source", "kind", "account", "zone", "name", "native_id", "provider_id"), 1.0,
         is_unique=True),
    Same("machine uuid", "uuid", ("machine_uuid", "provider_id"), 0.98, MACHINES, is_unique=True),
    Same("node id", "text", ("node_id",), 0.97, MACHINES),
    Same("scheduler's mark", "scheduler", ("source", "native_id", "name", "tags"), 0.95,
         CONTAINERS, is_unique=True),
    Same("mac", "list", ("macs",), 0.9, MACHINES),
    Same("ip and hostname", "address", ("private_ips", "public_ips", "hostname", "name"), 0.6,
         MACHINES),
)
AGREE_WORKLOADS = (
    "cpu_cores", "memory_bytes", "arch", "os_family", "os_version", "kernel_version", "hostname",
    "environment",
)
SAME_IMAGES = (
    Same("image digest", "digest", ("image_id", "digests"), 1.0),
    Same("image name", "name", ("image_id", "tags", "name"), 0.5, ("container",)),
)
