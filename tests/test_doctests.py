"""Examples in docstrings run."""

import doctest
import importlib
import pkgutil

import pytest

import fleetkit

MODULES = [module.name for module in pkgutil.walk_packages(fleetkit.__path__, "fleetkit.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples_hold(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0
