"""Charts say their finding and run nothing."""

import pandas as pd
import pytest

from fleetkit import charts
from fleetkit.errors import MissingTableError
from fleetkit.fleet import Fleet
from fleetkit.tables import LABELS, PATCH_LEVELS
from tests.views.fleets import synthetic

FLEET = synthetic(60)


@pytest.mark.parametrize(
    "chart", [charts.pet_cattle, charts.patch_levels, charts.image_age, charts.services]
)
def test_the_title_states_a_number(chart):
    title = chart(FLEET).layout.title.text
    assert any(sign.isdigit() for sign in title)


def test_pets_are_counted_as_the_labels_count_them():
    pets = int(FLEET.labels["label"].eq("pet").sum())
    assert charts.pet_cattle(FLEET).layout.title.text.startswith(f"At least {pets} of")


def test_openssl_is_the_package_unless_another_is_asked_for():
    assert "openssl" in charts.patch_levels(FLEET).layout.title.text
    assert "curl" in charts.patch_levels(FLEET, "curl").layout.title.text


def test_bars_of_a_package_add_up_to_the_workloads_that_have_it():
    figure = charts.patch_levels(FLEET)
    assert f"of {sum(figure.data[0].x):,} workloads" in figure.layout.title.text


@pytest.mark.parametrize("chart", [charts.pet_cattle, charts.patch_levels])
def test_a_chart_whose_table_is_missing_names_the_verb(chart):
    with pytest.raises(MissingTableError, match="call"):
        chart(Fleet())


def test_an_empty_fleet_has_charts_too():
    empty = Fleet().with_tables(labels=LABELS.empty(), patch_levels=PATCH_LEVELS.empty())
    for chart in (charts.pet_cattle, charts.patch_levels, charts.image_age, charts.services):
        assert chart(empty).layout.title.text


def test_a_name_cannot_write_html_into_a_chart():
    fleet = Fleet(
        workloads=pd.DataFrame([{"workload_id": "a", "controller_name": "<a href='x'>b</a>"}])
    )
    assert "<a" not in charts.services(fleet).to_json()
