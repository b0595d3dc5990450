"""A real registry, filled by skopeo, umoci and by hand: lists, platforms, statements, calls."""

import gzip
import json

import pytest

import fleetkit as fk
from fleetkit.errors import LoadError
from tests.loaders.oci.making import (
    DEBIAN,
    RELEASE,
    STATUS,
    codes,
    config,
    digest,
    layer,
    packages,
)
from tests.real import registry as real
from tests.real.registry import LOGIN, skopeo, umoci

BASE = layer({RELEASE: DEBIAN, STATUS: packages(curl="7.88")})
ARM = layer({RELEASE: DEBIAN, STATUS: packages(wget="1.21")})


@pytest.fixture(scope="module")
def many(registry, tmp_path_factory):
    """A layout of labelled images of no size, pushed as several tags of three repositories."""
    layout = tmp_path_factory.mktemp("umoci") / "many"
    umoci("init", "--layout", str(layout))
    for number in range(4):
        name = f"{layout}:v{number}"
        umoci("new", "--image", name)
        umoci("config", "--image", name, "--config.label", f"number={number}",
              "--created", f"2026-0{number + 1}-01T00:00:00Z")
        for repository in ("many/a", "many/b"):
            registry.copy(f"oci:{name}", f"{repository}:v{number}")
    registry.copy(f"oci:{layout}:v0", "many/c:latest")
    return registry


def test_a_whole_registry_is_listed(many, loaded):
    fleet = loaded(many.host, repositories="many/*")
    assert fleet.coverage.set_index("resource")["rows"].to_dict() == {
        "repositories": 3, "manifests": 9, "layers": 1}
    assert sorted(tag for tags in fleet.images["tags"] for tag in tags)[0] == (
        f"{many.host}/many/a:v0")


def test_a_repository_is_named(many, loaded):
    assert len(loaded(f"{many.host}/many/a").images) == 4


def test_a_tag_is_named(many, loaded):
    fleet = loaded(f"oci://{many.host}/many/a:v2")
    assert fleet.images["labels"].tolist() == ['{"number":"2"}']


def test_a_digest_is_named(many, loaded):
    by_tag = loaded(f"{many.host}/many/a:v2").images
    by_digest = loaded(by_tag["digests"][0][0]).images
    assert by_digest["image_id"].tolist() == by_tag["image_id"].tolist()


def test_tags_are_chosen_by_pattern(many, loaded):
    assert len(loaded(f"{many.host}/many/a", tags=["v[12]"]).images) == 2


def test_the_newest_are_those_that_were_built_last(many, loaded):
    fleet = loaded(f"{many.host}/many/a", newest=2)
    assert sorted(fleet.images["labels"]) == ['{"number":"2"}', '{"number":"3"}']


def test_an_image_in_two_repositories_is_one_row_with_all_names(many, loaded):
    fleet = loaded(many.host, repositories=["many/a", "many/b"], tags="v1")
    assert len(fleet.images) == 1
    assert list(fleet.images["tags"][0]) == [f"{many.host}/many/{name}:v1" for name in "ab"]
    assert codes(fleet) == []


def test_pages_of_repositories_are_followed(many, loaded, monkeypatch):
    monkeypatch.setattr("fleetkit.loaders.oci.listing._PAGE", 2)
    many.calls()
    fleet = loaded(many.host, repositories="many/*", only="repositories")
    assert fleet.coverage["rows"].tolist() == [3]
    assert sum("/_catalog" in path for _, path, _ in many.calls()) >= 2


def test_only_get_and_head_are_on_the_wire(many, loaded):
    many.calls()
    loaded(many.host, repositories="many/*")
    assert {method for method, _, _ in many.calls()} == {"GET", "HEAD"}


def test_a_second_load_fetches_no_blob_and_no_manifest(registry, loaded):
    child = registry.image("again/web", [BASE])
    registry.index("again/web", "1", [child])
    first = loaded(f"{registry.host}/again/web")
    registry.calls()
    second = loaded(f"{registry.host}/again/web")
    asked = [(method, path) for method, path, _ in registry.calls()]
    assert [path for _, path in asked if "/blobs/" in path] == []
    assert [path for method, path in asked if method == "GET" and "/manifests/" in path] == []
    assert second.packages["name"].tolist() == first.packages["name"].tolist() == ["curl"]


def test_a_shared_layer_is_fetched_once(registry, loaded):
    registry.index("shared/a", "1", [registry.image("shared/a", [BASE, layer({"a": b"1"})])])
    registry.index("shared/b", "1", [registry.image("shared/b", [BASE, layer({"b": b"2"})])])
    registry.calls()
    fleet = loaded(registry.host, repositories="shared/*")
    asked = [path for _, path, _ in registry.calls() if digest(BASE)[7:] in path]
    assert (len(asked), len(fleet.packages)) == (1, 2)


def test_no_layer_is_fetched_where_packages_are_not_wanted(registry, loaded):
    registry.index("plain/web", "1", [registry.image("plain/web", [BASE])])
    registry.calls()
    fleet = loaded(f"{registry.host}/plain/web", packages=False)
    assert not any(digest(BASE)[7:] in path for _, path, _ in registry.calls())
    assert fleet.images["observable"].isna().all()


@pytest.fixture(scope="module")
def platforms(registry):
    """An index of two platforms, by the id of each."""
    children = [registry.image("two/web", [ARM], architecture="arm64", variant="v8"),
                registry.image("two/web", [BASE])]
    return {"arm64": children[0], "amd64": children[1],
            "index": registry.index("two/web", "1", children)}


def test_packages_are_read_of_the_usual_platform(registry, platforms, loaded):
    fleet = loaded(f"{registry.host}/two/web")
    assert fleet.packages["name"].tolist() == ["curl"]
    assert sorted(fleet.images["arch"]) == ["amd64", "arm64/v8"]


@pytest.mark.parametrize(("platform", "names"), [
    ("linux/arm64", ["wget"]), ("linux/*", ["curl", "wget"]), ("all", ["curl", "wget"]),
    ("windows/amd64", ["wget"])])
def test_the_platform_is_chosen(registry, platforms, loaded, platform, names):
    fleet = loaded(f"{registry.host}/two/web", platform=platform)
    assert sorted(fleet.packages["name"]) == names


def test_tag_and_digest_of_an_index_lead_to_one_image(registry, platforms, loaded):
    images = loaded(f"{registry.host}/two/web").images.set_index("image_id")
    usual, other = (images.loc[platforms[name]["config"]] for name in ("amd64", "arm64"))
    assert list(usual["tags"]) == [f"{registry.host}/two/web:1"]
    assert f"{registry.host}/two/web@{platforms['index']}" in usual["digests"]
    assert list(other["tags"]) == []
    assert other["name"] == f"{registry.host}/two/web@{platforms['arm64']['digest']}"


def test_an_artifact_is_no_image(registry, loaded):
    chart = {
        "schemaVersion": 2, "mediaType": real.MANIFEST,
        "config": registry.push("charts/web", b"{}", "application/vnd.cncf.helm.config.v1+json"),
        "layers": [registry.push("charts/web", b"chart",
                                 "application/vnd.cncf.helm.chart.content.v1.tar+gzip")],
    }
    registry.put("charts/web", "1", chart)
    fleet = loaded(f"{registry.host}/charts/web")
    problem = fleet.problems.iloc[0]
    assert (len(fleet.images), problem["code"], problem["severity"], problem["detail"]) == (
        0, "not_an_image", "info", "1 × application/vnd.cncf.helm.config.v1+json")


def test_artifacts_of_one_kind_are_told_once(registry, loaded):
    for number in range(3):
        blob = registry.push("modules/web", b"%d" % number, "application/wasm")
        registry.put("modules/web", str(number), {
            "schemaVersion": 2, "mediaType": real.MANIFEST, "layers": [blob],
            "config": registry.push("modules/web", b"{}", "application/vnd.wasm.config.v0+json")})
    assert loaded(f"{registry.host}/modules/web").problems["detail"].tolist() == [
        "3 × application/vnd.wasm.config.v0+json"]


def test_layers_of_windows_are_not_fetched(registry, loaded):
    registry.index("win/web", "1", [registry.image("win/web", [BASE], os="windows")])
    registry.calls()
    fleet = loaded(f"{registry.host}/win/web")
    assert not any(digest(BASE)[7:] in path for _, path, _ in registry.calls())
    assert (fleet.images["os_family"].tolist(), len(fleet.problems)) == (["windows"], 0)


def test_a_registry_is_loaded_from_the_command_line(registry, platforms, tmp_path):
    import subprocess
    import sys

    place = f"oci:{registry.host}/two/web:1"
    ran = subprocess.run(
        [sys.executable, "-m", "fleetkit.cli", "load", place, "-o", str(tmp_path / "fleet")],
        capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert len(fk.restore(tmp_path / "fleet").images) == 2


def test_a_layer_of_a_strange_kind_leaves_packages_unknown(registry, loaded):
    blob = registry.push("odd/web", gzip.compress(BASE),
                         "application/vnd.oci.image.layer.v1.tar+gzip+encrypted")
    manifest = {"schemaVersion": 2, "mediaType": real.MANIFEST, "layers": [blob],
                "config": registry.push("odd/web", config([BASE]), real.CONFIG)}
    registry.put("odd/web", "1", manifest)
    fleet = loaded(f"{registry.host}/odd/web")
    assert fleet.images["observable"].isna().all()
    assert "+encrypted" in fleet.problems["detail"][0]


def test_a_repository_that_is_not_there_says_so(registry, loaded):
    with pytest.raises(LoadError, match="nowhere/web/tags/list: is not there"):
        loaded(f"{registry.host}/nowhere/web")


def test_a_port_where_nothing_listens_says_so(loaded):
    with pytest.raises(LoadError, match="is the address right"):
        loaded("127.0.0.1:1/team/web")


@pytest.fixture(scope="module")
def locked(tmp_path_factory):
    """A registry that asks for a password, with one image."""
    with real.registry(tmp_path_factory.mktemp("locked"), is_locked=True) as running:
        running.index("team/web", "1", [running.image("team/web", [BASE])])
        yield running


def test_without_a_login_a_locked_registry_is_denied(locked, loaded):
    with pytest.raises(LoadError, match="log in with `docker login`"):
        loaded(f"{locked.host}/team/web")


def test_a_login_of_docker_opens_a_locked_registry(locked, loaded, login):
    login(locked.host, *LOGIN)
    assert loaded(locked.host).packages["name"].tolist() == ["curl"]


def test_the_password_is_nowhere(locked, loaded, login, tmp_path, caplog):
    caplog.set_level("DEBUG")
    login(locked.host, *LOGIN)
    folder = fk.capture("oci", locked.host, to=tmp_path / "dump", progress=False)
    written = b"".join(gzip.decompress(path.read_bytes())
                       for path in (*folder.glob("*.gz"), *(tmp_path / "cache").rglob("*.gz")))
    tables = "".join(frame.to_csv() for _, frame in loaded(locked.host))
    for text in (written.decode(), tables, caplog.text, (folder / "capture.json").read_text()):
        assert LOGIN[1] not in text


def test_secrets_of_a_configuration_reach_no_table_capture_or_cache(registry, loaded, tmp_path):
    secret = "planted-config-71ac03"
    child = registry.image("leaky/web", [BASE], config={
        "Env": [f"API_TOKEN={secret}", f"PLAIN={secret}"], "Cmd": ["serve", "--key", secret],
        "Labels": {"note": f"uses {secret}", "db.password": secret}},
        history=[{"created_by": f"/bin/sh -c #(nop)  ENV API_TOKEN={secret}"}])
    registry.index("leaky/web", "1", [child])
    place = f"{registry.host}/leaky/web"
    folder = fk.capture("oci", place, to=tmp_path / "dump", progress=False)
    files = [*folder.glob("*.gz"), *(tmp_path / "cache").rglob("*.gz")]
    written = b"".join(gzip.decompress(path.read_bytes()) for path in files).decode()
    tables = "".join(frame.to_csv() for _, frame in loaded(place))
    assert (secret in written, secret in tables, "API_TOKEN" in written) == (False, False, True)


def test_a_capture_gives_the_same_fleet(registry, platforms, loaded, tmp_path):
    place = f"{registry.host}/two/web"
    live = loaded(place)
    again = fk.load("oci", fk.capture("oci", place, to=tmp_path / "dump", progress=False))
    for table in ("images", "layers", "packages", "links", "builds"):
        seen = ["observed_at", "origin"]
        assert live[table].drop(columns=seen).equals(again[table].drop(columns=seen))


def test_what_skopeo_writes_is_read(registry, platforms, loaded, tmp_path):
    source = f"docker://{registry.host}/two/web:1"
    skopeo(source, f"oci:{tmp_path}/layout:1.0", "--src-tls-verify=false")
    skopeo(source, f"docker-archive:{tmp_path}/docker.tar:two/web:1", "--src-tls-verify=false")
    skopeo(source, f"oci-archive:{tmp_path}/oci.tar:two/web:1", "--src-tls-verify=false")
    for name in ("layout", "docker.tar", "oci.tar"):
        assert loaded(tmp_path / name).packages["name"].tolist() == ["curl"], name
    assert json.loads((tmp_path / "layout/index.json").read_text())["schemaVersion"] == 2
