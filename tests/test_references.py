"""Spellings of image references; the rules are those of distribution/reference."""

import pytest

from fleetkit.references import digest_of, full_reference, image_id_of, reference_parts

DIGEST = "sha256:" + "ab" * 32


@pytest.mark.parametrize(("spelled", "full"), [
    ("nginx", "docker.io/library/nginx:latest"),
    ("nginx:1.25", "docker.io/library/nginx:1.25"),
    ("index.docker.io/library/nginx:1.25", "docker.io/library/nginx:1.25"),
    ("team/web", "docker.io/team/web:latest"),
    ("localhost/web:2", "localhost/web:2"),
    ("localhost:5000/web", "localhost:5000/web:latest"),
    ("registry.example/a/b/c:1", "registry.example/a/b/c:1"),
    (f"docker-pullable://nginx@{DIGEST}", "docker.io/library/nginx"),
])
def test_all_spellings_of_a_name_are_one(spelled, full):
    assert full_reference(spelled) == full


def test_a_port_is_no_tag():
    assert reference_parts("registry.example:5000/web") == ("registry.example:5000", "web", None)


@pytest.mark.parametrize("spelled", [DIGEST, f"nginx@{DIGEST}", f"docker://{DIGEST}",
                                     f"registry.example/web:1@{DIGEST}"])
def test_a_digest_is_found_wherever_it_stands(spelled):
    assert digest_of(spelled) == image_id_of(spelled) == DIGEST


@pytest.mark.parametrize("spelled", ["nginx", "nginx@sha256:ab", "sha256:ab", ""])
def test_what_is_no_digest_is_none(spelled):
    assert digest_of(spelled) is None
