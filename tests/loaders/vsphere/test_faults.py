"""Logins, certificates, faults and pages: what is missing is said, all else is loaded."""

import gzip
import socket

import pytest

from fleetkit.errors import LoadError, ReadError
from fleetkit.loaders.vsphere.collecting import Collection
from fleetkit.loaders.vsphere.endpoints import connect, targets
from fleetkit.loading import capture, load
from fleetkit.plugins import Record
from fleetkit.progress import silent
from tests.loaders.vsphere.estate import SECRETS
from tests.real.vcenter import PASSWORD

READING = {
    "GET /sdk/vimServiceVersions.xml", "RetrieveServiceContent", "Login", "Logout", "Fetch",
    "CreateContainerView", "DestroyView", "RetrievePropertiesEx", "ContinueRetrievePropertiesEx",
    "CreateCollectorForEvents", "SetCollectorPageSize", "ResetCollector", "ReadPreviousEvents",
    "DestroyCollector",
}
"""Calls that read, or make and remove what only the session itself sees."""


def status(fleet):
    return fleet.coverage.set_index("resource")["status"].to_dict()


def test_only_calls_that_read_are_sent(vcenter, load_from):
    load_from(vcenter.place)
    assert set(vcenter.calls) <= READING


def test_what_a_session_makes_it_removes_and_it_logs_out(vcenter, load_from):
    load_from(vcenter.place)
    count = vcenter.calls.count
    assert (count("CreateContainerView"), count("CreateCollectorForEvents"), count("Login")) == (
        count("DestroyView"), count("DestroyCollector"), count("Logout"))


def test_calls_are_counted(vcenter, load_from):
    fleet = load_from(vcenter.place)
    vms = fleet.coverage.set_index("resource").loc["vms"]
    assert (vms["calls"], vms["rows"]) == (1, 21)


def test_a_wrong_password_is_denied_and_not_shown(vcenter, load_from, monkeypatch):
    monkeypatch.setenv("VSPHERE_PASSWORD", "wrong-but-secret")
    with pytest.raises(LoadError, match="login was refused") as met:
        load_from(vcenter.place)
    assert "wrong-but-secret" not in str(met.value)
    assert "RetrievePropertiesEx" not in vcenter.calls


def test_where_nothing_could_be_read_the_error_counts_the_targets(vcenter, load_from):
    vcenter.refused.add("Login")
    nowhere = _closed_port()
    with pytest.raises(LoadError, match="none of 2 targets"):
        load_from(vcenter.place, nowhere)


def test_no_password_is_denied_without_a_call(vcenter, load_from, monkeypatch):
    monkeypatch.delenv("VSPHERE_PASSWORD")
    with pytest.raises(LoadError, match="no password is known"):
        load_from(vcenter.place)
    assert vcenter.calls == []


def test_an_untrusted_certificate_ends_before_the_login_with_a_hint(vcenter):
    (target,) = targets(vcenter.place)
    with pytest.raises(ReadError, match="certificate is not trusted") as met:
        connect(target, 10)
    assert "ca='authority.pem'" in met.value.hint
    assert (met.value.status, vcenter.calls) == ("failed", [])


def test_a_private_authority_is_taken_from_the_environment_of_govc(vcenter, signed, monkeypatch):
    monkeypatch.setenv("GOVC_TLS_CA_CERTS", str(signed.authority))
    monkeypatch.setenv("GOVC_URL", f"https://{vcenter.place}/sdk")
    assert len(load("vsphere", progress=silent).workloads) == 23


def test_verification_can_be_switched_off_and_problems_say_so(vcenter):
    fleet = load("vsphere", vcenter.place, insecure=True, progress=silent)
    problem = fleet.problems[fleet.problems["code"] == "tls_not_verified"].iloc[0]
    assert (problem["severity"], len(fleet.workloads)) == ("info", 23)


def test_an_unreachable_vcenter_leaves_the_other_whole(vcenter, load_from):
    nowhere = _closed_port()
    fleet = load_from(nowhere, vcenter.place)
    by_target = fleet.coverage.groupby("target")["status"].unique()
    assert by_target[nowhere].tolist() == ["failed"]
    assert set(by_target[vcenter.place]) <= {"ok", "empty"}
    assert len(fleet.workloads) == 23


def test_a_server_that_never_answers_ends_in_time(load_from):
    with socket.create_server(("127.0.0.1", 0)) as silent_one:
        place = f"127.0.0.1:{silent_one.getsockname()[1]}"
        with pytest.raises(LoadError, match="no answer in time"):
            load_from(place, timeout=1)


def test_a_web_server_is_no_vcenter(vcenter, load_from):
    with pytest.raises(LoadError, match="no vCenter"):
        load_from(f"https://{vcenter.place}/elsewhere")


def test_a_refused_kind_is_denied_and_all_others_are_read(vcenter, load_from):
    vcenter.refused.add("ClusterComputeResource")
    fleet = load_from(vcenter.place)
    assert status(fleet)["clusters"] == "denied"
    assert len(fleet.workloads) == 23
    problem = fleet.problems.iloc[0]
    assert (problem["code"], problem["resource"]) == ("access_denied", "clusters")
    assert "Read-only" in problem["hint"]


def test_refused_events_cost_only_the_lineage(vcenter, load_from):
    vcenter.refused.add("CreateCollectorForEvents")
    fleet = load_from(vcenter.place)
    assert status(fleet)["events"] == "denied"
    assert fleet.workloads["image_id"].isna().all()


def test_pages_are_followed_to_the_end(vcenter, load_from, furnished):
    vcenter.page = 4
    fleet = load_from(vcenter.place)
    vms = fleet.coverage.set_index("resource").loc["vms"]
    assert (vms["calls"], vms["rows"], vms["status"]) == (6, 21, "ok")
    assert fleet.workloads["workload_id"].tolist() == furnished.workloads["workload_id"].tolist()


def test_a_page_that_repeats_ends_the_read_and_is_said(vcenter, load_from):
    vcenter.page, vcenter.repeats = 8, True
    fleet = load_from(vcenter.place)
    assert status(fleet)["vms"] == "partial"
    assert "repeated_page" in fleet.problems["code"].tolist()
    assert len(fleet.workloads) + len(fleet.images) == 4 + 16


def test_a_connection_that_breaks_within_a_page_keeps_the_pages_before(vcenter, load_from):
    vcenter.page, vcenter.breaks = 8, True
    fleet = load_from(vcenter.place)
    assert status(fleet)["vms"] == "partial"
    assert (fleet.workloads["kind"] == "vm").sum() == 8


def test_a_property_that_the_server_does_not_know_is_left_out(vcenter, signed):
    (target,) = targets(vcenter.place, ca=signed.authority)
    session = connect(target, 10)
    vcenter.unknown = "config.createDate"
    asked = Collection(session, "VirtualMachine", ("name",), lambda _, found: [
        Record("vm", found)], ("config.createDate",))
    names = [item.content["name"] for item in asked.read() if isinstance(item, Record)]
    session.close()
    assert len(names) == 21


def test_secrets_are_in_no_table(furnished):
    for name in ("workloads", "images", "mounts", "links", "problems", "coverage"):
        text = getattr(furnished, name).to_csv()
        assert not [secret for secret in (*SECRETS, PASSWORD) if secret in text]


def test_secrets_are_in_no_capture(vcenter, signed, tmp_path):
    folder = capture("vsphere", vcenter.place, to=tmp_path / "kept", ca=signed.authority,
                     progress=silent)
    text = b"".join(_unpacked(file) for file in folder.iterdir())
    assert b"web shop, owner: anna" in text
    assert not [secret for secret in (*SECRETS, PASSWORD) if secret.encode() in text]


def test_a_capture_gives_the_same_tables(vcenter, signed, tmp_path, furnished):
    folder = capture("vsphere", vcenter.place, to=tmp_path / "kept", ca=signed.authority,
                     progress=silent)
    again = load("vsphere", folder, progress=silent)
    assert again.workloads["workload_id"].tolist() == furnished.workloads["workload_id"].tolist()
    assert len(again.links) == len(furnished.links)


def _unpacked(file):
    return gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()


def _closed_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"127.0.0.1:{server.getsockname()[1]}"
