"""The report as a file, before any browser opens it."""

import base64
import hashlib
import re

import pytest

from fleetkit.fleet import Fleet
from fleetkit.reporting import report
from tests.reporting.hostile import hostile


def parts(text, tag):
    return re.findall(rf"<{tag}(?P<attributes>[^>]*)>(.*?)</{tag}>", text, re.DOTALL)


def hashed(content):
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


@pytest.fixture(scope="module")
def text(written):
    return written.read_text(encoding="utf-8")


def test_the_policy_allows_the_one_script_and_the_one_style_and_nothing_else(text):
    scripts = [
        body for attributes, body in parts(text, "script") if "octet-stream" not in attributes
    ]
    styles = [body for _, body in parts(text, "style")]
    assert len(scripts) == len(styles) == 1
    assert f"script-src '{hashed(scripts[0])}'; style-src '{hashed(styles[0])}'" in text
    assert "default-src 'none'" in text
    assert "unsafe" not in text.split("</head>")[0]


def test_the_policy_stands_before_anything_that_it_governs(text):
    assert text.index("Content-Security-Policy") < text.index("<style") < text.index("<script")


def test_nothing_in_the_file_is_fetched_from_elsewhere(text):
    assert not re.search(r"(?:src|href|action|data)\s*=\s*[\"']?(?:https?:)?//", text)
    assert "@import" not in text
    assert "url(" not in text


def test_the_file_of_a_fleet_of_200_is_below_a_megabyte(written):
    assert written.stat().st_size < 1_000_000


def test_equal_fleets_give_equal_files(fleet, written, tmp_path):
    assert report(fleet, tmp_path / "again.html").read_bytes() == written.read_bytes()


def test_the_finding_is_heading_and_title(text, fleet):
    heading = re.search(r"<h1[^>]*>(?:<a[^>]*>)?(.*?)(?:</a>)?</h1>", text)[1]
    assert "workloads run OpenSSL behind the fix" in heading
    assert f"<title>{heading}" in text
    assert text.count("<h1") == 1


def test_a_title_of_ones_own_is_escaped(tmp_path):
    made = report(Fleet(), tmp_path / "a.html", title="<b>mine</b>").read_text(encoding="utf-8")
    assert "&lt;b&gt;mine&lt;/b&gt;" in made
    assert "<b>mine" not in made


def test_the_foot_counts_every_table(text, fleet):
    foot = text[text.index('<footer id="provenance"') :]
    for name, frame in fleet:
        assert f"<bdi>{name.replace('_', ' ')}</bdi></dt><dd><bdi>{len(frame):,}</bdi>" in foot


def test_no_text_of_the_fleet_becomes_a_tag(attacked):
    text = attacked.read_text(encoding="utf-8")
    assert len(parts(text, "script")) == 1 + 5
    assert "window.pwned=1</script>" not in text
    assert "<img" not in text
    assert "\u202e" not in text
    assert "\x1b" not in text


def test_a_megabyte_in_every_text_does_not_fill_the_file(attacked):
    assert attacked.stat().st_size < 2_000_000


def test_a_report_that_cannot_be_finished_leaves_the_old_one(tmp_path, monkeypatch):
    path = tmp_path / "fleet.html"
    path.write_text("the old one")
    monkeypatch.setattr("fleetkit.reporting.writing.page", lambda *_: "\ud800")
    with pytest.raises(UnicodeEncodeError):
        report(Fleet(), path)
    assert path.read_text() == "the old one"
    assert [one.name for one in tmp_path.iterdir()] == ["fleet.html"]


def test_a_folder_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        report(Fleet(), tmp_path / "nowhere" / "fleet.html")


def test_an_empty_fleet_has_a_report(tmp_path):
    made = report(Fleet(), tmp_path / "a.html").read_text(encoding="utf-8")
    assert "Nothing was found in this fleet" in made


def test_the_hostile_fleet_is_hostile_in_every_text_column():
    for name, frame in hostile():
        texts = [column for column in frame.columns if str(frame[column].dtype) == "string"]
        assert texts, name
