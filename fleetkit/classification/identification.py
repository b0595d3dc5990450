"""Which software each workload runs, how that is known, and where its configuration puts state."""

from collections.abc import Iterable

import narwhals as nw
import pyarrow as pa
import pyarrow.compute as pc

from fleetkit.classification.engines import Frame, beside, listed, widened
from fleetkit.identities.matching import codes, known_rows, role_places
from fleetkit.identities.reading import ROWS
from fleetkit.identities.settings import Tests, asked, verdict
from fleetkit.identities.software import Catalogue
from fleetkit.identities.words import role_words

_TEXTS = {
    "image_ref": "image", "image_name": "image", "command": "command",
    "controller_stem": "name", "name_stem": "name",
    "service_name": "service", "package_name": "package",
}
_NAMED = {"controller_stem": "name", "name_stem": "name", "image_ref": "image"}
"""Where general words of roles are looked for; the first that has one speaks."""


def identified(workloads: Frame, catalogue: Catalogue | None = None) -> Frame:
    """Adds software, role, state_class, herd, state_path, identity_weight and identity_seen.

    Adds what `role_facts` does, too. All are null where nothing names a software of the catalogue,
    by default the one shipped.
    """
    coded = workloads
    for column, place in _TEXTS.items():
        coded = widened(coded, _coded(workloads, column, place, catalogue), column)
    found = [nw.col(f"{column}_code") for column in _TEXTS]
    coded = coded.with_columns(code=nw.max_horizontal(*found))
    best = coded.with_columns(row=nw.col("code") % ROWS)
    rows = known_rows(catalogue)
    known = beside(workloads, {
        name: pa.array([row[name] for row in rows],
                       pa.int64() if name == "row" else pa.string()) for name in rows[0]
    })
    share = (nw.col("code") // ROWS).cast(nw.Float64) / 100.0
    sure = nw.when(share > 1.0).then(nw.lit(1.0)).otherwise(share)
    seen = best.with_columns(identity_seen=_seen(), identity_weight=sure)
    made = widened(seen, known, "row").drop("row", "code", *[f"{name}_code" for name in _TEXTS])
    return role_facts(made, catalogue)


def role_facts(workloads: Frame, catalogue: Catalogue | None = None) -> Frame:
    """Adds named_like, named_lean and named_seen: the role that general words of a name tell.

    All are null where no name holds such a word.
    """
    said = workloads
    for column, place in _NAMED.items():
        texts = _distinct(workloads, column)
        spoken = _numbered(workloads, column, f"{column}_role",
                           texts, role_places(texts, place, catalogue))
        said = widened(said, spoken, column)
    columns = [f"{column}_role" for column in _NAMED]
    first = said.with_columns(role_place=nw.coalesce(*columns), named_seen=_first_seen())
    words = role_words()
    known = beside(workloads, {
        "role_place": pa.array(range(len(words)), pa.int64()),
        "named_like": pa.array([word.says for word in words.values()], pa.string()),
        "named_lean": pa.array([word.lean for word in words.values()], pa.float64()),
    })
    return widened(first, known, "role_place").drop("role_place", *columns)


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


def _coded(
    workloads: Frame, column: str, place: str, catalogue: Catalogue | None,
) -> Frame:
    """Distinct texts of a column that name a software, with the code of their match."""
    texts = _distinct(workloads, column)
    return _numbered(workloads, column, f"{column}_code", texts, codes(texts, place, catalogue))


def _distinct(workloads: Frame, column: str) -> pa.Array:
    distinct = workloads.select(column).drop_nulls().unique().collect(backend="pyarrow")
    return nw.to_native(distinct)[column].combine_chunks().cast(pa.string())


def _numbered(
    workloads: Frame, column: str, number: str, texts: pa.Array, found: pa.Array,
) -> Frame:
    """The texts that something was found for, on the engine of the workloads."""
    named = pa.table({column: texts, number: found}).filter(pc.is_valid(found))
    return beside(workloads, {name: named[name].combine_chunks() for name in named.column_names})


def _seen() -> nw.Expr:
    """In which column the surest match was found."""
    said = nw.lit(None, dtype=nw.String)
    for column, place in _TEXTS.items():
        here = nw.col(f"{column}_code") == nw.col("code")
        text = nw.concat_str([nw.lit(f"{place} "), nw.col(column).str.head(80)])
        said = nw.when(here).then(text).otherwise(said)
    return said


def _first_seen() -> nw.Expr:
    """Which text the role was told by."""
    return nw.coalesce(*[
        nw.when(~nw.col(f"{column}_role").is_null()).then(
            nw.concat_str([nw.lit(f"{place} "), nw.col(column).str.head(80)]))
        for column, place in _NAMED.items()])


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
