"""The tree of products of a CSAF document: what each product id names, in and beside what."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from fleetkit.advisories.vex.texts import Note, breach, maybe_named
from fleetkit.values import as_dict, as_list

Path = tuple[tuple[Any, str], ...]
"""Categories and names of the branches above a product."""

DEEPEST = 50  # the schema's own trees have seven levels, chains of relationships three
_VERSION = re.compile(r"v?\d[^\s/]*")
_NEVRA = re.compile(r"(?P<name>.+)-(?P<epoch>\d+):(?P<version>[^-]+-[^-]+)\.(?P<arch>\w+)")


@dataclass(slots=True)
class Products:
    """What the ids of one document name.

    Attributes:
        leaves: id -> its name: a package URL, CPE, digest or words.
        parts: id -> (id of the component, id of what holds it).
        groups: id of a group -> ids of its products.
        ranges: ids of products that are ranges of versions.
    """

    leaves: dict[str, str] = field(default_factory=dict)
    parts: dict[str, tuple[str, str]] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)
    ranges: set[str] = field(default_factory=set)

    def find(self, product_id: Any) -> tuple[str, str] | tuple[()] | None:
        """Product and component ("" where the product itself is meant).

        Empty where it is a range of versions; None where nothing names it.
        """
        if not isinstance(product_id, str):
            return None
        if product_id not in self.parts:
            leaf = self.leaves.get(product_id)
            return () if product_id in self.ranges else (leaf, "") if leaf else None
        component, holder = self.parts[product_id]
        root = self._root(holder)
        inner = self._root(component, part=0)
        if inner is None or root not in self.leaves:
            return None
        name = self.leaves.get(inner) or _spelled(inner, self.leaves[root])
        return () if inner in self.ranges else (self.leaves[root], name)

    def members(self, group_ids: Any) -> Iterator[str]:
        """The products of groups."""
        for group in dict.fromkeys(name for name in as_list(group_ids) if isinstance(name, str)):
            yield from self.groups.get(group, ())

    def _root(self, product_id: str, part: int = 1) -> str | None:
        """The end of a chain of relationships; None where it has none."""
        for _ in range(DEEPEST):
            if product_id not in self.parts:
                return product_id
            product_id = self.parts[product_id][part]
        return None


def read_products(tree: Any, where: str, note: Note) -> Products:
    """All products of a tree; what cannot be read is noted and left out."""
    products, held = Products(), as_dict(tree)
    for product in as_list(held.get("full_product_names")):
        _add(products, product, ())
    waiting: list[tuple[Any, Path]] = [
        (branch, ()) for branch in reversed(as_list(held.get("branches")))
    ]
    while waiting:
        branch, above = waiting.pop()
        if not isinstance(branch, dict) or len(above) > DEEPEST:
            note(breach(where, "a branch of the product tree is no object, or too deep"))
            continue
        path = (*above, (branch.get("category"), maybe_named(branch.get("name"))))
        if "product" in branch:
            _add(products, branch["product"], path)
        waiting += [(inner, path) for inner in reversed(as_list(branch.get("branches")))]
    for number, relation in enumerate(as_list(held.get("relationships")), 1):
        if not _relate(products, as_dict(relation)):
            note(breach(where, f"relationship {number} of the product tree lacks an id"))
    for group in map(as_dict, as_list(held.get("product_groups"))):
        members = [item for item in as_list(group.get("product_ids")) if isinstance(item, str)]
        products.groups[maybe_named(group.get("group_id"))] = members
    return products


def _add(products: Products, product: Any, path: Path) -> None:
    holder = as_dict(product)
    product_id = maybe_named(holder.get("product_id"))
    if not product_id:
        return
    helper = as_dict(holder.get("product_identification_helper"))
    purl = _versioned(maybe_named(helper.get("purl")), path)
    if any(category == "product_version_range" for category, _ in path) and "@" not in purl:
        products.ranges.add(product_id)
        return
    names = (purl, maybe_named(helper.get("cpe")), _digest(helper),
             maybe_named(holder.get("name")), product_id)
    products.leaves[product_id] = next(filter(None, names))


def _versioned(purl: str, path: Path) -> str:
    """The package URL with the version of its branch, where only that has one.

    Some call a package a "version", so only what looks like one counts.
    """
    head, mark, tail = purl.partition("?")
    version = next((name for category, name in reversed(path) if category == "product_version"), "")
    if not purl.startswith("pkg:") or "@" in head.rpartition("/")[2]:
        return purl
    if not _VERSION.fullmatch(version) or head.rpartition("/")[2] in version:
        return purl
    return f"{head}@{version}{mark}{tail}"


def _digest(helper: dict[str, Any]) -> str:
    for hashes in map(as_dict, as_list(helper.get("hashes"))):
        for item in map(as_dict, as_list(hashes.get("file_hashes"))):
            if item.get("algorithm") == "sha256" and maybe_named(item.get("value")):
                return f"sha256:{maybe_named(item['value']).lower()}"
    return ""


def _relate(products: Products, relation: dict[str, Any]) -> bool:
    name = maybe_named(as_dict(relation.get("full_product_name")).get("product_id"))
    component = maybe_named(relation.get("product_reference"))
    holder = maybe_named(relation.get("relates_to_product_reference"))
    if not (name and component and holder):
        return False
    products.parts[name] = (component, holder)
    return True


def _spelled(component: str, holder: str) -> str:
    """An rpm's full name as a package URL, where the tree says no more of a vendor's package."""
    found, words = _NEVRA.fullmatch(component), holder.split(":")
    if found is None or not holder.startswith("cpe:/") or len(words) < 3:
        return component
    return (f"pkg:rpm/{words[2]}/{found['name']}@{found['version']}?arch={found['arch']}"
            f"&epoch={found['epoch']}")
