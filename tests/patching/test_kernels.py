import pandas as pd
import pytest

from fleetkit.fleet import Fleet
from fleetkit.patching import audit
from fleetkit.patching.signing import signed_source
from tests.patching.literal import INTRODUCED, NOW, feed, fixed, package, record

CVE = record("CVE-1", "linux", INTRODUCED, fixed("6.1.85-1"))


def kernel(abi, version, subject="a", **cells):
    """A signed kernel of Debian: its source is not the one that records name."""
    return package(subject, f"linux-image-{abi}-amd64", version, source_name="linux-signed-amd64",
                   source_version=version.replace("-", "+"), **cells)


OLD = kernel("6.1.0-18", "6.1.76-1")
NEW = kernel("6.1.0-20", "6.1.85-1")


def machine(running, **cells):
    return {"workload_id": "a", "kind": "vm", "kernel_version": running, **cells}


def audited(folder, packages, *records, workloads=(), **tables):
    world = Fleet(packages=pd.DataFrame(packages), workloads=pd.DataFrame(list(workloads)),
                  **tables)
    return audit(world, feed(folder, *records) if records else None, now=NOW)


def waiting(made):
    found = made.findings[made.findings["status"] == "pending_restart"]
    return found[found["evidence"] == "observation"].reset_index(drop=True)


def flaws(made):
    return made.findings[made.findings["evidence"] == "advisory"].reset_index(drop=True)


def level(made, version):
    found = made.patch_levels[made.patch_levels["source_version"] == version]
    return found["status"].item()


@pytest.mark.parametrize(("ecosystem", "name", "version", "expected"), [
    ("Debian", "linux-signed-amd64", "6.1.76+1", ("linux", "6.1.76-1")),
    ("Debian", "linux-signed-arm64", "6.5.10+1~bpo12+1", ("linux", "6.5.10-1~bpo12+1")),
    ("Debian", "grub-efi-amd64-signed", "1+2.06+13+deb12u1", ("grub2", "2.06-13+deb12u1")),
    ("Debian", "shim-signed", "1.44~1+deb12u1+15.8-1~deb12u1", ("shim", "15.8-1~deb12u1")),
    ("Debian", "shim-helpers-amd64-signed", "1+15.8+1~deb12u1", ("shim", "15.8-1~deb12u1")),
    ("Ubuntu", "shim-signed", "1.51.3+15.7-0ubuntu1", ("shim", "15.7-0ubuntu1")),
    ("Ubuntu", "linux-signed", "5.15.0-91.101", ("linux", "5.15.0-91.101")),
    ("Ubuntu", "linux-signed-hwe-6.5", "6.5.0-14.14~22.04.1",
     ("linux-hwe-6.5", "6.5.0-14.14~22.04.1")),
])
def test_a_signed_source_holds_another(ecosystem, name, version, expected):
    assert signed_source(ecosystem, name, version) == expected


@pytest.mark.parametrize("name", ["linux", "python3-signedjson", "grub2"])
def test_other_sources_are_themselves(name):
    assert signed_source("Debian", name, "1.0-1") is None


def test_records_of_the_kernel_reach_its_signed_build(tmp_path):
    (row,) = flaws(audited(tmp_path, [OLD], CVE)).to_dict("records")
    assert (row["source_name"], row["why"]) == (
        "linux-signed-amd64", "linux 6.1.76-1 is installed; CVE-1 is fixed in 6.1.85-1")


def test_the_signed_build_of_the_fix_has_it(tmp_path):
    assert len(flaws(audited(tmp_path, [NEW], CVE))) == 0


def test_a_newer_kernel_than_the_running_one_waits_for_a_restart(tmp_path):
    (row,) = waiting(audited(tmp_path, [OLD, NEW], workloads=[machine("6.1.0-18-amd64")])).to_dict(
        "records")
    assert row["why"] == ("6.1.0-18-amd64 runs; 6.1.0-20-amd64 (linux-signed-amd64 6.1.85+1) is"
                          " installed and waits for a restart")


def test_a_flaw_that_the_newer_kernel_has_not_waits_too(tmp_path):
    made = audited(tmp_path, [OLD, NEW], CVE, workloads=[machine("6.1.0-18-amd64")])
    (row,) = flaws(made).to_dict("records")
    assert (row["status"], row["source_version"]) == ("pending_restart", "6.1.76+1")
    assert level(made, "6.1.76+1") == "pending_restart"


def test_a_flaw_that_both_have_does_not(tmp_path):
    worse = record("CVE-1", "linux", INTRODUCED, fixed("6.1.99-1"))
    made = audited(tmp_path, [OLD, NEW], worse, workloads=[machine("6.1.0-18-amd64")])
    assert flaws(made)["status"].tolist() == ["vulnerable_fix_available"] * 2


def test_a_kernel_that_does_not_run_says_so(tmp_path):
    made = audited(tmp_path, [OLD, NEW], CVE, workloads=[machine("6.1.0-20-amd64")])
    (row,) = flaws(made).to_dict("records")
    assert row["why"].endswith("; this kernel is installed and does not run")
    assert len(waiting(made)) == 0


def test_a_build_above_a_hundred_is_newer_than_one_below(tmp_path):
    kernels = [kernel("6.1.0-96", "6.1.96-1"), kernel("6.1.0-100", "6.1.100-1")]
    made = audited(tmp_path, kernels, workloads=[machine("6.1.0-96-amd64")])
    assert waiting(made)["source_version"].tolist() == ["6.1.100+1"]


def test_a_running_kernel_without_package_is_counted_and_still_old(tmp_path):
    made = audited(tmp_path, [NEW], workloads=[machine("6.1.0-10-amd64")])
    assert "kernel_unknown" in made.problems["code"].tolist()
    assert waiting(made)["why"].str.contains("of which no package is left").tolist() == [True]


def test_the_newest_kernel_runs_and_nothing_waits(tmp_path):
    assert len(waiting(audited(tmp_path, [NEW], workloads=[machine("6.1.0-20-amd64")]))) == 0


def rpm(version, name="kernel-core", **cells):
    return package("a", name, version, ecosystem="Rocky Linux", release="9", source_name="kernel",
                   **cells)


@pytest.mark.parametrize(("kernels", "running"), [
    ([rpm("5.14.0-362.8.1.el9_3"), rpm("5.14.0-427.13.1.el9_4")], "5.14.0-362.8.1.el9_3.x86_64"),
    ([package("a", "linux-lts", version, ecosystem="Alpine", release="v3.22")
      for version in ("6.12.30-r0", "6.12.41-r0")], "6.12.30-0-lts"),
    ([package("a", "kernel-default", version, ecosystem="SUSE",
              release="Linux Enterprise Server 15 SP5", source_name="kernel-default")
      for version in ("5.14.21-150500.55.39.1", "5.14.21-150500.55.44.1")],
     "5.14.21-150500.55.39-default"),
    ([package("a", f"linux-image-5.15.0-{abi}-generic", f"5.15.0-{abi}.1", ecosystem="Ubuntu",
              release="22.04", source_name="linux-signed") for abi in (91, 101)],
     "5.15.0-91-generic"),
    ([package("a", f"linux-image-5.15.0-{abi}-azure", f"5.15.0-{abi}.1", ecosystem="Ubuntu",
              release="22.04", source_name="linux-signed-azure") for abi in (1052, 1101)],
     "5.15.0-1052-azure"),
])
def test_kernels_of_every_system_are_compared_with_what_runs(tmp_path, kernels, running):
    made = audited(tmp_path, kernels, workloads=[machine(running)])
    assert waiting(made)["source_version"].tolist() == [kernels[1]["source_version"]]
    assert "kernel_unknown" not in made.problems["code"].tolist()


@pytest.mark.parametrize("name", ["linux-libc-dev", "linux-headers-6.1.0-18-amd64", "linux-doc-6.1",
                                  "linux-image-6.1.0-18-amd64-dbg"])
def test_headers_are_not_the_kernel(tmp_path, name):
    made = audited(tmp_path, [package("a", name, "6.1.76-1", source_name="linux")], CVE)
    assert (len(flaws(made)), level(made, "6.1.76-1")) == (0, "not_affected")
    assert "no_kernel" in made.problems["code"].tolist()


@pytest.mark.parametrize("kind", ["container", "task"])
def test_a_container_runs_the_kernel_of_its_host(tmp_path, kind):
    made = audited(tmp_path, [OLD, NEW], CVE, workloads=[machine("6.1.0-18-amd64", kind=kind)])
    assert len(waiting(made)) == 0
    assert flaws(made)["why"].str.endswith("runs the kernel of its host, not this").tolist() == [
        True]


def test_a_patch_manager_may_say_that_patches_wait(tmp_path):
    patches = pd.DataFrame([{"workload_id": "a", "patch_id": None, "state": "pending_restart",
                             "count": 3}])
    made = audited(tmp_path, [NEW], patches=patches, workloads=[{"workload_id": "a"}])
    assert waiting(made)["why"].tolist() == [
        "3 patches are installed and wait for a restart, says its patch manager"]


@pytest.mark.parametrize("running", ["", "Linux", "#1 SMP", "6.1", "\u0661.\u0662", "9" * 5000])
def test_a_strange_kernel_version_is_no_kernel(tmp_path, running):
    assert len(waiting(audited(tmp_path, [NEW], workloads=[machine(running)]))) <= 1
