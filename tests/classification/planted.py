"""A fleet with a truth that was planted: answers drawn from the scores, moved by what is known."""

from functools import cache

import numpy as np
import pandas as pd

from fleetkit.classification import classify
from fleetkit.fleet import Fleet
from fleetkit.learning.fitting import chance
from fleetkit.learning.rescoring import Patterns
from fleetkit.plugins import find, names
from fleetkit.tables import MOUNTS, WORKLOADS

_IMAGES = tuple(f"team/service-{letter}{other}:1" for letter in "abcdefgh" for other in "klmnop")
_CONTROLLERS = ("deployment", "statefulset", "compose", "none")
_MOUNTS = ("named_volume", "claim", "configmap", "bind", "anonymous_volume", "tmpfs")
_VARIABLES = ("PATH", "DB_HOST", "ADMIN_PASSWORD", "LANG")


@cache
def fleet(rows: int = 300, seed: int = 1) -> Fleet:
    """Classified containers of 48 kinds of software, each under a controller of its own."""
    random = np.random.default_rng(seed)
    workloads, mounts = [], []
    for number in range(rows):
        name = f"w{number:04}"
        workloads.append({
            "workload_id": name, "kind": "container", "name": name, "state": "running",
            "image_ref": str(random.choice(_IMAGES)), "command": "/app/serve",
            "controller_kind": str(random.choice(_CONTROLLERS)), "controller_name": f"team/{name}",
            "read_only_root": bool(random.random() < 0.2), "replicas": int(random.integers(1, 6)),
            "env_names": ["PATH", str(random.choice(_VARIABLES))], "ports": [], "tags": {},
            "written_bytes": int(10 ** random.uniform(3, 10)), "source": "made",
        })
        if random.random() < 0.6:
            mounts.append({
                "workload_id": name, "kind": str(random.choice(_MOUNTS)), "source": "made",
                "target_path": str(random.choice(["/data", "/etc/app.conf", "/var/lib/app"])),
                "volume_id": name, "source_path": "/srv/app"})
    return classify(Fleet(workloads=WORKLOADS.frame(workloads), mounts=MOUNTS.frame(mounts)))


def truth(
    made: Fleet, shift: float = 0.0, factors: dict[str, float] | None = None, seed: int = 2,
) -> pd.DataFrame:
    """Answers for all workloads, drawn from their scores with a shift and other weights."""
    random = np.random.default_rng(seed)
    scores = rescored(made, "state", factors or {}) + shift
    stateful = random.random(len(scores)) < chance(scores.to_numpy())
    lonely = made.labels["label"].eq("pet") & made.labels["p_state"].lt(0.25)
    told = pd.DataFrame({"workload_id": made.labels["workload_id"],
                         "label": np.where(stateful, "pet", "cattle")})
    return told[~lonely.to_numpy(dtype=bool)].reset_index(drop=True)


def rescored(made: Fleet, axis: str, factors: dict[str, float]) -> pd.Series:
    """Scores of an axis with weights multiplied, by the rules of scoring."""
    ids = made.labels["workload_id"].tolist()
    own = made.evidence[made.evidence["axis"] == axis]
    wide = own.pivot_table(index="workload_id", columns="signal", values="weight",
                           aggfunc="first").reindex(ids).fillna(0.0)
    order = [signal.name for name in names("signals") for signal in find("signals", name)
             if signal.axis == axis and signal.name in wide.columns]
    family = own.drop_duplicates("signal").set_index("signal")["family"].reindex(order)
    kinds = pd.factorize(family)[0]
    groups = [np.flatnonzero(kinds == kind) for kind in np.unique(kinds)]
    patterns = Patterns(wide[order].to_numpy(dtype=float), groups)
    many = np.array([factors.get(name, 1.0) for name in order])
    return pd.Series(patterns.scores(many)[0], index=ids)
