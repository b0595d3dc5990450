"""Statements: judgements (VEX) change what is said of findings, never how many there are.

A statement concerns a finding if it names the flaw by any of its ids, and the package, the image or
the system by any name of it. What one finding says of several binary packages, or a record of
several flaws, is judged part by part: only where every part is judged is the finding. All is done
once per unit: a hit, in subjects that the same statements are about, with the same packages.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from fleetkit.fleet import Fleet
from fleetkit.patching.concerns import ALL, concern
from fleetkit.patching.decisions import CARE, decide, disagreements
from fleetkit.patching.exploitation import flaw_names
from fleetkit.patching.inventory import Inventory, pick
from fleetkit.patching.targets import Targets, find_targets
from fleetkit.patching.unrecorded import unrecorded
from fleetkit.patching.verdicts import RANK, Verdicts, settled_rank
from fleetkit.plugins import Problem, Statement

_ONE_FLAW = ("CVE-", "GHSA-", "PYSEC-", "GO-", "RUSTSEC-")
_CVE = r"CVE-\d{4}-\d+"
_TEXT = pd.StringDtype("pyarrow", na_value=pd.NA)
_SHOWN = 3
_SUBJECT = ["target", "record", "flaw"]
_AUTHORS = 20


class Judged(NamedTuple):
    """Verdicts with the judgements in them, and what was met on the way.

    `verdicts.hits` has a row more for each different outcome, with `said`: the judgement in words,
    and `judged`: the statement decides the status.
    """

    verdicts: Verdicts
    problems: list[Problem]


def apply_statements(
    statements: list[Statement], fleet: Fleet, inventory: Inventory, verdicts: Verdicts,
    intervals: pd.DataFrame,
) -> Judged:
    """The verdicts as the statements change them.

    `not_affected` and `fixed` become the finding's status; `affected` and `under_investigation`
    keep it and are told.
    """
    if not statements:
        return Judged(verdicts, [])
    named, sizes = _flaws(verdicts.hits, intervals)
    asked = _about_flaws(statements, named)
    stated = _frame(statements, np.unique(asked["statement"]))
    pairs = stated[["product", "component"]].drop_duplicates(ignore_index=True)
    targets = find_targets(pairs, inventory, fleet)
    cells = targets.frame.groupby(list(targets.frame), dropna=False, sort=False).ngroup()
    firsts = np.flatnonzero(~cells.duplicated())  # many spellings name one thing
    stated = stated.merge(pairs.assign(target=firsts[cells]), on=["product", "component"])
    every = asked.merge(stated[["statement", "target"]], on="statement")
    asked = _weightiest(every, stated)
    units = _units(asked, targets, inventory, verdicts)
    concerned = concern(asked, targets.frame, units.concerns, verdicts.hits, inventory)
    rows = concerned.rows.merge(stated, on="statement").merge(
        targets.frame[["exactness", "hedged"]], left_on="target", right_index=True)
    parts = concerned.parts.merge(
        units.concerns.frame[["unit", "record"]], on="unit").merge(sizes, on="record")
    outcome = decide(rows, parts, named)
    changed = _rewrite(verdicts, units, outcome)
    heard = asked[asked["statement"].isin(concerned.rows["statement"])][_SUBJECT]
    lost = set(range(len(statements))) - set(every.merge(heard, on=_SUBJECT)["statement"])
    unheard = [statements[number] for number in sorted(lost)]
    problems = [*_unused(unheard, len(statements)), *unrecorded(unheard, fleet, inventory),
                *disagreements(rows)]
    return Judged(_rerank(changed, verdicts, inventory, intervals), problems)


def _flaws(hits: pd.DataFrame, intervals: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """`record, name, flaw`, and `record, flaws`: the number of flaws that a record stands for.

    `flaw` numbers those of a record that passes on several; `ALL` is the whole record.
    """
    firsts = hits.drop_duplicates("record")
    records = pick(intervals[["osv_id", "group_id", "aliases"]], firsts["interval_id"])
    number = firsts["record"].to_numpy()
    named = flaw_names(records)
    is_one = records["osv_id"].str.startswith(_ONE_FLAW).to_numpy(dtype=bool)
    is_cve = named["name"].str.fullmatch(_CVE).to_numpy(dtype=bool)
    count = np.bincount(named["number"][is_cve], minlength=len(records))
    several = (count > 1) & ~is_one
    part = is_cve & several[named["number"]]
    order = named[part].groupby("number").cumcount()
    named["flaw"] = order.reindex(named.index, fill_value=ALL)
    named["record"] = number.take(named["number"])
    sizes = pd.DataFrame({"record": number, "flaws": np.where(several, count, 1)})
    return named[["record", "name", "flaw"]], sizes


def _about_flaws(statements: list[Statement], named: pd.DataFrame) -> pd.DataFrame:
    """`statement, record, flaw`: who speaks of which record, and of what part of it."""
    known = set(named["name"])
    pairs = [
        (number, name) for number, statement in enumerate(statements)
        for name in {text.upper() for text in (statement.flaw, *statement.aliases)} & known
    ]
    spoken = pd.DataFrame(pairs, columns=["statement", "name"]).astype(
        {"statement": "int64", "name": _TEXT})
    return spoken.merge(named, on="name").drop(columns="name").drop_duplicates(ignore_index=True)


def _weightiest(asked: pd.DataFrame, stated: pd.DataFrame) -> pd.DataFrame:
    """The newest word of each author about one thing; of very many authors, that of the newest."""
    cells = stated.assign(care=stated["status"].map(CARE.index).astype("int64"))
    words = asked.merge(cells[["statement", "status", "author", "stated", "care"]], on="statement")
    words = words.sort_values(["stated", "care", "statement"], kind="stable")
    words = words.drop_duplicates([*_SUBJECT, "status", "author"], keep="last")
    rank = words.groupby(_SUBJECT).cumcount(ascending=False)
    return words.loc[rank < _AUTHORS, [*_SUBJECT, "statement"]].reset_index(drop=True)


def _frame(statements: list[Statement], numbers: np.ndarray) -> pd.DataFrame:
    columns = ("product", "component", "status", "justification", "reason", "author", "flaw")
    chosen = [statements[number] for number in numbers]
    frame = pd.DataFrame({
        name: pd.Series([getattr(row, name) for row in chosen], dtype=_TEXT) for name in columns
    })
    stated = pd.Series([_moment(row.stated) for row in chosen], dtype=_TEXT)
    return frame.rename(columns={"flaw": "named"}).assign(statement=numbers, stated=stated)


def _moment(text: str | None) -> str:
    """A time as text that sorts; one that is none is older than all."""
    try:
        moment = datetime.fromisoformat(text or "")
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return ""
    return moment.isoformat(timespec="microseconds")


class _Concerns(NamedTuple):
    """What `concern` needs: units; the groups and the architecture of each class of subjects."""

    frame: pd.DataFrame
    shapes: pd.DataFrame
    groups: pd.DataFrame
    arches: pd.Series


class _Units(NamedTuple):
    """Units, and which rows of `verdicts.open` are of which."""

    concerns: _Concerns
    rows: np.ndarray
    unit: np.ndarray


def _units(
    asked: pd.DataFrame, targets: Targets, inventory: Inventory, verdicts: Verdicts
) -> _Units:
    touched = np.zeros(int(verdicts.hits["record"].max() if len(verdicts.hits) else 0) + 1, bool)
    useful = ~targets.frame["void"].to_numpy(dtype=bool)
    touched[asked["record"][useful[asked["target"]]]] = True
    rows = np.flatnonzero(touched[verdicts.open["record"]])
    opened = pick(verdicts.open, rows)
    held = pick(inventory.holdings, opened["holding_id"])
    classes, groups, arches = _classes(targets, len(inventory.subjects))
    shape, shapes = _shapes(held, targets, inventory)
    cells = pd.DataFrame({
        "hit": opened["hit"].to_numpy(), "source_id": held["source_id"].to_numpy(),
        "class": classes[held["subject"]], "shape": shape,
    })
    unit = cells.groupby(list(cells), sort=False).ngroup().to_numpy()
    firsts = cells.assign(unit=unit, record=opened["record"].to_numpy()).drop_duplicates("unit")
    frame = firsts.sort_values("unit", ignore_index=True)
    return _Units(_Concerns(frame, shapes, groups, arches), rows, unit)


def _classes(targets: Targets, subjects: int) -> tuple[np.ndarray, pd.DataFrame, pd.Series]:
    """Class of each subject; `class, group`; architecture of each class.

    Subjects of one class are in the same groups and have the same architecture.
    """
    arches = targets.arches
    if targets.frame["arch"].isna().all():
        arches = pd.Series(pd.NA, index=range(subjects), dtype=_TEXT)
    members = targets.members.sort_values(["subject", "group"])
    joined = members.astype({"group": "string"}).groupby("subject")["group"].agg(" ".join)
    of_groups = joined.reindex(range(subjects), fill_value="")
    code, _ = pd.factorize(of_groups)
    arch, names = pd.factorize(arches)
    number, _ = pd.factorize(code * (len(names) + 1) + arch + 1)
    first = pd.Series(number).drop_duplicates()
    listed = of_groups.iloc[first.index].str.split()
    pairs = pd.DataFrame({"class": first.to_numpy(), "group": listed.to_numpy()}).explode("group")
    pairs = pairs.dropna().astype("int64")
    return number, pairs, arches.iloc[first.index].reset_index(drop=True)


def _shapes(
    held: pd.DataFrame, targets: Targets, inventory: Inventory
) -> tuple[np.ndarray, pd.DataFrame]:
    """Number of each holding's list of binary packages, and `shape, name, binary` of the lists.

    Empty where all statements name source packages: then nobody asks for the binary ones.
    """
    names = targets.frame["name"]
    sources = inventory.things["name"].iloc[:len(inventory.sources)]
    by_binary = targets.frame["part"].eq("binary") | ~names.isin([*sources.unique(), ""])
    if not by_binary.any() or held.empty:
        none = pd.DataFrame({"shape": [], "name": [], "binary": []})
        return np.zeros(len(held), dtype=np.int64), none.astype({"shape": "int64", "name": _TEXT})
    lists = pa.chunked_array(pa.array(held["package_names"])).cast(pa.list_(pa.string()))
    shape, texts = pd.factorize(pc.binary_join(lists, "\n").to_pandas())
    listed = pd.Series(texts, dtype=_TEXT).str.split("\n").explode().astype(_TEXT)
    shapes = pd.DataFrame({"shape": listed.index, "name": listed.to_numpy()})
    return shape, shapes.assign(binary=shapes.groupby("shape").cumcount())


def _rewrite(verdicts: Verdicts, units: _Units, outcome: pd.DataFrame) -> Verdicts:
    """Hits with a row for each outcome, and the rows of `open` that lead there."""
    hits = verdicts.hits
    if outcome.empty:
        return verdicts
    outcome = outcome.merge(units.concerns.frame[["unit", "hit"]], on="unit")
    made = pick(hits, outcome["hit"])
    status = outcome["status"].astype(object)
    made = made.assign(
        status=status.where(status.notna(), made["status"].astype(object)).astype(
            hits["status"].dtype),
        said=outcome["said"].astype(_TEXT), judged=outcome["status"].notna(),
        origin=outcome["hit"].to_numpy(), unit=outcome["unit"].to_numpy(),
    )
    made["rank"] = made["status"].map(RANK).astype("int64")
    kinds = made.drop_duplicates(["origin", "status", "said"], ignore_index=True)
    kinds = kinds.assign(number=kinds.index + len(hits))
    number = made.merge(kinds[["origin", "status", "said", "number"]],
                        on=["origin", "status", "said"])
    leads = np.full(len(units.concerns.frame), -1)
    leads[number["unit"]] = number["number"]
    target = leads[units.unit]
    hit = verdicts.open["hit"].to_numpy(copy=True)
    hit[units.rows[target >= 0]] = target[target >= 0]
    every = pd.concat([hits, kinds[[*hits.columns, "said", "judged"]]], ignore_index=True)
    every["judged"] = every["judged"].eq(other=True)
    return verdicts._replace(hits=every, open=verdicts.open.assign(hit=hit))


def _rerank(
    changed: Verdicts, before: Verdicts, inventory: Inventory, intervals: pd.DataFrame
) -> Verdicts:
    """The worst status of each holding whose findings changed theirs."""
    moved = (changed.open["hit"].to_numpy() != before.open["hit"].to_numpy())
    if not moved.any():
        return changed
    holding = changed.open["holding_id"].to_numpy()
    touched = np.zeros(len(inventory.holdings), dtype=bool)
    touched[holding[moved]] = True
    hint = pick(intervals["status_hint"], changed.hits["interval_id"])
    counts = hint.ne("unimportant").fillna(value=True).to_numpy(dtype=bool)
    rank = settled_rank(inventory, before, intervals)
    hit = changed.open["hit"].to_numpy()
    weighed = touched[holding] & counts[hit]
    np.minimum.at(rank, holding[weighed], changed.hits["rank"].to_numpy()[hit[weighed]])
    return changed._replace(rank=np.where(touched, rank, before.rank))


def _unused(unheard: list[Statement], total: int) -> Iterator[Problem]:
    if unheard:
        shown = "; ".join(
            f"{row.flaw} in {' of '.join(filter(None, (row.component, row.product))) or 'anything'}"
            for row in unheard[:_SHOWN]
        )
        yield Problem("unused_statement", "judgements (VEX) concern no finding of the fleet", None,
                      f"{len(unheard):,} of {total:,}, as {shown}"[:1000], severity="info",
                      phase="audit")
