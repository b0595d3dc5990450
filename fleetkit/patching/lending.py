"""Sources lent within the fleet: short lists name no source package, but others know it.

`rpm -qa`, `dpkg -l` and patch managers tell binary packages only. The same binary in the same
version and release was built from one source, so whoever in the fleet knows it tells it for all;
without that, `openssl` of one machine and `libssl3` of another would never be compared.
"""

import pandas as pd

from fleetkit.versions import scheme

_BUILD = ["ecosystem", "release", "name", "version"]
_SYSTEMS = ("dpkg", "rpm", "apk")
_REBUILT = r"\+b\d+$"  # Debian Policy: a rebuild without change of source adds +b1, +b2, …


def lend_sources(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with `source_name` and `source_version` wherever they can be known.

    Args:
        rows: ecosystem, release, name, version, source_name and source_version.

    A package whose source nobody knows is its own source, in its own version; of a rebuild
    (`5.2-2+b1`) in the version that was built again. Where several sources are told of one binary
    none is lent.
    """
    bare = rows["source_name"].isna()
    if not bare.any():
        return rows.assign(source_version=rows["source_version"].fillna(rows["version"]))
    names = rows.loc[bare, "ecosystem"].dropna().unique()
    systems = [name for name in names if scheme(name) in _SYSTEMS]
    asked = rows.loc[bare & rows["ecosystem"].isin(systems), _BUILD]
    known = rows.loc[~bare & rows["name"].isin(asked["name"].unique())]
    told = known[[*_BUILD, "source_name", "source_version"]].drop_duplicates()
    told = told[~told.duplicated(_BUILD, keep=False)]
    lent = asked.merge(told, on=_BUILD, how="left").set_index(asked.index)
    source = rows["source_name"].fillna(lent["source_name"].reindex(rows.index))
    version = rows["source_version"].fillna(lent["source_version"].reindex(rows.index))
    return rows.assign(
        source_name=source.fillna(rows["name"]), source_version=version.fillna(_built(rows, bare))
    )


def _built(rows: pd.DataFrame, bare: pd.Series) -> pd.Series:
    """The version that each package was built in, as far as its own version tells."""
    names = rows.loc[bare, "ecosystem"].dropna().unique()
    debian = rows["ecosystem"].isin([name for name in names if scheme(name) == "dpkg"])
    plain = rows["version"].str.replace(_REBUILT, "", regex=True)
    return rows["version"].mask(bare & debian, plain)
