"""The parts themselves: the fleet in the engine is the one that was planned."""

import io
import json
import os
import signal
import socket
import subprocess
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.real import containers, fleet, images, planted
from tests.real import engine as engines
from tests.real.building import REGISTRY, Built
from tests.real.engine import Engine
from tests.real.parts import require

Versions = dict[str, tuple[str, str]]  # binary package -> source package, version


def text_of(engine: Engine, image: str, path: str) -> bytes:
    """A file of an image, from a container that is created and removed again."""
    container = engine.client.containers.create(image, ["-"])
    try:
        chunks, _ = container.get_archive(path)
        with tarfile.open(fileobj=io.BytesIO(b"".join(chunks))) as tar:
            file = tar.extractfile(tar.next() or "")
            assert file is not None
            return file.read()
    finally:
        container.remove(force=True, v=True)


def installed(engine: Engine, image: str) -> Versions:
    status = text_of(engine, image, "/var/lib/dpkg/status").decode()
    found = {}
    for stanza in status.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in stanza.splitlines() if ": " in line)
        source = fields.get("Source", fields["Package"]).split(" ")[0]
        found[fields["Package"]] = (source, fields["Version"])
    return found


def inspected(engine: Engine, image: str) -> dict[str, Any]:
    attributes: dict[str, Any] = engine.client.images.get(image).attrs
    return attributes


def made(engine: Engine, image: str) -> str:
    built = Built.read(engine.folder)
    if image in built.absent:
        pytest.skip(f"{image} could not be made: {built.absent[image]}")
    return built.ids[image]


def everything(engine: Engine) -> str:
    """All that the engine tells of its containers, images, volumes, networks and itself."""
    client = engine.client
    told: list[Any] = [client.info(), client.version(), client.df()]
    told += [container.attrs for container in client.containers.list(all=True)]
    for image in client.images.list(all=True):
        told += [image.attrs, image.history()]
    told += [network.attrs for network in client.networks.list()]
    return json.dumps(told)


def test_twins_differ_in_the_source_package_openssl_only(engine: Engine) -> None:
    old, new = (installed(engine, image) for image in images.TWINS)
    assert old.keys() == new.keys()
    assert {old[name][0] for name in old if old[name] != new[name]} == {"openssl"}


def test_newer_twin_has_the_newer_openssl(engine: Engine) -> None:
    dpkg = require("dpkg")
    old, new = (installed(engine, image)["openssl"][1] for image in images.TWINS)
    assert subprocess.run([dpkg, "--compare-versions", old, "lt", new], check=False).returncode == 0


def test_chain_stacks_layers_on_layers(engine: Engine) -> None:
    base, child, grandchild = (
        inspected(engine, image)["RootFS"]["Layers"] for image in images.CHAIN
    )
    assert child[: len(base)] == base
    assert grandchild[: len(child)] == child
    assert len(base) < len(child) < len(grandchild)


def test_chain_is_told_by_parent_ids(engine: Engine) -> None:
    base, child, grandchild = (inspected(engine, image)["Id"] for image in images.CHAIN)
    above, image = [], grandchild
    while image:
        above.append(image)
        image = inspected(engine, image)["Parent"]
    assert above.index(child) < above.index(base)


@pytest.mark.parametrize("plan", fleet.plans(), ids=lambda plan: plan.name)
def test_container_is_in_its_planned_state(engine: Engine, plan: containers.Plan) -> None:
    image = made(engine, plan.image)
    told = engine.client.containers.get(plan.name).attrs
    status, health = told["State"]["Status"], told["State"].get("Health", {}).get("Status")
    moment = {"running"} if plan.state == "restarting" else set()
    assert status in {plan.state, *moment}
    assert (health, told["Image"]) == (plan.health, image)
    assert told["RestartCount"] >= plan.restarts


def test_second_run_makes_nothing_new(engine: Engine) -> None:
    def ids() -> set[str | None]:
        there = [engine.client.containers.get(plan.name) for plan in fleet.plans()]
        return {one.id for one in (*there, *engine.client.images.list(all=True))}

    before = ids()
    images.ensure(engine)
    fleet.ensure(engine)
    assert ids() == before


def test_out_of_memory_is_told(engine: Engine) -> None:
    state = engine.client.containers.get("thumbnails").attrs["State"]
    assert (state["OOMKilled"], state["ExitCode"]) == (True, 137)


def test_writable_layer_holds_what_was_written(engine: Engine) -> None:
    (told,) = engine.client.api.containers(all=True, size=True, filters={"name": "^/files$"})
    assert told["SizeRw"] >= containers.WROTE_BYTES


def test_worker_runs_on_an_image_whose_tag_moved_on(engine: Engine) -> None:
    told = engine.client.containers.get("billing-worker-1").attrs
    assert told["Config"]["Image"] == "shop/worker:latest"
    assert told["Image"] != inspected(engine, "shop/worker:latest")["Id"]
    assert inspected(engine, told["Image"])["RepoTags"] == []


def test_inherited_label_names_the_wrong_base(engine: Engine) -> None:
    label = f"{images.OCI}base.name"
    runtime, reports = (
        inspected(engine, image)["Config"]["Labels"][label]
        for image in ("shop/runtime:1.5", "shop/reports:1.0")
    )
    assert reports == runtime != "shop/runtime:1.5"


def test_retagged_twin_is_one_image_of_two_names(engine: Engine) -> None:
    tags = inspected(engine, images.NEW)["RepoTags"]
    assert {images.NEW, images.RETAGGED} <= set(tags)


def test_published_image_has_a_digest(engine: Engine) -> None:
    require("docker-registry")
    (digest,) = inspected(engine, "shop/gateway:1.1")["RepoDigests"]
    assert digest.startswith(f"{REGISTRY}/shop/gateway@sha256:")


def test_rpm_reads_its_database_with_epochs(engine: Engine, tmp_path: Path) -> None:
    rpm = require("rpm")
    made(engine, "legacy/ledger:el9")
    database = text_of(engine, "legacy/ledger:el9", "/var/lib/rpm/rpmdb.sqlite")
    (tmp_path / "rpmdb.sqlite").write_bytes(database)
    words = ["--dbpath", str(tmp_path), "--define", "_db_backend sqlite"]
    query = ["-q", "openssl-libs", "--queryformat", "%{EPOCH}:%{VERSION}-%{RELEASE} %{SOURCERPM}"]
    told = subprocess.run([rpm, *words, *query], capture_output=True, text=True, check=True).stdout
    assert told == "1:3.2.2-6.el9 openssl-3.2.2-6.el9.src.rpm"


def test_berkeley_database_is_sound(engine: Engine, tmp_path: Path) -> None:
    verify = require("db_verify")
    made(engine, "legacy/archive:el7")
    database = text_of(engine, "legacy/archive:el7", "/var/lib/rpm/Packages")
    (tmp_path / "Packages").write_bytes(database)
    ran = subprocess.run([verify, str(tmp_path / "Packages")], capture_output=True, check=False)
    assert ran.returncode == 0


def test_changelogs_are_kept(engine: Engine) -> None:
    path = "/usr/share/doc/libssl3/changelog.Debian.gz"
    assert text_of(engine, images.NEW, path).startswith(b"\x1f\x8b")


def test_every_secret_is_where_it_was_planted(engine: Engine, podman: Engine) -> None:
    told = everything(engine) + json.dumps([c.attrs for c in podman.client.containers.list()])
    assert [secret for secret in planted.PLANTED_SECRETS if secret not in told] == []


def test_engine_tells_nothing_of_this_machine(engine: Engine) -> None:
    told = everything(engine)
    assert str(engine.folder) not in told
    assert json.dumps(socket.gethostname()) not in told


def test_podman_has_the_same_images_by_id(engine: Engine, podman: Engine) -> None:
    def ids(of: Engine, prefix: str) -> set[str | None]:
        wanted = [image for image in images.IN_PODMAN if image in Built.read(engine.folder).ids]
        return {of.client.images.get(prefix + image).id for image in wanted}

    assert ids(podman, "localhost/") == ids(engine, "")


def commands_with(word: str) -> list[str]:
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            found.append(file.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    return [command for command in found if word in command]


@contextmanager
def second_engine(folder: Path) -> Iterator[Engine]:
    require("docker-engine")
    try:
        yield engines.start(folder)
    finally:
        engines.stop(folder)


def test_killed_engine_leaves_nothing_and_starts_again(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("e")
    with second_engine(folder) as running:
        running.client.close()
        pid = int((folder / "engine.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        while engines.is_running(folder):  # it dies within moments
            time.sleep(0.01)
        assert engines.start(folder).answers()
    assert str(folder) not in Path("/proc/self/mountinfo").read_text()
    assert commands_with(str(folder)) == []
