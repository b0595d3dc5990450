"""Hostile files: nothing is written outside the cache, nothing grows without bound."""

import gzip
import io
import json
import tarfile
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleetkit.errors import LoadError
from fleetkit.loaders.oci.saved import scan
from tests.loaders.oci.making import (
    DEBIAN,
    LINK,
    RELEASE,
    STATUS,
    codes,
    config,
    digest,
    layer,
    packages,
    saved,
    write,
)

GOOD = layer({RELEASE: DEBIAN, STATUS: packages(curl="7.88")})
NEIGHBOUR = ("shop/good:1", [GOOD])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.just(digest(GOOD)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["Config", "Layers", "RepoTags", "manifests", "digest", "rootfs", "config",
                         "diff_ids", "history", "Labels", "annotations", "platform", "Env"]),
        inner, max_size=4),
    max_leaves=12)


def tree(folder: Path):
    return sorted(path for path in folder.rglob("*") if "cache" not in path.parts)


def raw(name, kind, size, form=tarfile.GNU_FORMAT):
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, size
    return info.tobuf(form)


def test_names_that_escape_are_left_alone_and_told(archived, tmp_path):
    bad = layer({RELEASE: DEBIAN, STATUS: packages(curl="1"), "../../escaped": b"x",
                 "/tmp/../../escaped": b"x", "a/../../etc/passwd": b"x"})
    before = tree(tmp_path.parent)
    fleet = archived([*saved(("shop/bad:1", [bad])), ("../escaped.json", b"{}")])
    new = set(tree(tmp_path.parent)) - set(before)
    assert new <= {tmp_path / "images.tar"}
    assert codes(fleet) == ["escaping_member", "escaping_member"]
    assert fleet.packages["name"].tolist() == ["curl"]


def test_devices_fifos_and_links_are_no_databases(archived):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, kind in ((STATUS, tarfile.CHRTYPE), ("lib/apk/db/installed", tarfile.FIFOTYPE),
                           ("etc/os-release", tarfile.BLKTYPE)):
            info = tarfile.TarInfo(name)
            info.type = kind
            tar.addfile(info)
    fleet = archived(saved(("shop/odd:1", [buffer.getvalue()]), NEIGHBOUR))
    known = fleet.images.set_index("name")["observable"]
    assert known.to_dict() == {"shop/odd:1": False, "shop/good:1": True}


def test_links_between_members_that_escape_or_circle_lead_nowhere(archived):
    members = dict(saved(NEIGHBOUR, ("shop/bad:1", [layer({"a": b""})])))
    path = f"{digest(layer({'a': b''}))[7:]}/layer.tar"
    for target in ("../../../../etc/passwd", path, "layer.tar"):
        fleet = archived([*((name, (LINK, target) if name == path else content)
                            for name, content in members.items())])
        assert codes(fleet) == ["missing_content"]
        assert fleet.packages["name"].tolist() == ["curl"]


def test_a_layer_that_inflates_without_end_stops_in_seconds(archived):
    head = raw("zeros", tarfile.REGTYPE, 10 << 30)
    portion = gzip.compress(bytes(32 << 20), 9)
    bomb = gzip.compress(head) + portion * 320  # ten gigabytes
    started = time.perf_counter()
    fleet = archived([*saved(NEIGHBOUR), *bombed(bomb)])
    assert time.perf_counter() - started < 30
    assert "which nothing real does" in fleet.problems["detail"][0]
    assert fleet.packages["name"].tolist() == ["curl"]


def bombed(blob):
    """An image of one layer, in a second table of contents."""
    described = config([b"never mind"])
    manifest = json.dumps({
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json",
                   "digest": digest(described), "size": 1},
        "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip",
                    "digest": digest(blob), "size": len(blob)}]}).encode()
    index = json.dumps({"manifests": [
        {"digest": digest(manifest), "size": 1,
         "annotations": {"org.opencontainers.image.ref.name": "shop/bomb:1"}}]}).encode()
    blobs = [(f"blobs/sha256/{digest(one)[7:]}", one) for one in (described, manifest, blob)]
    return [*blobs, ("index.json", index)]


def test_an_archive_that_inflates_without_end_stops_in_seconds(tmp_path, loaded):
    path = tmp_path / "bomb.tar.gz"
    path.write_bytes(gzip.compress(raw("zeros", tarfile.REGTYPE, 10 << 30))
                     + gzip.compress(bytes(32 << 20), 9) * 320)
    with pytest.raises(LoadError, match="which nothing real does"):
        loaded(path)


def test_ten_thousand_members_stay_out_of_memory(archived, tmp_path):
    empty = b"".join(raw(f"srv/{number}", tarfile.REGTYPE, 0) for number in range(10_000))
    big = GOOD[:-10240] + empty + bytes(1024)
    path = write(tmp_path / "many.tar", saved(("shop/many:1", [big])))
    tracemalloc.start()
    records = [item for _, items in scan(path) for item in items]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(records) == 2
    assert peak < 32 << 20


def test_too_many_members_are_refused(archived, monkeypatch):
    monkeypatch.setattr("fleetkit.loaders.oci.members.MAX_MEMBERS", 100)
    many = layer({f"a/{number}": b"" for number in range(200)})
    fleet = archived(saved(("shop/many:1", [many]), NEIGHBOUR))
    assert "more than 100 members" in fleet.problems["detail"][0]
    assert fleet.packages["name"].tolist() == ["curl"]


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.XGLTYPE])
def test_a_header_of_gigabytes_is_refused(archived, kind):
    bad = raw("x", kind, 6 << 30) + bytes(10_000)
    fleet = archived(saved(("shop/bad:1", [bad]), NEIGHBOUR))
    assert "extended header claims" in fleet.problems["detail"][0]
    assert fleet.packages["name"].tolist() == ["curl"]


def test_a_database_that_is_too_large_is_told(archived, monkeypatch):
    monkeypatch.setattr("fleetkit.loaders.oci.strata.MAX_FILE_BYTES", 50)
    fleet = archived(saved(NEIGHBOUR))
    assert fleet.images["observable"].isna().all()
    assert "more than is read" in fleet.problems["detail"][0]


def test_a_layer_that_is_half_written_leaves_the_others(archived):
    half = layer({RELEASE: DEBIAN, "big": b"x" * 5000})[:3000]
    fleet = archived(saved(("shop/half:1", [half]), NEIGHBOUR))
    assert fleet.packages["name"].tolist() == ["curl"]
    assert "breaks off" in fleet.problems["detail"][0]


def test_thousands_of_changes_of_one_path_end_soon(archived):
    files = [(f"var/lib/dpkg/status.d/{number}", b"") for number in range(9_000)]
    files += [("var/lib/dpkg", b"")] * 5_000
    started = time.perf_counter()
    archived(saved(("shop/churn:1", [layer(files)])))
    assert time.perf_counter() - started < 15


def test_links_to_ever_new_places_end(archived):
    images = []
    for number in range(12):
        files = {RELEASE: (LINK, f"/opt/{number}/release"), STATUS: packages(curl="1")}
        images.append((f"shop/web:{number}", [layer(files)]))
    fleet = archived(saved(*images))
    assert fleet.problems["detail"].str.contains("lead to ever new places").any()


def test_an_index_that_names_itself_ends(tmp_path, loaded):
    (tmp_path / "oci-layout").write_text("{}")
    blobs = tmp_path / "blobs/sha256"
    blobs.mkdir(parents=True)
    named = None
    for _ in range(10):
        content = json.dumps({"manifests": [named] if named else []}).encode()
        (blobs / digest(content)[7:]).write_bytes(content)
        named = {"digest": digest(content), "size": len(content)}
    (tmp_path / "index.json").write_text(json.dumps({"manifests": [named]}))
    assert codes(loaded(tmp_path)) == ["unsupported"]


def test_a_thousand_layers_are_refused(archived):
    described = config([], rootfs={"type": "layers", "diff_ids": [digest(b"x")] * 5_000})
    fleet = archived(saved(("shop/deep:1", [], described), NEIGHBOUR))
    assert "names 5,000 layers" in fleet.problems["detail"][0]
    assert fleet.packages["name"].tolist() == ["curl"]


@pytest.mark.parametrize("more", [
    {"config": "text"}, {"config": {"Labels": ["a"]}}, {"config": {"Env": {"a": 1}}},
    {"history": {"a": 1}}, {"history": [1, None]}, {"created": 7}, {"architecture": ["x"]},
    {"config": {"ExposedPorts": 5}}, {"config": {"Entrypoint": {"a": 1}}},
    {"rootfs": {"diff_ids": "text"}}, {"rootfs": {"diff_ids": [1]}}, {"rootfs": 7},
])
def test_a_strange_configuration_leaves_the_others(archived, more):
    described = config([GOOD], **more)
    fleet = archived(saved(("shop/odd:1", [GOOD], described), NEIGHBOUR))
    assert "shop/good:1" in set(fleet.images["name"])
    assert fleet.packages["name"].isin(["curl"]).all()


@given(document=JSON)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_table_of_contents_does_more_than_be_refused(tmp_path, loaded, document):
    name = "index.json" if isinstance(document, dict) else "manifest.json"
    path = write(tmp_path / "a.tar", [
        *(one for one in saved(NEIGHBOUR) if one[0] != name),
        (name, json.dumps(document).encode())])
    try:
        fleet = loaded(path)
    except LoadError as error:
        fleet = None
        assert "a.tar" in str(error)  # noqa: PT017 - one of two good ends
    assert fleet is None or set(fleet.images["kind"]) <= {"container"}


@given(at=st.integers(0, 30_000), byte=st.integers(0, 255))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_changed_byte_makes_a_false_package(tmp_path, loaded, at, byte):
    path = write(tmp_path / "a.tar", saved(NEIGHBOUR))
    content = bytearray(path.read_bytes())
    content[at % len(content)] = byte
    path.write_bytes(content)
    try:
        fleet = loaded(path)
    except LoadError as error:
        fleet = None
        assert "a.tar" in str(error)  # noqa: PT017 - one of two good ends
    assert fleet is None or fleet.packages["version"].isin(["7.88"]).all()
