"""The widget as Python sees it; the browser sees the same scripts in the report."""

import subprocess
import sys

import pytest

from fleetkit.errors import SchemaError, UnknownNameError
from fleetkit.exploring import explore
from tests.views.fleets import synthetic

FLEET = synthetic(60)


@pytest.fixture(scope="module")
def widget():
    return explore(FLEET)


def test_all_views_come_as_tabs(widget):
    assert widget.titles[0][0] == "overview"
    assert set(widget.payloads) == {name for name, _ in widget.titles}


def test_one_view_carries_the_data_of_one_view():
    assert list(explore(FLEET, "lineage").payloads) == ["lineage"]


def test_a_view_that_does_not_exist_is_named_with_those_that_do():
    with pytest.raises(UnknownNameError, match="lineage"):
        explore(FLEET, "linaege")


def test_a_number_that_leads_to_another_view_brings_its_data():
    one = explore(FLEET, "lineage")
    one.place = {"view": "tables", "table": "findings", "filter": {}}
    assert list(one.payloads) == ["lineage", "tables"]


def test_what_the_page_chose_is_a_frame(widget):
    widget.chosen = {"table": "images", "rows": [2]}
    assert widget.selection["image_id"].tolist() == [FLEET.images["image_id"].iloc[2]]


def test_rows_that_no_table_has_are_left_out(widget):
    widget.chosen = {"table": "images", "rows": [-1, 10**9]}
    assert widget.selection.empty


def test_a_frame_can_be_selected_from_python(widget):
    widget.selection = FLEET.workloads.iloc[[3, 5]]
    assert widget.chosen == {"table": "workloads", "rows": [3, 5]}


def test_ids_can_be_selected_from_python(widget):
    widget.selection = [FLEET.images["image_id"].iloc[1]]
    assert widget.chosen == {"table": "images", "rows": [1]}


def test_a_frame_without_a_key_is_refused_in_words(widget):
    with pytest.raises(SchemaError, match="workload_id"):
        widget.selection = FLEET.workloads[["name"]]


def test_where_widgets_cannot_run_the_numbers_are_said(widget):
    content, _ = widget._repr_mimebundle_()
    finding = f"of {len(FLEET.workloads)} workloads run OpenSSL behind the fix"
    assert finding in content["text/plain"]
    assert finding in content["text/html"]


def test_the_repr_is_one_line(widget):
    assert len(repr(widget)) < 120


def test_importing_the_module_does_not_import_widgets():
    code = (
        "import fleetkit.exploring, fleetkit.charts, fleetkit.reporting, sys; print([m for m in"
        " ('anywidget', 'ipywidgets', 'plotly', 'IPython') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
