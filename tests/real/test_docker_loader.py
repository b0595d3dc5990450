"""The docker loader against a real engine and a real podman: nothing missed, nothing leaked."""

import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest
from docker.errors import NotFound

import fleetkit as fk
from fleetkit.errors import LoadError
from fleetkit.loaders.docker.endpoints import Engine as Client
from fleetkit.loaders.docker.reading import read
from fleetkit.plugins import Problem
from tests.real.parts import require
from tests.real.planted import PLANTED_SECRETS
from tests.reporting.browser import Reader


@pytest.fixture(scope="module")
def fleet(engine):
    return fk.load("docker", engine.socket)


def row(fleet, name):
    return fleet.workloads.set_index("name").loc[name]


def mounts_of(fleet, name):
    mounts = fleet.mounts
    return mounts[mounts["workload_id"] == row(fleet, name)["workload_id"]].set_index("target_path")


def test_every_container_that_the_engine_lists_is_there(engine, fleet):
    listed = {container["Id"] for container in engine.client.api.containers(all=True)}
    assert set(fleet.workloads.query("kind == 'container'")["native_id"]) == listed


def test_every_image_that_the_engine_lists_is_there(engine, fleet):
    listed = {image["Id"] for image in engine.client.api.images()}
    assert listed <= set(fleet.images["image_id"])
    assert not fleet.images["is_stub"].any()


def test_every_resource_was_read(fleet):
    assert fleet.coverage["status"].tolist() == ["ok"] * 4


def test_the_host_is_a_workload_that_the_containers_run_on(engine, fleet):
    host = fleet.workloads.query("kind == 'vm'").iloc[0]
    info = engine.client.info()
    assert (host["name"], host["cpu_cores"], host["memory_bytes"]) == (
        info["Name"],
        info["NCPU"],
        info["MemTotal"],
    )
    containers = fleet.workloads.query("kind == 'container'")
    assert containers["host_id"].eq(host["workload_id"]).all()


def test_limits_are_read_in_cores_and_bytes(fleet):
    web = row(fleet, "shop-web-1")
    assert (web["cpu_cores"], web["memory_bytes"]) == (0.5, 256 << 20)


def test_no_limit_is_unknown_and_not_zero(fleet):
    assert pd.isna(row(fleet, "mailer")["memory_bytes"])


@pytest.mark.parametrize(
    ("name", "health"), [("shop-web-1", "passing"), ("billing-ledger-1", "critical")]
)
def test_health_is_read(fleet, name, health):
    assert row(fleet, name)["health"] == health


def test_no_health_check_is_no_health(fleet):
    assert pd.isna(row(fleet, "mailer")["health"])


def test_a_failed_container_keeps_exit_code_and_restarts(fleet):
    failed = row(fleet, "nightly-report")
    assert (
        failed["state"],
        failed["exit_code"],
        failed["restart_count"],
        failed["restart_policy"],
    ) == ("stopped", 3, 2, "on-failure:2")


def test_a_container_that_never_started_has_no_start(fleet):
    assert pd.isna(row(fleet, "agent")["started_at"])


def test_compose_and_swarm_are_controllers(fleet):
    assert row(fleet, "shop-web-1")["controller_name"] == "shop/web"
    swarm = fleet.workloads.query("controller_kind == 'swarm'")
    assert set(swarm["controller_name"]) == {"edge_gateway"}


def test_a_named_volume_is_durable(fleet):
    mount = mounts_of(fleet, "shop-db-1").loc["/var/lib/postgresql/data"]
    assert (mount["kind"], mount["volume_id"], mount["persistence"]) == (
        "named_volume",
        "shop_pgdata",
        "durable",
    )


def test_a_declared_volume_that_nobody_mounted_is_anonymous(fleet):
    mount = mounts_of(fleet, "reporting-db").loc["/var/lib/postgresql/data"]
    assert (mount["kind"], bool(mount["declared_by_image"])) == ("anonymous_volume", True)


@pytest.mark.parametrize("kind", ["named_volume", "anonymous_volume", "bind", "tmpfs"])
def test_mounts_of_every_type_are_there(fleet, kind):
    assert kind in set(fleet.mounts["kind"])


def test_a_tmpfs_of_a_read_only_container_is_there(fleet):
    read_only = fleet.workloads[fleet.workloads["read_only_root"].fillna(False)]
    tmpfs = fleet.mounts.query("kind == 'tmpfs'")
    assert set(read_only["workload_id"]) & set(tmpfs["workload_id"])


def test_what_a_container_wrote_is_measured(fleet):
    assert row(fleet, "files")["written_bytes"] >= 150 << 20
    assert row(fleet, "shop-web-1")["written_bytes"] < 1 << 20


def test_the_chain_of_images_is_found_with_its_evidence(fleet):
    traced = fk.trace(fleet)
    names = traced.images.set_index("image_id")["name"]
    edges = traced.lineage.assign(
        child=traced.lineage["child_id"].map(names), parent=traced.lineage["parent_id"].map(names)
    )
    by_child = edges.set_index("child")
    assert by_child.loc["shop/web:2.3.1", "parent"].startswith("shop/runtime")
    assert by_child.loc["shop/runtime:1.5", "parent"].startswith("golden/debian:bookworm")
    assert by_child.loc["shop/web:2.3.1", "verdict"] == "verified"


def test_exactly_the_unpatched_twins_run_an_older_openssl(engine, fleet):
    audited = fk.audit(fleet)
    behind = audited.findings.query("status == 'behind_fleet' and source_name == 'openssl'")
    names = audited.images.set_index("image_id")["name"]
    tools = {}
    for image_id in audited.images.query("ecosystem == 'Debian' and release == '12'")["image_id"]:
        packages = audited.packages[audited.packages["subject_id"] == image_id]
        openssl = packages[packages["source_name"] == "openssl"]
        if len(openssl):
            tools[image_id] = openssl["source_version"].iloc[0]
    newest = max(tools.values(), key=_dpkg_order)
    assert set(behind["subject_id"]) == {i for i, version in tools.items() if version != newest}
    assert "shop/web:2.3.0" in set(behind["subject_id"].map(names))
    assert "shop/web:2.3.1" not in set(behind["subject_id"].map(names))


def _dpkg_order(version):
    import functools

    def compare(a, b):
        if a == b:
            return 0
        older = subprocess.run(["dpkg", "--compare-versions", a, "lt", b], check=False).returncode
        return -1 if older == 0 else 1

    return functools.cmp_to_key(compare)(version)


def test_packages_agree_with_the_package_manager_in_the_container(engine, fleet):
    container = engine.client.containers.get("shop-web-1")
    listed = container.exec_run(["dpkg-query", "-W", "-f", "${Package} ${Version}\n"]).output
    image = row(fleet, "shop-web-1")["image_id"]
    packages = fleet.packages[fleet.packages["subject_id"] == image]
    ours = sorted(packages["name"] + " " + packages["version"])
    assert ours == sorted(listed.decode().split("\n")[:-1])


def test_an_image_without_a_database_is_unobservable_and_not_clean(fleet):
    images = fleet.images.set_index("name")["observable"]
    assert not images["tools/probe:1"]
    findings = fk.audit(fleet).findings
    probe = fleet.images.set_index("name")["image_id"]["tools/probe:1"]
    assert "unobservable" in set(findings[findings["subject_id"] == probe]["status"])


def test_a_link_that_leads_out_of_an_image_brings_nothing_of_the_host(fleet):
    escaping = fleet.images.set_index("name").loc["hostile/escape:1"]
    assert not escaping["observable"]
    assert escaping["image_id"] not in set(fleet.packages["subject_id"])


def test_the_probes_are_removed_and_nothing_was_started(engine, fleet):
    left = engine.client.api.containers(all=True, filters={"label": "fleetkit.probe"})
    assert left == []


def test_a_second_load_reads_no_archive_again(engine, fleet, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "fleetkit.loaders.docker.filesystems._probed",
        lambda engine, stack, known: asked.append(stack) or ({"Files": {}, "Changelogs": {}}, []),
    )
    again = fk.load("docker", engine.socket)
    assert len(asked) <= 1  # one image cannot be read in full, so it is not kept
    assert len(again.packages) == len(fleet.packages)


def test_packages_can_be_left_out(engine):
    fleet = fk.load("docker", engine.socket, packages=False)
    assert len(fleet.packages) == 0
    assert fleet.images["observable"].isna().all()


def test_no_planted_secret_passes_the_door(engine, fleet, tmp_path):
    folder = fk.capture("docker", engine.socket, to=tmp_path / "dump")
    report = fk.report(fk.audit(fk.trace(fk.classify(fleet))), tmp_path / "r.html")
    captured = "".join(record.to_csv() for _, record in fk.load("docker", folder))
    tables = "".join(frame.to_csv() for _, frame in fleet)
    import gzip

    raw = b"".join(gzip.decompress(path.read_bytes()) for path in folder.glob("*.gz")).decode()
    for secret in PLANTED_SECRETS:
        assert secret not in captured
        assert secret not in tables
        assert secret not in raw
        assert secret not in report.read_text()


def test_a_capture_gives_the_same_fleet(engine, fleet, tmp_path):
    again = fk.load("docker", fk.capture("docker", engine.socket, to=tmp_path / "dump"))
    for name in ("images", "layers", "packages", "mounts"):
        ours, its = fleet[name], again[name]
        seen = ["observed_at", "origin", "used_bytes"]
        pd.testing.assert_frame_equal(
            ours.drop(columns=seen, errors="ignore"), its.drop(columns=seen, errors="ignore")
        )


def test_what_docker_inspect_prints_gives_the_same_containers(engine, fleet, tmp_path):
    import json

    api = engine.client.api
    printed = [api.inspect_container(c["Id"]) for c in api.containers(all=True)]
    (tmp_path / "inspect.json").write_text(json.dumps(printed))
    again = fk.load("docker", tmp_path / "inspect.json")
    columns = ["workload_id", "name", "state", "health", "image_id", "command", "controller_name"]
    ours = fleet.workloads.query("kind == 'container'")[columns].reset_index(drop=True)
    pd.testing.assert_frame_equal(ours, again.workloads[columns])


def test_a_container_that_vanishes_between_list_and_inspect_is_a_problem(engine):
    made = engine.client.containers.create("tools/probe:1", command=["/x"])

    class Vanishing:
        """The engine itself; the container is really removed before it is inspected."""

        def __init__(self, api):
            self._api = api

        def __getattr__(self, name):
            return getattr(self._api, name)

        def inspect_container(self, identity):
            if identity == made.id:
                made.remove()
            return self._api.inspect_container(identity)

    class Client_(Client):
        api = property(lambda self: Vanishing(self.client.api))

    items = list(read(Client_(engine.client, reads_packages=False), "containers"))
    gone = [item for item in items if isinstance(item, Problem)]
    assert [(item.code, item.subject_id) for item in gone] == [("vanished", made.id)]
    with pytest.raises(NotFound):
        engine.client.containers.get(made.id)


def test_a_megabyte_label_is_cut_and_says_so(fleet):
    tags = row(fleet, "hostile-large-label")["tags"]
    assert len(tags) < 25_000
    assert "more characters" in tags


def test_names_in_any_script_are_kept(fleet):
    tags = "".join(fleet.workloads["tags"].fillna(""))
    assert "数据库" in tags
    assert "<script>" in tags


def test_podman_is_read_through_the_same_loader(podman):
    fleet = fk.load("docker", podman.socket)
    listed = {container["Id"] for container in podman.client.api.containers(all=True)}
    assert set(fleet.workloads.query("kind == 'container'")["native_id"]) == listed
    assert fleet.coverage["status"].tolist() == ["ok"] * 4
    assert fleet.images["image_id"].str.startswith("sha256:").all()


def test_two_endpoints_in_one_call_share_their_images(engine, podman):
    both = fk.load("docker", engine.socket, podman.socket)
    assert both.coverage["target"].nunique() == 2
    assert both.images["image_id"].is_unique
    assert len(both.workloads.query("kind == 'vm'")) == 2


def test_an_endpoint_that_is_gone_does_not_hide_the_other(engine, tmp_path):
    fleet = fk.load("docker", engine.socket, f"unix://{tmp_path}/gone.sock")
    gone = fleet.unseen
    assert set(gone["status"]) == {"failed"}
    assert len(gone) == 4
    assert "at least" in repr(fleet)


def test_a_docker_context_is_an_endpoint(engine, tmp_path):
    (tmp_path / "config.json").write_text("{}")
    environment = {**os.environ, "DOCKER_CONFIG": str(tmp_path)}
    subprocess.run([require("docker"), "context", "create", "shop", "--docker",
                    f"host={engine.socket}"], check=True, env=environment, capture_output=True)
    code = ("import fleetkit as fk; fleet = fk.load('docker', 'sh*', packages=False);"
            "print(fleet.coverage['target'].unique()[0], len(fleet.workloads) > 10)")
    ran = subprocess.run([sys.executable, "-c", code], check=True, env=environment,
                         capture_output=True, text=True)
    assert ran.stdout.split() == ["shop", "True"]


def test_docker_host_names_the_engine(engine, monkeypatch):
    monkeypatch.setenv("DOCKER_HOST", engine.socket)
    assert len(fk.load("docker", packages=False).workloads) > 10


def test_a_socket_that_hangs_ends_in_one_sentence(tmp_path):
    path = str(tmp_path / "hangs.sock")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        with pytest.raises(LoadError, match="a container engine does not answer in time"):
            fk.load("docker", f"unix://{path}", timeout=1)


def test_a_socket_that_speaks_something_else_ends_in_one_sentence(tmp_path):
    path = str(tmp_path / "odd.sock")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()

        def answer():
            while True:
                with suppress(OSError):
                    peer, _ = listener.accept()
                    with peer:
                        peer.recv(1000)
                        peer.sendall(b"220 mail.shop.example ready\r\n")
                if listener.fileno() < 0:
                    return

        threading.Thread(target=answer, daemon=True).start()
        with pytest.raises(LoadError, match="no container engine answers here"):
            fk.load("docker", f"unix://{path}", timeout=5)


def test_the_report_of_the_engine_lists_every_container_and_image(engine, browser, tmp_path):
    path = tmp_path / "fleet.html"
    ran = subprocess.run(
        [sys.executable, "-m", "fleetkit.cli", "report", f"docker:{engine.socket}", "-o", path],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert ran.returncode == 0, ran.stderr
    assert "OpenSSL" in ran.stdout
    containers = {c["Id"] for c in engine.client.api.containers(all=True)}
    images = {image["Id"] for image in engine.client.api.images()}
    assert containers <= set(shown(browser, path, tmp_path, "workloads", "native_id"))
    assert images <= set(shown(browser, path, tmp_path, "images", "image_id"))
    assert not any(secret in ran.stdout + ran.stderr for secret in PLANTED_SECRETS)


def shown(browser, path, folder, table, column):
    """A column of a table of the report, as the reader downloads it, with the network off."""
    reader = Reader(browser, path, place=f"#table={table}")
    with reader.page.expect_download() as waiting:
        reader.page.get_by_role("button", name="Download CSV").click()
    waiting.value.save_as(folder / f"{table}.csv")
    reader.close()
    return pd.read_csv(folder / f"{table}.csv")[column].tolist()
