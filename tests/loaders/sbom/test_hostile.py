"""Documents of strangers: bombs, circles, lies about types. A LoadError, a problem, or a row."""

import base64
import gzip
import json
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleetkit.errors import LoadError
from fleetkit.loaders.sbom import LOADER, scan
from fleetkit.loading import load
from fleetkit.plugins import Record
from tests.loaders.sbom.payloads import (
    IMAGE_ID,
    RECORDED,
    SECRET,
    bom,
    component,
    container,
    deb,
    dsse,
    package,
    report,
    rows,
    spdx,
    trivy,
)

NAME = "http://cyclonedx.org/schema/bom/1.4"
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["pkg:deb/debian/x@1", IMAGE_ID, "NOASSERTION", "\ud800", "a" * 3000]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["name", "version", "purl", "type", "properties", "value", "components",
                         "externalRefs", "SPDXID", "Class", "Packages", "layers", "digest"]),
        inner, max_size=3), max_leaves=8)


def samples():
    """A small document of each form; recorded ones cut to a few entries where they are there."""
    found = [
        bom(deb(properties=trivy(("SrcName", "x"))), component(), about=container(
            properties=trivy(("ImageID", IMAGE_ID), ("DiffID", IMAGE_ID)))),
        spdx(package(), package("b", purl="pkg:npm/b@1"), describes=["SPDXRef-curl"]),
        report({"Class": "os-pkgs", "Type": "debian", "Packages": [{"Name": "a"}]}),
        dsse(bom(deb())),
        [{"Name": "a", "Version": "1", "SrcName": "b"}],
    ]
    for path in sorted(RECORDED.glob("*.json")) if RECORDED.exists() else ():
        document = json.loads(path.read_text())
        found.append(_cut(document))
    return found


def _cut(value):
    if isinstance(value, dict):
        return {name: _cut(item) for name, item in list(value.items())[:12]}
    return [_cut(item) for item in value[:2]] if isinstance(value, list) else value


SAMPLES = samples()


def places(value, path=()):
    """The paths of all values in a document."""
    yield path
    parts = value.items() if isinstance(value, dict) else enumerate(
        value if isinstance(value, list) else ())
    for name, item in parts:
        yield from places(item, (*path, name))


def changed(value, path, junk):
    if not path:
        return junk
    head, *rest = path
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[head] = changed(value[head], rest, junk)
    return copy


def scanned(path):
    """All records of a file; nothing but LoadError may come out of it."""
    found = []
    with suppress(LoadError):
        for _, items in scan(path):
            with suppress(LoadError):
                found += items
    return found


def fits(found):
    """The records as tables: whatever is a record is a row of its table."""
    for item in found:
        if isinstance(item, Record):
            for table, make in LOADER.rows.items():
                table.frame(make(item))


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_changed_document_is_read_or_refused(tmp_path_factory, data):
    document = data.draw(st.sampled_from(SAMPLES))
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(places(document))))
        document = changed(document, path, data.draw(JUNK))
    path = tmp_path_factory.mktemp("fuzz") / "a.json"
    path.write_bytes(json.dumps(document).encode())
    fits(scanned(path))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_changed_bytes_are_read_or_refused(tmp_path_factory, data):
    listed = sorted(RECORDED.iterdir()) if RECORDED.exists() else []
    content = data.draw(st.sampled_from(
        [one for one in listed if one.stat().st_size < 30_000] or [None]))
    content = bytearray(content.read_bytes() if content else json.dumps(bom(deb())).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    del content[data.draw(st.integers(1, len(content))):]
    path = tmp_path_factory.mktemp("fuzz") / "a.json"
    path.write_bytes(content)
    fits(scanned(path))


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(["PackageName", "SPDXID", "Relationship", "ExternalRef", "FileName",
                                 "SPDXREF", "AnnotationComment", "PackageChecksum", ""]),
                max_size=12), st.text(max_size=60))
def test_any_tags_are_read_or_refused(tmp_path_factory, tags, text):
    path = tmp_path_factory.mktemp("fuzz") / "a.spdx"
    path.write_bytes("\n".join(["SPDXVersion: SPDX-2.3", *(f"{tag}: {text}" for tag in tags)])
                     .encode(errors="replace"))
    fits(scanned(path))


@pytest.mark.parametrize("broken", [
    None, 7, "text", [], {}, {"type": "library"}, {"type": "library", "name": 1.5},
    {"type": "library", "name": ["x"]}, {"type": ["x"], "name": "x"},
    {"type": "library", "name": "x" * 5000}, {"type": "library", "name": "a\x00b"},
])
def test_a_broken_component_does_not_spoil_its_neighbours(read, broken):
    fleet = read(bom(deb(), broken, deb("wget")))
    assert rows(fleet, "name") == [["curl"], ["wget"]]
    assert set(fleet.problems["code"]) <= {"unreadable_record", "other_components"}
    assert len(fleet.problems) == 1


def test_many_broken_components_are_counted_not_listed(read):
    fleet = read(bom(deb(), *[7] * 5_000))
    assert len(fleet.problems) == 101
    assert fleet.problems["detail"].isin(["4,900 more"]).any()


def test_entities_of_xml_are_refused(read):
    bomb = ('<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY c "&a;&a;&a;&a;">]>'
            f'<bom xmlns="{NAME}"><components><component type="library"><name>&c;</name>'
            "</component></components></bom>")
    with pytest.raises(LoadError, match="entities are not read"):
        read(bomb, "a.xml")


def test_aliases_of_yaml_without_end_are_refused(read):
    lines = ["spdxVersion: SPDX-2.3", "a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(LoadError, match="unfold"):
        read("\n".join(lines), "a.spdx.yaml")


def test_a_yaml_document_that_holds_itself_is_refused(read):
    with pytest.raises(LoadError, match="unfold"):
        read("spdxVersion: SPDX-2.3\npackages: &a [*a]\n", "a.spdx.yaml")


def test_components_nested_without_end_are_refused_or_read(read):
    document = component("core")
    for number in range(150):
        document = component(f"shell-{number}", components=[document])
    assert len(read(bom(document)).packages) == 151


def test_nesting_deeper_than_anything_real_is_refused(tmp_path):
    path = tmp_path / "a.json"
    path.write_text('{"bomFormat": "CycloneDX", "components": ' + "[" * 100_000)
    with pytest.raises(LoadError):
        load("sbom", path)


def test_xml_nested_deeply_is_read(read):
    depth = 2_000
    one = '<components><component type="library"><name>x</name>'
    content = (f'<bom xmlns="{NAME}">' + one * depth + "</component></components>" * depth
               + "</bom>")
    assert len(read(content, "a.xml").packages) == 1


def test_wrappings_in_wrappings_end(read):
    document = bom(deb())
    for _ in range(20):
        document = {"payloadType": "x", "payload": base64.b64encode(
            json.dumps(document).encode()).decode()} if len(str(document)) < 50_000 else {
            "dsseEnvelope": document}
    with pytest.raises(LoadError, match="wrapped more than"):
        read(document)


def test_a_bomb_of_gzip_is_refused(tmp_path, monkeypatch):
    from fleetkit.loaders.sbom import files

    monkeypatch.setattr(files, "_LARGEST", 1 << 20)
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(b"[" + b" " * (4 << 20)))
    with pytest.raises(LoadError, match="holds more than"):
        load("sbom", tmp_path / "a.json.gz")


def test_a_damaged_gzip_is_refused(tmp_path):
    packed = gzip.compress(json.dumps(bom(deb())).encode())
    (tmp_path / "a.json.gz").write_bytes(packed[:-12])
    with pytest.raises(LoadError, match="cannot be read"):
        load("sbom", tmp_path / "a.json.gz")


def test_logins_in_package_urls_do_not_enter(read, tmp_path):
    login = f"?vcs_url=git%2Bhttps%3A%2F%2Fme%3A{SECRET}%40host%2Fx"
    fleet = read(bom(
        component("a", purl=f"pkg:generic/a@1{login}"),
        component("b", purl=f"pkg:generic/b@1?token={SECRET}"),
        component("c", purl="pkg:generic/c@1", properties=[
            {"name": "password", "value": SECRET}]),
        {"type": "library", "version": SECRET, "name": 7.5}))
    records = [item for _, items in scan(tmp_path / "a.json") for item in items]
    assert SECRET not in " ".join(frame.to_csv() for _, frame in fleet) + repr(records)


def test_lines_of_spaces_cost_no_time(read):
    content = "SPDXVersion: SPDX-2.3\nPackageName: a\n" + (" " * 200_000 + "x\n") * 20
    assert rows(read(content, "a.spdx"), "name") == [["a"]]
