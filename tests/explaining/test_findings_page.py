"""The card of a finding fits a narrow page and is readable on light and on dark ones."""

from pathlib import Path

import pytest

from fleetkit.explaining import explain
from tests.explaining.findings import NEW, audited_web, installed

CONTRAST = (Path(__file__).parents[1] / "reporting" / "contrast.js").read_text(encoding="utf-8")
PAGES = {"light": ("#fff", "#222"), "dark": ("#111", "#ddd")}


@pytest.fixture(scope="module")
def cards(tmp_path_factory):
    more = [installed(f"registry.example/{'long-' * 20}name:{place}", NEW) for place in range(4)]
    made = audited_web(tmp_path_factory.mktemp("feed"), more=more)
    return "".join(explain(made, made.findings.iloc[place])._repr_html_()
                   for place in range(len(made.findings)))


@pytest.fixture
def page(browser):
    context = browser.new_context(offline=True)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("theme", PAGES)
@pytest.mark.parametrize("width", [420, 1100])
def test_nothing_is_cut_off(cards, page, theme, width):
    _show(page, cards, theme, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("theme", PAGES)
def test_texts_stand_out(cards, page, theme):
    _show(page, cards, theme, 1100)
    assert page.evaluate(f"({CONTRAST.rstrip().rstrip(';')})()") == []


def _show(page, cards, theme, width):
    behind, text = PAGES[theme]
    page.set_viewport_size({"width": width, "height": 800})
    page.set_content(f'<body style="background:{behind};color:{text};font:13px sans-serif">{cards}')
