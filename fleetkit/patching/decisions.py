"""Decisions: of all statements about one finding, which one counts, and what is said of it.

Part by part the newest counts; of equally new ones the one that names its product more exactly
(an image before a version before a package), then the more careful one. A finding is not affected
or fixed only if all of its parts are. A statement about a component inside of another package
never decides: the inventory does not tell who else uses that component.
"""

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from fleetkit.patching.concerns import ALL
from fleetkit.plugins import Problem

CARE = ("not_affected", "fixed", "under_investigation", "affected")
"""Statuses, the most careful one last."""

CLEARING = ("not_affected", "fixed")
_SAID = {"not_affected": "not affected", "fixed": "fixed", "affected": "affected",
         "under_investigation": "under investigation"}
_SHOWN = 3
_TEXT = pd.StringDtype("pyarrow", na_value=pd.NA)


def decide(rows: pd.DataFrame, parts: pd.DataFrame, named: pd.DataFrame) -> pd.DataFrame:
    """`unit, status, said` of each unit that is spoken of; status is NA where it stays.

    Args:
        rows: who speaks of which part: `unit, statement, flaw, binary` and the statement's cells.
        parts: `unit, record, binary, name, flaws`: what each unit is made of.
        named: `record, name, flaw`: names of the flaws of a record.
    """
    if rows.empty:
        return pd.DataFrame({"unit": [], "status": [], "said": []}).astype({"unit": "int64"})
    parts = parts[parts["unit"].isin(rows["unit"])]
    every = _parts(parts)
    winners = _winners(_ordered(rows), every)
    total = every.groupby("unit").size()
    cleared = winners[winners["status"].isin(CLEARING) & ~winners["hedged"]]
    count = cleared.groupby("unit").size().reindex(total.index, fill_value=0)
    is_fixed = cleared["status"].eq("fixed").groupby(cleared["unit"]).all()
    is_done = count.eq(total)
    status = pd.Series(pd.NA, index=total.index, dtype=_TEXT)
    status[is_done] = np.where(is_fixed.reindex(total.index[is_done]), "fixed", "not_affected")
    said = _words(winners, every, named, is_done)
    return pd.DataFrame({"status": status, "said": said}).rename_axis("unit").reset_index()


def disagreements(rows: pd.DataFrame) -> Iterator[Problem]:
    """One problem that counts what authors disagree about: affected, and not affected or fixed."""
    newest = _ordered(rows[rows["status"].ne("under_investigation")]).drop_duplicates(
        ["unit", "flaw", "binary", "author"], keep="last")
    newest = newest.assign(affected=newest["status"].eq("affected"))
    about = newest.groupby(["unit", "flaw", "binary"])["affected"]
    split = newest[about.transform("any") & ~about.transform("all")]
    if split.empty:
        return
    first = split[split["unit"].eq(split["unit"].iloc[0])]
    words = "; ".join(dict.fromkeys(_one(row) for row in first.head(4).to_dict("records")))
    about_product = split[["named", "product", "component"]].drop_duplicates()
    flaws, product = about_product["named"].nunique(), first["product"].iloc[0]
    yield Problem("contradictory_statements", "authors of judgements (VEX) disagree: the newest"
                  " counts", None,
                  f"{flaws:,} flaws, as {first['named'].iloc[0]} in {product}: {words}"[:1000],
                  "ask the authors", phase="audit")


def told_by_statements(hits: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Whether a statement decides each hit, and what statements say of it; empty where none do."""
    if "said" not in hits:
        nothing = pd.Series("", index=hits.index, dtype=_TEXT)
        return nothing.ne(""), nothing
    said = hits["said"].astype(_TEXT)
    return hits["judged"].astype(bool), ("; " + said).fillna("")


def _ordered(rows: pd.DataFrame) -> pd.DataFrame:
    care = rows["status"].map({status: number for number, status in enumerate(CARE)})
    return rows.assign(care=care.astype("int64")).sort_values(
        ["stated", "exactness", "care", "statement"], kind="stable")


def _parts(parts: pd.DataFrame) -> pd.DataFrame:
    """`unit, record, flaw, binary, name`: every flaw in every binary package of each unit."""
    repeated = parts.loc[parts.index.repeat(parts["flaws"])].drop(columns="flaws")
    flaw = repeated.groupby(level=0).cumcount()
    return repeated.assign(flaw=flaw).reset_index(drop=True)


def _winners(ordered: pd.DataFrame, every: pd.DataFrame) -> pd.DataFrame:
    """The statement that counts for each part; one that decides nothing counts if no other does."""
    spoken = ordered.assign(order=np.arange(len(ordered))).rename(
        columns={"flaw": "of_flaw", "binary": "of_binary"})
    pairs = every.merge(spoken, on="unit")
    right = (pairs["of_flaw"].eq(ALL) | pairs["of_flaw"].eq(pairs["flaw"])) & (
        pairs["of_binary"].eq(ALL) | pairs["of_binary"].eq(pairs["binary"]))
    pairs = pairs[right].assign(decides=~pairs.loc[right, "hedged"].to_numpy(dtype=bool))
    return pairs.sort_values(["unit", "flaw", "binary", "decides", "order"]).drop_duplicates(
        ["unit", "flaw", "binary"], keep="last")


def _words(
    winners: pd.DataFrame, every: pd.DataFrame, named: pd.DataFrame, is_done: pd.Series
) -> pd.Series:
    """What the statements that count say, per unit, with the part where it is not the whole."""
    size = every.groupby("unit").size()
    pairs = winners.groupby(["unit", "statement"]).agg(
        covers=("order", "size"), order=("order", "max")).reset_index()
    is_whole = pairs["covers"].eq(pairs["unit"].map(size))
    split = winners.merge(pairs.loc[~is_whole, ["unit", "statement"]], on=["unit", "statement"])
    pairs = pairs.merge(_part_names(split, named), on=["unit", "statement"], how="left")
    pairs = pairs.assign(part=pairs["part"].fillna(""), alone=~pairs["unit"].map(is_done))
    cells = ["statement", "status", "author", "justification", "reason", "hedged", "product"]
    kinds = pairs[["statement", "part", "alone"]].drop_duplicates()
    kinds = kinds.merge(winners[cells].drop_duplicates("statement"), on="statement")
    kinds["text"] = [_one(row) for row in kinds.to_dict("records")]
    told = pairs.merge(kinds[["statement", "part", "alone", "text"]],
                       on=["statement", "part", "alone"])
    told = told.sort_values(["unit", "order"], ascending=[True, False])
    return _joined(told["unit"], told["text"], "; ").rename_axis("unit")


def _part_names(split: pd.DataFrame, named: pd.DataFrame) -> pd.DataFrame:
    """`unit, statement, part`: the flaws and binary packages that a statement is about."""
    flaws = named[named["flaw"].ne(ALL)].drop_duplicates(["record", "flaw"])
    told = split[["unit", "statement", "record", "flaw", "name"]].merge(
        flaws.rename(columns={"name": "flaw_name"}), on=["record", "flaw"], how="left")
    key, pairs = pd.factorize(pd.MultiIndex.from_frame(told[["unit", "statement"]]))
    part = pd.Series("", index=range(len(pairs)), dtype=_TEXT)
    for column in ("flaw_name", "name"):
        names = told[column].astype(_TEXT)
        is_named = names.notna().to_numpy(dtype=bool)
        text = _joined(pd.Series(key[is_named]), names[is_named], ", ").reindex(
            part.index, fill_value="")
        part = part + pd.Series(" in ", part.index, _TEXT).where(
            part.ne("") & text.ne(""), "") + text
    frame = pd.DataFrame(list(pairs), columns=["unit", "statement"]).astype("int64")
    return frame.assign(part=part)


def _joined(keys: pd.Series, texts: pd.Series, sign: str) -> pd.Series:
    """The first few different texts of each key in a row, and how many more there are."""
    found: dict[int, dict[str, None]] = {}
    for key, text in zip(keys.tolist(), texts.tolist(), strict=True):
        found.setdefault(key, {})[text] = None
    shown = {}
    for key, several in found.items():
        more = f"{sign}and {len(several) - _SHOWN:,} more" if len(several) > _SHOWN else ""
        shown[key] = sign.join(list(several)[:_SHOWN]) + more
    return pd.Series(shown, dtype=_TEXT)


def _one(row: Mapping[Hashable, Any]) -> str:
    """One statement as a clause: who says what, of what part, and why."""
    alone = " only" if row.get("alone") else ""
    part = f" ({row['part']}{alone})" if row.get("part") else ""
    inside = f" within {row['product']}, which may not be all that uses it" if row.get(
        "hedged") else ""
    reasons = [text for text in (row.get("justification"), row.get("reason")) if text]
    head = f"{row['author'] or 'an unnamed author'} says {_SAID[row['status']]}{part}{inside}"
    return ": ".join([head, *reasons])
