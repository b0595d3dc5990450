"""Streams: inflated in any portions, bounded."""

import gzip
import io

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleetkit.loaders.oci.streams import PORTION, Damaged, Flow, unpacked


def portions(content, size):
    return (content[at:at + size] for at in range(0, len(content), size))


def inflated(content, size=1000, largest=1 << 30):
    return b"".join(unpacked(portions(content, size), "a", largest))


@given(content=st.binary(max_size=5000), size=st.integers(1, 6000))
def test_gzip_is_inflated_whatever_the_portions(content, size):
    assert inflated(gzip.compress(content), size) == content


@given(first=st.binary(max_size=500), second=st.binary(max_size=500), size=st.integers(1, 600))
def test_gzip_of_several_members_is_one_stream(first, second, size):
    assert inflated(gzip.compress(first) + gzip.compress(second), size) == first + second


@given(content=st.binary(min_size=1, max_size=5000), size=st.integers(1, 6000))
def test_zstd_is_inflated(content, size):
    assert inflated(pa.Codec("zstd").compress(content, asbytes=True), size) == content


@given(content=st.binary(max_size=3000), sizes=st.lists(st.integers(0, 900), max_size=9))
def test_a_flow_gives_exactly_what_is_asked(content, sizes):
    flow, stream = Flow(portions(content, 333)), io.BytesIO(content)
    for size in sizes:
        assert flow.take(size) == stream.read(size)
    assert b"".join(flow.rest()) == stream.read()


def test_gzip_that_breaks_off_is_damaged():
    with pytest.raises(Damaged, match="breaks off"):
        inflated(gzip.compress(b"x" * 5000)[:-20])


@pytest.mark.parametrize("damage", [b"\x1f\x8b\x08\x00garbage", b"\x28\xb5\x2f\xfdgarbage"])
def test_a_damaged_stream_says_so(damage):
    with pytest.raises(Damaged, match="damaged|breaks off"):
        inflated(damage * 10)


def test_ten_gigabytes_of_zeros_stop_at_a_bound():
    zeros = gzip.compress(bytes(64 << 20), 1)
    with pytest.raises(Damaged, match="which nothing real does"):
        for _ in unpacked((zeros for _ in range(160)), "bomb", 64 << 30):
            pass


def test_more_than_is_allowed_is_not_given():
    with pytest.raises(Damaged, match="more than 1,000 bytes"):
        inflated(b"x" * 2000, largest=1000)


def test_portions_stay_small():
    sizes = [len(one) for one in unpacked(iter([gzip.compress(bytes(8 << 20))]), "a", 1 << 30)]
    assert max(sizes) <= PORTION
