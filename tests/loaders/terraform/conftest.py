"""States in a folder, and the fleet that they make."""

import json

import pytest

from fleetkit.loading import load


@pytest.fixture
def states(tmp_path):
    """A function that writes documents, each to its own file, and loads the folder."""
    def read(*documents, names=(), **options):
        for number, document in enumerate(documents):
            name = names[number] if names else f"{number}.tfstate"
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(
                document if isinstance(document, str) else json.dumps(document))
        return load("terraform", tmp_path, **options)

    return read
