"""retry: reads again what failed, and brings it into the same fleet."""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from fleetkit.errors import LoadError
from fleetkit.fleet import Fleet
from fleetkit.loading.budget import Budget
from fleetkit.loading.engine import Reading, divide, reading_of, visit_all
from fleetkit.loading.harvest import Harvest
from fleetkit.loading.request import Request, parsed, with_needed
from fleetkit.loading.schedule import Visit
from fleetkit.loading.tabulating import tabulate
from fleetkit.progress import Shown
from fleetkit.schema import Table
from fleetkit.tables import COVERAGE, LOADED

_PLACE = ["source", "target", "account", "region"]
_SETTLED = ("ok", "empty", "unsupported")

Pair = tuple[str | None, ...]


def retry(
    fleet: Fleet, *, timeout: float | None = None, progress: Shown = None
) -> Fleet:
    """The same fleet, with what failed, was denied, broke off or was not reached read again.

    Only the resources that `coverage` says are not whole are read, with those whose answers they
    need or that needed theirs. Where a row is known already, new values replace old ones and what
    is not said anew stays. Derived tables are left out: their verbs have to judge the whole.

    Args:
        fleet: as `load` gave it, from live sources, also restored or added up.
        timeout: seconds for all of it.
        progress: as of `load`.

    Raises:
        LoadError: the rows of `coverage` do not say what was asked: the fleet is from files.
    """
    failed = fleet.coverage[~fleet.coverage["status"].isin(_SETTLED)]
    asked = failed[failed["request"].notna()]
    if len(failed) and asked.empty:
        raise LoadError("what failed was read from files; mend the files and load them again")
    budget = Budget(timeout)
    for (source, text), rows in asked.groupby(["source", "request"], sort=True):
        request = parsed(str(source), str(text))
        reading = reading_of(request, budget, progress)
        fleet = _merged(fleet, reading, _read_again(reading, request, fleet, rows))
    return fleet


def _read_again(
    reading: Reading, request: Request, fleet: Fleet, failed: pd.DataFrame
) -> list[Harvest]:
    names = set(failed["target"])
    targets = [target for target in request.targets() if target.name in names]
    known = _resources_by_place(fleet.coverage)
    wanted = _resources_by_place(failed)
    visits = []
    with reading.budget.ending_on_interrupt():
        for home in divide(reading, targets):
            place = _place_of(home)
            failed_here = wanted.get(place, set()) if place in known else set(reading.resources)
            again = _with_kin(reading.loader.resources, failed_here) & set(reading.resources)
            if again or home.parts or home.problems:
                visits.append(Visit(home, with_needed(reading.loader.resources, again)))
        harvests = visit_all(reading, visits)
    reading.tell()
    return harvests


def _resources_by_place(coverage: pd.DataFrame) -> dict[Pair, set[str]]:
    places: dict[Pair, set[str]] = {}
    for pair in _pairs(coverage):
        places.setdefault(pair[:4], set()).add(str(pair[4]))
    return places


def _place_of(home: Harvest) -> Pair:
    return home.source, home.target.name, home.target.account, home.target.region


def _with_kin(needs: Mapping[str, Sequence[str]], wanted: set[str]) -> set[str]:
    """The resources, and those that needed their answers."""
    found = set(wanted)
    for resource, needed in needs.items():  # each is declared after those that it needs
        if found & set(needed):
            found.add(resource)
    return found


def _merged(fleet: Fleet, reading: Reading, harvests: Sequence[Harvest]) -> Fleet:
    newer = tabulate(reading.loader, harvests)
    frames = {
        table.name: _renewed(table, fleet[table], newer[table]) for table in LOADED if table.key
    }
    again = set(_pairs(newer.coverage))
    undivided = {
        (home.source, home.target.name, None, None) for home in harvests
        if home.has_read and (home.target.account or home.target.region)
    }
    reached = undivided | {pair[:4] for pair in again}
    for name, table in (("coverage", fleet.coverage), ("problems", fleet.problems)):
        kept = table[[
            pair not in again and pair[:4] not in undivided
            and not (pair[4] is None and pair[:4] in reached and phase == "connect")
            for pair, phase in zip(_pairs(table), _phases(table), strict=True)
        ]]
        frames[name] = pd.concat([kept, newer[name]], ignore_index=True)
    frames["coverage"] = frames["coverage"].sort_values(list(COVERAGE.key), ignore_index=True)
    return Fleet(**frames)


def _phases(frame: pd.DataFrame) -> list[str]:
    return list(frame["phase"]) if "phase" in frame else [""] * len(frame)


def _pairs(frame: pd.DataFrame) -> Iterator[Pair]:
    """Place and resource of each row."""
    cells = [frame[name].astype(object).where(frame[name].notna(), None)
             for name in (*_PLACE, "resource")]
    return zip(*cells, strict=True)


def _renewed(table: Table, older: pd.DataFrame, newer: pd.DataFrame) -> pd.DataFrame:
    """Rows of both; of one key, the newer's values, and the older's where it has none."""
    if newer.empty:
        return older
    both = pd.concat([newer, older], ignore_index=True)
    order = both.groupby(list(table.key), dropna=False, sort=False).ngroup()
    rows = {}
    for name in both.columns:
        known = both[name].notna()
        first = order[known].drop_duplicates()
        places = pd.Series(first.index, index=first).reindex(range(order.max() + 1), fill_value=-1)
        rows[name] = both[name].array.take(places.to_numpy(), allow_fill=True)
    return pd.DataFrame(rows).sort_values(list(table.key), ignore_index=True)
