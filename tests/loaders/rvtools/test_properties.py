"""For any sheets whatever: rows in = rows out, rows dropped with a reason, and problems."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.loaders.rvtools.conftest import dropped, load, table

FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
WORDS = st.one_of(st.none(), st.text(
    st.characters(exclude_categories=["Cs", "Cc"]), max_size=8), st.sampled_from(["a", "b", "c"]))
TRUTHS = st.sampled_from([None, "True", "False", "WAHR", "?"])
SIZES = st.sampled_from([None, "1,024", "12", "-1", "many", "1e30"])
IDENTITY = {
    "VM": st.sampled_from([None, "a", "b", "web"]),
    "VM ID": st.sampled_from([None, "vm-1", "vm-2"]),
    "VM UUID": st.sampled_from([None, "u-1", "u-2", "U-1"]),
    "VI SDK UUID": st.sampled_from([None, "x", "y"]),
}
FLAGS = {"Template": TRUTHS, "SRM Placeholder": TRUTHS}
MACHINES = st.fixed_dictionaries({
    **IDENTITY, **FLAGS, "Powerstate": WORDS, "Memory": SIZES, "Host": WORDS, "Owner": WORDS,
    "Annotation": WORDS, "PowerOn": WORDS,
})
DISKS = st.fixed_dictionaries({
    **IDENTITY, **FLAGS, "Disk": st.sampled_from([None, "d1", "d2"]), "Capacity MiB": SIZES,
    "Raw": TRUTHS, "Disk Mode": WORDS,
})


def full(rows):
    """Rows that hold anything at all; an empty one is padding."""
    return [row for row in rows if any(cell and not cell.isspace() for cell in row.values())]


def lost(fleet, section):
    found = dropped(fleet, section)
    found.pop("templates" if section == "vInfo" else "", None)
    return sum(found.values())


@FEW
@given(st.lists(MACHINES, max_size=12), st.lists(DISKS, max_size=12), st.booleans())
def test_no_row_is_lost_in_silence(machines, disks, is_new):
    header = {"Provisioned MiB" if is_new else "Provisioned MB": st.none()}
    machines = [{**row, **dict.fromkeys(header)} for row in machines]
    with TemporaryDirectory() as folder:
        columns = [*IDENTITY, *FLAGS]
        if machines:
            table(Path(folder) / "vInfo.csv", machines)
        if disks:
            table(Path(folder) / "vDisk.csv", disks)
        if not machines and not disks:
            table(Path(folder) / "vInfo.csv", [dict.fromkeys(columns)])
        fleet = load(folder)
    assert len(fleet.workloads) + len(fleet.images) + lost(fleet, "vInfo") == len(full(machines))
    assert len(fleet.mounts) + lost(fleet, "vDisk") == len(full(disks))
    assert fleet.workloads["workload_id"].is_unique
    assert fleet.images["image_id"].is_unique
    assert len(fleet.problems) == 0
