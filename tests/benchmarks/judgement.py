"""How good the classifier's judgement is, on the labelled set; all numbers of its model card.

    python -m tests.benchmarks.judgement          the final half, with intervals
    python -m tests.benchmarks.judgement tune     the tune half, what is worst, what would mend it
    python -m tests.benchmarks.judgement card     writes the numbers into the model card

`full` shows the classifier everything; `plain` only the columns that any list of workloads has;
`blind` hides the kind of the controller and of the volumes;
`unmounted` hides the mounts themselves as well; `nameless` hides names, images, commands and
packages instead. Whoever changes signals, catalogue or weights may look at `tune` only.
"""

import sys
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pandas as pd

import fleetkit
from fleetkit.classification import classify
from tests.benchmarks import calibration, judging
from tests.classification.labelled.fleets import labelled
from tests.classification.labelled.hiding import blind, nameless, plain, unmounted

CARD = Path(fleetkit.__file__).parent / "classification" / "MODEL_CARD.md"
BEGIN, END = "<!-- numbers -->", "<!-- end of numbers -->"
RUNS = {"full": lambda fleet: fleet, "plain": plain, "blind": blind, "unmounted": unmounted,
        "nameless": nameless}
WORST = 25


@cache
def judged(run):
    """Labels of the set beside what the classifier says of the fleet as a run shows it."""
    made = labelled()
    return judging.joined(made.labels, classify(RUNS[run](made.fleet)))


def rows_of(run, half):
    """The rows of one half."""
    rows = judged(run)
    return rows[rows["half"] == half]


def table(half):
    """Rows of numbers as text: (run, labels) -> measure -> text with its interval."""
    found = {}
    for run in RUNS:
        rows = rows_of(run, half)
        for name, part in (("strong", rows[rows["strong"]]), ("all", rows)):
            found[run, name] = _texts(part, judging.measured(part), judging.intervals(part))
    return found


def _texts(part, numbers, spans):
    texts = {"n": f"{numbers['rows']}"}
    for name in judging.MEASURES:
        low, high = spans[name]
        texts[name] = f"{numbers[name]:.3f} ({low:.2f}–{high:.2f})"
        if name == "ece":
            chance = part["p_state"].astype(float).to_numpy()
            texts["noise"] = f"{calibration.noise(chance):.3f}"
    said = judging.decided(part)
    return texts | {"unsure": f"{said['unsure']:.2f}", "accuracy": f"{said['accuracy']:.3f}"}


def report(half):
    """All numbers of a half in Markdown."""
    rows, tune = rows_of("full", half), rows_of("full", "tune")
    parts = [_heading(half, rows), _state(half), _kinds(half), _axes(half), _quadrants(rows),
             _baselines(rows, tune), _agreement()]
    return "\n\n".join(parts)


def _heading(half, rows):
    strong, stateful = int(rows["strong"].sum()), rows["state"].mean()
    return (f"Half `{half}`: {len(rows)} workloads of {rows['software'].nunique()} software"
            f" identities, {strong} of them with strong labels, {stateful:.0%} stateful;"
            f" measured on {datetime.now(UTC):%Y-%m-%d}.")


def _state(half):
    measures = list(judging.MEASURES.values())
    measures.insert(measures.index("ECE") + 1, "ECE by chance")
    head = ("run", "labels", "n", *measures, "unsure", "accuracy of decided")
    return _markdown(head, [(run, name, *texts.values())
                            for (run, name), texts in table(half).items()])


def _kinds(half):
    lines = []
    for run in ("full", "blind"):
        rows = rows_of(run, half)
        known = rows["identified"].notna().map({True: "in the catalogue", False: "not in it"})
        for kind, part in (*rows.groupby("kind"), *rows.groupby(known)):
            found, said = judging.measured(part), judging.decided(part)
            lines.append((run, kind, found["rows"], *(f"{found[m]:.3f}" for m in judging.MEASURES),
                          f"{said['unsure']:.2f}", f"{said['accuracy']:.3f}",
                          said["false_cattle"], said["false_pet"]))
    return _markdown(("run", "which", "n", *judging.MEASURES.values(), "unsure",
                      "accuracy of decided", "false cattle", "false pets"), lines)


def _axes(half):
    lines = []
    for run in ("full", "blind"):
        for axis, truth in (("uniqueness", "unique"), ("disposability", "disposable")):
            found = judging.measured(rows_of(run, half), truth=truth, axis=axis)
            lines.append((run, axis, found["rows"],
                          *(f"{found[name]:.3f}" for name in judging.MEASURES)))
    return _markdown(("run", "axis", "n", *judging.MEASURES.values()), lines)


def _quadrants(rows):
    found = judging.quadrants(rows)
    return _markdown(("judged, said →", *found.columns),
                     [(name, *line) for name, *line in found.itertuples()])


def _baselines(rows, tune):
    return _markdown(("guess", "accuracy"), [
        (name, f"{share:.3f}") for name, share in judging.baselines(rows, tune).items()])


def _agreement():
    return _markdown(("definitions of the label", "agree", "n"), [
        (name, f"{share:.2f}", count)
        for name, (share, count) in judging.agreement(labelled().labels).items()])


def _markdown(head, lines):
    texts = [head, ["---"] * len(head), *lines]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in texts)


def worst(run):
    """The worst misjudged workloads of the tune half, the surest errors first."""
    rows = rows_of(run, "tune")
    miss = (rows["p_state"].astype(float) - rows["state"].astype(float)).abs()
    found = rows.assign(miss=miss).sort_values("miss", ascending=False).head(WORST)
    return found[found["miss"] > 0.5][
        ["software", "state", "sure", "p_state", "label", "coverage", "why", "because"]]


def card(text):
    """The model card with its numbers replaced."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{report('final')}\n\n{END}{rest.partition(END)[2]}"


def main(words):
    """Prints a half, or writes the card."""
    if words == ["card"]:
        CARD.write_text(card(CARD.read_text(encoding="utf-8")), encoding="utf-8")
        return
    half = "tune" if words == ["tune"] else "final"
    sys.stdout.write(report(half) + "\n")
    if half == "tune":
        with pd.option_context("display.width", 240, "display.max_colwidth", 90):
            for run in ("full", "blind"):
                sys.stdout.write(f"\nworst misjudged, {run}\n{worst(run).to_string()}\n")
        tune = {run: rows_of(run, "tune") for run in RUNS}
        for run in ("full", "blind"):
            sys.stdout.write(f"\nreliability of p_state, {run}\n"
                             f"{calibration.reliability(tune[run])}\n")
        sys.stdout.write(f"\n{calibration.remedies(tune)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
