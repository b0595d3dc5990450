"""Records to rows: what nothing identifies is a problem and no row."""

from fleetkit.loading.harvest import Harvest, Part, now
from fleetkit.loading.tabulating import tabulate
from fleetkit.plugins import Loader, Record, Target
from fleetkit.tables import LINKS, WORKLOADS

LOADER = Loader(doc="", rows={
    WORKLOADS: lambda record: [{"workload_id": record.content["id"], "account": "a"}],
    LINKS: lambda record: [],
})


def test_a_row_without_an_id_is_a_problem_that_says_where():
    part = Part("all")
    for name in ("m1", None, "m2"):
        part.take(Record("machine", {"id": name}))
    fleet = tabulate(LOADER, [Harvest("x", Target("here"), "file", now(), {"all": part})])
    assert fleet.workloads["workload_id"].tolist() == ["m1", "m2"]
    assert fleet.problems[["code", "target", "account"]].to_dict("records") == [
        {"code": "unreadable_record", "target": "here", "account": "a"}]
