"""An explanation adds up, is readable, and cannot be written into by what it explains."""

from html.parser import HTMLParser

import pytest

from fleetkit.classification import classify, score
from fleetkit.errors import MissingTableError, UnknownWorkloadError
from fleetkit.explaining import explain
from fleetkit.learning.tuning import Tuning
from fleetkit.tables.derived import AXES
from tests.classification.fleets import container, fleet, judged, label, volume

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&\x1b[31m\u202e\n"


def database(**known):
    return judged(
        container("a|b", name="db", image_ref="postgres:16", env_names=["POSTGRES_PASSWORD"],
                  stop_grace_seconds=400, **known),
        mounts=[volume("a|b", "/var/lib/postgresql/data", volume_id="pgdata")])


@pytest.fixture(scope="module")
def explained():
    return explain(database(), "db")


class Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes = set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_evidence_adds_up_to_the_scores_to_the_last_bit(explained):
    made, one = database(), explained
    for axis in AXES:
        said = one.evidence.loc[one.evidence["axis"] == axis, "contribution"]
        assert sum(said) == one.scores[axis] == label(made, "a|b")[f"{axis}_score"]


def test_the_strongest_evidence_of_an_axis_comes_first(explained):
    evidence = explained.evidence
    for axis in AXES:
        sizes = evidence.loc[evidence["axis"] == axis, "contribution"].abs().tolist()
        assert sizes == sorted(sizes, reverse=True)


def test_a_workload_is_found_by_a_name_of_its_own(explained):
    assert explained.workload_id == "a|b"


def test_a_name_of_several_is_refused_with_their_ids():
    made = judged(container("1", name="web"), container("2", name="web"))
    with pytest.raises(UnknownWorkloadError, match=r"2 workloads are named 'web': '1', '2'; pass"):
        explain(made, "web")


def test_an_unknown_workload_is_refused_with_those_like_it():
    with pytest.raises(UnknownWorkloadError, match=r"has the workload_id or name 'B'; like it are "
                                                   r"'a\|b'; look for it in fleet.workloads"):
        explain(database(), "B")


def test_a_host_is_refused_in_words():
    made = judged({"workload_id": "h", "kind": "host"}, container("a"))
    with pytest.raises(UnknownWorkloadError, match="hosts are neither pets nor cattle"):
        explain(made, "h")


def test_a_fleet_that_was_not_classified_names_the_verb():
    with pytest.raises(MissingTableError, match="call classify first"):
        explain(fleet(container("a")), "a")


def test_a_fleet_that_changed_since_says_so():
    made = judged(container("a"))
    later = fleet(container("a", image_ref="postgres:16")).with_tables(
        evidence=made.evidence, labels=made.labels)
    assert explain(made, "a").notes == ()
    assert "so classify it again" in repr(explain(later, "a"))


def test_a_fleet_that_was_taught_is_explained_with_what_it_was_taught():
    plain, taught = fleet(container("a")), Tuning(intercepts={"state": 0.5}, words="ten labels")
    made = score({"workloads": plain.workloads}, taught)
    one = explain(plain.with_tables(evidence=made.evidence, labels=made.labels), "a",
                  tuning=taught)
    assert one.notes == ()
    assert "ten labels" in one.evidence["reason"].tolist()


def test_a_persons_word_stands_beside_the_evidence():
    made = database()
    labels = made.labels.assign(label="cattle", override="cattle, says Ann: a copy")
    one = explain(made.with_tables(labels=labels), "db")
    assert (one.label, one.evidence_label) == ("cattle", "pet")
    assert "a person's word: cattle, says Ann: a copy; the evidence says pet" in repr(one)


def test_text_shows_every_reason_and_question(explained):
    one, said = explained, repr(explained)
    assert all(reason in said for reason in one.evidence["reason"])
    assert all(question in said for question in one.questions["question"])
    assert "What if" in said


def test_hostile_texts_write_no_html_and_steer_no_terminal():
    made = judged(
        container(HOSTILE, image_ref="postgres:16", controller_name=HOSTILE,
                  tags={"role": "database", "x": HOSTILE}, env_names=[f"{HOSTILE}_PASSWORD"]),
        mounts=[volume(HOSTILE, f"/data/{HOSTILE}", volume_id=HOSTILE)])
    labels = made.labels.assign(override=HOSTILE)
    one = explain(made.with_tables(labels=labels), HOSTILE)
    page = Tags(one._repr_html_())
    assert page.tags <= {"div", "strong", "br", "small", "table", "tr", "td", "span", "ul", "li"}
    assert page.attributes == {"style"}
    assert not {"\x1b", "\u202e"} & set(repr(one) + one._repr_html_())


def test_frames_are_typed_when_nothing_is_to_be_said():
    one = explain(classify(fleet({"workload_id": "a"})), "a")
    assert list(one.evidence.columns)[:2] == ["axis", "signal"]
    assert {"about", "becomes", "what_if"} <= set(one.what_if.columns)
    assert {"question", "answer", "label"} <= set(one.questions.columns)


def test_nobody_can_write_into_an_explanation(explained):
    one = explained
    mine = one.evidence
    mine["reason"] = "nothing"
    assert "nothing" not in one.evidence["reason"].tolist()
    with pytest.raises(AttributeError):
        one.label = "cattle"
