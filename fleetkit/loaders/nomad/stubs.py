"""Jobs as the list of them says: without their tasks, which only their whole description has."""

from collections.abc import Iterator

from fleetkit.fields import Fields
from fleetkit.loaders.nomad.recipes import job_type
from fleetkit.loaders.nomad.values import NANO, namespace_of
from fleetkit.plugins import Problem, Record
from fleetkit.plugins.making import made, nameless


def stub_records(stub: Fields) -> Iterator[Record | Problem]:
    """The record of a job of which no description was read."""
    key = stub.text("ID")
    if key is None:
        yield nameless("a job")
        return
    summary = stub.part("JobSummary")
    yield from made("job", {
        "Namespace": stub.text("Namespace") or summary.text("Namespace") or namespace_of(stub),
        "Id": key, "Version": stub.whole("Version"),
        "Type": job_type(stub), "Status": stub.text("Status"), "Parent": stub.text("ParentID"),
        "Stop": stub.truth("Stop"), "Submitted": stub.time("SubmitTime", unit=NANO), "Thin": True,
        "Waits": bool(stub.truth("Periodic") or stub.truth("ParameterizedJob")),
    }, stub)
