"""Recorded documents and their translations, judged by the ecosystems' own parsers."""

import gzip
import json
import warnings
from collections import Counter
from pathlib import Path

import pytest
from packageurl import PackageURL

from fleetkit.loading import load
from tests.loaders.sbom.payloads import RECORDED, paths, recorded, rows

pytestmark = recorded

WHAT = ("subject_id", "ecosystem", "release", "name", "source_name", "version", "source_version",
        "arch", "purl", "path", "layer_id")
PACKAGES = {"library", "framework", "application", "platform", "firmware", "device-driver"}
IDS = {"ids": lambda path: getattr(path, "name", path)}


def document(path):
    content = path.read_bytes()
    return json.loads(gzip.decompress(content) if path.suffix == ".gz" else content)


def unread(fleet):
    """What problems say was not read, or was read once of several times, by kind."""
    counts = Counter()
    for code, detail in fleet.problems[["code", "detail"]].dropna().to_numpy().tolist():
        if code in ("other_components", "repeated_packages"):
            for part in detail.split(", "):
                counts[part.split(" ", 1)[1]] += int(part.split(" ")[0].replace(",", ""))
    return counts


def cyclonedx(path):
    """The document as cyclonedx-python-lib reads it."""
    from cyclonedx.model.bom import Bom

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if path.suffix == ".xml":
            from xml.etree import ElementTree

            return Bom.from_xml(ElementTree.parse(path).getroot())
        return Bom.from_json(document(path))


CYCLONEDX = paths("cyclonedx-*", "*.cdx.*")


@pytest.mark.parametrize("path", CYCLONEDX, **IDS)
def test_every_component_that_the_library_finds_is_a_row_or_counted(path):
    found = cyclonedx(path)
    names = {(one.name, one.version) for one in found.components if one.type.value in PACKAGES}
    fleet = load("sbom", path)
    read = {(name.rpartition(":")[2], version) for name, version in rows(fleet, "name", "version")}
    plain = {(name.rpartition(":")[2], version) for name, version in names}
    assert {name for name, _ in plain} == {name for name, _ in read}
    assert len(fleet.packages) + unread(fleet).total() >= len(found.components)


@pytest.mark.parametrize("path", CYCLONEDX, **IDS)
def test_rows_tell_what_the_package_urls_tell(path):
    listed = [PackageURL.from_string(str(one.purl)) for one in cyclonedx(path).components
              if one.purl]
    told = {(one.type, one.name, one.qualifiers.get("arch")) for one in listed}
    read = [PackageURL.from_string(purl) for purl, in rows(load("sbom", path), "purl")]
    assert {(one.type, one.name, one.qualifiers.get("arch")) for one in read} == told


@pytest.mark.parametrize("path", [*CYCLONEDX[:1], RECORDED / "trivy-fluentd.cdx.json"], **IDS)
@pytest.mark.parametrize(("form", "version"), [
    ("JSON", "V1_4"), ("XML", "V1_3"), ("XML", "V1_6"), ("JSON", "V1_6")])
def test_translations_of_the_library_give_the_same_table(path, form, version, tmp_path):
    from cyclonedx.output import make_outputter
    from cyclonedx.schema import OutputFormat, SchemaVersion

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = make_outputter(cyclonedx(path), OutputFormat[form], SchemaVersion[version])
        (tmp_path / "made").write_text(made.output_as_string())
    again, fleet = load("sbom", tmp_path / "made"), load("sbom", path)
    assert sorted(map(str, rows(again, *WHAT))) == sorted(map(str, rows(fleet, *WHAT)))


SPDX = paths("*.spdx.json")


@pytest.mark.parametrize("path", SPDX, **IDS)
def test_every_package_that_spdx_tools_finds_is_a_row_or_counted(path):
    from spdx_tools.spdx.parser.parse_anything import parse_file

    found = parse_file(str(path)).packages
    fleet = load("sbom", path)
    assert len(fleet.packages) + unread(fleet).total() == len(found)
    assert set(fleet.packages["name"]) <= {package.name for package in found}
    versions = {package.version for package in found}
    assert {version for version, in rows(fleet, "version")} <= versions


@pytest.mark.parametrize("path", SPDX, **IDS)
@pytest.mark.parametrize("ending", ["spdx", "spdx.yaml", "spdx.xml", "spdx.json"])
def test_translations_of_spdx_tools_give_the_same_tables(path, ending, tmp_path):
    from spdx_tools.spdx.parser.parse_anything import parse_file
    from spdx_tools.spdx.writer.write_anything import write_file

    made = str(tmp_path / f"made.{ending}")
    write_file(parse_file(str(path)), made, validate=False)
    fleet, again = load("sbom", path), load("sbom", Path(made))
    assert rows(again, *WHAT) == rows(fleet, *WHAT)
    assert again.images["image_id"].tolist() == fleet.images["image_id"].tolist()
    assert again.problems["code"].tolist() == fleet.problems["code"].tolist()


@pytest.mark.parametrize("path", paths("syft-*"), **IDS)
def test_every_artifact_of_syft_is_a_row_with_its_url(path):
    artifacts = document(path)["artifacts"]
    fleet = load("sbom", path)
    told = sorted((one["name"], one["version"], one["metadata"]["architecture"],
                   one["metadata"]["originPackage"], one["metadata"]["installedSize"])
                  for one in artifacts)
    assert [tuple(row) for row in rows(fleet, "name", "version", "arch", "source_name",
                                       "size_bytes")] == told


@pytest.mark.parametrize("path", paths("trivy-packages-*"), **IDS)
def test_every_package_of_a_list_of_trivy_is_a_row(path):
    listed = [one for one in document(path) if one["Name"] != "gpg-pubkey"]
    told = sorted((one["Name"], one["SrcName"], one["Arch"]) for one in listed)
    assert sorted(map(tuple, rows(load("sbom", path), "name", "source_name", "arch"))) == told


@pytest.mark.parametrize("path", paths("trivy-report-*"), **IDS)
def test_a_report_gives_the_packages_of_its_flaws_and_says_that_it_is_a_part(path):
    flaws = [flaw for result in document(path)["Results"]
             for flaw in result.get("Vulnerabilities", ())]
    fleet = load("sbom", path)
    told = {(flaw["PkgName"], flaw["InstalledVersion"]) for flaw in flaws}
    assert {tuple(row) for row in rows(fleet, "name", "version")} == told
    assert "incomplete" in set(fleet.problems["code"])
    assert fleet.images["observable"].isna().all()


def test_the_index_of_clair_gives_all_packages_with_their_layer():
    path = RECORDED / "claircore-index-debian-10.json"
    listed = document(path)["packages"].values()
    fleet = load("sbom", path)
    assert sorted(map(tuple, rows(fleet, "name", "version"))) == sorted(
        (one["name"], one["version"]) for one in listed)
    assert fleet.packages["layer_id"].notna().all()
    assert set(fleet.packages["release"]) == {"10"}


def test_spdx_3_gives_the_packages_of_its_graph():
    path = RECORDED / "spdx3-appbomination.json"
    told = {(one["name"], one.get("software_packageVersion"), one.get("software_packageUrl"))
            for one in document(path)["@graph"] if one["type"] == "software_Package"}
    read = {(name.rpartition(":")[2], version, purl)
            for name, version, purl in rows(load("sbom", path), "name", "version", "purl")}
    assert read == told


def test_all_recorded_documents_load_side_by_side():
    fleet = load("sbom", RECORDED)
    assert fleet.coverage["status"].isin(["ok", "empty"]).all()
    assert len(fleet.coverage) == len(list(RECORDED.iterdir()))
    assert not (fleet.problems["severity"] == "error").any()
