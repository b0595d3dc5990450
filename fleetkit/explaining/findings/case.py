"""The case of a finding: its row, what is installed there, and the record that it stands on."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from fleetkit.explaining.findings.facts import known, same
from fleetkit.fleet import Fleet
from fleetkit.patching.ecosystems import locate, plain_name
from fleetkit.tables import ADVISORIES
from fleetkit.versions import key

_DIGEST = 19  # sha256: and twelve figures, as container engines print them


@dataclass(frozen=True)
class Case:
    """What the tables say about one finding.

    Args:
        fleet: the audited fleet.
        row: the row of `findings`.
    """

    fleet: Fleet
    row: pd.Series

    @property
    def status(self) -> str:
        """What is the matter."""
        return str(self.row["status"])

    @property
    def subject_id(self) -> str:
        """Image or workload."""
        return str(self.row["subject_id"])

    @property
    def source(self) -> str | None:
        """The source package; None where the whole subject is meant."""
        return known(self.row["source_name"])

    @property
    def version(self) -> str | None:
        """Its installed version."""
        return known(self.row["source_version"])

    @property
    def ecosystem(self) -> str:
        """Named as in OSV; empty where unknown."""
        return known(self.row["ecosystem"]) or ""

    @property
    def place(self) -> str:
        """Ecosystem and release, in words."""
        return " ".join(part for part in (self.ecosystem, known(self.row["release"])) if part)

    @cached_property
    def images(self) -> pd.DataFrame:
        """The row of the image that is the subject, or that the subject runs; else none."""
        own = same(self.fleet.images, image_id=self.subject_id)
        ids = self.workloads["image_id"].dropna()
        return own if len(own) or ids.empty else same(self.fleet.images, image_id=ids.iloc[0])

    @cached_property
    def workloads(self) -> pd.DataFrame:
        """The row of the workload that is the subject; else none."""
        return same(self.fleet.workloads, workload_id=self.subject_id)

    @cached_property
    def packages(self) -> pd.DataFrame:
        """The packages of the subject that the finding speaks of; all of it without a source."""
        rows = same(self.fleet.packages, subject_id=self.subject_id)
        if self.row["ecosystem"] is not pd.NA:
            rows = same(rows, ecosystem=self.row["ecosystem"], release=self.row["release"])
        if self.source is None:
            return rows
        return built_from(rows, self.source, self.version)

    @cached_property
    def record(self) -> pd.Series | None:
        """The record, and the stretch of versions of it that holds what is installed."""
        if ADVISORIES.name not in self.fleet or self.row["advisory_id"] is pd.NA:
            return None
        place = locate(f"{self.ecosystem}:{known(self.row['release']) or ''}")
        rows = same(self.fleet.advisories, advisory_id=self.row["advisory_id"],
                    ecosystem=place.ecosystem)
        rows = rows[rows["package"].isin(self._names(place.ecosystem))
                    & (rows["release"].isna() | rows["release"].eq(place.release or ""))]
        for column in ("introduced", "fixed_version"):
            exact = same(rows, **{column: self.row[column]})
            rows = exact if len(exact) else rows
        return rows.iloc[0] if len(rows) else None

    def _names(self, ecosystem: str) -> set[str]:
        listed = [*([self.source] if self.source else []), *self.packages["name"].dropna()]
        return {name for listed_ in listed for name in (listed_, plain_name(ecosystem, listed_))}

    def name_of(self, thing: str) -> str:
        """The name of an image or workload, its id where it has none."""
        for table, column in (("images", "image_id"), ("workloads", "workload_id")):
            rows = same(self.fleet[table], **{column: thing})
            name = known(rows["name"].iloc[0]) if len(rows) else None
            if name:
                return name
        return short(thing)

    def key(self, version: Any) -> bytes | None:
        """What orders the version among those of the ecosystem; None if nothing does."""
        return key(self.ecosystem, known(version))


def built_from(packages: pd.DataFrame, source: str, version: str | None) -> pd.DataFrame:
    """The packages built from one version of a source package; one without source is its own."""
    sources = packages["source_name"].fillna(packages["name"])
    versions = packages["source_version"].fillna(packages["version"])
    wanted = versions.isna() if version is None else versions.eq(version).fillna(value=False)
    kept = sources.eq(source).fillna(value=False) & wanted
    return packages[kept.to_numpy(dtype=bool)]


def short(thing: str) -> str:
    """A digest as container engines shorten it; any other text as it is."""
    return f"{thing[:_DIGEST]}…" if thing.startswith("sha256:") and len(thing) > 40 else thing
