"""Files of Packer in a folder, and the fleet that they make."""

import json

import pytest

from fleetkit.loading import load


@pytest.fixture
def folder(tmp_path):
    """A function that writes files into one folder and loads it."""
    def read(**files):
        for name, content in files.items():
            path = tmp_path / name.replace("__", "/").replace("_hcl", ".pkr.hcl").replace(
                "_json", ".json")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content if isinstance(content, str) else json.dumps(content))
        return load("packer", tmp_path)

    return read
