"""What a chain of versions claims, asked of the keys."""

from itertools import pairwise

from fleetkit.versions import key


def rises(ecosystem, *versions):
    """Whether each version has a key above that of the version before it."""
    keys = [key(ecosystem, version) for version in versions]
    return None not in keys and all(low < high for low, high in pairwise(keys))


def is_one_rank(ecosystem, *versions):
    """Whether all versions have the same key."""
    keys = {key(ecosystem, version) for version in versions}
    return len(keys) == 1 and None not in keys


def known(ecosystem, pairs):
    """The pairs of which both versions have a key, which must not be few."""
    found = [pair for pair in pairs if sign(ecosystem, *pair) is not None]
    assert len(found) > len(pairs) / 10
    return found


def sign(ecosystem, left, right):
    """-1, 0 or 1 by the keys; None where a side has no key."""
    low, high = key(ecosystem, left), key(ecosystem, right)
    return None if low is None or high is None else (low > high) - (low < high)
