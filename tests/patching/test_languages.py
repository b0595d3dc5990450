"""Records of ecosystems of languages, each with its own order of versions."""

import json

import pytest

from tests.patching.literal import (
    INTRODUCED,
    audited,
    fixed,
    package,
    record,
    shared,
    statuses,
)

# ecosystem, type of range, fix, and builds below and at it that plain text would order otherwise
CASES = [
    ("Maven", "ECOSYSTEM", "2.10.0", "2.9.9", "2.10.0.Final"),
    ("Maven", "ECOSYSTEM", "4.1.0.Final", "4.1.0.CR10", "4.1"),
    ("RubyGems", "ECOSYSTEM", "6.1.7.10", "6.1.7.9", "6.1.8.rc1"),
    ("RubyGems", "ECOSYSTEM", "2.0.0", "2.0.0.rc2", "2"),
    ("NuGet", "ECOSYSTEM", "3.15.0", "3.15.0-RC1", "3.15"),
    ("NuGet", "ECOSYSTEM", "4.0.0.10", "4.0.0.9", "4.0.0.10+7"),
    ("Packagist", "ECOSYSTEM", "8.5.0", "v8.5.0-beta10", "v8.5.0-p1"),
    ("npm", "SEMVER", "4.17.21", "4.17.9", "4.17.21"),
    ("Go", "SEMVER", "1.21.0-rc.3", "go1.21rc2", "go1.21rc3"),
    ("Pub", "SEMVER", "1.0.0+2", "1.0.0+1", "1.0.0+10"),
    ("Julia", "SEMVER", "3.0.13+1", "3.0.13+0", "3.0.13+2"),
    ("CRAN", "ECOSYSTEM", "1.0-10", "1.0-9", "1.0.10"),
    ("Hex", "SEMVER", "1.10.0", "1.9.0", "1.10.0"),
]


def library(subject, ecosystem, name, version):
    cells = {"ecosystem": ecosystem, "release": None}
    return package(subject, name, version, source_name=None, source_version=None, **cells)


@pytest.mark.parametrize(("ecosystem", "kind", "fix", "below", "at"), CASES)
def test_what_lies_below_the_fix_is_vulnerable(tmp_path, ecosystem, kind, fix, below, at):
    row = record("GHSA-1", "a", INTRODUCED, fixed(fix), ecosystem=ecosystem, type=kind)
    found = audited(tmp_path, [library("s", ecosystem, "a", below)], row)
    assert statuses(found) == ["vulnerable_fix_available"]


@pytest.mark.parametrize(("ecosystem", "kind", "fix", "below", "at"), CASES)
def test_what_has_the_fix_is_not(tmp_path, ecosystem, kind, fix, below, at):
    row = record("GHSA-1", "a", INTRODUCED, fixed(fix), ecosystem=ecosystem, type=kind)
    assert statuses(audited(tmp_path, [library("s", ecosystem, "a", at)], row)) == []


def test_a_range_of_semver_is_held_to_the_rule_of_its_ecosystem(tmp_path):
    row = record("GHSA-1", "a", INTRODUCED, fixed("1.0.0"), ecosystem="NuGet", type="SEMVER")
    old, new = library("s", "NuGet", "a", "1.0.0-RC"), library("t", "NuGet", "a", "1.0.0.1")
    found = audited(tmp_path, [old, new], row).findings
    flawed = found[found["status"] == "vulnerable_fix_available"]
    assert flawed["subject_id"].tolist() == ["s"]


@pytest.mark.parametrize("ecosystem", ["NuGet", "Packagist"])
def test_names_are_compared_without_regard_to_case(tmp_path, ecosystem):
    row = record("GHSA-1", "Google.Protobuf", INTRODUCED, fixed("9"), ecosystem=ecosystem)
    found = audited(tmp_path, [library("s", ecosystem, "google.protobuf", "1")], row)
    assert statuses(found) == ["vulnerable_fix_available"]


def test_a_record_of_one_repository_of_maven_is_about_the_artifact_wherever_it_is_from(tmp_path):
    place = "Maven:https://repo.example.org/releases"
    row = record("GHSA-1", "g:a", INTRODUCED, fixed("2"), ecosystem=place)
    found = audited(tmp_path, [library("s", "Maven", "g:a", "1")], row)
    assert statuses(found) == ["vulnerable_fix_available"]


def test_a_version_of_maven_that_runs_in_a_circle_is_uncomparable(tmp_path):
    row = record("GHSA-1", "g:a", INTRODUCED, fixed("2"), ecosystem="Maven")
    found = audited(tmp_path, [library("s", "Maven", "g:a", "1.0.rc.1")], row)
    assert statuses(found) == ["uncomparable"]


def test_one_real_record_speaks_of_three_languages(tmp_path):
    lines = shared("osv/go-npm-fixtures.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line)["osv"] for line in lines]
    row = next(row for row in rows if row["id"] == "GHSA-77rm-9x9h-xj3g")
    found = audited(tmp_path, [
        library("s", "Maven", "com.google.protobuf:protobuf-java", "3.6.1"),
        library("s", "NuGet", "google.protobuf", "3.15.0-rc2"),
        library("s", "Packagist", "google/protobuf", "v3.7.0-rc.3"),
        library("s", "PyPI", "protobuf", "3.15.0rc2"),
        library("t", "Maven", "com.google.protobuf:protobuf-java", "3.15.0"),
        library("t", "NuGet", "Google.Protobuf", "3.15.0"),
    ], row).findings
    flawed = found[found["status"] == "vulnerable_fix_available"]
    assert flawed[["subject_id", "ecosystem"]].to_numpy().tolist() == [
        ["s", "Maven"], ["s", "NuGet"], ["s", "Packagist"], ["s", "PyPI"]
    ]
