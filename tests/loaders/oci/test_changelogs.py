"""Changelogs in layers: whichever layer brings or hides them, what counts is what is there."""

import gzip
import subprocess

import pytest

from fleetkit.loaders.oci import strata
from fleetkit.patching import audit
from tests.loaders.oci.making import (
    DEBIAN,
    FOLDER,
    HARD,
    LINK,
    RELEASE,
    STATUS,
    codes,
    layer,
    packages,
    saved,
)
from tests.real.parts import require

DOCUMENTS = "usr/share/doc"
CURL = f"{DOCUMENTS}/curl/changelog.Debian.gz"


def changelog(version, *flaws, name="curl"):
    """A packed changelog whose one entry names the flaws."""
    items = "".join(f"  * {flaw}\n" for flaw in flaws)
    return gzip.compress(
        f"{name} ({version}) bookworm; urgency=high\n\n{items}\n"
        " -- Jane Doe <jane@shop.example>  Tue, 04 Aug 2026 10:00:00 +0000\n".encode(), mtime=0)


OLD = {RELEASE: DEBIAN, STATUS: packages(curl="7.88-1"), CURL: changelog("7.88-1", "CVE-2026-0001")}
NEW = {STATUS: packages(curl="7.88-2"), CURL: changelog("7.88-2", "CVE-2026-0002")}


def told(fleet):
    """Build and flaw of each row."""
    rows = fleet.changelogs[["source_version", "flaw"]]
    return list(rows.itertuples(index=False, name=None))


def test_a_changelog_is_read(archived):
    fleet = archived(saved(("web:1", [layer(OLD)])))
    (row,) = fleet.changelogs.to_dict("records")
    assert (row["ecosystem"], row["release"], row["source_name"], row["version"], row["says"]) == (
        "Debian", "12", "curl", "7.88-1", "fixed")


def test_the_upper_layer_counts(archived):
    fleet = archived(saved(("web:1", [layer(OLD), layer(NEW)])))
    assert told(fleet) == [("7.88-2", "CVE-2026-0002")]


def test_images_with_the_same_build_share_its_rows(archived):
    more = layer({"etc/motd": b"hello"})
    fleet = archived(saved(("web:1", [layer(OLD)]), ("web:2", [layer(OLD), more])))
    assert told(fleet) == [("7.88-1", "CVE-2026-0001")]
    assert "shared" not in codes(fleet)


@pytest.mark.parametrize("gone", [
    {f"{DOCUMENTS}/curl/.wh.changelog.Debian.gz": b""}, {f"{DOCUMENTS}/.wh.curl": b""},
    {f"{DOCUMENTS}/.wh..wh..opq": b""}, {"usr/share/.wh.doc": b""}])
def test_a_changelog_that_an_upper_layer_hides_is_missing(archived, gone):
    fleet = archived(saved(("web:1", [layer(OLD), layer(gone)])))
    assert told(fleet) == []
    assert fleet.problems["detail"].tolist() == ["1 distinct builds have none, as curl 7.88-1"]


def test_a_build_without_changelog_is_counted_once_for_all_images(archived):
    bare = layer({RELEASE: DEBIAN, STATUS: packages(curl="7.88-1", bash="5.2-1")})
    fleet = archived(saved(("a:1", [bare]), ("b:1", [bare, layer({"etc/motd": b"hello"})])))
    assert fleet.problems["detail"].tolist() == [
        "2 distinct builds have none, as bash 5.2-1, curl 7.88-1"]


@pytest.mark.parametrize("link", [
    {f"{DOCUMENTS}/curl": (LINK, "libcurl4")},
    {f"{DOCUMENTS}/curl/changelog.Debian.gz": (LINK, "../libcurl4/changelog.Debian.gz")},
    {f"{DOCUMENTS}/curl/changelog.Debian.gz": (HARD, f"{DOCUMENTS}/libcurl4/changelog.Debian.gz")},
])
def test_links_are_followed(archived, link):
    linked = {name: content for name, content in OLD.items() if name != CURL}
    linked |= {f"{DOCUMENTS}/libcurl4/changelog.Debian.gz": OLD[CURL], **link}
    assert told(archived(saved(("web:1", [layer(linked)])))) == [("7.88-1", "CVE-2026-0001")]


def test_a_bomb_is_a_problem_and_costs_no_package(archived):
    bomb = gzip.compress(bytes(33 << 20))
    fleet = archived(saved(("web:1", [layer({**OLD, CURL: bomb})])))
    assert (fleet.packages["name"].tolist(), codes(fleet)) == (["curl"], ["unreadable_changelog"])


def test_a_layer_of_nothing_but_documents_costs_no_package(archived, monkeypatch):
    monkeypatch.setattr(strata, "MAX_CHANGELOGS", 10)
    many = {f"{DOCUMENTS}/p{number}": FOLDER for number in range(20)}
    fleet = archived(saved(("web:1", [layer({**many, **OLD})])))
    assert (fleet.packages["name"].tolist(), told(fleet)) == (["curl"], [])


def test_what_was_kept_of_a_layer_is_told_again(tmp_path, archived):
    first = archived(saved(("web:1", [layer(OLD)])))
    again = archived(saved(("web:1", [layer(OLD)])))
    assert told(first) == told(again) == [("7.88-1", "CVE-2026-0001")]


@pytest.fixture
def shipped(tmp_path):
    """A function that packs a version of a company's own package, and has dpkg install it."""
    packer, dpkg = require("dpkg-deb"), require("dpkg")

    def ship(version, *flaws):
        tree, root = tmp_path / f"tree-{version}", tmp_path / f"root-{version}"
        documents = tree / DOCUMENTS / "shop-api"
        documents.mkdir(parents=True)
        (documents / "changelog.gz").write_bytes(changelog(version, *flaws, name="shop-api"))
        (tree / "DEBIAN").mkdir()
        (tree / "DEBIAN/control").write_text(
            f"Package: shop-api\nVersion: {version}\nArchitecture: all\n"
            "Maintainer: Jane Doe <jane@shop.example>\nDescription: the shop\n")
        for folder in ("info", "updates"):
            (root / "var/lib/dpkg" / folder).mkdir(parents=True)
        (root / STATUS).touch()
        packed = str(tmp_path / f"{version}.deb")
        subprocess.run([packer, "--root-owner-group", "-b", tree, packed], check=True,
                       stdout=subprocess.DEVNULL)
        subprocess.run([dpkg, f"--root={root}", "--force-not-root", "--force-script-chrootless",
                        "--force-bad-path", "-i", packed], check=True, stdout=subprocess.DEVNULL)
        files = {path.relative_to(root).as_posix(): path.read_bytes()
                 for path in sorted(root.rglob("*")) if path.is_file()}
        return layer({RELEASE: DEBIAN, **files})

    return ship


def test_a_package_of_ones_own_is_found_without_any_feed(shipped, archived):
    fleet = audit(archived(saved(
        ("api:1", [shipped("1.4.0")]), ("api:2", [shipped("1.4.1", "CVE-2026-0007")]))))
    found = fleet.findings.query("evidence == 'changelog'")
    names = fleet.images.set_index("image_id")["name"]
    (row,) = found.to_dict("records")
    assert (names[row["subject_id"]], row["advisory_id"], row["fixed_version"]) == (
        "api:1", "CVE-2026-0007", "1.4.1")
