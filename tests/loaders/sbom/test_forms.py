"""The forms in which SBOMs come: packed, wrapped, signed, several in one file or folder."""

import gzip
import json
import shutil

import pytest

from fleetkit.errors import LoadError
from fleetkit.loading import load
from tests.loaders.sbom.payloads import (
    MANIFEST,
    RECORDED,
    bom,
    component,
    container,
    deb,
    dsse,
    package,
    recorded,
    report,
    rows,
    spdx,
    write,
)

OTHER = {"type": "application", "name": "x", "version": "1"}


def statement(predicate, kind="https://spdx.dev/Document", name="pkg:docker/shop/web@1.0"):
    return {"_type": "https://in-toto.io/Statement/v0.1", "predicateType": kind,
            "predicate": predicate,
            "subject": [{"name": name, "digest": {"sha256": MANIFEST[7:]}}]}


@pytest.mark.parametrize("form", [
    dsse(bom(deb(), about=OTHER)),
    {"mediaType": "application/vnd.dev.sigstore.bundle+json;version=0.1",
     "dsseEnvelope": dsse(bom(deb(), about=OTHER))},
    dsse({"Data": json.dumps(bom(deb(), about=OTHER)), "Timestamp": "2024-01-01T00:00:00Z"}),
    dsse(json.dumps(bom(deb(), about=OTHER))),
    statement(spdx(package("curl", "7.88.1-10",
                           "pkg:deb/debian/curl@7.88.1-10?arch=amd64&distro=debian-12"))),
    {"items": [{"kind": "SbomReport", "report": {
        "registry": {"server": "index.docker.io"}, "components": bom(deb(), about=OTHER),
        "artifact": {"repository": "shop/web", "tag": "1.0", "digest": MANIFEST}}}]},
])
def test_a_wrapping_ties_the_sbom_to_its_image(read, form):
    fleet = read(form)
    assert fleet.images["image_id"].tolist() == [MANIFEST]
    assert rows(fleet, "subject_id", "name") == [[MANIFEST, "curl"]]
    assert fleet.problems.empty


def test_buildkit_lists_one_sbom_per_platform(read):
    fleet = read({"linux/amd64": {"SPDX": spdx(package("a"))},
                  "linux/arm64": {"SPDX": spdx(package("b"))}})
    assert fleet.coverage["resource"].tolist() == ["spdx", "spdx 2"]
    assert rows(fleet, "name") == [["a"], ["b"]]


def test_attestations_stand_one_per_line(read):
    lines = [dsse(bom(deb(), about=OTHER)),
             dsse({"builder": {}}, "https://slsa.dev/provenance/v1"),
             dsse(bom(deb("wget"), about=OTHER))]
    fleet = read("\n".join(map(json.dumps, lines)))
    assert rows(fleet, "name") == [["curl"], ["wget"]]
    assert fleet.coverage[["resource", "status"]].to_numpy().tolist() == [
        ["cyclonedx", "ok"], ["cyclonedx 3", "ok"], ["document 2", "failed"]]


def test_several_images_of_one_attestation_are_a_doubt(read):
    signed = statement(bom(deb(), about=OTHER))
    signed["subject"].append({"name": "other", "digest": {"sha256": "9" * 64}})
    fleet = read(signed)
    assert fleet.problems["code"].tolist() == ["several_subjects"]
    assert len(fleet.images.iloc[0]["digests"]) == 2


@recorded
def test_the_name_of_a_file_does_not_matter(tmp_path):
    for number, name in enumerate(sorted(RECORDED.iterdir())):
        ending = ".json.gz" if name.suffix == ".gz" else ".json"
        shutil.copy(name, tmp_path / f"{number}{ending}")
    fleet, renamed = load("sbom", RECORDED), load("sbom", tmp_path)
    what = ("subject_id", "ecosystem", "name", "version", "path", "purl")
    assert sorted(map(str, rows(renamed, *what))) == sorted(map(str, rows(fleet, *what)))


@pytest.mark.parametrize("pack", [
    lambda text: text.encode("utf-16"), lambda text: b"\xef\xbb\xbf" + text.encode(),
    lambda text: b"\n\n  " + text.encode(), str.encode,
])
def test_encodings_of_consoles_are_understood(tmp_path, pack):
    path = tmp_path / "a.json"
    path.write_bytes(pack(json.dumps(bom(deb()))))
    assert rows(load("sbom", path), "name") == [["curl"]]


def test_packed_files_are_read(tmp_path):
    path = tmp_path / "a.json.gz"
    path.write_bytes(gzip.compress(json.dumps(bom(deb())).encode()))
    assert rows(load("sbom", path), "name") == [["curl"]]


def test_a_folder_gives_what_it_holds_and_names_the_rest(tmp_path):
    write(tmp_path / "a.cdx.json", bom(deb()))
    write(tmp_path / "b.json", report(
        {"Class": "lang-pkgs", "Type": "npm", "Packages": [{"Name": "x", "Version": "1"}]}))
    write(tmp_path / "package.json", {"name": "web", "version": "1.0", "dependencies": {}})
    write(tmp_path / "values.yaml", "replicas: 2\n")
    write(tmp_path / "half.json", json.dumps(bom(deb("wget")))[:-9])
    fleet = load("sbom", tmp_path)
    assert rows(fleet, "name") == [["curl"], ["x"]]
    assert dict(fleet.coverage[["target", "status"]].to_numpy().tolist()) == {
        "a.cdx.json": "ok", "b.json": "ok", "package.json": "failed", "values.yaml": "failed",
        "half.json": "failed"}


@pytest.mark.parametrize(("content", "name", "words"), [
    ({"a": 1}, "a.json", "found an object with the keys 'a'"),
    ([], "a.json", "expected CycloneDX"),
    ('{"bomFormat": "CycloneDX", "comp', "a.json", "is the file complete?"),
    ("hello\n", "a.spdx", "found some other text"),
    ("", "a.json", "expected CycloneDX"),
    ("<html/>", "a.xml", "found the element 'html'"),
    ('<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', "a.xml",
     "write SPDX as JSON"),
    ("SPDXVersion: SPDX-2.3\nPackageComment: <text>never\nends", "a.spdx", "line 2 does not end"),
    (dsse({"builder": {}}, "https://slsa.dev/provenance/v1"), "a.json", "slsa.dev/provenance"),
    ({"payload": "%%%", "payloadType": "x"}, "a.json", "its payload"),
    ({"payload": 7, "payloadType": "x"}, "a.json", "expected a payload in base64"),
])
def test_what_is_no_sbom_is_refused_in_words(read, content, name, words):
    with pytest.raises(LoadError, match=words):
        read(content, name)


def test_a_packed_file_with_a_plain_name_says_what_to_do(tmp_path):
    (tmp_path / "a.json").write_bytes(gzip.compress(b"{}"))
    with pytest.raises(LoadError, match="ends in .gz"):
        load("sbom", tmp_path / "a.json")


@pytest.mark.parametrize("document", [
    bom(deb(), specVersion="9.9"), bom(deb(), specVersion=None),
    spdx(package(), spdxVersion="SPDX-9.0"),
])
def test_unknown_versions_are_read_with_a_doubt(read, document):
    fleet = read(document)
    assert "unknown_version" in set(fleet.problems["code"])
    assert rows(fleet, "name") == [["curl"]]


def test_what_is_not_read_on_purpose_is_counted(read):
    fleet = read(bom(
        deb(), services=[{"name": "api"}], vulnerabilities=[{"id": "CVE-1"}, {"id": "CVE-2"}],
        about=container()))
    assert fleet.problems[["code", "severity"]].to_numpy().tolist() == [
        ["services_not_read", "info"], ["vulnerabilities_not_read", "info"]]


def test_dependencies_in_a_circle_do_not_matter(read):
    circle = [{"ref": "a", "dependsOn": ["b"]}, {"ref": "b", "dependsOn": ["a"]}]
    fleet = read(bom(component("a"), component("b"), dependencies=circle))
    assert rows(fleet, "name") == [["a"], ["b"]]


def test_relations_in_a_circle_do_not_matter(read):
    circle = [{"spdxElementId": f"SPDXRef-{one}", "relatedSpdxElement": f"SPDXRef-{other}",
               "relationshipType": "GENERATED_FROM"} for one, other in ("ab", "ba")]
    fleet = read(spdx(package("a"), package("b"), relationships=circle))
    assert rows(fleet, "name") == [["a"], ["b"]]


def test_the_same_input_gives_the_same_tables(read):
    first, again = read(bom(deb(), component("b"))), read(bom(deb(), component("b")))
    assert first.packages.drop(columns="observed_at").equals(
        again.packages.drop(columns="observed_at"))
