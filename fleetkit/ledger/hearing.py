"""What people have said of a fleet, in whatever form it comes."""

from pathlib import Path

import pandas as pd

from fleetkit.fleet import Fleet
from fleetkit.ledger.book import Ledger
from fleetkit.ledger.overruling import labelled
from fleetkit.tables import LABELS

Told = Ledger | str | Path | pd.DataFrame
"""A ledger, its path, or a frame of `workload_id` and `label`."""


def heard(ledger: Ledger | str | Path | None, learn: Told | None) -> tuple[
        Ledger | None, Ledger | pd.DataFrame | None]:
    """What is to be applied, and what is to be learned from, each file read once.

    What is learned from a ledger is applied, too, unless another is given.

    Raises:
        LoadError: a ledger cannot be read.
    """
    said = Ledger.read(learn) if isinstance(learn, str | Path) else learn
    if ledger is None:
        return (said if isinstance(said, Ledger) else None), said
    return (ledger if isinstance(ledger, Ledger) else Ledger.read(ledger)), said


def told(fleet: Fleet, said: Told | None) -> pd.DataFrame:
    """`workload_id` and `label` of the workloads of a fleet that people labelled.

    Args:
        fleet: any fleet.
        said: of a ledger the entries that hold today; None for nothing.

    Raises:
        LoadError: the ledger cannot be read.
    """
    if isinstance(said, pd.DataFrame):
        return said
    if said is None:
        return LABELS.empty()[["workload_id", "label"]]
    ledger = said if isinstance(said, Ledger) else Ledger.read(said)
    return labelled(ledger, fleet)
