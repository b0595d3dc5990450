"""Layers and lines of the lineage."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from fleetkit.fleet import Fleet
from fleetkit.tables import LINEAGE
from fleetkit.views._hosting import scene
from fleetkit.views.lineage import layers


def placed(edges, count=6):
    images = pd.DataFrame(
        {"image_id": [f"i{n}" for n in range(count)], "name": [f"image-{n}" for n in range(count)]}
    )
    rows = [
        {
            "child_id": f"i{child}",
            "parent_id": f"i{parent}",
            "relation": "derived_from",
            "confidence": 0.9,
        }
        for child, parent in edges
    ]
    return scene(
        "lineage", dict(Fleet(images=images).with_tables(lineage=LINEAGE.frame(rows)))
    ).content


graphs = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=40).map(
    lambda pairs: sorted({(max(pair), min(pair)) for pair in pairs if pair[0] != pair[1]})
)


@given(graphs)
def test_a_child_lies_one_layer_right_of_its_deepest_parent(edges):
    child, parent = (np.array([edge[end] for edge in edges], np.int64) for end in (0, 1))
    layer = layers(child, parent, 12)
    for node in range(12):
        above = parent[child == node]
        assert layer[node] == (layer[above].max() + 1 if len(above) else 0)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=20))
def test_edges_that_go_round_end_and_lose_no_image(edges):
    content = placed(sorted(set(edges)))
    words, codes = content["images"]["name"]["words"], content["images"]["name"]["codes"]
    assert sorted(words[code - 1] for code in codes) == [f"image-{n}" for n in range(6)]


@given(graphs)
def test_a_subtree_takes_lines_without_a_gap(edges):
    images = placed(edges, 12)["images"]
    for at, parent in enumerate(images["parent"]):
        if parent >= 0:
            assert parent < at < parent + images["size"][parent]


def test_a_parent_that_is_not_in_the_fleet_becomes_a_stub():
    images = placed([(0, 99)])["images"]
    assert images["stub"].sum() == 1
    assert (images["row"] == -1).sum() == 1
