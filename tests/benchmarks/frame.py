"""What a CSV of machines costs beside pandas.read_csv: `python -m tests.benchmarks.frame`."""

import random
import tempfile
from pathlib import Path

import pandas as pd

import fleetkit as fk
from fleetkit.progress import silent
from tests.benchmarks.loading import compared

COUNT = 100_000
OWN = {"Host": "name", "UUID": "machine_uuid", "OS": "os_name", "IP Address": "private_ips"}


def machines(count=COUNT):
    """Machines as an inventory of servers exports them: ten columns that are ours, fifteen not."""
    chance = random.Random(1)
    numbers = range(count)
    return pd.DataFrame({
        "Host": [f"web-{number}" for number in numbers],
        "RAM (GB)": [chance.choice(("16", "32", "1.5")) for _ in numbers],
        "vCPUs": [chance.randint(1, 64) for _ in numbers],
        "Power State": [chance.choice(("Powered On", "poweredOff")) for _ in numbers],
        "OS": [chance.choice(("Windows Server 2019", "Ubuntu 22.04")) for _ in numbers],
        "IP Address": [f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}" for n in numbers],
        "Created On": [f"2024-01-{n % 28 + 1:02} {n % 24:02}:{n % 60:02}:00" for n in numbers],
        "UUID": [f"{chance.getrandbits(128):032x}" for _ in numbers],
        "MAC": [f"00:11:22:{n >> 16 & 255:02x}:{n >> 8 & 255:02x}:{n & 255:02x}" for n in numbers],
        "Description": [f"machine number {number} key" for number in numbers],
        **{f"Custom {place}": [f"value {n * place % 997}" for n in numbers] for place in range(15)},
    })


def by_hand(path):
    """The least that an analyst does to have a fleet of it: four columns, checked and typed."""
    read = pd.read_csv(path, dtype=str).rename(columns=OWN)[list(OWN.values())]
    return fk.Fleet(workloads=read.assign(workload_id="csv|" + read["name"]))


def main():
    made = machines()
    with tempfile.TemporaryDirectory() as folder:
        csv, parquet = Path(folder) / "cmdb.csv", Path(folder) / "cmdb.parquet"
        made.to_csv(csv, index=False)
        made.to_parquet(parquet)
        shape = f"{len(made):,} × {made.shape[1]}"
        compared(f"load of {shape} from CSV, beside read_csv",
                 lambda: fk.load("frame", csv, progress=silent), lambda: pd.read_csv(csv), rounds=3)
        compared("the same, beside read_csv of four columns and Fleet()",
                 lambda: fk.load("frame", csv, progress=silent), lambda: by_hand(csv), rounds=3)
        compared(f"load of {shape} from Parquet, beside read_parquet",
                 lambda: fk.load("frame", parquet, progress=silent),
                 lambda: pd.read_parquet(parquet), rounds=3)
        compared(f"load of a data frame of {shape}, beside a copy",
                 lambda: fk.load("frame", made, progress=silent), lambda: made.copy(deep=True),
                 rounds=3)


if __name__ == "__main__":
    main()
