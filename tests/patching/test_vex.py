import gzip
import json
from base64 import b64encode

import pytest
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.impact_analysis import ImpactAnalysisJustification, ImpactAnalysisState
from cyclonedx.model.vulnerability import BomTarget, Vulnerability, VulnerabilityAnalysis
from cyclonedx.output.json import JsonV1Dot6
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packageurl import PackageURL

from fleetkit.errors import LoadError
from fleetkit.plugins import find
from tests.patching.judgements import (
    DAY,
    DEBIAN,
    DIGEST,
    component,
    csaf,
    holding,
    leaf,
    openvex,
    statement,
    written,
)
from tests.patching.test_hostile_records import ANY

RHEL = leaf("rhel", cpe="cpe:/o:redhat:enterprise_linux:9")
HTTPD = leaf("httpd", "pkg:rpm/redhat/httpd@2.4.57-5.el9?arch=x86_64")


def read(path):
    problems = []
    return list(find("advisories", "vex").rows(path, problems.append)), problems


def states(flaw="CVE-2026-1", **cells):
    return {"cve": flaw, "product_status": cells.pop("product_status"), **cells}


def codes(path):
    return [problem.code for problem in read(path)[1]]


def test_a_statement_is_a_row_for_each_product(tmp_path):
    rows, problems = read(openvex(tmp_path, statement("fixed", DEBIAN, DIGEST)))
    assert [(row.flaw, row.status, row.product) for row in rows] == [
        ("CVE-2026-1", "fixed", DEBIAN), ("CVE-2026-1", "fixed", DIGEST)]
    assert not problems


def test_a_component_of_a_product_is_named_with_it(tmp_path):
    (row,), _ = read(openvex(tmp_path, statement("fixed", holding("pkg:oci/web", DEBIAN))))
    assert (row.product, row.component) == ("pkg:oci/web", DEBIAN)


def test_the_words_of_a_statement_are_kept(tmp_path):
    said = statement("not_affected", DEBIAN, justification="vulnerable_code_not_present",
                     impact_statement="built\nwithout  it")
    (row,), _ = read(openvex(tmp_path, said))
    assert (row.author, row.justification, row.reason) == (
        "Team A", "vulnerable_code_not_present", "built without it")


def test_what_to_do_is_the_reason_of_one_that_is_affected(tmp_path):
    (row,), _ = read(openvex(tmp_path, statement("affected", DEBIAN, action_statement="update")))
    assert row.reason == "update"


def test_a_statement_without_a_time_has_that_of_its_document(tmp_path):
    own = statement("fixed", DEBIAN, timestamp="2026-01-01T00:00:00Z")
    rows, _ = read(openvex(tmp_path, own, statement("fixed", DEBIAN)))
    assert [row.stated for row in rows] == ["2026-01-01T00:00:00Z", DAY]


def test_the_first_version_of_the_format_is_read(tmp_path):
    old = {"vulnerability": "CVE-2026-1", "products": ["pkg:oci/web"], "subcomponents": [DEBIAN],
           "status": "not_affected"}
    (row,), problems = read(openvex(tmp_path, old, **{"@context": "https://openvex.dev/ns"}))
    assert (row.flaw, row.product, row.component) == ("CVE-2026-1", "pkg:oci/web", DEBIAN)
    assert not problems


def test_aliases_of_a_flaw_are_kept(tmp_path):
    said = statement("fixed", DEBIAN, flaw={"name": "GHSA-1", "aliases": ["CVE-2026-1", 7]})
    (row,), _ = read(openvex(tmp_path, said))
    assert (row.flaw, row.aliases) == ("GHSA-1", ("CVE-2026-1",))


@pytest.mark.parametrize(("product", "name"), [
    ({"identifiers": {"purl": DEBIAN}}, DEBIAN),
    ({"@id": "https://example.com/a", "identifiers": {"purl": DEBIAN}}, DEBIAN),
    ({"@id": "web", "hashes": {"sha-256": "A" * 64}}, DIGEST),
    ({"identifiers": {"cpe23": "cpe:2.3:o:debian:debian_linux:12"}},
     "cpe:2.3:o:debian:debian_linux:12"),
])
def test_a_product_goes_by_the_best_of_its_names(tmp_path, product, name):
    (row,), _ = read(openvex(tmp_path, statement("fixed", product)))
    assert row.product == name


def test_a_statement_without_products_is_broken(tmp_path):
    path = openvex(tmp_path, statement("not_affected"), statement("fixed", DEBIAN))
    rows, problems = read(path)
    assert [row.status for row in rows] == ["fixed"]
    assert [problem.subject_id for problem in problems] == [f"{path}, statement 1"]


@pytest.mark.parametrize("wrap", [False, True])
def test_an_attested_statement_is_about_what_is_attested(tmp_path, wrap):
    inner = {"@context": "https://openvex.dev/ns", "author": "A",
             "statements": [statement("fixed")]}
    content = {"_type": "https://in-toto.io/Statement/v1", "predicate": inner,
               "predicateType": "https://openvex.dev/ns/v0.2.0",
               "subject": [{"name": "web", "digest": {"sha256": "a" * 64}}]}
    if wrap:
        payload = b64encode(json.dumps(content).encode()).decode()
        content = {"payloadType": "application/vnd.in-toto+json", "payload": payload}
    (row,), problems = read(written(tmp_path, "attested.json", content))
    assert row.product == DIGEST
    assert not problems


def test_documents_of_a_folder_and_of_lines_are_read(tmp_path):
    document = openvex(tmp_path, statement("fixed", DEBIAN)).read_text()
    (tmp_path / "b.jsonl").write_text(f"{document}\n\n{document}\n")
    (tmp_path / "c.json.gz").write_bytes(gzip.compress(document.encode()))
    (tmp_path / "d.json").write_text(f"[{document}]")
    (tmp_path / "README.md").write_text("no document")
    rows, problems = read(tmp_path)
    assert [row.where.rpartition("/")[2] for row in rows] == [
        "b.jsonl, line 1, statement 1", "b.jsonl, line 3, statement 1", "c.json.gz, statement 1",
        "d.json, entry 1, statement 1", "vex.json, statement 1"]
    assert not problems


def test_what_lib4vex_writes_is_read(tmp_path):
    generator = pytest.importorskip("lib4vex.generator").VEXGenerator(author="Team A")
    said = {"id": "CVE-2026-1", "product": "openssl", "release": "3", "purl": DEBIAN,
            "status": "not_affected", "justification": "component_not_present", "comment": "why"}
    generator.generate("a", [said], {}, str(tmp_path / "vex.json"))
    (row,), problems = read(tmp_path / "vex.json")
    assert (row.flaw, row.product, row.status, row.justification, row.reason) == (
        "CVE-2026-1", DEBIAN, "not_affected", "component_not_present", "why")
    assert not problems


def test_what_lib4vex_writes_as_csaf_is_read(tmp_path):
    generator = pytest.importorskip("lib4vex.generator").VEXGenerator("csaf", author="Team A")
    generator.set_product("openssl", "3.0.9-1")
    said = {"id": "CVE-2026-1", "product": "openssl", "release": "3.0.9-1", "comment": "why",
            "status": "known_not_affected", "justification": "component_not_present"}
    about = {"id": "1", "title": "one", "supplier": "A", "author_url": "https://example.com"}
    generator.generate("a", [said], about, str(tmp_path / "csaf.json"))
    (row,), problems = read(tmp_path / "csaf.json")
    assert (row.flaw, row.product, row.status, row.justification, row.reason) == (
        "CVE-2026-1", "Team A openssl 3.0.9-1", "not_affected", "component_not_present", "why")
    assert not problems


def test_a_state_of_a_product_is_a_row(tmp_path):
    path = csaf(tmp_path, {"full_product_names": [HTTPD]},
                states(product_status={"known_not_affected": ["httpd"]}))
    (row,), problems = read(path)
    assert (row.flaw, row.status, row.author, row.stated) == (
        "CVE-2026-1", "not_affected", "Vendor B", DAY)
    assert row.product == "pkg:rpm/redhat/httpd@2.4.57-5.el9?arch=x86_64"
    assert not problems


@pytest.mark.parametrize(("state", "status"), [
    ("known_affected", "affected"), ("first_affected", "affected"), ("fixed", "fixed"),
    ("first_fixed", "fixed"), ("under_investigation", "under_investigation"),
])
def test_a_state_is_told_in_the_words_of_all(tmp_path, state, status):
    path = csaf(tmp_path, {"full_product_names": [HTTPD]},
                states(product_status={state: ["httpd"], "recommended": ["httpd"]}))
    assert [row.status for row in read(path)[0]] == [status]


def test_a_component_of_a_system_is_named_with_it(tmp_path):
    tree = {"branches": [{"category": "vendor", "name": "B", "branches": [
        {"category": "product_name", "name": "RHEL", "product": RHEL},
        {"category": "product_version", "name": "httpd-0:2.4.57-5.el9.x86_64", "product": HTTPD},
    ]}], "relationships": [component("rhel:httpd", "httpd", "rhel")]}
    (row,), problems = read(csaf(tmp_path, tree, states(product_status={"fixed": ["rhel:httpd"]})))
    assert (row.product, row.component) == (
        "cpe:/o:redhat:enterprise_linux:9", "pkg:rpm/redhat/httpd@2.4.57-5.el9?arch=x86_64")
    assert not problems


def test_a_component_of_a_module_is_in_the_system_of_the_module(tmp_path):
    tree = {"full_product_names": [RHEL, HTTPD, leaf("httpd:2.4")], "relationships": [
        component("rhel:httpd:2.4", "httpd:2.4", "rhel"),
        component("rhel:httpd:2.4:httpd", "httpd", "rhel:httpd:2.4")]}
    path = csaf(tmp_path, tree, states(product_status={"fixed": ["rhel:httpd:2.4:httpd"]}))
    (row,), _ = read(path)
    assert row.product == "cpe:/o:redhat:enterprise_linux:9"
    assert row.component.startswith("pkg:rpm/redhat/httpd@")


def test_an_rpm_that_only_its_full_name_tells_of_is_understood(tmp_path):
    tree = {"full_product_names": [RHEL],
            "relationships": [component("rhel:a", "lib-a-1:2.0-3.el9.x86_64", "rhel")]}
    (row,), _ = read(csaf(tmp_path, tree, states(product_status={"fixed": ["rhel:a"]})))
    assert row.component == "pkg:rpm/redhat/lib-a@2.0-3.el9?arch=x86_64&epoch=1"


def test_the_version_of_a_branch_is_that_of_its_product(tmp_path):
    tree = {"branches": [{"category": "product_version", "name": "1.2",
                          "product": leaf("a", "pkg:npm/a")}]}
    (row,), _ = read(csaf(tmp_path, tree, states(product_status={"fixed": ["a"]})))
    assert row.product == "pkg:npm/a@1.2"


def test_a_range_of_versions_is_left_out_and_counted(tmp_path):
    tree = {"branches": [{"category": "product_version_range", "name": "vers:npm/<2",
                          "product": leaf("a", "pkg:npm/a")}]}
    rows, problems = read(csaf(tmp_path, tree, states(product_status={"fixed": ["a"]})))
    assert not rows
    assert [problem.code for problem in problems] == ["version_range"]


def test_flags_threats_and_remedies_are_the_reasons(tmp_path):
    flaw = states(
        product_status={"known_not_affected": ["httpd"], "known_affected": ["rhel"]},
        flags=[{"label": "component_not_present", "group_ids": ["g"]}],
        threats=[{"category": "impact", "details": "not built", "product_ids": ["httpd"]},
                 {"category": "exploit_status", "details": "none"}],
        remediations=[{"category": "no_fix_planned", "details": "too old"}],
    )
    tree = {"full_product_names": [RHEL, HTTPD],
            "product_groups": [{"group_id": "g", "product_ids": ["httpd", "x"]}]}
    rows, _ = read(csaf(tmp_path, tree, flaw))
    assert [(row.status, row.justification, row.reason) for row in rows] == [
        ("not_affected", "component_not_present", "not built"),
        ("affected", "", "no_fix_planned: too old")]


def test_a_flaw_without_a_cve_goes_by_its_id(tmp_path):
    flaw = {"ids": [{"system_name": "B", "text": "B-1"}], "product_status": {"fixed": ["httpd"]}}
    (row,), _ = read(csaf(tmp_path, {"full_product_names": [HTTPD]}, flaw))
    assert row.flaw == "B-1"


def test_a_draft_judges_nothing(tmp_path):
    path = csaf(tmp_path, {"full_product_names": [HTTPD]},
                states(product_status={"fixed": ["httpd"]}), tracking={"status": "draft"})
    assert read(path)[0] == []
    assert codes(path) == ["draft"]


def test_relationships_in_a_circle_end(tmp_path):
    tree = {"full_product_names": [HTTPD], "relationships": [
        component("a", "httpd", "b"), component("b", "httpd", "a"), component("c", "c", "c")]}
    path = csaf(tmp_path, tree, states(product_status={"fixed": ["a", "c", "httpd"]}))
    rows, problems = read(path)
    assert [row.product for row in rows] == [HTTPD["product_identification_helper"]["purl"]]
    assert [problem.code for problem in problems] == ["broken_record"] * 2


def test_a_tree_of_endless_depth_ends(tmp_path):
    branch = {"category": "vendor", "name": "a", "product": leaf("deep")}
    for _ in range(150):
        branch = {"category": "vendor", "name": "a", "branches": [branch]}
    tree = {"branches": [branch], "full_product_names": [HTTPD]}
    path = csaf(tmp_path, tree, states(product_status={"fixed": ["deep", "httpd"]}))
    rows, problems = read(path)
    assert len(rows) == 1
    assert len(problems) == 2


def test_what_the_library_of_cyclonedx_writes_is_read(tmp_path):
    part = Component(name="requests", version="2.0", bom_ref="r",
                     purl=PackageURL("pypi", name="requests", version="2.0"))
    bom = Bom(components=[part])
    bom.metadata.component = Component(name="reg.example/web", version="1", bom_ref="web",
                                       type=ComponentType.CONTAINER)
    bom.register_dependency(bom.metadata.component, [part])
    bom.vulnerabilities.add(Vulnerability(
        id="CVE-2026-1", affects=[BomTarget(ref="r")], analysis=VulnerabilityAnalysis(
            state=ImpactAnalysisState.NOT_AFFECTED, detail="never called",
            justification=ImpactAnalysisJustification.CODE_NOT_REACHABLE)))
    (tmp_path / "bom.json").write_text(JsonV1Dot6(bom).output_as_string())
    (row,), problems = read(tmp_path / "bom.json")
    assert (row.product, row.component) == ("reg.example/web:1", "pkg:pypi/requests@2.0")
    assert (row.status, row.justification, row.reason) == (
        "not_affected", "code_not_reachable", "never called")
    assert not problems


def test_a_component_without_a_package_url_is_named_by_nothing(tmp_path):
    entry = {"id": "CVE-2026-1", "analysis": {"state": "resolved"}, "affects": [{"ref": "r"}]}
    path = written(tmp_path, "a.json", {
        "bomFormat": "CycloneDX", "vulnerabilities": [entry],
        "components": [{"bom-ref": "r", "name": "requests", "version": "2", "type": "library"}]})
    rows, problems = read(path)
    assert not rows
    assert "has no package URL" in problems[0].detail


def test_a_link_to_another_bill_of_materials_names_a_package(tmp_path):
    entry = {"id": "CVE-2026-1", "analysis": {"state": "resolved"},
             "affects": [{"ref": "urn:cdx:1/1#pkg%3Apypi%2Frequests%402.0"}]}
    path = written(tmp_path, "a.json", {"bomFormat": "CycloneDX", "vulnerabilities": [
        entry, {"id": "CVE-2026-2", "affects": [{"ref": "x"}]}]})
    (row,), problems = read(path)
    assert (row.product, row.status) == ("pkg:pypi/requests@2.0", "fixed")
    assert not problems


@pytest.mark.parametrize("bad", [
    None, 1, "CVE-1", [], {}, {"vulnerability": {"name": "a"}}, statement("solved", DEBIAN),
    statement("fixed", DEBIAN, flaw=""), statement("fixed", DEBIAN, flaw={"name": ["a"]}),
    statement("fixed", {}), statement("fixed", {"@id": 1}), statement("fixed", "x" * 5_000),
    statement(["fixed"], DEBIAN), {**statement("fixed"), "products": "all"},
], ids=lambda bad: str(bad)[:40])
def test_a_broken_statement_is_a_problem_and_the_rest_is_kept(tmp_path, bad):
    path = openvex(tmp_path, bad, statement("fixed", "pkg:npm/good"))
    rows, problems = read(path)
    assert [row.product for row in rows] == ["pkg:npm/good"]
    assert {problem.subject_id for problem in problems} == {f"{path}, statement 1"}


PRODUCT = st.one_of(ANY, st.fixed_dictionaries({}, optional={
    "@id": st.one_of(ANY, st.just(DEBIAN)), "identifiers": ANY, "hashes": ANY,
    "subcomponents": ANY}))
STATEMENT = st.fixed_dictionaries({}, optional={
    "vulnerability": st.one_of(ANY, st.fixed_dictionaries({"name": ANY, "aliases": ANY})),
    "products": st.one_of(ANY, st.lists(PRODUCT, max_size=2)), "subcomponents": ANY,
    "status": st.one_of(ANY, st.sampled_from(["fixed", "affected"])), "timestamp": ANY,
    "justification": ANY, "impact_statement": ANY})
BRANCH = st.deferred(lambda: st.one_of(ANY, st.fixed_dictionaries({}, optional={
    "category": ANY, "name": ANY, "branches": st.one_of(ANY, st.lists(BRANCH, max_size=2)),
    "product": st.one_of(ANY, st.fixed_dictionaries({"product_id": st.sampled_from("abc")},
        optional={"name": ANY, "product_identification_helper": ANY}))})))
RELATION = st.one_of(ANY, st.builds(component, *[st.sampled_from("abcd")] * 3))
TREE = st.one_of(ANY, st.fixed_dictionaries({}, optional={
    "branches": st.one_of(ANY, st.lists(BRANCH, max_size=2)), "full_product_names": ANY,
    "relationships": st.one_of(ANY, st.lists(RELATION, max_size=3)), "product_groups": ANY}))
FLAW = st.one_of(ANY, st.fixed_dictionaries({}, optional={
    "cve": ANY, "ids": ANY, "flags": ANY, "threats": ANY, "remediations": ANY,
    "product_status": st.one_of(ANY, st.dictionaries(
        st.sampled_from(["fixed", "known_affected", "solved"]), st.one_of(ANY, st.lists(
            st.one_of(ANY, st.sampled_from("abcd")), max_size=3))))}))
HOSTILE = settings(max_examples=60, suppress_health_check=[
    HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@HOSTILE
@given(st.lists(st.one_of(ANY, STATEMENT), max_size=3), ANY)
def test_no_statement_breaks_its_neighbour(tmp_path, statements, author):
    path = openvex(tmp_path, *statements, statement("fixed", "pkg:npm/good"), author=author)
    assert "pkg:npm/good" in [row.product for row in read(path)[0]]


@HOSTILE
@given(TREE, st.lists(FLAW, max_size=3), ANY)
def test_no_tree_and_no_flaw_of_csaf_breaks_the_document(tmp_path, tree, flaws, publisher):
    rows, _ = read(csaf(tmp_path, tree, *flaws, publisher=publisher))
    assert all(isinstance(row.product, str) and row.product for row in rows)


@HOSTILE
@given(ANY)
def test_any_document_is_read_or_refused(tmp_path, content):
    rows, problems = read(written(tmp_path, "any.json", content))
    assert rows == []
    assert problems or content == []


def test_a_bomb_is_a_problem(tmp_path, monkeypatch):
    monkeypatch.setattr("fleetkit.advisories.vex.files.FILE_BYTES", 1 << 20)
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(b" " * (4 << 20)))
    openvex(tmp_path, statement("fixed", DEBIAN))
    rows, problems = read(tmp_path)
    assert len(rows) == 1
    assert [problem.code for problem in problems] == ["unreadable_feed"]


def test_products_times_components_end_somewhere(tmp_path, monkeypatch):
    monkeypatch.setattr("fleetkit.advisories.vex.MOST_ROWS", 1_000)
    parts = [f"pkg:npm/{number}" for number in range(200)]
    said = {**statement("fixed", *parts), "subcomponents": parts}
    rows, problems = read(openvex(tmp_path, said))
    assert len(rows) == 1_000
    assert [problem.code for problem in problems] == ["broken_record"]


def test_groups_of_products_named_over_and_over_end_somewhere(tmp_path, monkeypatch):
    monkeypatch.setattr("fleetkit.advisories.vex.csaf.MOST_WORDS", 1_000)
    tree = {"full_product_names": [HTTPD],
            "product_groups": [{"group_id": "g", "product_ids": ["httpd"] * 100}]}
    flaw = states(product_status={"fixed": ["httpd"]}, remediations=[
        {"details": f"word {number}", "group_ids": ["g", "g"]} for number in range(100)])
    path = csaf(tmp_path, tree, flaw, states(product_status={"fixed": ["httpd"]}))
    rows, problems = read(path)
    assert len(rows) == 1
    assert [problem.subject_id for problem in problems] == [f"{path}, vulnerability 1"]


def test_credentials_in_reasons_are_masked(tmp_path):
    said = statement("affected", DEBIAN, action_statement="use https://me:hunter2@example.com/fix")
    (row,), _ = read(openvex(tmp_path, said))
    assert "hunter2" not in row.reason


@pytest.mark.parametrize("name", ["absent.json", "vex.txt"])
def test_a_path_that_is_no_document_is_refused(tmp_path, name):
    (tmp_path / "vex.txt").write_text("{}")
    with pytest.raises(LoadError):
        read(tmp_path / name)


def test_a_file_that_breaks_off_is_a_problem(tmp_path):
    path = openvex(tmp_path, statement("fixed", DEBIAN))
    path.write_text(path.read_text()[:-20])
    assert codes(path) == ["unreadable_record"]
