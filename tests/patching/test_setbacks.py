from datetime import UTC, datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleetkit.fleet import Fleet
from fleetkit.patching import audit
from tests.patching.literal import INTRODUCED, NOW, feed, fixed, image, package, record


def built(image_id, day, **cells):
    made = datetime(2026, 1, day, tzinfo=UTC) if day else None
    plain = {"kind": "container", "name": f"registry.example/web:{image_id}",
             "tags": [f"registry.example/web:{image_id}"], "created_at": made, "release": "12"}
    return image(image_id, **{**plain, **cells})


def setbacks(packages, images, advisories=None, **tables):
    made = audit(Fleet(packages=pd.DataFrame(packages), images=pd.DataFrame(images), **tables),
                 advisories, now=NOW)
    return made.findings[made.findings["status"] == "older_than_before"].reset_index(drop=True)


def ssl(subject, version, **cells):
    return package(subject, "openssl", version, **cells)


def test_a_later_image_with_an_older_build_is_older_than_before():
    found = setbacks([ssl("a", "3.0.15-1"), ssl("b", "3.0.9-1")], [built("a", 1), built("b", 9)])
    assert found[["subject_id", "fixed_version"]].to_numpy().tolist() == [["b", "3.0.15-1"]]


def test_the_finding_names_both_images_their_builds_and_times():
    found = setbacks([ssl("a", "3.0.15-1"), ssl("b", "3.0.9-1")], [built("a", 1), built("b", 9)])
    assert found["why"].tolist() == [
        "registry.example/web:b of 2026-01-09 00:00 has openssl 3.0.9-1; registry.example/web:a of"
        " 2026-01-01 00:00 had 3.0.15-1 before it (repository registry.example/web)"]


def test_a_flaw_that_is_back_is_named(tmp_path):
    flaws = feed(tmp_path, record("CVE-2026-1", "openssl", INTRODUCED, fixed("3.0.10-1")),
                 record("CVE-2026-2", "openssl", INTRODUCED, fixed("9-1")))
    found = setbacks([ssl("a", "3.0.15-1"), ssl("b", "3.0.9-1")], [built("a", 1), built("b", 9)],
                     flaws)
    assert found["why"][0].endswith("; back: CVE-2026-1")


def test_an_image_stays_older_until_it_has_the_build_again():
    packages = [ssl("a", "3-1"), ssl("b", "1-1"), ssl("c", "2-1"), ssl("d", "3-1")]
    found = setbacks(packages, [built(name, day) for day, name in enumerate("abcd", start=1)])
    assert found["subject_id"].tolist() == ["b", "c"]


def test_a_package_that_was_gone_in_between_is_remembered():
    packages = [ssl("a", "3-1"), package("b", "zlib", "1-1"), ssl("c", "2-1")]
    found = setbacks(packages, [built(name, day) for day, name in enumerate("abc", start=1)])
    assert found["subject_id"].tolist() == ["c"]


@pytest.mark.parametrize("cells", [
    {"tags": ["registry.example/other:b"], "name": "registry.example/other:b"},
    {"arch": "arm64"},
    {"created_at": None},
    {"created_at": datetime(1970, 1, 1, tzinfo=UTC)},
    {"created_at": datetime(2026, 1, 1, tzinfo=UTC)},
])
def test_an_image_that_follows_nothing_is_not_compared(cells):
    images = [built("a", 1, arch="amd64"), built("b", 9, **{"arch": "amd64", **cells})]
    assert len(setbacks([ssl("a", "3-1"), ssl("b", "1-1")], images)) == 0


def test_images_without_date_are_counted():
    made = audit(Fleet(packages=pd.DataFrame([ssl("a", "1-1")]),
                       images=pd.DataFrame([built("a", None)])), now=NOW)
    (found,) = made.problems[made.problems["code"] == "undated_image"]["detail"]
    assert found == "1 image"


def test_another_release_is_not_older():
    packages = [ssl("a", "3-1"), ssl("b", "1-1", release="13")]
    assert len(setbacks(packages, [built("a", 1), built("b", 9, release="13")])) == 0


def test_a_library_of_a_language_is_not_older():
    packages = [ssl(name, version, ecosystem="npm", release=None)
                for name, version in (("a", "3.0.0"), ("b", "1.0.0"))]
    assert len(setbacks(packages, [built("a", 1), built("b", 9)])) == 0


def test_a_maintained_older_line_does_not_follow_the_newer_one():
    images = [built(name, day, tags=[f"registry.example/web:{tag}"])
              for name, day, tag in (("a", 1, "1.24.0"), ("b", 2, "1.25.3"), ("c", 3, "1.24.1"))]
    packages = [package(name, "nginx", version)
                for name, version in (("a", "1.24.0-1"), ("b", "1.25.3-1"), ("c", "1.24.1-1"))]
    assert len(setbacks(packages, images)) == 0


def test_a_machine_image_follows_the_one_of_its_name_without_date():
    images = [built(name, day, kind="ami", tags=None, name=f"base-2026-01-0{day}")
              for day, name in ((1, "a"), (2, "b"))]
    found = setbacks([ssl("a", "3-1"), ssl("b", "1-1")], images)
    assert found["why"].str.contains("(name base)", regex=False).tolist() == [True]


def test_images_of_one_recipe_follow_each_other_whatever_their_names():
    images = [built("a", 1, name="x", tags=None), built("b", 2, name="y", tags=None)]
    builds = pd.DataFrame([{"build_id": name, "image_id": name, "template": "web.pkr.hcl"}
                           for name in "ab"])
    assert len(setbacks([ssl("a", "3-1"), ssl("b", "1-1")], images, builds=builds)) == 1


def test_an_orchestrator_that_rolls_back_to_an_image_of_older_builds_is_seen():
    links = pd.DataFrame([{"from_id": "a", "to_id": "b", "relation": "replaces",
                           "evidence": "deployment of an app"}])
    images = [built("a", 1, name="x:1", tags=None), built("b", 2, name="y:1", tags=None)]
    found = setbacks([ssl("a", "1-1"), ssl("b", "3-1")], images, links=links)
    assert found["subject_id"].tolist() == ["a"]


HISTORIES = st.lists(st.dictionaries(st.sampled_from("xyz"), st.integers(1, 4)), min_size=1,
                     max_size=6)


@given(HISTORIES)
def test_who_is_older_is_whoever_is_below_the_highest_of_its_line_before(history):
    images = [built(f"i{day}", day + 1) for day in range(len(history))]
    packages = [package(f"i{day}", name, f"{version}-1")
                for day, held in enumerate(history) for name, version in held.items()]
    expected = [(f"i{day}", name) for day, held in enumerate(history)
                for name, version in sorted(held.items())
                if any(before.get(name, 0) > version for before in history[:day])]
    frame = pd.DataFrame(packages, columns=list(package("a", "b", "c")))
    found = setbacks(frame, images)
    assert sorted(zip(found["subject_id"], found["source_name"], strict=True)) == expected
