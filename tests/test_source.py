"""The doors to YAML and XML, and what must not come in through them."""

import pytest

from fleetkit.errors import LoadError
from fleetkit.source import parse_yaml, read_xml, read_yaml


def test_documents_come_one_after_the_other():
    assert list(parse_yaml("a: 1\n---\nb: [x]\n", "x")) == [{"a": 1}, {"b": ["x"]}]


def test_a_time_stays_text():
    assert list(parse_yaml("at: 2024-03-01T00:00:00Z\n", "x")) == [{"at": "2024-03-01T00:00:00Z"}]


def test_an_alias_is_followed():
    assert list(parse_yaml("a: &x {k: 1}\nb: *x\n", "x")) == [{"a": {"k": 1}, "b": {"k": 1}}]


def test_documents_before_the_damage_are_given(tmp_path):
    path = tmp_path / "two.yaml"
    path.write_text("a: 1\n---\nb: [\n")
    found = read_yaml(path)
    assert next(found) == {"a": 1}
    with pytest.raises(LoadError, match=r"two\.yaml: expected YAML"):
        next(found)


def test_aliases_without_end_are_refused():
    levels = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 30))
    with pytest.raises(LoadError, match="aliases unfold"):
        list(parse_yaml(f"l0: &l0 [x]\n{levels}\n", "bomb"))


def test_a_value_that_holds_itself_is_refused():
    with pytest.raises(LoadError, match="aliases unfold"):
        list(parse_yaml("a: &a [*a]\n", "ring"))


@pytest.mark.parametrize("text", [
    "!!python/object/apply:os.system ['true']", "a: !secret x", "\x00", "[" * 5000,
])
def test_what_is_no_plain_yaml_is_refused(text):
    with pytest.raises(LoadError):
        list(parse_yaml(text, "x"))


def test_xml_is_read(tmp_path):
    path = tmp_path / "a.xml"
    path.write_text("<a><b>1</b></a>")
    assert read_xml(path).find("b").text == "1"


@pytest.mark.parametrize("text", [
    '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
])
def test_document_types_are_refused(tmp_path, text):
    path = tmp_path / "a.xml"
    path.write_text(text)
    with pytest.raises(LoadError, match="entities are not read"):
        read_xml(path)


def test_half_an_xml_file_is_refused(tmp_path):
    path = tmp_path / "a.xml"
    path.write_text("<a><b>")
    with pytest.raises(LoadError, match="is the file complete"):
        read_xml(path)
