"""Archives in every form and order, and what is wrong with them."""

import bz2
import gzip
import json

import pyarrow as pa
import pytest

from fleetkit.errors import LoadError
from tests.loaders.oci.making import (
    DEBIAN,
    LINK,
    RELEASE,
    STATUS,
    codes,
    config,
    digest,
    layer,
    layout,
    packages,
    saved,
    write,
)

BASE = layer({RELEASE: DEBIAN, STATUS: packages(curl="7.88")})
APP = layer({"srv/app": b"app"})
WEB = ("shop/web:1", [BASE, APP])


@pytest.mark.parametrize("packed", [
    None, gzip.compress, lambda content: pa.Codec("zstd").compress(content, asbytes=True)],
    ids=["plain", "gzip", "zstd"])
def test_an_archive_is_read_packed_or_not(archived, packed):
    fleet = archived(saved(WEB), packed)
    assert (fleet.images["name"].tolist(), fleet.packages["name"].tolist()) == (
        ["shop/web:1"], ["curl"])


@pytest.mark.parametrize("order", [list, lambda members: members[::-1], sorted])
def test_the_order_of_members_does_not_matter(archived, order):
    assert archived(saved(WEB, order=order)).packages["name"].tolist() == ["curl"]


def test_the_id_is_the_digest_of_the_configuration(archived):
    assert archived(saved(WEB)).images["image_id"].tolist() == [digest(config(WEB[1]))]


def test_a_layer_that_is_a_link_to_another_is_read(archived):
    members = saved(WEB)
    twin = [BASE, BASE]
    described = config(twin)
    first = f"{digest(BASE)[7:]}/layer.tar"
    members += [("again/layer.tar", (LINK, f"../{first}")), ("b.json", described)]
    manifest = json.loads(dict(members)["manifest.json"])
    manifest.append({"Config": "b.json", "RepoTags": ["shop/twin:1"],
                     "Layers": [first, "again/layer.tar"]})
    fleet = archived([*(one for one in members if one[0] != "manifest.json"),
                      ("manifest.json", json.dumps(manifest).encode())])
    assert fleet.packages["subject_id"].nunique() == 2


@pytest.mark.parametrize("is_packed", [True, False])
def test_a_layout_is_read_as_folder_and_as_archive(tmp_path, loaded, is_packed):
    layout(tmp_path / "web", "1.0", WEB[1], is_packed=is_packed)
    members = [(path.relative_to(tmp_path / "web").as_posix(), path.read_bytes())
               for path in sorted((tmp_path / "web").rglob("*")) if path.is_file()]
    folder, archive = loaded(tmp_path / "web"), loaded(write(tmp_path / "web.tar", members))
    columns = ["name", "version", "first_layer", "purl", "subject_id"]
    assert folder.packages[columns].equals(archive.packages[columns])
    assert folder.packages["name"].tolist() == ["curl"]


def test_an_image_in_both_tables_of_contents_is_one(tmp_path, archived):
    layout(tmp_path / "web", "1.0", WEB[1])
    both = [(path.relative_to(tmp_path / "web").as_posix(), path.read_bytes())
            for path in (tmp_path / "web").rglob("*") if path.is_file()]
    fleet = archived([*both, *saved(WEB)])
    assert (len(fleet.images), len(fleet.packages), codes(fleet)) == (1, 1, [])


def test_files_of_a_folder_are_found(tmp_path, loaded):
    (tmp_path / "fleet").mkdir()
    write(tmp_path / "fleet" / "a.tar", saved(WEB))
    write(tmp_path / "fleet" / "b.tgz", saved(("shop/api:1", [BASE])), gzip.compress)
    layout(tmp_path / "fleet" / "c", "1.0", [APP])
    assert len(loaded(tmp_path / "fleet").images) == 3


def test_packages_can_be_left_out(archived):
    fleet = archived(saved(WEB), packages=False)
    assert (len(fleet.packages), fleet.images["observable"].isna().all()) == (0, True)


def test_an_archive_that_is_no_image_says_what_it_expects(archived):
    with pytest.raises(LoadError, match=r"manifest\.json or index\.json.*found 'etc/os-release'"):
        archived([("etc/os-release", DEBIAN)])


def test_a_file_that_is_no_archive_says_so(tmp_path, loaded):
    (tmp_path / "a.tar").write_bytes(bz2.compress(b"no tar"))
    with pytest.raises(LoadError, match="manifest"):
        loaded(tmp_path / "a.tar")


def test_an_archive_that_breaks_off_keeps_the_images_before(tmp_path, loaded):
    members = [*saved(WEB, order=lambda members: members[::-1]), ("other.json", b"{}" * 5000)]
    path = write(tmp_path / "a.tar", members)
    path.write_bytes(path.read_bytes()[:-14_000])
    fleet = loaded(path)
    assert (fleet.packages["name"].tolist(), codes(fleet)) == (["curl"], ["unreadable_file"])


def test_a_layer_that_is_missing_leaves_the_other_images(archived):
    members = [one for one in saved(WEB, ("shop/api:1", [BASE])) if digest(APP)[7:] not in one[0]]
    fleet = archived(members)
    known = fleet.images.set_index("name")["observable"]
    assert (known["shop/api:1"], known.isna()["shop/web:1"], codes(fleet)) == (
        True, True, ["missing_content"])


def test_a_layer_with_another_content_is_not_believed(archived):
    members = dict(saved(WEB))
    members[f"{digest(BASE)[7:]}/layer.tar"] = layer({RELEASE: DEBIAN, STATUS: packages(evil="1")})
    fleet = archived(list(members.items()))
    assert (len(fleet.packages), codes(fleet)) == (0, ["digest_mismatch"])


def test_a_configuration_with_another_content_is_not_believed(archived):
    members = dict(saved(WEB))
    name = next(name for name in members if name.endswith(".json") and name != "manifest.json")
    members[name] = config(WEB[1], author="someone else")
    fleet = archived(list(members.items()))
    assert (len(fleet.images), codes(fleet)) == (0, ["digest_mismatch"])


def test_a_blob_of_a_layout_with_another_content_is_not_believed(tmp_path, loaded):
    manifest = layout(tmp_path / "web", "1.0", WEB[1])
    blob = tmp_path / "web/blobs/sha256" / manifest["layers"][0]["digest"][7:]
    blob.write_bytes(gzip.compress(layer({STATUS: packages(evil="1")})))
    fleet = loaded(tmp_path / "web")
    assert (len(fleet.packages), codes(fleet)) == (0, ["digest_mismatch"])


def test_a_lie_does_not_reach_the_cache(tmp_path, loaded):
    manifest = layout(tmp_path / "web", "1.0", WEB[1])
    blob = tmp_path / "web/blobs/sha256" / manifest["layers"][0]["digest"][7:]
    honest = blob.read_bytes()
    blob.write_bytes(gzip.compress(layer({STATUS: packages(evil="1")})))
    loaded(tmp_path / "web")
    blob.write_bytes(honest)
    assert loaded(tmp_path / "web").packages["name"].tolist() == ["curl"]


def test_a_layer_is_read_once(tmp_path, loaded):
    manifest = layout(tmp_path / "web", "1.0", WEB[1])
    loaded(tmp_path / "web")
    for one in manifest["layers"]:
        (tmp_path / "web/blobs/sha256" / one["digest"][7:]).unlink()
    fleet = loaded(tmp_path / "web")
    assert (fleet.packages["name"].tolist(), codes(fleet)) == (["curl"], [])


def test_a_damaged_cache_is_read_anew(tmp_path, loaded):
    layout(tmp_path / "web", "1.0", WEB[1])
    loaded(tmp_path / "web")
    for path in (tmp_path / "cache").rglob("*.gz"):
        path.write_bytes(gzip.compress(b'{"size": 1, "escaping": 0'))
    assert loaded(tmp_path / "web").packages["name"].tolist() == ["curl"]


def test_a_blob_that_is_a_link_out_of_the_layout_is_not_read(tmp_path, loaded):
    manifest = layout(tmp_path / "web", "1.0", WEB[1])
    blob = tmp_path / "web/blobs/sha256" / manifest["layers"][0]["digest"][7:]
    blob.rename(tmp_path / "outside")
    blob.symlink_to(tmp_path / "outside")
    fleet = loaded(tmp_path / "web")
    assert "leads out of the layout" in fleet.problems["detail"][0]
