"""Packer itself, run in a folder: what it writes there is what the loader reads."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from tests.real import parts

BUILD_S = 120.0
DOCKER = {  # a container of the image, kept alive by its shell, with no network
    "type": "docker", "commit": True, "pull": False,
    "run_command": ["-d", "-i", "-t", "--network", "none", "--entrypoint=/bin/sh", "--",
                    "{{.Image}}"],
}


def build(template: Path, *options: str, **environment: str) -> None:
    """Runs `packer build` in the folder of a template; its caches and plugins stay there too."""
    program = parts.require("packer")
    settings = {
        **os.environ, "CHECKPOINT_DISABLE": "1", "PACKER_CONFIG_DIR": str(template.parent),
        "PACKER_CACHE_DIR": str(template.parent / "cache"), **environment,
    }
    finished = subprocess.run(
        [program, "build", "-color=false", *options, template.name], cwd=template.parent,
        env=settings, capture_output=True, text=True, timeout=BUILD_S, check=False,
    )
    if finished.returncode:
        raise AssertionError(f"packer build failed:\n{finished.stdout}\n{finished.stderr}")


def write(folder: Path, template: dict[str, Any], name: str = "template.json") -> Path:
    """A template in JSON."""
    path = folder / name
    path.write_text(json.dumps(template))
    return path


def manifest(**fields: Any) -> dict[str, Any]:
    """The post-processor that tells what was built."""
    return {"type": "manifest", "output": "manifest.json", **fields}
