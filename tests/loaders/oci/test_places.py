"""How places are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleetkit.errors import LoadError
from fleetkit.loaders.oci.places import parsed, targets

DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(("text", "host", "root", "repository", "reference"), [
    ("registry.example", "registry.example", "https://registry.example", None, None),
    ("registry.example/team/web", "registry.example", "https://registry.example", "team/web", None),
    ("registry.example:5000/web:1.0", "registry.example:5000", "https://registry.example:5000",
     "web", "1.0"),
    (f"oci://registry.example/web@{DIGEST}", "registry.example", "https://registry.example", "web",
     DIGEST),
    (f"registry.example/web:1@{DIGEST}", "registry.example", "https://registry.example", "web",
     DIGEST),
    ("localhost:5000", "localhost:5000", "http://localhost:5000", None, None),
    ("127.0.0.1:5000/web", "127.0.0.1:5000", "http://127.0.0.1:5000", "web", None),
    ("[::1]:5000/web", "[::1]:5000", "http://[::1]:5000", "web", None),
    ("https://127.0.0.1:5000/web", "127.0.0.1:5000", "https://127.0.0.1:5000", "web", None),
    ("http://intranet/web:2", "intranet", "http://intranet", "web", "2"),
    ("intranet:5000/", "intranet:5000", "https://intranet:5000", None, None),
    ("nginx:1.25", "docker.io", "https://registry-1.docker.io", "library/nginx", "1.25"),
    ("team/web", "docker.io", "https://registry-1.docker.io", "team/web", None),
    ("docker.io/nginx", "docker.io", "https://registry-1.docker.io", "library/nginx", None),
])
def test_a_place_names_registry_repository_and_tag(text, host, root, repository, reference):
    place = parsed(text)
    assert (place.host, place.root, place.repository, place.reference) == (
        host, root, repository, reference)


def test_plain_http_is_for_those_who_ask():
    assert parsed("registry.example/web", insecure=True).root == "http://registry.example"


@pytest.mark.parametrize("text", [
    "registry.example/Team/Web", "registry.example/../etc", "registry.example/web:", "a b/c",
    "registry.example/web@sha256:abc", "registry.example/web?x=1", "registry.example/web#x",
    "registry.example/" + "a" * 300, "registry.example/web:tag with blanks", "missing.tar",
])
def test_what_is_no_place_is_refused_in_a_sentence(text):
    with pytest.raises(LoadError, match="names no|no such file"):
        parsed(text)


def test_credentials_in_a_place_are_refused_and_not_repeated():
    with pytest.raises(LoadError, match="docker login") as caught:
        parsed("https://ann:planted-place-33@registry.example/web")
    assert "planted-place-33" not in str(caught.value)


@given(text=st.text(max_size=80))
def test_no_text_does_more_than_be_refused(text):
    try:
        place = parsed(text)
    except LoadError:
        return
    assert place.root.startswith(("https://", "http://"))
    assert " " not in place.root


@pytest.mark.parametrize(("options", "said"), [
    ({"newest": 0}, "leaves no image"), ({"platform": "amd64"}, "has no architecture")])
def test_a_wrong_option_is_told(options, said):
    with pytest.raises(LoadError, match=said):
        list(targets("registry.example", **options))


def test_no_place_is_told():
    with pytest.raises(LoadError, match="name a registry"):
        list(targets())
