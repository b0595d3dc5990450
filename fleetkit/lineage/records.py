"""Parents that a source keeps on record: parent ids of engines, source images of clouds."""

import pandas as pd

_DEEPEST = 10_000


def recorded_parents(images: pd.DataFrame, links: pd.DataFrame, shown: pd.Series) -> pd.DataFrame:
    """Per shown image the nearest recorded ancestor that is shown, or not in the fleet at all.

    Intermediate images of a build are stepped over.

    Returns:
        Columns child_id, record_id.
    """
    derived = links[links["relation"] == "derived_from"]
    parent_of = dict(zip(derived["from_id"], derived["to_id"], strict=True))
    steps = set(images["image_id"]) - set(shown)
    found = {
        child: parent for child in shown
        if (parent := _first_shown(child, parent_of, steps)) is not None
    }
    return pd.DataFrame(
        {"child_id": list(found), "record_id": list(found.values())}, dtype="string"
    )


def _first_shown(child: str, parent_of: dict[str, str], steps: set[str]) -> str | None:
    parent = parent_of.get(child)
    for _ in range(_DEEPEST):
        if parent is None or parent == child:
            return None
        if parent not in steps:
            return parent
        parent = parent_of.get(parent)
    return None
