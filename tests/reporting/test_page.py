"""The report as its reader meets it: in Chromium, from disk, with the network off."""

import csv
from pathlib import Path

import pytest

from fleetkit.fleet import Fleet
from fleetkit.reporting import report
from fleetkit.tables import DERIVED, TABLES

CONTRAST = Path(__file__).parent / "contrast.js"


def test_every_table_shows_as_many_rows_as_the_fleet_has(read, fleet):
    reader = read()
    for name, frame in fleet:
        reader.page.locator("#tables [role=tab]", has_text=name.replace("_", " ")).first.click()
        assert reader.rows() == (len(frame), len(frame)), name


def test_every_number_of_the_first_screen_leads_to_as_many_rows(read):
    reader = read()
    links = reader.page.locator("#overview .fk-figure, #overview .fk-strong")
    assert links.count() > 12
    for at in range(links.count()):
        link = links.nth(at)
        said = (
            link.locator(".fk-value").evaluate("one => one.lastChild.textContent")
            if link.locator(".fk-value").count()
            else link.inner_text()
        )
        link.click()
        reader.until("location.hash.startsWith('#tables')")
        assert reader.rows()[0] == int(said.replace(",", "")), link.inner_text()


def test_the_heading_leads_to_the_rows_that_it_counts(read, fleet):
    reader = read()
    number = int(reader.page.locator("h1").inner_text().split()[2])
    reader.page.locator("h1 a").click()
    reader.until("location.hash.startsWith('#tables')")
    assert reader.rows()[0] == number


def test_an_address_opens_the_rows_that_it_names(read, fleet):
    reader = read(place="#table=findings&filter=status:=end_of_life")
    assert reader.rows()[0] == int(fleet.findings["status"].eq("end_of_life").sum())


def test_going_back_leads_back(read):
    reader = read(place="#table=findings&filter=status:=end_of_life")
    first = reader.rows()
    reader.page.locator("#overview .fk-figure").first.click()
    reader.page.go_back()
    reader.until("location.hash.includes('findings')")
    assert reader.rows() == first


def test_filters_of_columns_and_search_narrow_the_rows(read, fleet):
    reader = read(place="#table=workloads")
    reader.page.get_by_label("filter state").fill("=stopped")
    stopped = fleet.workloads["state"].eq("stopped")
    assert reader.rows()[0] == int(stopped.sum())
    reader.page.get_by_label("search all columns").fill("media")
    both = stopped & fleet.workloads["name"].str.contains("media")
    assert reader.rows()[0] == int(both.sum())


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        ("?", lambda values: values.isna()),
        ("*", lambda values: values.notna()),
        (">1", lambda values: values.gt(1).fillna(value=False)),
        ("0.5..1", lambda values: values.between(0.5, 1).fillna(value=False)),
    ],
)
def test_numbers_are_filtered_as_numbers(read, fleet, wanted, fits):
    reader = read(place="#table=workloads")
    reader.page.get_by_label("filter cpu cores").fill(wanted)
    assert reader.rows()[0] == int(fits(fleet.workloads["cpu_cores"]).sum())


def test_sorting_puts_the_unknown_last_both_ways(read):
    reader = read(place="#table=workloads")
    head = reader.page.locator("#tables th", has_text="cpu cores")
    column = head.evaluate("one => one.cellIndex")
    for _ in range(2):
        head.locator("button").click()
        first = reader.page.locator(f"#tables tr[data-row] >> nth=0 >> td >> nth={column}")
        assert first.inner_text() != "unknown"
    assert head.get_attribute("aria-sort") == "descending"


def test_what_is_downloaded_is_what_is_shown(read, fleet, tmp_path):
    reader = read(place="#table=workloads&filter=state:=stopped")
    with reader.page.expect_download() as waiting:
        reader.page.get_by_role("button", name="Download CSV").click()
    waiting.value.save_as(tmp_path / "rows.csv")
    with (tmp_path / "rows.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    stopped = fleet.workloads[fleet.workloads["state"] == "stopped"]
    assert [row["workload_id"] for row in rows] == stopped["workload_id"].tolist()


def test_a_cell_that_a_spreadsheet_would_run_is_disarmed(read, attacked, tmp_path):
    reader = read(attacked, place="#table=workloads")
    with reader.page.expect_download() as waiting:
        reader.page.get_by_role("button", name="Download CSV").click()
    waiting.value.save_as(tmp_path / "rows.csv")
    with (tmp_path / "rows.csv").open(newline="", encoding="utf-8") as stream:
        cells = [cell for row in csv.reader(stream) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]


def test_hostile_texts_are_shown_and_nothing_runs(read, attacked):
    reader = read(attacked)
    for tab in reader.page.locator("#tables [role=tab]").all():
        tab.click()
        reader.page.locator("#tables tr[data-row]").first.click()
    assert reader.ask("window.pwned ?? null") is None
    assert reader.page.get_by_text("</script><script>window.pwned=1</script>").count()
    assert (
        reader.ask("document.querySelectorAll('img, iframe, object, embed, svg[onload]').length")
        == 0
    )
    assert reader.ask("document.querySelectorAll('script:not([type])').length") == 0


def test_turning_signs_of_a_name_are_made_visible(read, attacked):
    reader = read(attacked, place="#table=workloads")
    assert "\u202e" not in reader.page.locator("body").inner_text()
    reader.page.get_by_label("search all columns").fill("⟨202E⟩")
    assert reader.rows()[0] > 0


def test_without_scripts_the_numbers_are_there(read):
    reader = read(script=False)
    said = reader.page.locator("body").inner_text()
    assert "Scripts are switched off" in said
    assert "lack a fix that exists" in said
    assert "Rows by table" in said


def test_a_workload_is_chosen_on_the_map_by_keyboard(read):
    reader = read()
    panel = reader.page.locator("#pet_cattle .fk-panel h3").first
    before = panel.inner_text()
    reader.page.locator("#pet_cattle canvas").focus()
    for key in ("ArrowLeft", "ArrowLeft", "ArrowDown"):
        reader.page.keyboard.press(key)
    assert panel.inner_text() != before


def test_the_waterfall_ends_at_the_score(read, fleet):
    reader = read()
    name = reader.page.locator("#pet_cattle .fk-panel h3").first.inner_text()
    workload = fleet.workloads.loc[fleet.workloads["name"] == name, "workload_id"].iloc[0]
    score = fleet.labels.set_index("workload_id").loc[workload, "state_score"]
    assert f"+{score:.1f}" in reader.page.locator("#pet_cattle .fk-total").first.inner_text()


def test_an_image_is_found_and_its_relatives_are_listed(read, fleet):
    reader = read()
    reader.page.get_by_label("find an image").fill("acme/python:12")
    panel = reader.page.locator("#lineage .fk-panel")
    assert "acme/python:12" in panel.locator("h3").first.inner_text()
    children = (
        fleet.lineage["parent_id"]
        .eq(fleet.images.set_index("name").loc["acme/python:12", "image_id"])
        .sum()
    )
    assert f"{children} descendants" in panel.inner_text()


def test_the_lineage_can_be_walked_and_folded_by_keyboard(read):
    reader = read()
    reader.page.locator("#lineage canvas").focus()
    status = reader.page.locator("#lineage [role=status]")
    whole = status.inner_text()
    reader.page.keyboard.press("ArrowLeft")
    assert status.inner_text() != whole
    reader.page.keyboard.press("ArrowRight")
    assert status.inner_text() == whole


def test_a_cell_of_the_matrix_leads_to_its_findings(read, fleet):
    reader = read()
    row = reader.page.locator("#patch_matrix tbody tr", has_text="openssl")
    row.locator("button.fk-lag-4").first.click()
    reader.page.locator("#patch_matrix").get_by_role(
        "link", name="Findings about this version"
    ).click()
    reader.until("location.hash.includes('findings')")
    version = reader.page.locator("#tables .fk-chip", has_text="source version").inner_text()
    wanted = version.split(": ")[1].split("\n")[0].removesuffix("×").strip()
    findings = fleet.findings
    fits = findings["source_name"].eq("openssl") & findings["source_version"].eq(wanted)
    assert reader.rows()[0] == int(fits.fillna(value=False).sum())


def test_a_row_is_opened_by_keyboard(read):
    reader = read(place="#table=images")
    reader.page.locator("#tables .fk-scroll").focus()
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        reader.page.keyboard.press(key)
    assert reader.page.locator("#tables .fk-details dt").count() > 8


def test_the_whole_page_can_be_walked_with_the_tab_key(read):
    reader = read()
    seen = set()
    for _ in range(400):
        reader.page.keyboard.press("Tab")
        section = reader.ask(
            "document.activeElement.closest('section[data-view]')?.id"
            " ?? document.activeElement.tagName"
        )
        seen.add(section)
        if section == "BODY":
            break
    assert {"overview", "pet_cattle", "lineage", "patch_matrix", "tables"} <= seen


def test_sections_without_their_tables_name_the_verb(browser, read, fleet, tmp_path):
    loaded = {name: frame for name, frame in fleet if TABLES[name] not in DERIVED}
    reader = read(report(Fleet(**loaded), tmp_path / "bare.html"))
    for section, verb in (
        ("pet_cattle", "classify"),
        ("lineage", "trace"),
        ("patch_matrix", "audit"),
    ):
        assert f"fk.{verb}(fleet)" in reader.page.locator(f"#{section}").inner_text()


def test_an_empty_fleet_opens_without_a_fault(read, tmp_path):
    reader = read(report(Fleet(), tmp_path / "empty.html"))
    assert "Nothing was found" in reader.page.locator("h1").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_what_is_behind_it(read, scheme):
    reader = read(color_scheme=scheme)
    assert reader.ask(CONTRAST.read_text(encoding="utf-8").rstrip().rstrip(";")) == []


def test_the_switch_turns_the_page_dark_and_back(read):
    reader = read(color_scheme="light")
    paper = "getComputedStyle(document.body).backgroundColor"
    bright = reader.ask(paper)
    switch = reader.page.locator("#theme")
    switch.click()
    switch.click()
    assert "dark" in switch.inner_text()
    assert reader.ask(paper) != bright


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_never_scrolls_sideways(browser, read, width):
    reader = read()
    reader.page.set_viewport_size({"width": width, "height": 800})
    assert reader.ask("document.documentElement.scrollWidth") <= width


def test_texts_of_any_length_do_not_widen_the_page(read, attacked):
    reader = read(attacked)
    assert reader.ask("document.documentElement.scrollWidth") <= 1280


def test_all_sections_are_named_landmarks(read):
    reader = read()
    assert reader.ask("document.documentElement.lang") == "en"
    assert reader.ask("document.querySelectorAll('main, header, footer, nav').length") == 4
    names = reader.ask(
        "[...document.querySelectorAll('main > section')].map((one) =>"
        " document.getElementById(one.getAttribute('aria-labelledby'))?.textContent)"
    )
    assert all(names)


def test_a_report_of_5000_workloads_answers_at_once(read, tmp_path):
    from tests.views.fleets import synthetic

    big = synthetic(5_000)
    reader = read(report(big, tmp_path / "big.html"), place="#table=workloads")
    assert reader.rows() == (len(big.workloads), len(big.workloads))
    assert reader.page.locator("#tables tr[data-row]").count() < 80
    assert "folded" in reader.page.locator("#lineage [role=status]").inner_text()
