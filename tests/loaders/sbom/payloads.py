"""Documents as scanners write them; those that are recorded lie beside the repository."""

import base64
import json
from pathlib import Path

import pytest

from fleetkit.loading import load

RECORDED = Path(__file__).parents[4] / "shared" / "data" / "sbom"
SECRET = "hunter2-planted"
IMAGE_ID = "sha256:" + "1a" * 32
MANIFEST = "sha256:" + "2b" * 32
LAYER = "sha256:" + "3c" * 32

recorded = pytest.mark.skipif(not RECORDED.exists(), reason="recorded SBOMs are not here")


def paths(*patterns):
    return sorted(path for pattern in patterns for path in RECORDED.glob(pattern))


def component(name="curl", version="7.88.1-10", **fields):
    """A component as Trivy writes it."""
    return {"type": "library", "bom-ref": name, "name": name, "version": version, **fields}


def deb(name="curl", version="7.88.1-10", query="arch=amd64&distro=debian-12", **fields):
    return component(name, version, purl=f"pkg:deb/debian/{name}@{version}?{query}", **fields)


def properties(**said):
    return [{"name": name.replace("__", ":"), "value": value} for name, value in said.items()]


def trivy(*pairs):
    return [{"name": f"aquasecurity:trivy:{name}", "value": value} for name, value in pairs]


def container(**fields):
    return {"type": "container", "name": "shop/web:1.0", "bom-ref": "root", **fields}


def bom(*components, about=None, **fields):
    """A CycloneDX document of an image."""
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
        "metadata": {"component": about or container()}, "components": list(components), **fields,
    }


def package(name="curl", version="7.88.1-10", purl=None, **fields):
    """A package of SPDX."""
    references = [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                   "referenceLocator": purl}] if purl else []
    return {"name": name, "SPDXID": f"SPDXRef-{name}", "versionInfo": version,
            "downloadLocation": "NOASSERTION", "externalRefs": references, **fields}


def spdx(*packages, describes=(), **fields):
    """An SPDX document."""
    return {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT",
        "name": "shop", "documentNamespace": "https://example.org/shop", "creationInfo": {
            "created": "2024-01-01T00:00:00Z", "creators": ["Tool: t"]},
        "documentDescribes": list(describes), "packages": list(packages), "relationships": [],
        **fields,
    }


def report(*results, **metadata):
    """A report of Trivy."""
    return {"SchemaVersion": 2, "ArtifactName": "shop/web:1.0", "ArtifactType": "container_image",
            "Metadata": {"ImageID": IMAGE_ID, **metadata}, "Results": list(results)}


def dsse(predicate, kind="https://cyclonedx.org/bom", name="registry.example/shop/web",
         digest=MANIFEST):
    """An attestation as cosign signs it."""
    statement = {"_type": "https://in-toto.io/Statement/v0.1", "predicateType": kind,
                 "subject": [{"name": name, "digest": {"sha256": digest.partition(":")[2]}}],
                 "predicate": predicate}
    payload = base64.b64encode(json.dumps(statement).encode()).decode()
    return {"payloadType": "application/vnd.in-toto+json", "payload": payload,
            "signatures": [{"sig": "AA=="}]}


def rows(fleet, *names):
    """Cells of packages, in the order of the table, NA as None."""
    frame = fleet.packages[list(names)].astype(object)
    return frame.where(frame.notna(), None).to_numpy().tolist()


def write(path, content):
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def reader(tmp_path):
    """A function that loads one document from a file."""
    def read(content, name="a.json"):
        return load("sbom", write(tmp_path / name, content))

    return read
