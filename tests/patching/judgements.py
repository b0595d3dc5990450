"""Documents of judgements (VEX), made for the tests."""

import json
from pathlib import Path
from typing import Any

DIGEST = "sha256:" + "a" * 64
DEBIAN = "pkg:deb/debian/openssl"
DAY = "2026-08-21T00:00:00Z"


def openvex(folder: Path, *statements: Any, name: str = "vex.json", **cells: Any) -> Path:
    """An OpenVEX document of Team A."""
    return written(folder, name, {
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.com/vex-1",
        "author": "Team A", "timestamp": DAY, "version": 1, "statements": list(statements), **cells,
    })


def statement(status: Any, *products: Any, flaw: Any = "CVE-2026-1", **cells: Any) -> Any:
    """A statement of OpenVEX 0.2.0 about products, given by their ids or whole."""
    listed = [{"@id": product} if isinstance(product, str) else product for product in products]
    vulnerability = {"name": flaw} if isinstance(flaw, str) else flaw
    return {"vulnerability": vulnerability, "status": status, "products": listed, **cells}


def holding(product: str, *components: str) -> dict[str, Any]:
    """A product and what is spoken of inside."""
    return {"@id": product, "subcomponents": [{"@id": component} for component in components]}


def csaf(folder: Path, tree: Any, *vulnerabilities: Any, **head: Any) -> Path:
    """A CSAF document of Vendor B."""
    tracking = {"id": "1", "version": "1", "status": "final", "current_release_date": DAY,
                "initial_release_date": DAY, "revision_history": [
                    {"date": DAY, "number": "1", "summary": "first"}]}
    document = {"category": "csaf_vex", "csaf_version": "2.0", "title": "one", "tracking": tracking,
                "publisher": {"category": "vendor", "name": "Vendor B",
                              "namespace": "https://example.com"}, **head}
    return written(folder, "csaf.json", {"document": document, "product_tree": tree,
                                         "vulnerabilities": list(vulnerabilities)})


def leaf(product_id: str, purl: str | None = None, cpe: str | None = None, **cells: Any) -> Any:
    """A product of a CSAF tree."""
    names = {key: name for key, name in (("purl", purl), ("cpe", cpe)) if name}
    helper = {"product_identification_helper": names} if names else {}
    return {"name": f"Product {product_id}", "product_id": product_id, **helper, **cells}


def component(name: str, part: str, holder: str, kind: str = "default_component_of") -> Any:
    """A relationship of a CSAF tree."""
    return {"category": kind, "full_product_name": {"name": name, "product_id": name},
            "product_reference": part, "relates_to_product_reference": holder}


def written(folder: Path, name: str, content: Any) -> Path:
    """The document in a file."""
    path = folder / name
    path.write_text(json.dumps(content), encoding="utf-8")
    return path
