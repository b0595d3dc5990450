"""Spread: which member of which group has which build, as whole numbers."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from fleetkit.patching.inventory import Inventory


class Spread(NamedTuple):
    """`member` and `source` are row numbers of `members` and of the inventory's sources.

    Attributes:
        inventory: what is installed.
        members: as `groups.members` gives them.
        member: of each thing that a member has.
        source: what it has.
    """

    inventory: Inventory
    members: pd.DataFrame
    member: np.ndarray
    source: np.ndarray
