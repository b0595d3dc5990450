import importlib
import pkgutil

import pytest

from fleetkit.versions import schemes

FILES = [module.name for module in pkgutil.iter_modules(schemes.__path__)]


@pytest.mark.parametrize("name", FILES)
def test_a_scheme_bears_the_name_of_its_file(name):
    assert importlib.import_module(f"fleetkit.versions.schemes.{name}").SCHEME.name == name


def test_no_ecosystem_has_two_schemes():
    found = [schemes.find(name) for name in FILES]
    ecosystems = [ecosystem for scheme in found for ecosystem in (scheme.name, *scheme.ecosystems)]
    assert len(ecosystems) == len(set(ecosystems))
