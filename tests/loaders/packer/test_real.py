"""Packer's own builders: null and file in both languages, docker against a private engine."""

import uuid

import pytest

import fleetkit as fk
from fleetkit.loading import load
from tests.real.conftest import engine  # noqa: F401 - a fixture
from tests.real.images import OLD
from tests.real.packer import DOCKER, build, manifest, write

BUILT = "shop/by-packer:1"
HCL = """
variable "commit" {
  default = "0d1fab2"
}
source "file" "note" {
  content = "x"
  target  = "note.txt"
}
source "null" "nothing" {
  communicator = "none"
}
build {
  sources = ["source.file.note", "source.null.nothing"]
  post-processor "manifest" {
    output      = "manifest.json"
    custom_data = { git_commit = var.commit, base_image = "ami-0123456789abcdef0" }
  }
}
"""


@pytest.fixture(scope="module")
def twice(tmp_path_factory):
    """A folder in which one template was built two times: its manifest holds both runs."""
    folder = tmp_path_factory.mktemp("packer")
    template = folder / "shop.pkr.hcl"
    template.write_text(HCL)
    build(template)
    build(template, "-force")
    return load("packer", folder)


def test_a_manifest_grows_with_every_run(twice):
    assert (len(twice.builds), twice.builds["is_latest"].sum()) == (4, 2)


def test_builds_of_files_are_rows_without_an_image(twice):
    assert set(zip(twice.builds["name"], twice.builds["builder"], strict=True)) == {
        ("note", "packer file"), ("nothing", "packer null")}
    assert twice.builds["image_id"].isna().all()


def test_custom_data_of_a_real_manifest_is_understood(twice):
    assert set(zip(twice.builds["revision"], twice.builds["source_image"], strict=True)) == {
        ("0d1fab2", "ami-0123456789abcdef0")}


def test_real_times_are_of_this_run(twice):
    late = twice.builds["finished_at"].max() - twice.coverage["observed_at"].max()
    assert abs(late.total_seconds()) < 600


def test_a_json_template_and_its_manifest_are_joined(tmp_path):
    build(write(tmp_path, {
        "variables": {"base": "x"}, "post-processors": [manifest(strip_time=True)],
        "builders": [{"type": "file", "content": "{{user `base`}}", "target": "a.txt"}]}))
    fleet = load("packer", tmp_path)
    assert (fleet.builds["name"].tolist(), fleet.builds["finished_at"].isna().all()) == (
        ["file"], True)


@pytest.fixture(scope="module", params=["tag", "commit"])
def container(request, engine, tmp_path_factory):  # noqa: F811
    """A container image that Packer made of the engine's: named, or known by its digest only."""
    tag = {"type": "docker-tag", "repository": BUILT.partition(":")[0],
           "tag": BUILT.partition(":")[2]}
    folder, mark = tmp_path_factory.mktemp("packer"), f"by-packer={uuid.uuid4()}"
    chain = [*([tag] if request.param == "tag" else []), manifest()]
    try:
        build(write(folder, {
            "builders": [{**DOCKER, "name": "web", "image": OLD, "changes": [f"LABEL {mark}"]}],
            "provisioners": [{"type": "shell", "inline": ["echo packed > /by-packer"]}],
            "post-processors": [chain]}), DOCKER_HOST=engine.socket)
        (made,) = engine.client.images.list(filters={"label": mark})
        yield engine, folder, made
    finally:
        for image in engine.client.images.list(filters={"label": mark}):
            engine.client.images.remove(image.id, force=True)


def test_the_image_is_the_one_that_the_engine_holds(container):
    server, folder, made = container
    built = load("packer", folder).images.query("builder == 'packer docker'").iloc[0]
    found = server.client.images.get(built["image_id"].rpartition("docker.io/")[2])
    assert found.id == made.id


def test_the_template_tells_what_the_engine_records_as_parent(container):
    server, folder, made = container
    link = load("packer", folder).links.set_index("relation").loc["derived_from"]
    assert (link["to_id"], link["evidence"]) == (f"name|docker.io/{OLD}", "packer template")
    assert server.client.images.get(OLD).id == made.attrs["Parent"]


def test_a_built_image_is_one_with_that_of_the_engine(container):
    server, folder, made = container
    fleet = fk.unify(load("docker", server.socket, packages=False, progress=False)
                     + load("packer", folder))
    lineage = fk.trace(fleet).lineage.set_index("child_id")
    assert lineage.loc[made.id, "parent_id"] == server.client.images.get(OLD).id
    assert "conflict" not in set(fleet.problems["code"])
