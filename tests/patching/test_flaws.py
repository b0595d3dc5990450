from fleetkit.patching.flaws import Flaws


def test_aliases_are_symmetric():
    assert Flaws({"GHSA-a": ["CVE-2024-1"]}, {}).group("CVE-2024-1") == "CVE-2024-1"


def test_a_cve_names_the_group():
    assert Flaws({"GHSA-a": ["CVE-2024-1"]}, {}).group("GHSA-a") == "CVE-2024-1"


def test_aliases_are_transitive():
    flaws = Flaws({"PYSEC-1": ["GHSA-a"], "GHSA-a": ["CVE-2024-1"]}, {})
    assert flaws.group("PYSEC-1") == "CVE-2024-1"


def test_a_distribution_update_for_many_flaws_does_not_make_them_one():
    flaws = Flaws({"DSA-1": ["CVE-2024-1", "CVE-2024-2"]}, {})
    assert flaws.group("CVE-2024-1") != flaws.group("CVE-2024-2")


def test_a_distribution_record_is_labelled_by_its_one_upstream_flaw():
    assert Flaws({}, {"DEBIAN-CVE-2024-1": ["CVE-2024-1"]}).group("DEBIAN-CVE-2024-1") == (
        "CVE-2024-1"
    )


def test_a_record_with_several_upstream_flaws_keeps_its_own_name():
    assert Flaws({}, {"DSA-1": ["CVE-2024-1", "CVE-2024-2"]}).group("DSA-1") == "DSA-1"


def test_upstream_does_not_join_records():
    flaws = Flaws({}, {"DSA-1": ["CVE-2024-1"], "RHSA-1": ["CVE-2024-1"]})
    assert flaws.others("DSA-1") == ["CVE-2024-1"]


def test_a_chain_of_many_aliases_is_followed():
    aliases = {f"GHSA-{number}": [f"GHSA-{number + 1}"] for number in range(5_000)}
    assert len(Flaws(aliases, {}).others("GHSA-0")) == 5_000
