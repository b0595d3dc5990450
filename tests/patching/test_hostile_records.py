import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleetkit.patching import audit
from tests.patching.literal import INTRODUCED, NOW, fixed, fleet, package, record

FLEET = fleet(package("a", "openssl", "3.0.9-1"), package("a", "x", None, source_version=None),
              package("b", "requests", "2.0", ecosystem="PyPI", release=None))
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5),
    st.sampled_from(["0", "*", "3.0.9-1", "2.0", "openssl", "Debian:12", "PyPI", "ECOSYSTEM",
                     "SEMVER", "GIT", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "\ud800",
                     "\x00"]),
)
ANY = st.recursive(SCALARS, lambda inner: st.one_of(
    st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)
), max_leaves=6)
EVENT = st.dictionaries(
    st.sampled_from(["introduced", "fixed", "last_affected", "limit"]),
    st.one_of(st.sampled_from(["0", "*", "1.0", "3.0.9-1", "no version", "9" * 2_000]), ANY),
    min_size=1, max_size=2,
)
RANGE = st.fixed_dictionaries({}, optional={
    "type": st.one_of(st.sampled_from(["ECOSYSTEM", "SEMVER", "GIT"]), ANY),
    "events": st.one_of(st.lists(EVENT, max_size=4), ANY),
})
PACKAGE = st.fixed_dictionaries({}, optional={
    "ecosystem": st.one_of(
        st.sampled_from(["Debian:12", "PyPI", "Debian", "Red Hat:::", "Maven", "NuGet", "Hex"]),
        ANY,
    ),
    "name": st.one_of(st.sampled_from(["openssl", "requests"]), ANY),
})
ENTRY = st.fixed_dictionaries({"package": st.one_of(PACKAGE, ANY)}, optional={
    "ranges": st.one_of(st.lists(RANGE, max_size=2), ANY),
    "versions": st.one_of(st.lists(st.sampled_from(["2.0", "3.0.9-1", "?"]), max_size=3), ANY),
    "severity": ANY, "ecosystem_specific": ANY, "database_specific": ANY,
})
RECORD = st.fixed_dictionaries({}, optional={
    "id": st.one_of(st.sampled_from(["CVE-1", "ALBA-1"]), ANY), "modified": ANY,
    "published": ANY, "withdrawn": ANY, "aliases": ANY, "upstream": ANY, "summary": ANY,
    "affected": st.one_of(st.lists(ENTRY, max_size=3), ANY),
})


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture,
                                                   HealthCheck.too_slow])
@given(st.lists(st.one_of(RECORD, ANY), max_size=3))
def test_no_record_breaks_the_audit_or_its_neighbour(tmp_path, records):
    good = record("CVE-GOOD", "openssl", INTRODUCED, fixed("3.0.10-1"))
    path = tmp_path / "feed.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in [*records, good]), "utf-8")
    assert "CVE-GOOD" in audit(FLEET, path, now=NOW).findings["advisory_id"].dropna().tolist()


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1E9", ""])
def test_strange_times_do_not_break_the_audit(tmp_path, moment):
    good = record("CVE-GOOD", "openssl", INTRODUCED, fixed("3.0.10-1"), published=moment,
                  modified=moment)
    path = tmp_path / "feed.json"
    path.write_text(json.dumps(good), "utf-8")
    assert "CVE-GOOD" in audit(FLEET, path, now=NOW).findings["advisory_id"].dropna().tolist()
