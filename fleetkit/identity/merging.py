"""Merging: the rules of a table, strongest first, over all its rows."""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd

from fleetkit.identity.clusters import Clusters, Doubt, Merge, Token
from fleetkit.identity.tokens import tokens_of
from fleetkit.schema import Same, Table

_ABSENT = ("stopped", "terminated")  # the address of what does not run may be another's by now


def merged(
    table: Table, rows: pd.DataFrame, told: pd.DataFrame, apart: Mapping[int, set[int]],
    window: pd.Timedelta,
) -> tuple[Clusters, list[Merge], list[Doubt]]:
    """Which rows are one thing, by which merges, and what was left in doubt.

    Args:
        table: declares the rules.
        rows: the table's rows, numbered from 0 in the order in which they are believed.
        told: columns `row`, `token`: what sources themselves say is the same.
        apart: rows that a person keeps apart.
        window: how far apart in time an address may be seen and still be one machine's.
    """
    found = {rule: told if rule.form == "told" else tokens_of(rows, rule) for rule in table.same}
    for rule in found:
        if rule.form == "address":
            found[rule] = _seen_together(found[rule], rows, window)
    shared = {rule: _shared(tokens) for rule, tokens in found.items()}
    concerned = {row for tokens in shared.values() for row in tokens["row"]}
    clusters = Clusters(_listers(rows), _unique_ids(found, concerned), apart)
    merges: list[Merge] = []
    doubts: list[Doubt] = []
    for rule, tokens in shared.items():
        for group in _groups(tokens):
            for met in clusters.join(group, rule):
                (merges if isinstance(met, Merge) else doubts).append(met)  # type: ignore[arg-type]
    return clusters, merges, doubts


def _listers(rows: pd.DataFrame) -> list[str | None]:
    """The source that says that its rows are different things; a declaration or a stub does not."""
    declares = rows["origin"] == "declared"
    if "is_stub" in rows:
        declares |= rows["is_stub"]
    listed = rows["source"].mask(declares.fillna(False))
    return [None if source is pd.NA else source for source in listed.tolist()]


def _shared(tokens: pd.DataFrame) -> pd.DataFrame:
    several = tokens.duplicated("token", keep=False)
    return tokens[several].sort_values(["token", "row"], ignore_index=True)


def _groups(tokens: pd.DataFrame) -> Iterator[list[int]]:
    """Rows of each token, in the order in which they are believed."""
    if tokens.empty:
        return
    code = pd.factorize(tokens["token"])[0]
    starts = np.flatnonzero(np.diff(code)) + 1
    for group in np.split(tokens["row"].to_numpy(), starts):
        yield group.tolist()


def _unique_ids(
    found: Mapping[Same, pd.DataFrame], concerned: set[int]
) -> dict[int, frozenset[Token]]:
    ids: dict[int, set[Token]] = {}
    for rule, tokens in found.items():
        if rule.is_unique:
            for row, token in _pairs(tokens):
                if row in concerned:
                    authority, _, value = token.partition("/")
                    ids.setdefault(row, set()).add((authority, value))
    return {row: frozenset(tokens) for row, tokens in ids.items()}


def _pairs(tokens: pd.DataFrame) -> Iterable[tuple[int, str]]:
    return zip(tokens["row"].tolist(), tokens["token"].tolist(), strict=True)


def _seen_together(
    tokens: pd.DataFrame, rows: pd.DataFrame, window: pd.Timedelta
) -> pd.DataFrame:
    """Tokens of rows that run and were seen within the window, each of which was there for all."""
    named = ["observed_at", "created_at", "state"]
    seen = tokens.join(rows[named], on="row")
    seen = seen[seen["observed_at"].notna() & ~seen["state"].isin(_ABSENT)]
    seen = seen.sort_values(["token", "observed_at"])
    is_new = (seen["token"] != seen["token"].shift()) | (seen["observed_at"].diff() > window)
    seen["visit"] = is_new.fillna(True).to_numpy(bool).cumsum()
    visits = seen.groupby("visit")
    is_young = visits["created_at"].transform("max") > visits["observed_at"].transform("min")
    kept = seen[~is_young.fillna(False)]
    return kept.assign(token=kept["token"] + "/" + kept["visit"].astype("string"))[
        ["row", "token"]]
