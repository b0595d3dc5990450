"""Terraform itself with its built-in provider, offline; it may be absent: no package brings it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

RUN_S = 60.0
ABSENT = "the program 'terraform' is absent here, and Debian does not carry it"


def require() -> str:
    """Where Terraform is; without it the test is skipped, everywhere: no package brings it."""
    return shutil.which("terraform") or pytest.skip(ABSENT)


def run(folder: Path, *words: str) -> str:
    """What a command of Terraform prints; it asks nobody and reaches nothing."""
    empty = folder / "empty.tfrc"
    empty.touch()
    finished = subprocess.run(
        [require(), *words], cwd=folder, capture_output=True, text=True, timeout=RUN_S, check=False,
        env={**os.environ, "TF_CLI_CONFIG_FILE": str(empty), "CHECKPOINT_DISABLE": "1",
             "TF_IN_AUTOMATION": "1", "TF_INPUT": "0"},
    )
    if finished.returncode:
        raise AssertionError(f"terraform {words[0]} failed:\n{finished.stdout}\n{finished.stderr}")
    return finished.stdout


def apply(folder: Path, **files: str) -> None:
    """Writes a configuration and applies it."""
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(exist_ok=True)
        path.with_suffix(".tf").write_text(text)
    run(folder, "init", "-no-color")
    run(folder, "apply", "-auto-approve", "-no-color")
