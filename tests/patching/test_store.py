import json
import os
import shutil
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from fleetkit.patching.feeds import read_feeds
from fleetkit.patching.store import SMALL, bound
from tests.patching.literal import INTRODUCED, NOW, fixed, record, shared

PADDING = {"details": "x" * SMALL}  # feeds below this size are not stored


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("FLEETKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("FLEETKIT_STORE", raising=False)
    return tmp_path / "cache" / "feeds"


def written(path, *records):
    path.write_text("".join(
        json.dumps({**row, **PADDING}) + "\n" if number == 0 else json.dumps(row) + "\n"
        for number, row in enumerate(records)
    ))
    return path


@pytest.fixture
def large(tmp_path):
    return written(tmp_path / "feed.jsonl", record("CVE-1", "a", INTRODUCED, fixed("1.1-1")),
                   record("CVE-2", "b", INTRODUCED, modified="yesterday"))


def entries(cache):
    return sorted(cache.iterdir()) if cache.exists() else []


def opens_stored(cache, path, now=NOW):
    """Whether the entry is opened, not written anew: its tables stay the same files."""
    before = [(entry / "spans.parquet").stat().st_ino for entry in entries(cache)]
    read_feeds(path, now)
    return before == [(entry / "spans.parquet").stat().st_ino for entry in entries(cache)] != []


def test_a_feed_is_stored_when_it_is_read(cache, large):
    read_feeds(large, NOW)
    (entry,) = entries(cache)
    assert pq.read_table(entry / "spans.parquet")["package"].to_pylist() == ["a", "b"]


def test_the_second_time_the_stored_feed_is_opened(cache, large):
    read_feeds(large, NOW)
    assert opens_stored(cache, large)


def test_the_manifest_tells_date_and_source(cache, large):
    read_feeds(large, NOW)
    manifest = json.loads((entries(cache)[0] / "manifest.json").read_text())
    assert (manifest["path"], manifest["mark"][1]) == (str(large), 1)
    assert manifest["read_at"] > "2026"


@pytest.mark.parametrize("name", ["almalinux8", "bitnami", "pypi-pysec"])
def test_a_stored_feed_says_what_the_read_one_says(cache, tmp_path, name):
    path = tmp_path / "feed"
    path.mkdir()
    shutil.copy(shared(f"osv/{name}.jsonl.gz"), path)
    (path / "padding.txt").write_bytes(b"x" * SMALL)
    read = read_feeds(path, NOW)
    assert opens_stored(cache, path)
    pd.testing.assert_frame_equal(read_feeds(path, NOW).intervals, read.intervals)


def test_problems_are_stored_too(cache, large):
    read = read_feeds(large, NOW).problems
    assert [problem.code for problem in read] == ["broken_record"]
    assert read_feeds(large, NOW).problems == read


def test_a_changed_file_is_read_anew(cache, large):
    read_feeds(large, NOW)
    written(large, record("CVE-3", "c", INTRODUCED))
    assert read_feeds(large, NOW).intervals["osv_id"].tolist() == ["CVE-3"]


def test_an_edit_is_seen_though_size_and_time_are_as_before(cache, large):
    before = large.stat()
    read_feeds(large, NOW)
    large.write_text(large.read_text().replace('"CVE-1"', '"CVE-9"'))
    os.utime(large, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert large.stat().st_size == before.st_size
    assert "CVE-9" in read_feeds(large, NOW).intervals["osv_id"].tolist()


def test_a_file_that_comes_into_a_folder_is_read(cache, tmp_path, large):
    folder = tmp_path / "feed"
    (folder / "deep").mkdir(parents=True)
    large.rename(folder / "feed.jsonl")
    read_feeds(folder, NOW)
    (folder / "deep" / "new.json").write_text(json.dumps(record("CVE-3", "c", INTRODUCED)))
    assert read_feeds(folder, NOW).intervals["osv_id"].tolist() == ["CVE-1", "CVE-2", "CVE-3"]


def test_a_file_that_leaves_a_folder_is_forgotten(cache, tmp_path, large):
    folder = tmp_path / "feed"
    folder.mkdir()
    large.rename(folder / "feed.jsonl")
    (folder / "new.json").write_text(json.dumps(record("CVE-3", "c", INTRODUCED)))
    read_feeds(folder, NOW)
    (folder / "new.json").unlink()
    assert read_feeds(folder, NOW).intervals["osv_id"].tolist() == ["CVE-1", "CVE-2"]


def test_whether_a_record_is_withdrawn_is_judged_when_it_is_opened(cache, tmp_path):
    row = record("CVE-1", "a", INTRODUCED, withdrawn="2026-09-01T00:00:00Z")
    path = written(tmp_path / "feed.jsonl", row)
    found = [len(read_feeds(path, NOW + timedelta(days=days)).intervals) for days in (0, 20, 0)]
    assert found == [1, 0, 1]
    assert opens_stored(cache, path)


def test_records_that_will_be_withdrawn_stand_among_the_others(cache, tmp_path):
    rows = [record(f"CVE-{number}", "a", INTRODUCED) for number in range(1, 5)]
    rows[0]["withdrawn"], rows[2]["withdrawn"] = "2026-08-01T00:00:00Z", "2026-09-01T00:00:00Z"
    path = written(tmp_path / "feed.jsonl", *rows)
    for _ in range(2):
        assert read_feeds(path, NOW).intervals["osv_id"].tolist() == ["CVE-2", "CVE-3", "CVE-4"]


def test_whether_a_feed_is_stale_is_judged_when_it_is_opened(cache, tmp_path):
    path = written(tmp_path / "feed.jsonl", record("CVE-1", "a", INTRODUCED))
    told = [[problem.code for problem in read_feeds(path, NOW + timedelta(days=days)).problems]
            for days in (0, 40, 0)]
    assert told == [[], ["stale_feed"], []]


def test_a_stored_feed_gives_way_to_a_newer_record_of_another(cache, large, tmp_path):
    newer = record("CVE-1", "a", INTRODUCED, fixed("1.9-1"), modified="2026-08-21T00:00:00Z")
    other = tmp_path / "other.json"
    other.write_text(json.dumps(newer))
    read_feeds(large, NOW)
    found = read_feeds([other, large], NOW).intervals
    assert found["fixed_version"].fillna("").tolist() == ["1.9-1", ""]


def test_names_of_a_flaw_are_joined_over_stored_feeds(cache, tmp_path):
    paths = [written(tmp_path / "one.jsonl", record("GHSA-a", "a", INTRODUCED,
                                                    aliases=["CVE-2026-1"])),
             written(tmp_path / "two.jsonl", record("CVE-2026-1", "a", INTRODUCED))]
    for _ in range(2):
        found = read_feeds(paths, NOW).intervals
        assert found["group_id"].tolist() == ["CVE-2026-1", "CVE-2026-1"]
        assert list(found["aliases"][0]) == ["GHSA-a"]
    assert len(entries(cache)) == 2


def test_statements_of_other_kinds_are_stored_too(cache, tmp_path):
    (tmp_path / "catalogue.json").write_text(json.dumps({
        "title": "catalogue", "vulnerabilities": [
            {"cveID": "CVE-2024-3094", "dateAdded": "2024-04-01", "shortDescription": "x" * SMALL},
        ],
    }))
    read = read_feeds(f"kev:{tmp_path / 'catalogue.json'}", NOW)
    assert len(read.exploitation) == 1
    assert opens_stored(cache, f"kev:{tmp_path / 'catalogue.json'}")
    assert read_feeds(f"kev:{tmp_path / 'catalogue.json'}", NOW).exploitation == read.exploitation


@pytest.mark.parametrize("name", ["manifest.json", "spans.parquet", "records.parquet"])
def test_a_damaged_entry_is_read_anew_and_told(cache, large, name):
    read = read_feeds(large, NOW)
    file = entries(cache)[0] / name
    content = bytearray(file.read_bytes())
    content[len(content) // 3] ^= 0xFF
    file.write_bytes(content)
    found = read_feeds(large, NOW)
    assert "damaged_store" in [problem.code for problem in found.problems]
    pd.testing.assert_frame_equal(found.intervals, read.intervals)
    assert opens_stored(cache, large)


def test_an_entry_that_lost_a_file_is_read_anew(cache, large):
    read = read_feeds(large, NOW)
    (entries(cache)[0] / "records.parquet").unlink()
    pd.testing.assert_frame_equal(read_feeds(large, NOW).intervals, read.intervals)


def test_an_entry_is_for_its_user_alone(cache, large):
    read_feeds(large, NOW)
    assert [entry.stat().st_mode & 0o077 for entry in (cache, *entries(cache))] == [0, 0]


def test_a_small_feed_is_not_stored(cache, tmp_path):
    path = tmp_path / "feed.json"
    path.write_text(json.dumps(record("CVE-1", "a", INTRODUCED)))
    read_feeds(path, NOW)
    assert entries(cache) == []


def test_the_store_can_be_switched_off(cache, large, monkeypatch):
    monkeypatch.setenv("FLEETKIT_STORE", "off")
    read_feeds(large, NOW)
    assert entries(cache) == []


def test_a_cache_that_cannot_be_written_does_not_matter(tmp_path, large, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FLEETKIT_CACHE", str(tmp_path / "file"))
    assert len(read_feeds(large, NOW).intervals) == 2


def test_what_was_not_used_for_longest_goes_first(tmp_path):
    for number in range(70):
        (tmp_path / f"{number:02}").mkdir()
        (tmp_path / f"{number:02}" / "manifest.json").touch()
        os.utime(tmp_path / f"{number:02}" / "manifest.json", (number, number))
    bound(tmp_path)
    assert sorted(Path(entry).name for entry in tmp_path.glob("??")) == [
        f"{number:02}" for number in range(6, 70)
    ]
