"""Numbers of any length as text whose code points sort as the numbers do."""

LONGEST = 1000
"""Characters of the longest version that gets a key; no real version comes near."""

# 1,000 digits need three code points of 255, so that no number can reach the fourth of HIGHEST
_HEADS = tuple("\xff" * (count // 255) + chr(count % 255) for count in range(LONGEST + 1))


def number(digits: str) -> str:
    """The digits after their own count: more digits sort higher, leading zeros count for nothing.

    No digits and zero are the same single code point 0. All code points are below 256.

    Args:
        digits: ASCII digits, at most `LONGEST`.
    """
    significant = digits.lstrip("0")
    return _HEADS[len(significant)] + significant
