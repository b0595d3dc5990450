"""Systems Manager's patches: the open ones as rows, the others counted."""

import pytest

import fleetkit as fk
from fleetkit.progress import silent
from tests.loaders.aws.chosen import loaded, statuses
from tests.loaders.aws.estate import REGION
from tests.real import systems_manager as real
from tests.real.aws import Fault

WEB, HYBRID = "i-0123456789abcdef0", "mi-0123456789abcdef3"


@pytest.fixture
def manager(cloud):
    with real.in_front_of(cloud) as found:
        yield found


@pytest.fixture
def machines(manager):
    return manager.place(REGION)


def denied():
    return Fault(400, "AccessDeniedException", "User is not authorized to perform this")


def test_open_patches_are_rows_and_the_others_are_counted(cloud, machines):
    patches = [real.patch("KB1", "MISSING"), real.patch("KB2", "MISSING"),
               real.patch("KB3", "INSTALLED")]
    machines.append(real.machine(WEB, patches=patches, counts=real.counts(
        WEB, MissingCount=2, InstalledCount=1, InstalledOtherCount=330, NotApplicableCount=2063)))
    rows = loaded(cloud, "patches").patches
    told = {(state, patch if isinstance(patch, str) else None): count for state, patch, count in
            zip(rows["state"], rows["patch_id"], rows["count"], strict=True)}
    assert told == {
        ("missing", "KB1"): 1, ("missing", "KB2"): 1, ("missing", None): 0,
        ("installed", None): 331, ("not_applicable", None): 2063,
        ("failed", None): 0, ("pending_restart", None): 0, ("rejected", None): 0,
    }


@pytest.mark.parametrize(("state", "counter", "word"), [
    ("FAILED", "FailedCount", "failed"),
    ("INSTALLED_PENDING_REBOOT", "InstalledPendingRebootCount", "pending_restart"),
    ("INSTALLED_REJECTED", "InstalledRejectedCount", "rejected"),
    ("AVAILABLE_SECURITY_UPDATE", "AvailableSecurityUpdateCount", "missing"),
])
def test_every_open_state_is_listed_in_our_words(cloud, machines, state, counter, word):
    machines.append(real.machine(WEB, patches=[real.patch("KB1", state)],
                                 counts=real.counts(WEB, **{counter: 1})))
    rows = loaded(cloud, "patches").patches
    assert rows[rows["patch_id"].notna()]["state"].tolist() == [word]


def test_a_missing_patch_names_its_flaws_and_was_never_installed(cloud, machines):
    machines.append(real.machine(
        WEB, patches=[real.patch("KB1", "MISSING", cves="CVE-2024-2,CVE-2024-1111,CVE-2024-1111")],
        counts=real.counts(WEB, MissingCount=1)))
    rows = loaded(cloud, "patches").patches
    row = rows[rows["patch_id"].notna()].iloc[0]
    assert (list(row["cve_ids"]), str(row["installed_at"]), row["baseline"]) == (
        ["CVE-2024-1111"], "NaT", "pb-0123456789abcdef0, web")


def test_patch_states_are_asked_for_fifty_machines_at_once(cloud, machines):
    machines.extend(real.machine(f"i-{number:017x}", counts=real.counts(f"i-{number:017x}"))
                    for number in range(120))
    fleet = loaded(cloud, "patches")
    asked = [action for _, action in cloud.actions]
    assert (fleet.patches["workload_id"].nunique(), asked.count("DescribeInstancePatchStates"),
            asked.count("DescribeInstancePatches")) == (120, 3, 0)


def test_patches_over_several_pages_are_all_there(cloud, manager, machines):
    manager.largest = 10
    machines.append(real.machine(
        WEB, patches=[real.patch(f"KB{number}", "MISSING") for number in range(35)],
        counts=real.counts(WEB, MissingCount=35)))
    rows = loaded(cloud, "patches").patches
    assert rows["patch_id"].notna().sum() == 35


def test_a_machine_that_was_never_scanned_has_no_patch_rows(cloud, machines):
    machines.append(real.machine(WEB))
    assert loaded(cloud, "patches").patches.empty


def test_denied_details_leave_the_counts(cloud, machines):
    machines.append(real.machine(WEB, patches=[real.patch("KB1", "MISSING")],
                                 counts=real.counts(WEB, MissingCount=1)))
    cloud.fail(REGION, "DescribeInstancePatches", denied())
    fleet = loaded(cloud, "patches")
    rows = fleet.patches[fleet.patches["state"] == "missing"]
    assert (rows["count"].tolist(), rows["patch_id"].isna().tolist()) == ([1], [True])
    assert statuses(fleet)["patches"] == "partial"


def test_patches_that_a_retry_brings_are_not_counted_twice(cloud, machines):
    machines.append(real.machine(
        HYBRID, patches=[real.patch(f"KB{number}", "MISSING") for number in range(4)],
        counts=real.counts(HYBRID, MissingCount=4)))
    cloud.fail(REGION, "DescribeInstancePatches", denied())
    before = loaded(cloud, "patches")
    cloud.heal()
    after = fk.retry(before, progress=silent)
    missing = [fleet.patches[fleet.patches["state"] == "missing"] for fleet in (before, after)]
    assert [(rows["patch_id"].notna().sum(), rows["count"].sum()) for rows in missing] == [
        (0, 4), (4, 4)]
