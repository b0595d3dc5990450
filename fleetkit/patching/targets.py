"""Targets: where judgements apply: which packages, in which subjects, how exactly they say so."""

from collections import defaultdict
from typing import NamedTuple

import numpy as np
import pandas as pd

from fleetkit.fleet import Fleet
from fleetkit.patching.inventory import Inventory
from fleetkit.patching.products import (
    Image,
    Package,
    Product,
    System,
    plain_arch,
    read_product,
)
from fleetkit.versions import text_keys

EVERYWHERE = -1
_TEXT = pd.StringDtype("pyarrow", na_value=pd.NA)


class Targets(NamedTuple):
    """Whole numbers between the frames are row numbers.

    Attributes:
        frame: one row per product and component that judgements name: `base, place, name, version,
            key, arch, part, module` of the package (name is empty where it is every package),
            `group` of subjects that it is restricted to or `EVERYWHERE`, `exactness` (the more
            the narrower), `hedged` (its product is a package, so who else uses the component is
            not known), `void` (it names nothing that the fleet could have).
        members: `group, subject`: the subjects of each group.
        arches: per subject: its architecture; NA where it is not known.
    """

    frame: pd.DataFrame
    members: pd.DataFrame
    arches: pd.Series


def find_targets(pairs: pd.DataFrame, inventory: Inventory, fleet: Fleet) -> Targets:
    """What each row of `product, component` names in the fleet."""
    groups = _Groups(inventory, fleet)
    rows = [_target(product, component, groups)
            for product, component in pairs[["product", "component"]].itertuples(index=False)]
    frame = pd.DataFrame(rows, columns=_Target._fields)
    text = ["base", "place", "name", "version", "arch", "part", "module"]
    frame = frame.astype({**dict.fromkeys(text, _TEXT), "group": "int64", "exactness": "int64",
                          "hedged": bool, "void": bool})
    keys = [text_keys(str(base), part["version"]) for base, part in frame.groupby("base")]
    frame["key"] = pd.concat(keys).astype(_TEXT) if keys else pd.Series(pd.NA, frame.index, _TEXT)
    members = groups.members()
    empty = frame["group"].ne(EVERYWHERE) & ~frame["group"].isin(members["group"])
    frame["void"] |= empty | ~_is_installed(frame, inventory)
    return Targets(frame, members, _arches(inventory, fleet))


def _is_installed(frame: pd.DataFrame, inventory: Inventory) -> np.ndarray:
    """Whether the fleet may have the version: any, or one that some package has."""
    known: np.ndarray = frame["version"].isna().to_numpy(dtype=bool)
    for column in ("key", "version"):  # the first things are the sources
        installed = inventory.things[column].dropna().unique()
        known = known | frame[column].isin(installed).to_numpy(dtype=bool)
    return known


class _Target(NamedTuple):
    base: str | None = None
    place: str | None = None
    name: str = ""
    version: str | None = None
    arch: str | None = None
    part: str = "either"
    module: str | None = None
    group: int = EVERYWHERE
    exactness: int = 0
    hedged: bool = False
    void: bool = False


_VOID = _Target(void=True)


def _target(product: str, component: str, groups: "_Groups") -> _Target:
    whole = read_product(product) if product else None
    group = EVERYWHERE
    if isinstance(whole, Image):
        group = groups.images(whole)
    elif product and whole is None:
        group = groups.named(product)
        if group == EVERYWHERE:
            return _VOID
    if component:
        return _inside(_component(component, whole), (whole, group), groups)
    return _itself(whole, group)


def _itself(whole: Product, group: int) -> _Target:
    """A package; or all that is in an image, a system or a subject."""
    if isinstance(whole, Package):
        return _of_package(whole)
    if isinstance(whole, System):
        return _VOID if whole.channel else _Target(whole.ecosystem, whole.release)
    return _Target(group=group, exactness=_exactness(whole, group),
                   arch=whole.arch if whole else None)


def _inside(part: Product, holder: tuple[Product, int], groups: "_Groups") -> _Target:
    whole, group = holder
    if isinstance(part, Image):
        return _itself(part, groups.images(part))
    if not isinstance(part, Package):
        return _VOID
    inside = _of_package(part)
    if isinstance(whole, Package):
        return inside._replace(group=groups.holders(whole), hedged=True)
    return inside._replace(group=group, exactness=inside.exactness + _exactness(whole, group))


def _component(text: str, whole: Product) -> Product:
    """A component; one without a purl is a package of the system that holds it, by its name."""
    part = read_product(text) if text.startswith(("pkg:", "cpe:")) else (
        None if " " in text else Package(None, None, text))
    if not isinstance(whole, System) or not isinstance(part, Package):
        return part
    if whole.channel or part.ecosystem not in (None, whole.ecosystem):
        return None
    return part._replace(ecosystem=whole.ecosystem, release=part.release or whole.release)


def _of_package(package: Package) -> _Target:
    return _Target(package.ecosystem, package.release, package.name, package.version, package.arch,
                   package.part, package.module, exactness=1 if package.version else 0)


def _exactness(product: Product, group: int) -> int:
    """The digest of an image says more than its tag, that more than all of a repository."""
    if isinstance(product, Image):
        return 6 if product.digest else 4 if product.reference else 2
    return 6 if group != EVERYWHERE else 0


class _Groups:
    """Groups of subjects, numbered as they are asked for; the fleet is indexed on first use."""

    def __init__(self, inventory: Inventory, fleet: Fleet) -> None:
        self._inventory = inventory
        self._fleet = fleet
        self._subjects = pd.Index(inventory.subjects)
        self._index: dict[str, set[int]] | None = None
        self._numbers: dict[object, int] = {}
        self._found: list[np.ndarray] = []

    def images(self, image: Image) -> int:
        """The images of a digest, else of a name with a tag, else of a repository."""
        if self._index is None:
            self._index = self._read_images()
        name = image.digest or image.reference or image.repository or ""
        return self._number(("image", name), sorted(self._index.get(name, ())))

    def named(self, subject_id: str) -> int:
        """The one subject of an id; `EVERYWHERE` where there is none."""
        found = self._subjects.get_indexer([subject_id])
        return self._number(("subject", subject_id), found) if found[0] >= 0 else EVERYWHERE

    def holders(self, package: Package) -> int:
        """Those that have a package installed."""
        if ("package", package) not in self._numbers:
            sources = self._inventory.sources
            plain = self._inventory.things["name"].iloc[:len(sources)]
            has = plain.eq(package.name) & sources["base"].eq(package.ecosystem or "")
            if package.version:
                key = text_keys(str(package.ecosystem), pd.Series([package.version], dtype=_TEXT))
                has &= sources["key"].eq(key.iloc[0]) | sources["source_version"].eq(
                    package.version)
            held = has.fillna(value=False).to_numpy(dtype=bool)
            holdings = self._inventory.holdings
            subject = holdings["subject"].to_numpy()[held[holdings["source_id"].to_numpy()]]
            self._number(("package", package), np.unique(subject))
        return self._numbers[("package", package)]

    def members(self) -> pd.DataFrame:
        """`group, subject` of all groups that were asked for."""
        sizes = [len(found) for found in self._found]
        subject = np.concatenate([*self._found, np.empty(0, dtype=np.int64)])
        return pd.DataFrame({"group": np.repeat(np.arange(len(sizes)), sizes),
                             "subject": subject})

    def _number(self, name: object, subjects: np.ndarray | list[int]) -> int:
        if name not in self._numbers:
            self._numbers[name] = len(self._found)
            self._found.append(np.asarray(subjects, dtype=np.int64))
        return self._numbers[name]

    def _read_images(self) -> dict[str, set[int]]:
        """Digest, name with tag and repository -> subjects."""
        index: dict[str, set[int]] = defaultdict(set)
        images = self._fleet.images[["image_id", "name", "tags", "digests"]]
        images = images[images["image_id"].isin(self._subjects)]
        numbers = self._subjects.get_indexer(images["image_id"])
        listed = images.astype(object).where(images.notna(), None)
        for subject, row in zip(numbers, listed.itertuples(index=False, name=None), strict=True):
            image_id, name, tags, digests = row
            texts = [image_id, name, *_listed(tags), *_listed(digests)]
            for text in filter(None, texts):
                index[text].add(subject)
                for found in _spellings(text):
                    index[found].add(subject)
        return index


def _listed(value: object) -> list[str]:
    return list(value) if isinstance(value, list | tuple | np.ndarray) else []


def _spellings(text: str) -> list[str]:
    """The digest, full name and repository in a name of an image."""
    plain = text.removeprefix("name|")
    found = read_product(plain) if plain else None
    if not isinstance(found, Image):
        return []
    repository = plain.partition("@")[0] if "@" in plain else ""
    other = read_product(repository) if repository else None
    inner = other.repository if isinstance(other, Image) else found.repository
    return [name for name in (found.digest, found.reference, inner) if name]


def _arches(inventory: Inventory, fleet: Fleet) -> pd.Series:
    frames = ((fleet.images, "image_id"), (fleet.workloads, "workload_id"))
    known = pd.concat([frame.set_index(key)["arch"] for frame, key in frames])
    known = known[known.notna() & ~known.index.duplicated()]
    spelled = {arch: plain_arch(arch) for arch in known.unique()}
    arches: pd.Series = known.map(spelled).astype(_TEXT).reindex(inventory.subjects)
    return arches.reset_index(drop=True)
