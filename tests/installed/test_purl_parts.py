"""Package URLs, judged by packageurl-python."""

import gzip
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packageurl import PackageURL

from fleetkit.installed.purl_parts import parse_purl, without_credentials
from tests.loaders.sbom.payloads import paths, recorded

_WORD = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1,
                max_size=12).filter(lambda word: word.strip("/.") and "/" not in word)


def parts(text):
    found = parse_purl(text)
    return found and (found.type, found.namespace, found.name, found.version,
                      dict(found.qualifiers))


def judged(text):
    found = PackageURL.from_string(text)
    return (found.type, found.namespace, found.name, found.version, dict(found.qualifiers))


@recorded
def test_all_recorded_package_urls_are_read_as_the_library_reads_them():
    found = set()
    for path in paths("*"):
        content = path.read_bytes()
        text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
        text = text.replace("&amp;", "&").replace("\\u0026", "&")
        found |= set(re.findall(r"pkg:[a-z]+/[^\s\"<>\\]+", text))
    assert len(found) > 1_000
    assert [text for text in found if parts(text) != judged(text)] == []


@given(st.sampled_from(["generic", "deb", "maven", "cargo"]), st.lists(_WORD, max_size=3), _WORD,
       st.none() | _WORD, st.dictionaries(st.from_regex(r"[a-z]{1,6}", fullmatch=True), _WORD,
                                          max_size=3))
def test_what_the_library_writes_is_read_as_it_was_meant(kind, namespace, name, version, said):
    written = PackageURL(kind, "/".join(namespace) or None, name, version, said).to_string()
    assert parts(written) == judged(written)


@given(st.text())
def test_no_text_breaks_the_reader(text):
    found = parse_purl(f"pkg:{text}")
    assert found is None or found.name


@pytest.mark.parametrize(("text", "namespace", "name", "version"), [
    ("pkg:npm/@scope/name@1.0", "@scope", "name", "1.0"),
    ("pkg:npm/%40scope/name", "@scope", "name", None),
    ("PKG:deb/debian/libstdc%2B%2B6@12.2.0-14%2Bdeb12u1", "debian", "libstdc++6",
     "12.2.0-14+deb12u1"),
    ("pkg:oci/web@sha256%3Aabc?tag=1", None, "web", "sha256:abc"),
    ("pkg://gem/rails@7", None, "rails", "7"),
])
def test_spellings_that_scanners_use_are_understood(text, namespace, name, version):
    found = parse_purl(text)
    assert (found.namespace, found.name, found.version) == (namespace, name, version)


@pytest.mark.parametrize("text", ["", "pkg:", "pkg:deb", "pkg:deb/", "http://x/y", "pkg:1/b"])
def test_what_is_no_package_url_is_none(text):
    assert parse_purl(text) is None


def test_logins_to_servers_are_taken_out():
    text = "pkg:generic/x@1?arch=amd64&vcs_url=git%2Bhttps%3A%2F%2Fme%3Ahunter2%40host%2Fx"
    assert without_credentials(text) == "pkg:generic/x@1?arch=amd64"
