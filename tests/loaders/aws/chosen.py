"""Loads of chosen resources only, through the engine: what a test does not look at is not asked."""

import gzip
import json
from pathlib import Path

import pytest

import fleetkit as fk
from fleetkit.progress import silent
from tests.loaders.aws.estate import REGION

SHARED = Path(__file__).parents[4] / "shared" / "data" / "aws"


def loaded(cloud, *resources):
    """The fleet that the resources, and those that they need, tell of one region."""
    return fk.load("aws", regions=[REGION], endpoint=cloud.url, only=resources, progress=silent)


def captured(cloud, folder, *resources):
    """The text of a capture of the resources: raw records as they are kept."""
    path = fk.capture("aws", to=folder, regions=[REGION], endpoint=cloud.url, only=resources,
                      progress=silent)
    return b"".join(unpacked(file) for file in sorted(path.rglob("*")) if file.is_file())


def unpacked(file):
    return gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()


def saved(folder, **documents):
    """The fleet of documents, each in a file of its name in a folder."""
    folder.mkdir(exist_ok=True)
    for name, document in documents.items():
        (folder / f"{name}.json").write_text(json.dumps(document, default=str))
    return fk.load("aws", folder)


def shared(*names):
    """Third-party payloads by folder; the test is skipped where they are not at hand."""
    paths = [SHARED / name for name in names]
    if not all(path.exists() for path in paths):
        pytest.skip("the payloads of third parties are not beside this checkout")
    return paths


def statuses(fleet):
    """Status of each resource."""
    return dict(zip(fleet.coverage["resource"], fleet.coverage["status"], strict=True))


def everything(fleet):
    """All cells of all tables as one text."""
    return "".join(
        getattr(fleet, name).to_csv()
        for name in ("workloads", "images", "packages", "patches", "mounts", "services", "links",
                     "problems", "coverage")
    )
