"""Who is asked, as whom: nothing of it is a secret, and nothing is guessed."""

import sys

import pytest

from fleetkit.errors import LoadError, MissingExtraError, ReadError
from fleetkit.loaders.vsphere.endpoints import connect, targets
from fleetkit.loaders.vsphere.machines import later_paths
from tests.real.vcenter import USER

URL = "https://anna:opensesame@vc.example/sdk"


def test_a_name_is_a_host_with_the_usual_port():
    (target,) = targets("vc.example")
    assert (target.name, target.options["port"], target.options["path"]) == (
        "vc.example", 443, "/sdk")


def test_an_unusual_port_is_part_of_the_name():
    assert [target.name for target in targets("https://vc.example:8443/sdk/")] == [
        "vc.example:8443"]


def test_the_url_of_govc_is_the_default_and_its_password_is_nowhere(monkeypatch):
    monkeypatch.setenv("GOVC_URL", URL)
    (target,) = targets()
    assert target.name == "vc.example"
    assert target.options["user"] == "anna"
    assert "opensesame" not in repr(target)


def test_a_password_in_an_address_is_refused_and_not_shown():
    with pytest.raises(LoadError, match="holds a password") as met:
        list(targets(URL))
    assert "opensesame" not in str(met.value)


def test_the_password_of_the_url_is_only_for_its_own_host(monkeypatch):
    for name in ("VSPHERE_PASSWORD", "VSPHERE_USER"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("GOVC_URL", URL)
    (target,) = targets("other.example", user="bob")
    with pytest.raises(ReadError, match="no password is known"):
        connect(target, 1)


@pytest.mark.parametrize(("where", "said"), [
    ((), "name a vCenter"), (("http://vc.example",), "over https"), (("https://",), "no host"),
    (("vc.example:high",), "no number"),
])
def test_a_wrong_address_is_refused_with_what_to_write(where, said):
    with pytest.raises(LoadError, match=said):
        list(targets(*where))


def test_an_authority_that_is_no_file_is_refused():
    with pytest.raises(LoadError, match="there is no file"):
        list(targets("vc.example", ca="/nowhere/ca.pem"))


def test_an_authority_without_certificates_is_said(tmp_path):
    (tmp_path / "ca.pem").write_text("nothing")
    (target,) = targets("vc.example", ca=tmp_path / "ca.pem")
    with pytest.raises(ReadError, match="holds no certificates"):
        connect(target, 1)


def test_without_the_sdk_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyVmomi", None)
    (target,) = targets("vc.example", user=USER)
    with pytest.raises(MissingExtraError, match=r"fleetkit\[vsphere\]"):
        connect(target, 1)


@pytest.mark.parametrize(("spoken", "later"), [
    ("6.5", set()), ("6.7", {"config.createDate"}),
    ("7.0.3.0", {"config.createDate", 'config.extraConfig["guestInfo.detailed.data"]'}),
    ("8.0.2.0", {"config.createDate", "guest.guestDetailedData"}),
    ("9.0.0.0", {"config.createDate", "guest.guestDetailedData"}), ("", set()), ("²", set()),
])
def test_a_server_is_asked_for_what_its_version_has(spoken, later):
    assert set(later_paths(spoken)) == later
