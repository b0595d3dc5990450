"""Signing: source packages that hold another source's builds with a signature for secure boot.

Records speak of the source that was signed, and of its version; distributions build the signed
packages from a source of its own, whose version holds the other's.
Source: the packages of Debian 11 to 13 and Ubuntu 18.04 to 24.04.
"""

import re

import pandas as pd

_SIGNED = (
    # Debian: 6.1.76+1 of linux-signed-amd64 is 6.1.76-1 of linux
    ("Debian", re.compile(r"linux-signed-[a-z0-9]+"), "linux", re.compile(r"([^+]+)\+(.+)")),
    # 1+2.06+13+deb12u1 of grub-efi-amd64-signed is 2.06-13+deb12u1 of grub2
    ("Debian", re.compile(r"grub-efi-[a-z0-9]+-signed"), "grub2",
     re.compile(r"\d+\+([^+]+)\+(.+)")),
    ("Debian", re.compile(r"shim-helpers-[a-z0-9]+-signed"), "shim",
     re.compile(r"\d+\+([^+]+)\+(.+)")),
    # 1.44~1+deb12u1+15.8-1~deb12u1 of shim-signed is 15.8-1~deb12u1 of shim
    ("Debian", re.compile(r"shim-signed"), "shim", re.compile(r".*\+(\d[\d.]*)-([^-]+)")),
    ("Ubuntu", re.compile(r"shim-signed"), "shim", re.compile(r".*\+(\d[\d.]*)-([^-]+)")),
    # Ubuntu signs with the same version: linux-signed-aws is linux-aws
    ("Ubuntu", re.compile(r"linux-signed((?:-.+)?)"), r"linux\1", None),
)


def signed_source(ecosystem: str, name: str, version: str | None) -> tuple[str, str | None] | None:
    """Name and version of what was signed; None where the source is no such thing."""
    for base, names, tracked, form in _SIGNED:
        found = names.fullmatch(name) if base == ecosystem else None
        if found is None:
            continue
        if form is None or version is None:
            return found.expand(tracked), version
        parts = form.fullmatch(version)
        return (tracked, f"{parts[1]}-{parts[2]}") if parts else None
    return None


def tracked_sources(sources: pd.DataFrame) -> pd.DataFrame:
    """Rows of signed sources only, by their number: `name` and `version` that records mean."""
    some = sources[sources["base"].isin(["Debian", "Ubuntu"])
                   & sources["source_name"].str.contains("signed", regex=False)]
    found = {
        number: signed_source(base, name, None if pd.isna(version) else version)
        for number, base, name, version in zip(
            some.index, some["base"], some["source_name"], some["source_version"], strict=True)
    }
    known = {number: tracked for number, tracked in found.items() if tracked}
    return pd.DataFrame(list(known.values()), index=list(known), columns=["name", "version"],
                        dtype="string[pyarrow]")
