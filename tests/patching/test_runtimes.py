import json
from datetime import UTC, datetime

import pandas as pd
import pytest

from fleetkit.errors import LoadError
from fleetkit.fleet import Fleet
from fleetkit.patching import audit
from tests.patching.literal import fleet, package, shared

NOW = datetime(2027, 2, 1, tzinfo=UTC)  # PHP 8.2 ended with 2026, Debian 12 lives until 2028
PHP = package("a", "php8.2", "8.2.26-1~deb12u1")


def runtimes(*packages, now=NOW, advisories=None):
    made = audit(fleet(*packages), advisories, now=now)
    found = made.findings[made.findings["evidence"].eq("end_of_life")]
    return found[found["source_name"].notna()].reset_index(drop=True)


def told(*packages, **options):
    found = runtimes(*packages, **options)
    return list(zip(found["status"], found["severity"], strict=True))


ENDED = [("end_of_life", "ended")]
HELPED = [("limited_support", "info")]


def test_a_runtime_that_the_distribution_maintains_is_no_alarm():
    assert told(PHP) == HELPED


def test_its_finding_names_both_ends():
    (why,) = runtimes(PHP)["why"]
    assert "PHP 8.2: standard support ended on 2026-12-31" in why
    assert "Debian GNU/Linux 12 maintains it until 2028-06-30" in why


def test_a_runtime_of_a_dead_distribution_is_dead():
    assert told(package("a", "php7.3", "7.3.31-1", release="10")) == ENDED


def test_a_distribution_that_gives_fixes_to_the_enrolled_only_is_told_apart():
    old = package("a", "php7.2", "7.2.24-0ubuntu0.18.04.17", ecosystem="Ubuntu", release="18.04")
    assert told(old) == [("end_of_life", "extended_if_enrolled")]


@pytest.mark.parametrize(("name", "version"), [
    ("nodejs", "16.20.2-1nodesource1"),
    ("postgresql-11", "11.22-1.pgdg120+1"),
    ("php7.4", "7.4.33-1+0~20230904.85+debian12~1.gbp8a2b5b"),
    ("mariadb", "1:10.5.20+maria~deb12"),
    ("nginx", "1.24.0-1~bookworm"),
    ("docker-ce", "5:20.10.24~3-0~debian-bookworm"),
    ("temurin-16-jdk", "16.0.2.0.0+7"),
    ("mysql-community", "5.7.44-1debian12"),
    ("mongodb-org-server", "4.4.29"),
])
def test_what_its_makers_package_is_not_maintained_by_the_distribution(name, version):
    assert told(package("a", name, version)) == ENDED


@pytest.mark.parametrize(("ecosystem", "name", "version"), [
    ("generic", "python", "3.7.17"),
    ("generic", "node", "16.20.2"),
    ("generic", "redis", "6.0.20"),
    ("Bitnami", "postgresql", "11.22.0"),
    ("Go", "stdlib", "1.20.14"),
    ("NuGet", "Microsoft.NETCore.App.Runtime.linux-x64", "6.0.36"),
])
def test_a_runtime_outside_of_any_system_is_judged_by_its_makers(ecosystem, name, version):
    assert told(package("a", name, version, ecosystem=ecosystem, release=None)) == ENDED


@pytest.mark.parametrize(("ecosystem", "name"), [
    ("PyPI", "redis"), ("RubyGems", "elasticsearch"), ("npm", "nodejs"), ("Debian", "python-redis"),
    ("Debian", "postgresql-common"), ("Debian", "php-defaults"), ("Debian", "nginx-doc"),
])
def test_a_client_or_helper_is_not_the_runtime(ecosystem, name):
    assert told(package("a", name, "1.0", ecosystem=ecosystem)) == []


@pytest.mark.parametrize(("ecosystem", "release", "name", "version", "runtime"), [
    ("Red Hat", "9", "java-1.8.0-openjdk", "1:1.8.0.412.b08-2.el9", "OpenJDK 8"),
    ("Red Hat", "8", "python38", "3.8.17-2.module+el8", "Python 3.8"),
    ("Alpine", "v3.22", "php81", "8.1.31-r0", "PHP 8.1"),
    ("Alpine", "v3.22", "postgresql13", "13.20-r0", "PostgreSQL 13"),
    ("Ubuntu", "24.04", "mysql-8.0", "8.0.39-0ubuntu0.24.04.2", "MySQL 8.0"),
    ("Ubuntu", "24.04", "golang-1.21", "1.21.9-1", "Go 1.21"),
    ("Fedora", "44", "ruby", "3.1.6-180.fc44", "Ruby 3.1"),
])
def test_runtimes_are_known_by_the_source_packages_of_distributions(
    ecosystem, release, name, version, runtime
):
    found = runtimes(package("a", name, version, ecosystem=ecosystem, release=release))
    assert found["why"].str.startswith(f"{runtime}: standard support ended").tolist() == [True]


def test_a_supported_runtime_has_no_finding():
    assert told(package("a", "python", "3.13.1", ecosystem="generic", release=None)) == []


def test_a_release_that_no_fact_speaks_of_is_counted():
    made = audit(fleet(package("a", "python", "3.99.1", ecosystem="generic")), now=NOW)
    (problem,) = made.problems[made.problems["code"] == "runtime_unknown"].to_dict("records")
    assert problem["detail"] == "python 3.99.1"


def test_an_ended_runtime_is_not_current_among_the_patch_levels():
    node = package("a", "node", "16.20.2", ecosystem="generic", release=None)
    made = audit(fleet(node, package("a", "bash", "5.2-1")), now=NOW)
    levels = made.patch_levels.set_index("source_name")["status"]
    assert (levels["node"], levels["bash"]) == ("end_of_life", "no_feed")


def test_binaries_of_one_source_are_one_finding():
    parts = [package("a", name, "8.2.26-1", source_name="php8.2")
             for name in ("php8.2-cli", "php8.2-fpm")]
    (names,) = runtimes(*parts)["package_names"]
    assert list(names) == ["php8.2-cli", "php8.2-fpm"]


def test_a_real_image_has_its_makers_database_and_its_own_openssl():
    from fleetkit import load

    bom = shared("sbom/osv-scanner-postgres-stretch.cdx.xml")
    made = audit(Fleet(packages=load("sbom", bom).packages), now=NOW)
    found = made.findings[made.findings["evidence"].eq("end_of_life")]
    why = found.set_index("source_name")["why"]
    assert why["postgresql-11"].endswith("no distribution maintains it")
    assert "Debian GNU/Linux 9, which packages it: standard support ended" in why["openssl"]


def feed(folder, content):
    path = folder / "products.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return f"end_of_life:{path}"


def api(product="django", **cells):
    """A document of API v1, of a day after the shipped facts."""
    release = {"name": "3.2", "releaseDate": "2021-04-06", "isEol": True, "eolFrom": "2024-04-01"}
    return {
        "schema_version": "1.2.0", "generated_at": "2027-01-15T00:00:00+00:00",
        "result": {"name": product, "label": product.title(), "labels": {"eoes": None},
                   "identifiers": [{"type": "purl", "id": f"pkg:pypi/{product}"}],
                   "releases": [{**release, **cells}]},
    }


DJANGO = package("a", "django", "3.2.25", ecosystem="PyPI", release=None)


def test_a_feed_knows_more_products_than_the_catalogue(tmp_path):
    (why,) = runtimes(DJANGO, advisories=[feed(tmp_path, api())])["why"]
    assert why.startswith("Django 3.2: standard support ended on 2024-04-01 (endoflife.date, as of")


def test_an_end_without_a_date_is_an_end(tmp_path):
    assert told(DJANGO, advisories=[feed(tmp_path, api(eolFrom=None))]) == ENDED


def test_a_refreshed_date_counts_for_the_catalogues_products(tmp_path):
    moved = api("php", name="8.2", eolFrom="2030-01-01", isEol=False)
    assert told(PHP, advisories=[feed(tmp_path, moved)]) == []


def test_the_older_api_is_read_too(tmp_path):
    path = tmp_path / "php.json"
    path.write_text(json.dumps([{"cycle": "8.2", "eol": "2030-01-01",
                                 "latestReleaseDate": "2026-10-01"}]), encoding="utf-8")
    assert told(PHP, advisories=f"end_of_life:{path}") == []


def test_the_pages_front_matter_is_read_too():
    path = shared("eol/endoflife-products.json")
    assert told(PHP, advisories=f"end_of_life:{path}") == HELPED


def test_a_broken_release_is_a_problem_and_its_neighbours_are_read(tmp_path):
    broken = api()
    broken["result"]["releases"][:0] = [{"name": "3.1", "eolFrom": "soon"}, None, {"name": []}]
    made = audit(fleet(DJANGO), feed(tmp_path, broken), now=NOW)
    assert made.problems["code"].eq("broken_record").sum() == 3
    assert made.findings["why"].str.startswith("Django 3.2").sum() == 1


@pytest.mark.parametrize("content", [[], {}, {"result": 3}, [{"id": "CVE-1"}], "text"])
def test_another_form_is_refused(tmp_path, content):
    with pytest.raises(LoadError, match="endoflife"):
        audit(fleet(PHP), feed(tmp_path, content), now=NOW)


def test_an_empty_fleet_has_no_runtimes():
    assert len(audit(Fleet(packages=pd.DataFrame()), now=NOW).findings) == 0
