"""Clean text out of hostile bytes."""

from fleetkit.installed.limits import MAX_TEXT


def read_word(raw: bytes | None) -> str | None:
    """The text if it is one printable word of UTF-8 of sane length, else None."""
    text = read_phrase(raw)
    return None if text is None or " " in text or "\ufffd" in text else text


def read_phrase(raw: bytes | None) -> str | None:
    """The text without outer blanks, bad bytes replaced; None if empty, long or unprintable."""
    if raw is None or len(raw) > MAX_TEXT:
        return None
    text = raw.decode("utf-8", errors="replace").strip()
    return text if text and text.isprintable() else None


def read_count(raw: bytes | None) -> int | None:
    """The decimal number, None if it is none or has more than 15 digits."""
    digits = raw.strip() if raw is not None and len(raw) < 32 else b""
    return int(digits) if digits.isdigit() and len(digits) <= 15 else None
