"""Quantities and image names, held against the official client and our own reading of names."""

import math
import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleetkit.loading import load
from fleetkit.references import image_id_of
from tests.loaders.kubernetes.payloads import as_list, container, node, pod, write

kubernetes_quantity = pytest.importorskip("kubernetes.utils.quantity")
SUFFIXES = ("", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
numbers = st.one_of(
    st.integers(0, 10 ** 9).map(str),
    st.decimals(0, 10 ** 6, places=3, allow_nan=False).map(str),
    st.integers(0, 999).map(lambda number: f".{number}"),
    st.integers(0, 999).map(lambda number: f"{number}."),
)
quantities = st.one_of(
    st.builds("{}{}".format, numbers, st.sampled_from(SUFFIXES)),
    st.builds("{}{}{}".format, numbers, st.sampled_from("eE"), st.integers(-9, 9)),
)
words = st.text("abcdefgh0123456789-_.", min_size=1, max_size=8).filter(lambda w: w[0].isalnum())
references = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(("", "registry.example/", "localhost/", "registry:5000/", "docker.io/",
                     "index.docker.io/", "docker-pullable://quay.io/")),
    st.lists(words, min_size=1, max_size=3).map("/".join),
    st.one_of(st.just(""), words.map(lambda word: f":{word}")),
    st.sampled_from(("", "@sha256:" + "ab" * 32, "@sha256:ab")),
)


def measured(texts):
    """What cores and bytes each text comes to."""
    boxes = [container(f"c{number}", resources={"limits": {"cpu": text, "memory": text}})
             for number, text in enumerate(texts)]
    rows = of(pod(containers=boxes)).workloads.set_index("native_id")
    return [(rows["cpu_cores"].get(f"u-1/c{number}"), rows["memory_bytes"].get(f"u-1/c{number}"))
            for number in range(len(texts))]


def of(*entries):
    with tempfile.TemporaryDirectory() as folder:
        return load("kubernetes", write(Path(folder) / "list.json", as_list(*entries)),
                    progress=False)


@settings(max_examples=8, deadline=None)
@given(st.lists(quantities, min_size=40, max_size=60))
def test_quantities_are_as_the_official_client_reads_them(texts):
    for text, (cores, size) in zip(texts, measured(texts), strict=True):
        exact = kubernetes_quantity.parse_quantity(text)
        assert cores == pytest.approx(float(exact), rel=1e-15), text
        assert (None if pd.isna(size) else size) == _in_64_bits(math.ceil(exact)), text


def _in_64_bits(whole):
    return whole if whole < 2 ** 63 else None


@pytest.mark.parametrize(("text", "cores", "size"), [
    ("250m", 0.25, 1), ("1Gi", 2.0 ** 30, 1 << 30), ("1e3", 1000.0, 1000),
    ("100Mi", 104857600.0, 104857600), ("1G", 1e9, 10 ** 9), ("129e6", 129e6, 129_000_000),
    ("128974848", 128974848.0, 128974848), ("0.1", 0.1, 1), ("1.5Gi", 1.5 * 2 ** 30, 3 << 29),
    ("0", 0.0, 0), ("7E", 7e18, 7 * 10 ** 18), ("+5", 5.0, 5),
])
def test_quantities_are_exact(text, cores, size):
    assert measured([text]) == [(cores, size)]


@pytest.mark.parametrize("text", [
    "", "much", "-1", "1 Gi", "1gi", "1e", "0x10", "1Gii", "١", "1e99", "9" * 400, "NaN", "1.2.3",
])
def test_what_is_no_quantity_is_unknown(text):
    row = of(pod(containers=[container(resources={"limits": {"cpu": text, "memory": text}})]),
             node()).workloads.iloc[0]
    assert row[["cpu_cores", "memory_bytes"]].isna().all()


@settings(max_examples=6, deadline=None)
@given(st.lists(references, min_size=40, max_size=60, unique=True))
def test_images_known_by_name_have_the_id_that_other_sources_give_them(texts):
    boxes = [container(f"c{number}", text) for number, text in enumerate(texts)]
    fleet = of(pod(containers=boxes, status={"containerStatuses": []}))
    found = dict(zip(fleet.workloads["image_ref"], fleet.workloads["image_id"], strict=True))
    assert found == {text: image_id_of(text) for text in texts}
