"""Which software each workload runs, how that is known, and where its configuration puts state."""

from collections.abc import Iterable

import narwhals as nw
import pyarrow as pa

from fleetkit.classification.engines import Frame, beside, listed, widened
from fleetkit.classification.identities import MATCHERS, known_rows
from fleetkit.classification.settings import asked, verdict

_TEXTS = {
    "image_ref": "image", "image_name": "image", "command": "command",
    "controller_stem": "name", "name_stem": "name",
}


def identified(workloads: Frame) -> Frame:
    """Adds software, role, state_class, herd, state_path, identity_weight and identity_seen.

    All are null where nothing names a software of the catalogue.
    """
    coded = workloads
    for column, place in _TEXTS.items():
        coded = widened(coded, _codes(workloads, column, place), column)
    codes = [nw.col(f"{column}_code") for column in _TEXTS]
    coded = coded.with_columns(code=nw.max_horizontal(*codes))
    best = coded.with_columns(row=nw.col("code") % 1000)
    rows = known_rows()
    catalogue = beside(workloads, {
        name: pa.array([row[name] for row in rows],
                       pa.int64() if name == "row" else pa.string()) for name in rows[0]
    })
    share = (nw.col("code") // 1000).cast(nw.Float64) / 100.0
    sure = nw.when(share > 1.0).then(nw.lit(1.0)).otherwise(share)
    seen = best.with_columns(identity_seen=_seen(), identity_weight=sure)
    return widened(seen, catalogue, "row").drop("row", "code", *[f"{name}_code" for name in _TEXTS])


def setting_facts(workloads: Frame, kept: Frame, variables: Frame) -> Frame:
    """Tests of the catalogue that a workload passes: `setting_for` state here, `setting_against`.

    Both are texts that say what was seen, null where nothing was.
    """
    asking = beside(workloads, dict(zip(
        ("software", "place"), (pa.array(part, pa.string()) for part in zip(*asked(), strict=True)),
        strict=True)))
    told = nw.concat([
        kept.select("workload_id", text="target_path", place=nw.lit("mount")),
        variables.select("workload_id", text="env_names", place=nw.lit("env")),
        workloads.select("workload_id", text="command", place=nw.lit("command")),
    ], how="vertical").drop_nulls()
    pairs = told.join(workloads.select("workload_id", "software"), on="workload_id", how="inner")
    relevant = pairs.join(asking, on=["software", "place"], how="inner")
    said = _verdicts(workloads, listed(relevant, "software", "place", "text"))
    return relevant.join(said, on=["software", "place", "text"], how="inner").group_by(
        "workload_id").agg(nw.col("setting_for").min(), nw.col("setting_against").min())


def _codes(workloads: Frame, column: str, place: str) -> Frame:
    """Distinct texts of a column that name a software, with the code of their match."""
    match = MATCHERS[place]
    found = [(text, match(text)) for (text,) in listed(workloads, column)]
    named = [(text, match.code) for text, match in found if match is not None]
    return beside(workloads, {
        column: pa.array([text for text, _ in named], pa.string()),
        f"{column}_code": pa.array([code for _, code in named], pa.int64()),
    })


def _seen() -> nw.Expr:
    """In which column the surest match was found."""
    said = nw.lit(None, dtype=nw.String)
    for column, place in _TEXTS.items():
        here = nw.col(f"{column}_code") == nw.col("code")
        text = nw.concat_str([nw.lit(f"{place} "), nw.col(column).str.head(80)])
        said = nw.when(here).then(text).otherwise(said)
    return said


def _verdicts(workloads: Frame, texts: Iterable[tuple[str, str, str]]) -> Frame:
    rows = [(*row, verdict(*row)) for row in texts]
    spoken = [row for row in rows if row[3]]
    shown = [f"{'variable' if place == 'env' else place} {text[:80]}"
             for _, place, text, _ in spoken]
    return beside(workloads, {
        "software": pa.array([row[0] for row in spoken], pa.string()),
        "place": pa.array([row[1] for row in spoken], pa.string()),
        "text": pa.array([row[2] for row in spoken], pa.string()),
        "setting_for": pa.array(
            [said if row[3] > 0 else None for row, said in zip(spoken, shown, strict=True)],
            pa.string()),
        "setting_against": pa.array(
            [said if row[3] < 0 else None for row, said in zip(spoken, shown, strict=True)],
            pa.string()),
    })
