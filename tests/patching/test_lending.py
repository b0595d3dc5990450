import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleetkit.patching import audit
from fleetkit.patching.inventory import take_inventory
from tests.patching.literal import INTRODUCED, NOW, audited, fixed, fleet, package, record


def bare(subject, name, version, **cells):
    return package(subject, name, version, source_name=None, source_version=None, **cells)


def sources(*packages):
    found = take_inventory(fleet(*packages).packages).sources
    return found[["source_name", "source_version"]].to_numpy().tolist()


def told(subject, version="3.0.9-1+b2"):
    return package(subject, "libssl3", version, source_name="openssl", source_version="3.0.9-1")


def test_a_source_that_another_knows_is_lent():
    assert sources(told("a"), bare("b", "libssl3", "3.0.9-1+b2")) == [["openssl", "3.0.9-1"]]


def test_an_advisory_about_the_source_reaches_who_borrowed_it(tmp_path):
    made = audited(tmp_path, [told("a"), bare("b", "libssl3", "3.0.9-1+b2")],
                   record("CVE-1", "openssl", INTRODUCED, fixed("3.0.10-1")))
    told_of = made.findings[made.findings["advisory_id"] == "CVE-1"]
    assert told_of["subject_id"].tolist() == ["a", "b"]


@pytest.mark.parametrize("cells", [{"release": "13"}, {"version": "3.0.8-1"}])
def test_nothing_is_lent_across_releases_or_versions(cells):
    lone = {**bare("b", "libssl3", "3.0.9-1+b2"), **cells}
    assert "libssl3" in [name for name, _ in sources(told("a"), lone)]


def test_of_two_sources_none_is_lent():
    other = {**told("c"), "source_name": "quictls"}
    assert ["libssl3", "3.0.9-1"] in sources(told("a"), other, bare("b", "libssl3", "3.0.9-1+b2"))


def test_a_rebuild_without_source_is_of_the_version_that_was_built_again():
    assert sources(bare("a", "bash", "5.2.15-2+b13")) == [["bash", "5.2.15-2"]]


def test_a_rebuild_is_not_ahead_of_what_was_built_again():
    made = audit(fleet(bare("a", "bash", "5.2.15-2+b13"), package("b", "bash", "5.2.15-2")),
                 now=NOW)
    assert made.patch_levels["builds_behind"].tolist() == [0, 0]


def test_only_dpkg_adds_a_mark_of_rebuilds():
    row = bare("a", "bash", "5.2-2+b1", ecosystem="Red Hat", release="9")
    assert sources(row) == [["bash", "5.2-2+b1"]]


def test_a_library_of_a_language_borrows_nothing():
    lib = package("a", "requests", "1.0", ecosystem="PyPI", release=None, source_name="x")
    lone = bare("b", "requests", "1.0", ecosystem="PyPI", release=None)
    assert ["requests", "1.0"] in sources(lib, lone)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["1-1", "1-1+b1"]),
                          st.sampled_from([None, "s", "t"])), min_size=1, max_size=8))
def test_what_is_told_is_never_changed(cells):
    rows = [package(str(number), name, version, source_name=source,
                    source_version=source and "1-1")
            for number, (name, version, source) in enumerate(cells)]
    found = {name for name, _ in sources(*rows)}
    assert {source for *_, source in cells if source} <= found
