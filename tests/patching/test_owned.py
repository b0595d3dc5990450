import pandas as pd
import pytest

from fleetkit.fleet import Fleet
from fleetkit.patching import audit
from tests.patching.literal import INTRODUCED, NOW, feed, fixed, package, record

DEBIAN = package("a", "python3-requests", "2.28.1+dfsg-1", source_name="requests")
ALPINE = package("a", "py3-requests", "2.32.3-r0", ecosystem="Alpine", release="v3.22")
DEBIAN_FOLDER = "usr/lib/python3/dist-packages/requests-2.28.1.dist-info/METADATA"
SHARED_FOLDER = "usr/lib/python3.12/site-packages/requests-2.32.3.dist-info/METADATA"
UPSTREAM = record("PYSEC-1", "requests", INTRODUCED, fixed("9"), ecosystem="PyPI")


def language(path, name="requests", version="2.28.1", ecosystem="PyPI", subject="a"):
    return package(subject, name, version, ecosystem=ecosystem, release=None, path=path)


def audited(folder, *packages, rule=UPSTREAM):
    return audit(Fleet(packages=pd.DataFrame(packages)), feed(folder, rule), now=NOW)


def found(made):
    return made.findings["advisory_id"].dropna().tolist()


def told(made):
    rows = made.problems[made.problems["code"] == "owned_by_distribution"]
    return rows["detail"].tolist()


@pytest.mark.parametrize("root", ["", "/", "./", "//"])
def test_a_package_of_the_distribution_is_not_held_to_upstreams_versions(tmp_path, root):
    made = audited(tmp_path, DEBIAN, language(root + DEBIAN_FOLDER))
    assert found(made) == []
    assert told(made) == ["1 language package belongs to packages of the distribution"]


@pytest.mark.parametrize("path", [
    "usr/local/lib/python3.11/dist-packages/requests-2.28.1.dist-info/METADATA",
    "opt/venv/lib/python3.11/site-packages/requests-2.28.1.dist-info/METADATA",
    "app/usr/lib/python3/dist-packages/requests-2.28.1.dist-info/METADATA", None,
])
def test_a_package_that_pip_installed_is(tmp_path, path):
    made = audited(tmp_path, DEBIAN, language(path))
    assert (found(made), told(made)) == (["PYSEC-1"], [])


def test_without_packages_of_a_distribution_nothing_stands_for_it(tmp_path):
    assert found(audited(tmp_path, language(DEBIAN_FOLDER))) == ["PYSEC-1"]


def test_packages_of_another_subject_do_not_stand_for_it(tmp_path):
    assert found(audited(tmp_path, DEBIAN, language(DEBIAN_FOLDER, subject="b"))) == ["PYSEC-1"]


def test_in_a_shared_folder_the_package_beside_it_owns_it(tmp_path):
    assert found(audited(tmp_path, ALPINE, language(SHARED_FOLDER, version="2.32.3"))) == []


def test_in_a_shared_folder_another_version_is_not_owned(tmp_path):
    made = audited(tmp_path, ALPINE, language(SHARED_FOLDER, version="2.31.0"))
    assert found(made) == ["PYSEC-1"]


def test_spellings_of_a_name_are_one(tmp_path):
    owner = package("a", "py3-zope-interface", "6.0-r0", ecosystem="Alpine", release="v3.22")
    rule = record("PYSEC-1", "zope.interface", INTRODUCED, ecosystem="PyPI")
    mine = language("usr/lib/python3.12/site-packages/x", "Zope.Interface", "6.0")
    assert found(audited(tmp_path, owner, mine, rule=rule)) == []


@pytest.mark.parametrize(("ecosystem", "name", "path"), [
    ("npm", "semver", "usr/share/nodejs/semver/package.json"),
    ("npm", "nan", "usr/lib/x86_64-linux-gnu/nodejs/nan/package.json"),
    ("RubyGems", "rake", "usr/share/rubygems-integration/all/specifications/rake-13.0.6.gemspec"),
    ("RubyGems", "json", "usr/lib/ruby/vendor_ruby/json/json.gemspec"),
    ("RubyGems", "set", "usr/lib/ruby/gems/3.1.0/specifications/default/set-1.0.2.gemspec"),
    ("RubyGems", "rdoc", "usr/share/gems/specifications/rdoc-6.4.0.gemspec"),
    ("Maven", "org.slf4j:slf4j-api", "usr/share/java/slf4j-api.jar"),
])
def test_folders_of_every_language_are_known(tmp_path, ecosystem, name, path):
    rule = record("GHSA-1", name, INTRODUCED, ecosystem=ecosystem)
    assert found(audited(tmp_path, DEBIAN, language(path, name, "1.0", ecosystem), rule=rule)) == []


def test_gems_of_a_user_are_their_own(tmp_path):
    rule = record("GHSA-1", "excon", INTRODUCED, ecosystem="RubyGems")
    mine = language("var/lib/gems/2.5.0/specifications/excon-0.72.0.gemspec", "excon", "0.72.0",
                    "RubyGems")
    assert found(audited(tmp_path, DEBIAN, mine, rule=rule)) == ["GHSA-1"]


def test_the_package_that_owns_it_is_judged(tmp_path):
    rule = record("DSA-1", "requests", INTRODUCED, fixed("2.28.1+dfsg-2"))
    assert found(audited(tmp_path, DEBIAN, language(DEBIAN_FOLDER), rule=rule)) == ["DSA-1"]
