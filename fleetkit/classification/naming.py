"""Names that a workload bears elsewhere: of services that it answers for, of its own packages.

Of many names the one that names its software most surely is kept. A package of software that keeps
nothing says nothing about the machine, for much is installed that is not what a machine is for.
"""

import narwhals as nw
import pyarrow as pa
import pyarrow.compute as pc

from fleetkit.classification.engines import Frame, beside, texts_of, widened
from fleetkit.identities.matching import codes, known_rows
from fleetkit.identities.reading import ROWS
from fleetkit.identities.software import Catalogue


def service_names(placed: Frame, catalogue: Catalogue | None = None) -> Frame:
    """`service_name`: of the services of each workload, the one that tells its software."""
    told = placed.select("workload_id", text="service_name").unique()
    return _surest(told, "service", catalogue).rename({"text": "service_name"})


def package_names(
    workloads: Frame, packages: Frame, catalogue: Catalogue | None = None
) -> Frame:
    """`package_name`: of the packages of each machine, the one that tells which store it is."""
    machines = workloads.filter(nw.col("kind") == "vm").select("workload_id")
    told = packages.select(workload_id="subject_id", text="name").drop_nulls().unique().join(
        machines, on="workload_id", how="inner")
    return _surest(told, "package", catalogue, stores_only=True).rename({"text": "package_name"})


def _surest(
    told: Frame, place: str, catalogue: Catalogue | None, *, stores_only: bool = False
) -> Frame:
    """The text with the highest code for each workload; none where no text has one."""
    texts = texts_of(told, "text")
    found = codes(texts, place, catalogue)
    if stores_only:
        stores = pa.array([row["row"] for row in known_rows(catalogue)
                           if row["state_class"] != "stateless"], pa.int64())
        number = pc.subtract(found, pc.multiply(pc.divide(found, ROWS), ROWS))
        found = pc.if_else(pc.is_in(number, value_set=stores), found, pa.scalar(None, pa.int64()))
    named = pa.table({"text": texts, "code": found}).filter(pc.is_valid(found))
    coded = told.join(beside(told, {
        name: named[name].combine_chunks() for name in named.column_names}), on="text", how="inner")
    best = coded.group_by("workload_id").agg(best=nw.col("code").max())
    return widened(coded, best, "workload_id").filter(nw.col("code") == nw.col("best")).group_by(
        "workload_id").agg(nw.col("text").min())
