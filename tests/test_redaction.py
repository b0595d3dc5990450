"""Secrets never enter; what is no secret can still be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleetkit.redaction import (
    MASK,
    is_secret_name,
    mask_step,
    mask_text,
    mask_tree,
    names_only,
    secret_values,
)


@pytest.mark.parametrize(("text", "masked"), [
    ("mysqld --password=hunter2 --user x", f"mysqld --password={MASK} --user x"),
    ("tool --token hunter2 run", f"tool --token {MASK} run"),
    ("PGPASSWORD='hunter2 x' psql", f"PGPASSWORD={MASK} psql"),
    ("psql postgres://app:hunter2@db/shop", f"psql postgres://{MASK}@db/shop"),
    ('{"api_key": "hunter2"}', f'{{"api_key": {MASK}}}'),
    ("aws AKIAABCDEFGHIJKLMNOP", f"aws {MASK}"),
])
def test_credentials_in_text_are_masked(text, masked):
    assert mask_text(text) == masked


@pytest.mark.parametrize("text", [
    "/bin/sh -c 'nginx -g \"daemon off;\"'", "the password for the database is in the vault",
    "https://shop.example/keys", "postgres -c shared_buffers=1GB", "",
])
def test_other_text_is_left_alone(text):
    assert mask_text(text) == text


@pytest.mark.parametrize(("step", "masked"), [
    ("/bin/sh -c #(nop)  ENV PASSWORD=hunter2 MODE=fast x",
     f"/bin/sh -c #(nop)  ENV PASSWORD={MASK} MODE={MASK}"),
    ("ENV API=hunter2", f"ENV API={MASK}"),
    ("RUN |1 TOKEN=hunter2 /bin/sh -c make # buildkit",
     f"RUN |1 TOKEN={MASK} /bin/sh -c make # buildkit"),
    ("ARG TOKEN", "ARG TOKEN"),
    ("/bin/sh -c #(nop) CMD [\"web\"]", "/bin/sh -c #(nop) CMD [\"web\"]"),
])
def test_build_steps_keep_names_of_variables_and_lose_their_values(step, masked):
    assert mask_step(step) == masked


def test_the_item_behind_a_secret_option_is_masked():
    assert mask_tree(["--password", "hunter2", "run"]) == ["--password", MASK, "run"]


def test_a_secret_label_is_masked_and_its_neighbour_is_not():
    labels = {"traefik.basicauth": "hunter2", "maintainer": "ops"}
    assert mask_tree(labels) == {"traefik.basicauth": MASK, "maintainer": "ops"}


@pytest.mark.parametrize("name", ["DB_PASSWORD", "apiKey", "AUTH_TOKEN", "secret"])
def test_names_that_say_secret_are_known(name):
    assert is_secret_name(name)


@pytest.mark.parametrize("name", ["author", "PATH", "monkey", "compassion_level"])
def test_names_that_only_look_alike_are_not(name):
    assert not is_secret_name(name)


def test_the_value_of_a_secret_variable_is_masked_wherever_it_stands():
    known = secret_values(["DB_PASSWORD=hunter2", "MODE=fast"])
    assert mask_tree({"Cmd": ["run", "hunter2", "fast"]}, known) == {"Cmd": ["run", MASK, "fast"]}


@given(st.lists(st.tuples(st.from_regex(r"[A-Z_]{1,8}", fullmatch=True), st.text(min_size=1))))
def test_no_value_of_a_variable_survives(pairs):
    entries = [f"{name}={value}" for name, value in pairs]
    assert names_only(entries) == [name for name, _ in pairs]


def test_megabytes_of_text_are_cut_and_the_cut_is_said():
    masked = mask_text("x" * 1_000_000)
    assert masked.endswith("980,000 more characters")


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
))
def test_any_document_keeps_its_shape(document):
    def shape(value):
        if isinstance(value, dict):
            return {name: shape(item) for name, item in value.items()}
        return [shape(item) for item in value] if isinstance(value, list) else type(value)

    assert shape(mask_tree(document)) == shape(document)
