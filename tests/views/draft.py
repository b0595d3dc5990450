"""Rows of a synthetic fleet while it is being made."""

import hashlib
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from fleetkit.tables import TABLES

Row = dict[str, Any]
NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)


@dataclass
class Draft:
    """Rows under construction."""

    seed: random.Random
    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in TABLES})

    def add(self, table: str, **row: Any) -> None:
        self.rows[table].append(row)


def digest(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def envelope(target: str) -> Row:
    return {
        "source": "docker",
        "origin": "live",
        "target": target,
        "account": f"engine-{target}",
        "region": None,
        "observed_at": NOW,
    }
