"""Whether a configuration manager is installed, by the packages of a machine."""

import narwhals as nw

from fleetkit.classification.engines import Frame

_MANAGERS = ("puppet", "puppet-agent", "chef", "chef-client", "salt-minion", "cfengine-community",
             "cfengine", "ansible-pull")


def manager_facts(workloads: Frame, packages: Frame) -> Frame:
    """The package of a configuration manager on each machine whose packages are known."""
    owned = packages.select(workload_id="subject_id", text="name").drop_nulls().join(
        workloads.select("workload_id"), on="workload_id", how="inner")
    return owned.with_columns(
        manager=nw.when(nw.col("text").is_in(list(_MANAGERS))).then("text"),
    ).group_by("workload_id").agg(managing_package=nw.col("manager").min()).with_columns(
        packages_known=nw.lit(value=True))
