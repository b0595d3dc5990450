import gzip
import json
from datetime import date, timedelta
from math import inf, nan

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleetkit.errors import LoadError
from fleetkit.patching import audit
from fleetkit.plugins import find
from tests.patching.literal import INTRODUCED, NOW, feed, fixed, fleet, package, record
from tests.patching.test_hostile_records import ANY

HEAD = "#model_version:v2025.03.14,score_date:2026-08-21T12:55:00Z\ncve,epss,percentile\n"


def scores(folder, text, name="epss_scores-2026-08-20.csv.gz", head=HEAD):
    path = folder / name
    content = (head + text).encode()
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


def answer(folder, *entries, **cells):
    path = folder / "epss.json"
    path.write_text(json.dumps({"status": "OK", "total": len(entries), "data": list(entries),
                                **cells}), encoding="utf-8")
    return path


def read(path):
    problems = []
    return list(find("advisories", "epss").rows(path, problems.append)), problems


def audited(folder, paths, *records, now=NOW):
    made = audit(fleet(package("a", "openssl", "3.0.9-1")),
                 [feed(folder, *records), *(f"epss:{path}" for path in paths)], now=now)
    found = made.findings[made.findings["evidence"] == "advisory"]
    return found.set_index("advisory_id")["exploit_probability"], made.problems


def test_a_line_is_the_chance_of_a_flaw_on_the_day_of_the_comment(tmp_path):
    (row,), problems = read(scores(tmp_path, "CVE-2026-1,0.97,0.99\n"))
    assert (row.flaw, row.probability, row.as_of) == ("CVE-2026-1", 0.97, date(2026, 8, 21))
    assert row.where.endswith("line 3")
    assert not problems


def test_without_a_comment_the_name_of_the_file_tells_the_day(tmp_path):
    (row,), _ = read(scores(tmp_path, "CVE-2026-1,0.5,0.9\n", head="cve,epss,percentile\n"))
    assert row.as_of == date(2026, 8, 20)


def test_columns_are_found_by_their_names(tmp_path):
    (row,), _ = read(scores(tmp_path, "0.9,CVE-2026-1,0.5\n", "a.csv", "percentile,cve,epss\n"))
    assert (row.flaw, row.probability, row.as_of) == ("CVE-2026-1", 0.5, None)


def test_an_answer_of_the_api_is_read(tmp_path):
    entry = {"cve": "CVE-2026-1", "epss": "0.970000000", "percentile": "0.9", "date": "2026-08-21"}
    (row,), problems = read(answer(tmp_path, entry))
    assert (row.flaw, row.probability, row.as_of) == ("CVE-2026-1", 0.97, date(2026, 8, 21))
    assert not problems


def test_an_answer_that_holds_a_part_is_a_problem(tmp_path):
    _, problems = read(answer(tmp_path, {"cve": "CVE-1", "epss": 0.1}, total=300_000))
    assert [problem.code for problem in problems] == ["incomplete_feed"]


def test_a_finding_has_the_chance_of_its_flaw(tmp_path):
    path = scores(tmp_path, "CVE-2026-1,0.97,0.99\nCVE-2026-3,0,0\n")
    rows = [record(f"CVE-2026-{number}", "openssl", INTRODUCED) for number in (1, 2, 3)]
    chance, _ = audited(tmp_path, [path], *rows)
    assert chance.isna().tolist() == [False, True, False]
    assert (chance["CVE-2026-1"], chance["CVE-2026-3"]) == (0.97, 0.0)


def test_of_several_days_the_newest_counts(tmp_path):
    old = scores(tmp_path, "CVE-2026-1,0.9,0.9\n", "epss_scores-2026-08-01.csv", "cve,epss\n")
    new = scores(tmp_path, "CVE-2026-1,0.1,0.9\n")
    for paths in ([old, new], [new, old]):
        chance, _ = audited(tmp_path, paths, record("CVE-2026-1", "openssl", INTRODUCED))
        assert chance.tolist() == [0.1]


def test_a_record_of_several_flaws_has_the_highest_chance(tmp_path):
    row = record("DSA-1-1", "openssl", INTRODUCED, upstream=["CVE-2026-1", "CVE-2026-2"])
    chance, _ = audited(tmp_path, [scores(tmp_path, "CVE-2026-1,0.2,0\nCVE-2026-2,0.3,0\n")], row)
    assert chance.tolist() == [0.3]


@pytest.mark.parametrize(("days", "codes"), [(30, []), (40, ["stale_feed"])])
def test_chances_older_than_a_month_are_a_problem(tmp_path, days, codes):
    now = NOW + timedelta(days=days)
    row = record("CVE-2026-1", "openssl", INTRODUCED, fixed("4"), modified=now.isoformat())
    _, problems = audited(tmp_path, [scores(tmp_path, "CVE-2026-1,0.2,0\n")], row, now=now)
    assert [code for code in problems["code"] if code == "stale_feed"] == codes


@pytest.mark.parametrize("line", [
    "CVE-1", "CVE-1,nan,0", "CVE-1,inf,0", "CVE-1,-0.1,0", "CVE-1,1.1,0", "CVE-1,,0", ",0.1,0",
    "CVE-1,a lot,0", "C" * 5_000 + ",0.1,0", "CVE-1,1e999,0",
], ids=lambda line: line[:20])
def test_a_broken_line_is_a_problem_and_the_rest_is_kept(tmp_path, line):
    rows, problems = read(scores(tmp_path, f"{line}\nCVE-2026-1,0.2,0\n"))
    assert [row.flaw for row in rows] == ["CVE-2026-1"]
    assert [problem.subject_id[-6:] for problem in problems] == ["line 3"]


@pytest.mark.parametrize("chance", [None, True, [], {}, nan, inf, -1, 2, "x", 10**400],
                         ids=lambda chance: str(chance)[:10])
def test_a_chance_that_is_none_is_a_problem(tmp_path, chance):
    good = {"cve": "CVE-2", "epss": 1}
    rows, problems = read(answer(tmp_path, {"cve": "CVE-1", "epss": chance}, good))
    assert [row.flaw for row in rows] == ["CVE-2"]
    assert len(problems) == 1


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(ANY, st.fixed_dictionaries({"cve": ANY, "epss": ANY, "date": ANY})),
                max_size=4), ANY)
def test_no_entry_breaks_its_neighbour(tmp_path, entries, total):
    good = {"cve": "CVE-GOOD", "epss": "0.5", "date": "2026-08-21"}
    rows, _ = read(answer(tmp_path, *entries, good, total=total))
    assert "CVE-GOOD" in [row.flaw for row in rows]


@pytest.mark.parametrize(("name", "text"), [
    ("epss.csv", ""), ("epss.csv", "a,b\n"), ("epss.csv", "#\n" * 100), ("epss.json", "[]"),
    ("epss.json", '{"data": {}}'), ("epss.xml", "<a/>"), ("epss.csv", "x" * 20_000),
])
def test_a_file_of_another_form_is_refused(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    with pytest.raises(LoadError):
        read(tmp_path / name)


def test_a_file_that_breaks_off_is_read_up_to_there(tmp_path):
    lines = "".join(f"CVE-2026-{number},0.{number % 9973},0\n" for number in range(50_000))
    path = scores(tmp_path, lines)
    path.write_bytes(path.read_bytes()[:-1_000])
    rows, problems = read(path)
    assert 0 < len(rows) < 50_000
    assert [problem.code for problem in problems] == ["unreadable_feed"]


def test_an_endless_line_is_a_problem_not_a_bomb(tmp_path):
    rows, problems = read(scores(tmp_path, "CVE-2026-1,0.2,0\n" + "9" * 50_000_000))
    assert [row.flaw for row in rows] == ["CVE-2026-1"]
    assert [problem.code for problem in problems] == ["unreadable_feed"]
