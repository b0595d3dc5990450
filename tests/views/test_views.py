"""Every view, with tables missing, with tables empty, and with a fleet in them."""

import pytest

from fleetkit.fleet import Fleet
from fleetkit.plugins import find, names, script
from fleetkit.tables import DERIVED, TABLES
from fleetkit.views._hosting import pack, scene, scenes
from tests.views.fleets import synthetic

FLEET = synthetic(60)
VIEWS = names("views")


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_of_an_empty_fleet_can_be_packed(view):
    assert pack(scene(view, dict(Fleet())).content)


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_without_any_table_can_be_packed(view):
    assert pack(scene(view, {}).content)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("table", TABLES)
def test_a_view_bears_that_a_table_is_missing(view, table):
    tables = {name: frame for name, frame in FLEET if name != table}
    assert pack(scene(view, tables).content)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("table", TABLES)
def test_a_view_bears_that_a_table_is_empty(view, table):
    tables = {**dict(FLEET), table: TABLES[table].empty()}
    assert pack(scene(view, tables).content)


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_of_a_fleet_that_nobody_judged_names_the_verb(view):
    loaded = {name: frame for name, frame in FLEET if TABLES[name] not in DERIVED}
    missing = scene(view, loaded).content["missing"]
    assert missing
    assert {one["verb"] for one in missing} <= {"audit", "classify", "trace", "unify"}


@pytest.mark.parametrize("view", VIEWS)
def test_equal_fleets_give_equal_bytes(view):
    assert pack(scene(view, dict(FLEET)).content) == pack(scene(view, dict(synthetic(60))).content)


@pytest.mark.parametrize("view", VIEWS)
def test_a_script_ends_with_its_one_export(view):
    text = script(view)
    assert text.rstrip().endswith("export default { render };")
    assert text.count("export ") == 1
    assert "import " not in text.split("function render")[0]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(
    "danger",
    ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function("],
)
def test_no_script_makes_html_or_code_from_text(view, danger):
    assert danger not in script(view)


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_says_what_it_needs(view):
    plugin = find("views", view)
    assert plugin.title
    assert plugin.doc
    assert plugin.needs


def test_the_overview_comes_first_and_the_tables_last():
    order = [one.name for one in scenes(dict(FLEET))]
    assert (order[0], order[-1]) == ("overview", "tables")


def test_the_tables_hold_every_row():
    shown = {one["name"]: one for one in scene("tables", dict(FLEET)).content["tables"]}
    for name, frame in FLEET:
        assert shown[name]["rows"] == shown[name]["kept"] == len(frame)


def test_the_number_of_the_finding_is_that_of_its_place():
    content = scene("overview", dict(FLEET)).content
    first = next(one for one in content["packages"] if one["name"] == "openssl")
    assert f"{first['fixable']:,} of {len(FLEET.workloads):,} workloads" in content["finding"]
    assert content["place"]["filter"] == {"unpatched": "openssl"}


def test_a_fleet_that_was_read_in_full_claims_no_lower_bound():
    tables = dict(FLEET)
    tables["coverage"] = tables["coverage"][tables["coverage"]["status"] == "ok"]
    figures = scene("overview", tables).content["figures"]
    assert figures[0]["said"] == f"{len(FLEET.workloads):,}"


def test_what_could_not_be_judged_makes_the_unpatched_a_lower_bound():
    tables = dict(FLEET)
    tables["coverage"] = tables["coverage"][tables["coverage"]["status"] == "ok"]
    assert scene("overview", tables).content["finding"].startswith("At least")


def test_without_advisories_the_unpatched_are_unknown_and_not_zero():
    levels = FLEET.patch_levels.assign(status="no_feed")
    tables = {**dict(FLEET), "patch_levels": levels, "findings": TABLES["findings"].empty()}
    figures = {one["key"]: one for one in scene("overview", tables).content["figures"]}
    assert figures["unpatched"]["said"] == "unknown"


def test_scores_of_the_evidence_add_up_on_the_map():
    content = scene("pet_cattle", dict(FLEET)).content
    points, evidence = content["points"], content["evidence"]
    for at in range(len(points["x"])):
        rows = range(int(evidence["start"][at]), int(evidence["start"][at + 1]))
        total = sum(evidence["part"][row] for row in rows if evidence["axis"][row] == 0)
        assert abs(total - points["x"][at]) < 1e-4


def test_every_cell_of_the_matrix_counts_the_workloads_of_its_group():
    content = scene("patch_matrix", dict(FLEET)).content
    by_service = content["by"][0]
    for at, column in enumerate(by_service["columns"]):
        cells = by_service["cells"]["rows"][by_service["cells"]["column"] == at]
        assert all(count <= column["workloads"] for count in cells)
