"""A column of versions and its keys."""

import pandas as pd
import pyarrow as pa

from fleetkit.versions.schemes import find
from fleetkit.versions.version import spelled


def keys(ecosystem: str, versions: pd.Series) -> pd.Series:
    """The key of each version: Arrow binary, same index, NA where a version has no key.

    Args:
        ecosystem: of the whole column; an OSV name with or without release, or a scheme's name.
        versions: text. A number is no version (1.10 is not 1.1) and has no key.
    """
    codes, table = _table(ecosystem, versions)
    cells = pa.array([table[code] for code in codes], pa.binary())
    return pd.Series(pd.arrays.ArrowExtensionArray(cells), versions.index, name=versions.name)


def text_keys(ecosystem: str, versions: pd.Series) -> pd.Series:
    """The same keys as lower-case hexadecimal text, which sorts as the bytes do.

    For engines that compare text more readily than bytes. The text of `LOWEST` is "", that of
    `HIGHEST` is "ffffffff".

    Args:
        ecosystem: of the whole column, as for `keys`.
        versions: text, as for `keys`.
    """
    codes, table = _table(ecosystem, versions)
    texts = [None if cell is None else cell.hex() for cell in table]
    dtype = pd.StringDtype("pyarrow", na_value=pd.NA)
    return pd.Series([texts[code] for code in codes], versions.index, dtype, versions.name)


def _table(ecosystem: str, versions: pd.Series) -> tuple[list[int], list[bytes | None]]:
    codes, distinct = pd.factorize(_texts(versions))
    rule = find(ecosystem)
    table = [None if rule is None else spelled(rule, version) for version in distinct.tolist()]
    return codes.tolist(), [*table, None]  # factorize gives a missing version the code -1


def _texts(versions: pd.Series) -> pd.Series:
    if isinstance(versions.dtype, pd.StringDtype):
        return versions
    return pd.Series([cell if isinstance(cell, str) else None for cell in versions], dtype=object)
