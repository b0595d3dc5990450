"""The verb of people: a word about workloads in, a block of the ledger out."""

import shutil
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from getpass import getuser
from pathlib import Path

import pandas as pd

from fleetkit.errors import OverrideError
from fleetkit.fleet import Fleet
from fleetkit.ledger.book import Ledger
from fleetkit.ledger.entries import FITTING, WORDS, Entry, lasting, plain
from fleetkit.ledger.evidence import seen, strongest
from fleetkit.ledger.subjects import caught

Selection = str | Iterable[str] | pd.Series | pd.DataFrame

_SCOPE = ("source", "account", "region")
_GROUP = (*_SCOPE, "controller_kind", "controller_name")
_NAMED = (*_SCOPE, "kind", "name")
_LOOSE = ("none", "unknown")
_CONTAINERS = ("container", "task")
_MACHINE_GROUPS = ("autoscaling", "managed_group")
_SHOWN = 3


def override(  # noqa: PLR0913 - each is a thing that a person says
    fleet: Fleet,
    ledger: str | Path,
    workload: Selection,
    label: str,
    *,
    why: str,
    by: str | None = None,
    until: str | date | None = None,
    quadrant: str | None = None,
    today: date | None = None,
) -> Ledger:
    """Writes into a ledger what a person knows better than the evidence.

    An entry is for what survives a recreate: all workloads of the controller where one would
    replace the workload, else a container's name in its engine, else the id of a machine. The
    evidence that it outvotes is kept beside it.

    Args:
        fleet: classified.
        ledger: path of the file; it is made where it is not there, and only added to where it is.
        workload: an id, several, rows of a table of the fleet (`fleet.labels[mask]`), or a mask
            over the rows of `labels` or `workloads`, by which it can be no other.
        label: pet or cattle.
        why: the reason in words; credentials are masked.
        by: who says so; by default the user of git, else of the system.
        until: the last day (UTC) on which it holds; by default 180 days from now.
        quadrant: which kind of pet or cattle: stateful_herd, snowflake, …
        today: the day (UTC) on which it is said; None is today.

    Returns:
        The ledger as it is now. `classify` applies it.

    Raises:
        OverrideError: a workload is not known, or what is said cannot be meant.
        MissingTableError: the fleet is not classified.
        LoadError: the file cannot be read or written, or its form takes no block.
    """
    day = today or datetime.now(UTC).date()
    _check_words(label, quadrant, why)
    rows = _chosen(fleet, workload)
    who = plain(by or _user(Path(ledger)))
    until_day = _last_day(until, day)
    drafts = [Entry(subject, label, who, plain(why), day, until_day, quadrant)
              for subject in _subjects(rows)]
    before = Ledger.read(ledger).entries if Path(ledger).exists() else ()
    last = {entry.subject: entry for entry in before}
    new = [entry for entry in _with_evidence(_exact(drafts, fleet), fleet)
           if last.get(entry.subject) != entry]
    return Ledger((*before, *new)).write(ledger)


def _check_words(label: str, quadrant: str | None, why: str) -> None:
    if label not in WORDS:
        raise OverrideError(f"label: found {label!r}; allowed are {', '.join(WORDS)}")
    if quadrant is not None and quadrant not in FITTING[label]:
        raise OverrideError(f"quadrant of {label}: found {quadrant!r};"
                            f" allowed are {', '.join(FITTING[label])}")
    if not isinstance(why, str) or not plain(why):
        raise OverrideError("why: is empty; say the reason, for whoever reads it in a year")


def _last_day(until: str | date | None, today: date) -> date:
    if until is None:
        return lasting(today)
    day: object = until
    if isinstance(until, str):
        with suppress(ValueError):
            day = date.fromisoformat(until)
    if isinstance(day, datetime):
        day = (day.astimezone(UTC) if day.tzinfo else day).date()
    if not isinstance(day, date):
        raise OverrideError(f"until: expected a day as 2027-05-24, found {until!r}")
    if day < today:
        raise OverrideError(f"until: {day} is in the past; name today ({today}) or a later day")
    return day


def _user(ledger: Path) -> str:
    """The name that git knows for the ledger's folder, else that of the system's user."""
    git = shutil.which("git")
    if git and ledger.parent.is_dir():
        ran = subprocess.run(  # noqa: S603 - the program is found by its name, nothing is passed
            [git, "config", "user.name"], cwd=ledger.parent, capture_output=True, text=True,
            errors="replace", check=False)
        if plain(ran.stdout):
            return ran.stdout
    try:
        return getuser()
    except (OSError, KeyError, ImportError) as error:
        raise OverrideError("by: neither git nor the system knows who you are; say it") from error


def _chosen(fleet: Fleet, workload: Selection) -> pd.DataFrame:
    """Rows of `workloads` that are meant, by id.

    Raises:
        OverrideError: one of them is not there or not judged, or nobody is meant.
    """
    ids = _ids(fleet, workload)
    if not ids:
        raise OverrideError("nobody is chosen; name a workload_id, or rows of fleet.labels")
    judged = fleet.labels["workload_id"]
    known = set(judged[judged.isin(ids)])
    strange = [one for one in ids if one not in known]
    if strange:
        shown = ", ".join(map(repr, strange[:_SHOWN])) + (", …" if len(strange) > _SHOWN else "")
        raise OverrideError(f"{len(strange)} of {len(ids)} workloads have no label in this fleet:"
                            f" {shown}; fleet.labels lists those that have")
    workloads = fleet.workloads
    return workloads[workloads["workload_id"].isin(ids)].sort_values("workload_id")


def _ids(fleet: Fleet, workload: Selection) -> list[str]:
    if isinstance(workload, str):
        return [workload]
    if isinstance(workload, pd.DataFrame):
        if "workload_id" not in workload:
            raise OverrideError("the rows have no workload_id; choose them from fleet.labels")
        workload = workload["workload_id"]
    if not isinstance(workload, Iterable):
        raise OverrideError(f"expected ids, rows or a mask, found a {type(workload).__name__}")
    chosen = workload if isinstance(workload, pd.Series) else pd.Series(list(workload))
    ids = _masked(fleet, chosen) if pd.api.types.is_bool_dtype(chosen) else chosen
    return list(dict.fromkeys(str(one) for one in ids if not pd.isna(one)))


def _masked(fleet: Fleet, mask: pd.Series) -> pd.Series:
    """Ids of the rows that a mask chooses, of the one table that it can be over."""
    ordered = mask.sort_index().fillna(value=False)
    tables = [fleet.labels["workload_id"], fleet.workloads["workload_id"]]
    fitting = [ids for ids in tables if ids.index.equals(ordered.index)]
    if not fitting or not all(ids.equals(fitting[0]) for ids in fitting):
        raise OverrideError(f"a mask of {len(mask):,} rows does not tell its table; pass the rows,"
                            " as fleet.labels[mask]")
    return fitting[0][ordered.to_numpy(dtype=bool)]


def _subjects(rows: pd.DataFrame) -> list[tuple[tuple[str, str | None], ...]]:
    """For whom the entries are, each once: known columns that survive a recreate."""
    kind, controller = rows["kind"], rows["controller_kind"]
    grouped = controller.notna() & ~controller.isin(_LOOSE) & rows["controller_name"].notna()
    grouped &= kind.isin(_CONTAINERS) | controller.isin(_MACHINE_GROUPS)
    named = ~grouped & kind.isin(_CONTAINERS) & rows["name"].notna()
    forms = ((_GROUP, grouped), (_NAMED, named), (("workload_id",), ~grouped & ~named))
    return [
        tuple((str(name), value) for name, value in row.items() if not pd.isna(value))
        for form, meant in forms
        for row in rows.loc[meant.to_numpy(dtype=bool), list(form)].drop_duplicates()
        .to_dict("records")
    ]


def _exact(drafts: list[Entry], fleet: Fleet) -> list[Entry]:
    """The same, where others would be caught with the addition that their scope must be unknown."""
    found = caught(drafts, fleet.workloads)
    scopes = fleet.workloads[list(_SCOPE)].notna()
    known = scopes.take(found["row"].to_numpy()).groupby(found["entry"].to_numpy()).any()
    return [
        replace(draft, subject=draft.subject + tuple(
            (name, None) for name in _SCOPE
            if len(draft.subject) > 1 and name not in dict(draft.subject) and known[name][number]))
        for number, draft in enumerate(drafts)
    ]


def _with_evidence(drafts: list[Entry], fleet: Fleet) -> list[Entry]:
    found = caught(drafts, fleet.workloads)
    ids = fleet.workloads["workload_id"].take(found["row"].to_numpy())
    labels = fleet.labels[fleet.labels["workload_id"].isin(ids.unique())]
    sights = seen(found[ids.isin(labels["workload_id"]).to_numpy()], fleet, labels)
    reasons = strongest(fleet.evidence, [sight.first for sight in sights.values()])
    return [
        replace(draft, outvoted=replace(
            sights[number].evidence, reasons=reasons.get(sights[number].first, ())))
        for number, draft in enumerate(drafts)
    ]
