"""The waterfall adds up, is readable at any width, and cannot be written into."""

import pytest

from fleetkit import charts
from fleetkit.explaining import explain
from fleetkit.odds import DECIDED
from fleetkit.tables.derived import AXES
from tests.classification.fleets import container, judged, volume

HOSTILE = "<b onclick=x>&" + "warehouse-" * 20 + "数据库" * 20


@pytest.fixture(scope="module")
def database():
    made = judged(
        container("db", image_ref="postgres:16", name=HOSTILE, env_names=["POSTGRES_PASSWORD"],
                  stop_grace_seconds=400, read_only_root=True),
        mounts=[volume("db", "/var/lib/postgresql/data", volume_id=HOSTILE)])
    return explain(made, "db")


@pytest.mark.parametrize("axis", AXES)
def test_steps_add_up_to_the_score(database, axis):
    bars = charts.waterfall(database, axis).data[0]
    assert sum(bars.x[:-1]) == bars.x[-1] == database.scores[axis]
    assert bars.measure[-1] == "total"


def test_reasons_stand_over_their_bars_largest_first(database):
    figure = charts.waterfall(database)
    sizes = [abs(part) for part in figure.data[0].x[:-1]]
    assert sizes == sorted(sizes, reverse=True)
    reasons = [note.y for note in figure.layout.annotations[:len(sizes)]]
    assert all(text < bar for text, bar in zip(reasons, figure.data[0].y, strict=False))


def test_thresholds_of_a_decision_are_drawn(database):
    places = {shape.x0 for shape in charts.waterfall(database).layout.shapes}
    assert places == {DECIDED, -DECIDED}


def test_what_speaks_for_a_pet_has_the_colour_of_pets(database):
    bars = charts.waterfall(database).data[0]
    assert bars.increasing.marker.color == charts.COLOURS["pet"]
    assert bars.decreasing.marker.color == charts.COLOURS["cattle"]


def test_an_axis_that_there_is_not_is_refused(database):
    with pytest.raises(ValueError, match="no axis named 'size'; there are state, uniqueness"):
        charts.waterfall(database, "size")


def test_names_write_no_html(database):
    assert "<b onclick" not in charts.waterfall(database).to_json().replace("\\u003c", "<")


@pytest.mark.parametrize("width", [420, 1100])
@pytest.mark.parametrize("dark", [False, True])
def test_every_text_is_inside_the_page(database, browser, tmp_path, width, dark):
    path = tmp_path / "chart.html"
    figure = charts.waterfall(database, dark=dark)
    figure.write_html(path, include_plotlyjs=True, config={"displayModeBar": False})
    page = browser.new_page(viewport={"width": width, "height": int(figure.layout.height) + 20})
    page.goto(path.as_uri())
    page.wait_for_selector(".annotation-text")
    outside = page.evaluate(
        "[...document.querySelectorAll('svg text')].filter(t => t.textContent.trim())"
        ".map(t => [t, t.getBoundingClientRect()])"
        ".filter(([t, r]) => r.left < 0 || r.right > innerWidth || r.top < 0)"
        ".map(([t, r]) => t.textContent)")
    page.close()
    assert outside == []
