"""One image in an engine, a registry and an archive: one row, one set of packages, no conflict."""

import pytest

import fleetkit as fk
from fleetkit.progress import silent

NAMES = ("shop/web:2.3.1", "legacy/ledger:el9", "partner/feed:3.20", "shop/gateway:1.1",
         "legacy/archive:el7", "tools/probe:1", "hostile/escape:1", "hostile/corrupt-dpkg:1")
CELLS = ["subject_id", "ecosystem", "release", "name", "source_name", "version", "source_version",
         "arch", "purl", "path", "module", "size_bytes"]


@pytest.fixture(scope="module")
def places(engine, registry, tmp_path_factory):
    """The fleet of the engine, of the registry and of what the engine saves."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLEETKIT_CACHE", str(tmp_path_factory.mktemp("cache")))
        path = tmp_path_factory.mktemp("save") / "saved.tar"
        api = engine.client.api
        answer = api._get(api._url("/images/get"), params={"names": NAMES}, stream=True)
        with path.open("wb") as file, answer:
            file.writelines(answer.iter_content(1 << 20))
        for name in NAMES:
            registry.copy(f"docker-daemon:{name}", f"fleet/{name}", "--src-daemon-host",
                          engine.socket)
        saved = fk.load("oci", path, progress=silent)
        pushed = fk.load("oci", registry.host, repositories="fleet/*", progress=silent)
        live = fk.load("docker", engine.socket, progress=silent)
        yield live, saved, pushed


def of(fleet, ids):
    rows = fleet.packages[fleet.packages["subject_id"].isin(ids)]
    return rows[CELLS].sort_values(CELLS[:6]).reset_index(drop=True)


def test_ids_are_those_of_the_engine(places):
    live, saved, pushed = places
    assert set(saved.images["image_id"]) == set(pushed.images["image_id"])
    assert set(saved.images["image_id"]) <= set(live.images["image_id"])
    assert len(saved.images) == len(NAMES)


@pytest.mark.parametrize("number", [1, 2], ids=["archive", "registry"])
def test_packages_are_those_of_the_engine(places, number):
    ids = set(places[number].images["image_id"])
    ours, theirs = of(places[number], ids), of(places[0], ids)
    assert len(ours) > 100
    assert ours.equals(theirs)


def test_rows_unite_without_a_conflict(places):
    live, saved, pushed = places
    united = live + saved + pushed
    assert united.problems.query("phase == 'merge'").empty
    assert len(united.images) == len(live.images)
    assert len(united.layers) == len(live.layers)
    assert len(united.packages) == len(live.packages)


def test_sizes_are_those_of_the_engine(places):
    live, saved, _ = places
    sizes = live.images.set_index("image_id")["size_bytes"]
    ours = saved.images.set_index("image_id")["size_bytes"]
    assert ours.to_dict() == sizes[ours.index].to_dict()


def test_layers_say_what_made_them_as_the_engine_does(places):
    live, saved, _ = places
    cells = ["image_id", "position", "diff_id", "chain_id", "command", "created_at", "size_bytes"]
    theirs = live.layers[live.layers["image_id"].isin(saved.images["image_id"])][cells]
    assert saved.layers[cells].equals(theirs.reset_index(drop=True))


def test_a_united_image_knows_names_of_all_places(places):
    live, saved, pushed = places
    tags = [tags for tags in (live + saved + pushed).images["tags"] if "shop/web:2.3.1" in tags]
    assert len(tags) == 1
    assert any("/fleet/shop/web:2.3.1" in tag for tag in tags[0])


def test_what_a_step_installed_is_told_by_its_layer(places):
    _, saved, _ = places
    web = saved.images.set_index("name").loc["shop/web:2.3.1", "image_id"]
    found = saved.packages[saved.packages["subject_id"] == web].set_index("name")
    commands = saved.layers[saved.layers["image_id"] == web].set_index("position")["command"]
    assert "apt-get install" in commands[found.loc["nginx", "first_layer"]]
    assert "mmdebstrap" in commands[found.loc["bash", "first_layer"]]


def test_a_container_uses_an_image_that_only_the_registry_describes(places):
    live, _, pushed = places
    uses = live.links.query("relation == 'uses_image'")["to_id"]
    assert set(uses) & set(pushed.images["image_id"])
