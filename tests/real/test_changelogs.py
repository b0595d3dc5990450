"""The twins of the engine: the unpatched one is found by what the patched one's changelog says.

No advisory is given and nothing is asked beyond the engine; dpkg's own parser is the judge.
"""

import io
import re
import subprocess
import tarfile

import pytest

import fleetkit as fk
from tests.real import images
from tests.real.building import Built
from tests.real.parts import require

SOURCE = "openssl"


@pytest.fixture(scope="module")
def fleet(engine):
    return fk.load("docker", engine.socket)


@pytest.fixture(scope="module")
def audited(fleet):
    return fk.audit(fleet)


@pytest.fixture(scope="module")
def twins(engine, fleet):
    """Image and installed version of the source, of the unpatched and of the patched twin."""
    built = Built.read(engine.folder)
    packages = fleet.packages[fleet.packages["source_name"] == SOURCE]
    versions = packages.drop_duplicates("subject_id").set_index("subject_id")["source_version"]
    return [(built.ids[name], versions[built.ids[name]]) for name in images.TWINS]


@pytest.fixture(scope="module")
def between(engine, twins, tmp_path_factory):
    """The flaws that the patched twin's changelog names since the other one's version, by dpkg."""
    parser = require("dpkg-parsechangelog")
    (_, old), (patched, _) = twins
    container = engine.client.containers.create(patched, command=["none"], labels={
        "fleetkit.probe": "judge"})
    try:
        chunks, _ = container.get_archive(f"/usr/share/doc/{SOURCE}/changelog.Debian.gz")
        content = io.BytesIO(b"".join(chunks))
    finally:
        container.remove(force=True)
    folder = tmp_path_factory.mktemp("twin")
    with tarfile.open(fileobj=content) as archive:
        archive.extractall(folder, filter="data")
    said = subprocess.run(
        [parser, "-l", str(folder / "changelog.Debian.gz"), "--since", old, "-S", "Changes"],
        capture_output=True, text=True, check=True)
    return set(re.findall(r"CVE-\d{4}-\d+", said.stdout))


def found_in(audited, image):
    rows = audited.findings.query("evidence == 'changelog' and subject_id == @image")
    assert set(rows["source_name"]) <= {SOURCE}
    return rows


def test_the_unpatched_twin_has_the_flaws_that_the_other_names_as_fixed(audited, twins, between):
    (unpatched, _), _ = twins
    assert between
    assert set(found_in(audited, unpatched)["advisory_id"]) == between


def test_the_patched_twin_has_none_of_them(audited, twins):
    _, (patched, _) = twins
    assert found_in(audited, patched).empty


def test_each_finding_quotes_the_line_of_its_flaw(audited, twins):
    (unpatched, old), (_, new) = twins
    for row in found_in(audited, unpatched).to_dict("records"):
        told = f"{SOURCE} {old} is installed; the changelog of {SOURCE} {new}"
        assert row["why"].startswith(told)
        assert row["advisory_id"] in row["why"].partition("says")[2]


def test_only_images_with_the_unpatched_build_are_found(audited, twins):
    (_, old), _ = twins
    found = audited.findings.query("evidence == 'changelog'")
    bookworm = found[found["release"] == "12"]
    assert set(bookworm["source_version"]) == {old}


def test_a_build_is_read_once_for_all_images_that_have_it(fleet):
    key = ["source_name", "source_version", "release", "version", "flaw"]
    assert not fleet.changelogs.duplicated(key).any()


def test_builds_without_changelog_are_one_problem_of_the_engine(fleet):
    (row,) = fleet.problems.query("code == 'no_changelog'").to_dict("records")
    assert row["severity"] == "info"
    assert "distinct builds have none" in row["detail"]
