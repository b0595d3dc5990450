"""What can be shown: a `.py` with the data that ends with `VIEW`, and a `.js` that draws it.

Here is what several views count, so that one number means one thing on every picture: which
workloads a finding reaches, the worst that is known of each, the name and group of each.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from fleetkit.schema import Table
from fleetkit.tables import COVERAGE, FINDINGS, IMAGES, PATCH_LEVELS, WORKLOADS

Tables = Mapping[str, pd.DataFrame]

WORST = (
    "vulnerable_fix_available", "end_of_life", "pending_restart", "older_than_before",
    "behind_fleet", "vulnerable_no_fix", "unobservable", "uncomparable", "no_feed", "fixed",
    "not_affected", "current",
)
BY_ADVISORIES = (
    "vulnerable_fix_available", "vulnerable_no_fix", "fixed", "not_affected", "current",
)
_HEADING = 80
_OPENSSL = r"openssl[\d.\-]*"


def pick(tables: Tables, table: Table) -> pd.DataFrame:
    """A table of the fleet, or its empty frame where no verb has made it."""
    return tables[table.name] if table.name in tables else table.empty()


def absent(tables: Tables, *needed: Table) -> list[dict[str, str]]:
    """Those of the needed tables that are missing, with the verb that makes each."""
    return [
        {"table": table.name, "verb": table.made_by or "load"}
        for table in needed if table.name not in tables
    ]


def is_lower_bound(tables: Tables) -> bool:
    """Whether a part of the fleet was not read, so that every count is a lower bound."""
    return bool((~pick(tables, COVERAGE)["status"].isin(["ok", "empty"])).any())


def coded(texts: pd.Series) -> dict[str, Any]:
    """A text column as codes into its distinct words; code 0 is missing."""
    codes, words = pd.factorize(texts)
    width = np.uint8 if len(words) < 255 else np.uint16 if len(words) < 65_535 else np.uint32
    return {"codes": (codes + 1).astype(width), "words": [str(word) for word in words]}


def reach(tables: Tables) -> pd.DataFrame:
    """One row per workload and subject that a finding may name: itself and its image.

    A workload whose own packages were read is not what its image was. Columns: `row` (position in
    workloads), `subject_id`.
    """
    workloads = pick(tables, WORKLOADS)
    own = workloads["workload_id"].isin(pick(tables, PATCH_LEVELS)["subject_id"])
    images = workloads["image_id"].mask(own)
    parts = [
        pd.DataFrame({"row": np.arange(len(workloads)), "subject_id": subjects})
        for subjects in (workloads["workload_id"], images)
    ]
    both = pd.concat(parts, ignore_index=True).dropna()
    return both.drop_duplicates(ignore_index=True)


def judged(tables: Tables) -> pd.DataFrame:
    """Every judgement about a subject: `subject_id, source_name, status`, without repeats.

    An image whose package database nobody could read counts as unobservable.
    """
    images = pick(tables, IMAGES)
    columns = ["subject_id", "source_name", "status"]
    blind = images.loc[images["observable"].eq(other=False).fillna(value=False), ["image_id"]]
    blind = blind.rename(columns={"image_id": "subject_id"}).assign(status="unobservable")
    parts = [pick(tables, FINDINGS)[columns], pick(tables, PATCH_LEVELS)[columns], blind]
    filled = [part for part in parts if len(part)] or [FINDINGS.empty()[columns]]
    joined = pd.concat(filled, ignore_index=True).reindex(columns=columns)
    return joined.drop_duplicates(ignore_index=True)


def patch_facts(tables: Tables) -> pd.DataFrame:
    """What is known of the patches of each workload, in the order of workloads.

    Columns: `status` (the worst; NA where nobody looked), `unpatched` and `behind` (source packages
    whose fix is missing, or of which the fleet has a newer build; joined by "; ") and
    `end_of_life` (true, or NA where nothing says so).
    """
    subjects, judgements = reach(tables), judged(tables)
    count = len(pick(tables, WORKLOADS))
    ranks = judgements["status"].map({status: rank for rank, status in enumerate(WORST)})
    worst = ranks.astype("Int64").groupby(judgements["subject_id"]).min()
    found = subjects["subject_id"].map(worst).groupby(subjects["row"]).min()
    ranked = found.reindex(range(count)).astype("Int64")
    return pd.DataFrame({
        "status": ranked.map(dict(enumerate(WORST))).astype(FINDINGS.column("status").dtype),
        "unpatched": _sources(subjects, judgements, "vulnerable_fix_available", count),
        "behind": _sources(subjects, judgements, "behind_fleet", count),
        "end_of_life": _marked(subjects, judgements, "end_of_life", count),
    })


def is_blind(facts: pd.DataFrame) -> pd.Series:
    """Workloads of whose patches nothing can be said, good or bad, by `patch_facts`."""
    unseen = facts["status"].isin(["unobservable", "uncomparable", "no_feed"])
    return unseen.fillna(value=False).astype(bool) | facts["status"].isna()


def is_openssl(sources: pd.Series) -> pd.Series:
    """Whether a source package is OpenSSL, in any of the names that it goes by."""
    return sources.str.fullmatch(_OPENSSL).fillna(value=False).astype(bool)


def groups(tables: Tables) -> pd.Series:
    """The service that each workload belongs to: its controller, else its image, else itself.

    The image of a machine says how it began, not what it serves: a machine stands for itself.
    """
    workloads, images = pick(tables, WORKLOADS), pick(tables, IMAGES)
    image = look_up(workloads["image_id"], images["image_id"], images["name"])
    image = image.fillna(workloads["image_ref"]).mask(workloads["kind"].isin(["vm", "host"]))
    own = workloads["controller_name"].fillna(image)
    return own.fillna(workloads["name"]).fillna(workloads["workload_id"])


def look_up(wanted: pd.Series, keys: pd.Series, texts: pd.Series) -> pd.Series:
    """The text of each wanted key, in the index of `wanted`; NA where the key is unknown."""
    known = pd.Series(texts.to_numpy(), index=keys.to_numpy(), dtype=WORKLOADS.column("name").dtype)
    found = wanted.map(known[~known.index.duplicated()])
    return found.astype(WORKLOADS.column("name").dtype)


def image_names(images: pd.DataFrame) -> pd.Series:
    """The name of each image, or the start of its id where it has none."""
    short = images["image_id"].str.replace("sha256:", "", regex=False).str.slice(0, 12)
    return images["name"].fillna(short)


def share(part: int, total: int) -> str:
    """A part of all in words; "" of nothing, and never 0% of something.

    Examples:
        >>> share(1, 201), share(3, 4), share(0, 0)
        ('under 1% of all', '75% of all', '')
    """
    if not total:
        return ""
    return "under 1% of all" if 0 < part < total / 100 else f"{part / total:.0%} of all"


def brief(name: str) -> str:
    """A name as it may stand in a heading: cut in the middle where it is long."""
    return name if len(name) <= _HEADING else f"{name[:40]}…{name[-20:]}"


def _sources(
    subjects: pd.DataFrame, judgements: pd.DataFrame, status: str, count: int
) -> pd.Series:
    bad = judgements.loc[judgements["status"].eq(status), ["subject_id", "source_name"]].dropna()
    named = bad.drop_duplicates().sort_values("source_name").groupby("subject_id")["source_name"]
    texts = subjects.assign(text=subjects["subject_id"].map(named.agg("; ".join)))
    texts = texts.dropna(subset=["text"])
    joined = texts.groupby("row")["text"].agg("; ".join) if len(texts) else texts["text"]
    return joined.reindex(range(count)).astype(FINDINGS.column("why").dtype)


def _marked(
    subjects: pd.DataFrame, judgements: pd.DataFrame, status: str, count: int
) -> pd.Series:
    bad = judgements.loc[judgements["status"].eq(status), "subject_id"].unique()
    rows = subjects.loc[subjects["subject_id"].isin(bad), "row"].unique()
    marks = pd.Series(pd.NA, index=range(count), dtype="boolean")
    marks.loc[rows] = True
    return marks


__all__ = [
    "BY_ADVISORIES", "WORST", "Tables", "absent", "brief", "coded", "groups", "image_names",
    "is_blind", "is_lower_bound", "is_openssl", "judged", "look_up", "patch_facts", "pick", "reach",
    "share",
]
