"""From a real Packer build over the engine's image and container: one trail, read by name."""

import pytest

from fleetkit import follow, load, unify
from tests.real.conftest import engine  # noqa: F401 - a fixture
from tests.real.images import OLD
from tests.real.packer import DOCKER, build, manifest, write

COMMIT = "4f2a9c1d"


@pytest.fixture(scope="module")
def trail(engine, tmp_path_factory):  # noqa: F811
    """The trail of a container that runs what Packer built of a commit."""
    folder = tmp_path_factory.mktemp("packer")
    known = {image.id for image in engine.client.images.list(all=True)}
    made = []
    try:
        build(write(folder, {
            "builders": [{**DOCKER, "name": "web", "image": OLD}],
            "provisioners": [{"type": "shell", "inline": ["echo packed > /by-packer"]}],
            "post-processors": [manifest(custom_data={"git_commit": COMMIT})],
        }), DOCKER_HOST=engine.socket)
        image = ({one.id for one in engine.client.images.list(all=True)} - known).pop()
        made.append(engine.client.containers.create(image, command=["x"], name="followed"))
        fleet = load("docker", engine.socket, packages=False) + load("packer", folder)
        yield follow(unify(fleet), "followed")
    finally:
        for container in made:
            container.remove(force=True)
        for one in engine.client.images.list(all=True):
            if one.id not in known:
                engine.client.images.remove(one.id, force=True)


def test_a_container_is_followed_to_the_commit_of_its_build(trail):
    seen = trail.steps[~trail.steps["is_gap"]]
    assert seen["stage"].tolist() == ["commit", "build", "image", "instance"]
    assert seen["name"].iloc[0] == COMMIT


def test_what_no_source_tells_is_a_gap(trail):
    assert trail.gaps["stage"].tolist() == ["deployment", "service"]


def test_each_step_is_joined_to_the_next(trail):
    steps = trail.steps.set_index("id")["stage"]
    joined = [(steps[row.from_id], steps[row.to_id]) for row in trail.edges.itertuples()]
    assert joined[:2] == [("commit", "build"), ("build", "image")]
