"""Records: what the findings stand on, with file and line, of all that the feeds state."""

import numpy as np
import pandas as pd

from fleetkit.patching.inventory import pick
from fleetkit.tables import ADVISORIES


def list_advisories(hit: pd.Series, intervals: pd.DataFrame) -> pd.DataFrame:
    """The `advisories` table: the stretches of versions that findings stand on, sorted by key.

    Args:
        hit: numbers of rows of `intervals`, in any order and as often as they are hit.
        intervals: what the records say.
    """
    stretches = pick(intervals, np.unique(hit.to_numpy(dtype=np.int64)))
    named = stretches.rename(columns={"osv_id": "advisory_id"})[list(ADVISORIES.names)]
    return ADVISORIES.cast(named.sort_values(list(ADVISORIES.key), ignore_index=True))
