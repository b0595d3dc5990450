"""Notebooks run in a fresh kernel, are stored without outputs, and need no network."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

# in a process of its own: its event loop and that of the browser do not go together
EXECUTE = """
import sys, nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
nbformat.write(notebook, sys.argv[2])
"""
NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_in_a_fresh_kernel(path, tmp_path):
    ran = subprocess.run([sys.executable, "-c", EXECUTE, path, "done.ipynb"], cwd=tmp_path,
                         capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr[-3000:]
    outputs = [output for cell in nbformat.read(tmp_path / "done.ipynb", as_version=4).cells
               if cell.cell_type == "code" for output in cell.outputs]
    assert outputs
    assert not [output for output in outputs if output.output_type == "error"]
    assert (tmp_path / "fleet-report.html").is_file() or path.stem != "00_tour"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_stored_without_outputs_and_short(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert not any(cell.get("outputs") for cell in notebook.cells)
    assert len(notebook.cells) <= 25
