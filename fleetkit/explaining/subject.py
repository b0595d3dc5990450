"""What can be explained: a workload by its id or name, a finding by its row."""

from pathlib import Path
from typing import overload

from fleetkit.explaining.explanation import Explanation, explain_workload
from fleetkit.explaining.findings import FindingExplanation, FindingRow, explain_finding
from fleetkit.fleet import Fleet
from fleetkit.identities.software import Catalogue
from fleetkit.learning.tuning import SHIPPED, Tuning


@overload
def explain(
    fleet: Fleet, subject: str, *, tuning: Tuning = ...,
    catalogue: Catalogue | str | Path | None = ...,
) -> Explanation: ...


@overload
def explain(fleet: Fleet, subject: FindingRow) -> FindingExplanation: ...


def explain(
    fleet: Fleet, subject: str | FindingRow, *, tuning: Tuning = SHIPPED,
    catalogue: Catalogue | str | Path | None = None,
) -> Explanation | FindingExplanation:
    """Why a workload has its label, or why a finding holds; shows itself as a card.

    Of a workload: what speaks for its label, what would change it, what to ask about it. Of a
    finding: what is installed, the record with file and line, the comparison, what would end it.

    Args:
        fleet: a classified fleet for a workload, an audited one for a finding.
        subject: a `workload_id`, or the name of one workload only; or a row of `fleet.findings`,
            as a Series, a frame of that one row, a mapping or a named tuple.
        tuning: for a workload: what the fleet was classified with, if it was taught:
            `learn(…).tuning`.
        catalogue: for a workload: what it was classified with, if that was not the shipped one.

    Raises:
        MissingTableError: the fleet has not been classified or audited.
        UnknownWorkloadError: there is no such workload, several have the name, or it is a host.
        UnknownFindingError: the row is none of the fleet's, or several are meant.

    Examples:
        >>> import pandas as pd
        >>> from fleetkit.patching import audit
        >>> image = {"image_id": "web", "observable": False}
        >>> fleet = audit(Fleet(images=pd.DataFrame([image])))
        >>> explain(fleet, fleet.findings.iloc[0]).headline
        'web: cannot be seen'
    """
    if isinstance(subject, str):
        return explain_workload(fleet, subject, tuning=tuning, catalogue=catalogue)
    return explain_finding(fleet, subject)
