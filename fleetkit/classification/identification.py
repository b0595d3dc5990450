"""Which software each workload runs, how that is known, and where its configuration puts state."""

from collections.abc import Iterable

import narwhals as nw
import pyarrow as pa
import pyarrow.compute as pc

from fleetkit.classification.engines import Frame, beside, listed, texts_of, widened, with_nulls
from fleetkit.identities.matching import codes_of, known_rows, role_places, spelled
from fleetkit.identities.reading import ROWS
from fleetkit.identities.settings import Tests, asked, verdict
from fleetkit.identities.software import Catalogue
from fleetkit.identities.words import role_words
from fleetkit.schema import Kind

_TEXTS = {
    "image_ref": "image", "image_name": "image", "command": "command",
    "controller_stem": "name", "name_stem": "name",
    "service_name": "service", "package_name": "package",
}
_NAMED = ("controller_stem", "name_stem", "image_ref")
"""Where general words of roles are looked for; the first that has one speaks."""


def identified(workloads: Frame, catalogue: Catalogue | None = None) -> Frame:
    """Adds which software each workload runs, and the role that general words of its name tell.

    The software: software, role, state_class, herd, state_path, identity_weight and identity_seen;
    null where nothing names a software of the catalogue, by default the one shipped. The role:
    named_like, named_lean and named_seen; null where no name holds such a word.
    """
    read = workloads
    for column, place in _TEXTS.items():
        read = _with_readings(read, workloads, column, place, catalogue)
    made = [f"{column}_{part}" for column in _TEXTS for part in ("code", "said")]
    made += [f"{column}_word" for column in _NAMED]
    coded = read.with_columns(
        code=nw.max_horizontal(*[nw.col(f"{column}_code") for column in _TEXTS]),
        word=nw.coalesce(*[f"{column}_word" for column in _NAMED]))
    share = (nw.col("code") // ROWS).cast(nw.Float64) / 100.0
    seen = coded.with_columns(
        row=nw.col("code") % ROWS, identity_seen=_surest(), named_seen=_first_named(),
        identity_weight=nw.when(share > 1.0).then(nw.lit(1.0)).otherwise(share))
    known = widened(seen, _software_rows(workloads, catalogue), "row")
    return widened(known, _role_rows(workloads), "word").drop("row", "code", "word", *made)


def setting_facts(
    workloads: Frame, kept: Frame, variables: Frame, catalogue: Catalogue | None = None,
) -> Frame:
    """Tests of the catalogue that a workload passes: `setting_for` state here, `setting_against`.

    Both are texts that say what was seen, null where nothing was.
    """
    tests = asked(catalogue)
    asking = beside(workloads, {
        "software": pa.array([software for software, _ in tests], pa.string()),
        "place": pa.array([place for _, place in tests], pa.string()),
    })
    told = nw.concat([
        kept.select("workload_id", text="target_path", place=nw.lit("mount")),
        variables.select("workload_id", text="env_names", place=nw.lit("env")),
        workloads.select("workload_id", text="command", place=nw.lit("command")),
    ], how="vertical").drop_nulls()
    pairs = told.join(workloads.select("workload_id", "software"), on="workload_id", how="inner")
    relevant = pairs.join(asking, on=["software", "place"], how="inner")
    said = _verdicts(workloads, tests, listed(relevant, "software", "place", "text"))
    return relevant.join(said, on=["software", "place", "text"], how="inner").group_by(
        "workload_id").agg(nw.col("setting_for").min(), nw.col("setting_against").min())


def _with_readings(
    read: Frame, workloads: Frame, column: str, place: str, catalogue: Catalogue | None,
) -> Frame:
    """Adds what the texts of a column name: a code, the text itself, and a general word."""
    texts = texts_of(workloads, column)
    words = spelled(texts, place, catalogue)
    found = {f"{column}_code": codes_of(words, place, catalogue)}
    if column in _NAMED:
        found[f"{column}_word"] = role_places(words)
    said = pc.binary_join_element_wise(place, pc.utf8_slice_codeunits(texts, 0, 80), " ")
    known = pa.table({column: texts, f"{column}_said": said, **found}).filter(
        pc.is_valid(pc.coalesce(*found.values())))
    if not len(known):
        nulls: dict[str, Kind] = {f"{column}_said": "text", **dict.fromkeys(found, "integer")}
        return with_nulls(read, nulls)
    small = beside(read, {name: known[name].combine_chunks() for name in known.column_names})
    return widened(read, small, column)


def _surest() -> nw.Expr:
    """The text with the highest code."""
    said = nw.lit(None, dtype=nw.String)
    for column in _TEXTS:
        here = nw.col(f"{column}_code") == nw.col("code")
        said = nw.when(here).then(f"{column}_said").otherwise(said)
    return said


def _first_named() -> nw.Expr:
    """The text that told the role."""
    return nw.coalesce(*[
        nw.when(~nw.col(f"{column}_word").is_null()).then(f"{column}_said") for column in _NAMED])


def _software_rows(like: Frame, catalogue: Catalogue | None) -> Frame:
    rows = known_rows(catalogue)
    texts = ("software", "role", "state_class", "herd", "state_path")
    return beside(like, {
        "row": pa.array([row["row"] for row in rows], pa.int64()),
        **{name: pa.array([row[name] for row in rows], pa.string()) for name in texts},
    })


def _role_rows(like: Frame) -> Frame:
    words = role_words()
    return beside(like, {
        "word": pa.array(range(len(words)), pa.int64()),
        "named_like": pa.array([word.says for word in words.values()], pa.string()),
        "named_lean": pa.array([word.lean for word in words.values()], pa.float64()),
    })


def _verdicts(workloads: Frame, tests: Tests, texts: Iterable[tuple[str, str, str]]) -> Frame:
    rows = [(*row, verdict(tests, *row)) for row in texts]
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
