"""The plan of the house, as far as a machine can check it."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import fleetkit
from fleetkit import plugins
from fleetkit.tables import TABLES

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "fleetkit"
FILES = sorted(PACKAGE.rglob("*.py"))
FOLDERS = ("loaders", "signals", "advisories", "views")


def test_public_names_are_sorted_and_complete():
    tree = ast.parse((PACKAGE / "__init__.py").read_text())
    guarded = next(node for node in tree.body if isinstance(node, ast.If))
    imported = [alias.name for node in guarded.body for alias in node.names]
    assert fleetkit.__all__ == sorted(fleetkit.__all__)
    assert sorted(imported) == fleetkit.__all__


def test_no_module_bears_the_name_of_a_public_function():
    modules = {path.stem for path in PACKAGE.iterdir()}
    assert modules.isdisjoint(fleetkit.__all__)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_says_what_it_is_and_holds_one_idea(path):
    text = path.read_text()
    assert ast.get_docstring(ast.parse(text)), "has no docstring"
    assert len(text.splitlines()) <= 330, "is too long: one idea per file"


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_plugin_declares_its_constant(folder):
    assert plugins.names(folder)
    for name in plugins.names(folder):
        assert plugins.find(folder, name) is not None


def test_every_view_has_the_script_that_draws_it():
    for name in plugins.names("views"):
        assert plugins.script(name).rstrip().endswith("export default { render };")


def test_every_loaded_table_of_a_loader_is_declared():
    for name in plugins.names("loaders"):
        for table in plugins.find("loaders", name).rows:
            assert TABLES[table.name] is table


def test_every_column_says_what_it_means():
    for table in TABLES.values():
        assert table.doc
        assert all(column.doc for column in table.columns)
        assert set(table.key) <= set(table.names)


def test_the_top_level_is_what_the_user_fixed():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout; the top level is checked in one")
    tops = {line.split("/")[0] for line in listed.stdout.splitlines()}
    assert {top for top in tops if not top.startswith(".")} <= {
        "pyproject.toml", "README.md", "fleetkit", "tests", "notebooks", "binder"}


def test_importing_fleetkit_loads_no_sdk_and_no_display_library():
    heavy = ["boto3", "docker", "plotly", "ipywidgets", "anywidget", "IPython", "duckdb", "rich",
             "networkx", "requests"]
    code = ("import sys, json, fleetkit;"
            f"print(json.dumps([name for name in {heavy} if name in sys.modules]))")
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout) == []


def test_the_readme_names_every_source_and_every_verb():
    readme = (ROOT / "README.md").read_text()
    for name in (*plugins.names("loaders"), *fleetkit.__all__):
        assert name in readme, f"README.md does not mention {name}"


def test_each_public_name_is_found_on_first_use():
    for name in fleetkit.__all__:
        assert getattr(fleetkit, name).__name__ == name


def test_an_unknown_public_name_lists_those_there_are():
    with pytest.raises(AttributeError, match="no 'plot'; there are Fleet, ancestors"):
        _ = fleetkit.plot
