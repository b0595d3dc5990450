"""The model card tells what the evaluation says today, and the rules as they are."""

import re
from importlib.resources import files

import pytest

from fleetkit.odds import CAP, CERTAIN, DECIDED, ECHO, ENOUGH
from tests.benchmarks import judging
from tests.benchmarks.judgement import BEGIN, END, rows_of
from tests.classification.labelled.fleets import RECORDED

CARD = files("fleetkit.classification").joinpath("MODEL_CARD.md").read_text(encoding="utf-8")
NUMBERS = CARD.partition(BEGIN)[2].partition(END)[0]
CLOSE = 0.02


def told():
    """(run, labels) -> cells of the card's first table, without their intervals."""
    lines = [[cell.strip() for cell in line.strip("| \n").split(" | ")]
             for line in NUMBERS.splitlines() if re.match(r"\| \w+ \| (strong|all) \|", line)]
    return {(line[0], line[1]): [float(cell.split(" ")[0]) for cell in line[2:]] for line in lines}


@pytest.mark.skipif(not RECORDED.is_dir(), reason=f"{RECORDED} is not there")
@pytest.mark.parametrize("labels", ["strong", "all"])
@pytest.mark.parametrize("run", ["full", "plain", "blind", "unmounted", "nameless"])
def test_card_tells_what_is_measured(run, labels):
    rows = rows_of(run, "final")
    part = rows[rows["strong"]] if labels == "strong" else rows
    found, said = judging.measured(part), judging.decided(part)
    count, auc, brier, ece, _, _, precision, unsure, accuracy = told()[run, labels]
    assert count == found["rows"]
    assert (auc, brier, ece, precision, unsure, accuracy) == pytest.approx(
        (found["auc"], found["brier"], found["ece"], found["precision_80"], said["unsure"],
         said["accuracy"]), abs=CLOSE,
    ), "the classifier changed: run `python -m tests.benchmarks.judgement card`"


def test_card_tells_the_rules_as_they_are():
    for number in (DECIDED, CERTAIN, ENOUGH, CAP, ECHO):
        assert f"{number:g}" in CARD


def test_card_never_promises_that_something_is_safe_to_delete():
    assert len(re.findall("safe to delete", CARD)) == len(
        re.findall("never says that something is safe to delete", CARD)) == 1
