"""What was asked: how large the fleet is, and how much of it is what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fleetkit.errors import LoadError
from fleetkit.loaders.synthetic.draws import Draws

MOMENT = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
"""When the fleet was looked at: always then, so that equal wishes give equal frames."""
LEAST_IMAGES = 120
_MOST_PACKAGES = 25_000_000


@dataclass(frozen=True, slots=True)
class Wishes:
    """The options of a synthetic fleet.

    Args:
        workloads: rows of `workloads`, the second looks at one machine and the hosts included.
        seed: another seed is another fleet of the same kind.
        images: rows of `images`; 0 for as many as such a fleet has.
        layers: of an image that the company builds, on average.
        packages: of an image, on average.
        vm_share: share of machines; the rest are containers and tasks.
        hostile: share of names and tags that are meant to do harm.
    """

    workloads: int = 1_000
    seed: int = 0
    images: int = 0
    layers: int = 15
    packages: int = 40
    vm_share: float = 0.35
    hostile: float = 0.01

    @property
    def draws(self) -> Draws:
        """The draws of its seed."""
        return Draws(self.seed)

    @property
    def image_count(self) -> int:
        """Rows of `images`."""
        return self.images or min(max(self.workloads // 20, 200), 20_000)


def wishes(asked: Mapping[str, Any]) -> Wishes:
    """The wishes that options name; numbers may come as text, as on a command line.

    Raises:
        LoadError: an option is no number, or out of its bounds.
    """
    bounds: dict[str, tuple[float, float]] = {
        "workloads": (0, 10_000_000), "seed": (0, 2**63), "images": (0, 500_000),
        "layers": (5, 100), "packages": (0, 800), "vm_share": (0.0, 1.0), "hostile": (0.0, 1.0),
    }
    read = {name: _number(name, asked[name], *bounds[name]) for name in bounds}
    if 0 < read["images"] < LEAST_IMAGES:
        raise LoadError(
            f"synthetic: images={asked['images']!r} is too few for bases, goldens and builds of"
            f" each stack; ask for {LEAST_IMAGES} or more, or for 0 to have as many as fit"
        )
    made = Wishes(**read)
    if made.image_count * made.packages > _MOST_PACKAGES:
        raise LoadError(
            f"synthetic: {made.image_count:,} images with {made.packages:,} packages each are more"
            f" than {_MOST_PACKAGES:,} rows; ask for fewer images or packages"
        )
    return made


def _number(name: str, value: Any, least: float, most: float) -> Any:
    """The number, whole where its bounds are."""
    kind = float if isinstance(least, float) else int
    try:
        number = kind(value) if isinstance(value, str | int | float) else None
    except (ValueError, OverflowError):
        number = None
    if number is None or isinstance(value, bool) or not least <= number <= most or (
            not isinstance(value, str) and number != value):
        said = "a number" if kind is float else "a whole number"
        raise LoadError(
            f"synthetic: {name}: expected {said} from {least} to {most}, found {str(value)[:40]!r}"
        )
    return number
