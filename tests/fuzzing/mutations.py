"""Damage: to bytes, to what archives hold, and to the structure of JSON; and secrets in places
that are named for them.

Every choice comes from one source of chance, so that Hypothesis can shrink it.
"""

import gzip
import io
import json
import re
import tarfile
import zipfile
import zlib

PLANTED = "hunter2planted"
_FORMER = b"once-planted"

_HOSTILE = (
    None, True, False, 0, -1, 2**63, -2**70, 10**400, 1.5, 1e308, float("nan"), float("inf"),
    "", " ", "0", "\ud800", "\0", "x" * 50_000, "=cmd|'/c calc'!A1", "<script>", "../../etc/x",
    "{{7*7}}", "2024-02-30T25:00:00Z", "0001-01-01T00:00:00Z", "9" * 400, "NaN", "sha256:",
    "a" * 64, "://", "|", "\u202e", [], {}, [None],
    [[]], {"": ""}, [{}], ["a", 1, None], {"a": {"b": []}},
)
_BYTES = (b"\0", b"\xff\xfe", b'"', b"{", b"]", b",", b"\n", b"&a *a", b"<!DOCTYPE x>",
          b"\xed\xa0\x80", b"9" * 400)
_STRUCTURED = (".json", ".jsonl", ".tfstate", ".yaml", ".yml", ".ndjson")
_SECRET = re.compile(
    r"(?:.*[_-])?(?:password|passwd|secret|token|api_?key|secret_?key|private_?key|client_?secret)",
    re.IGNORECASE)
_ENV = re.compile(r"env|environment|env_?vars?", re.IGNORECASE)
_COMMAND = re.compile(r"cmd|command|args|entrypoint", re.IGNORECASE)


def mutate(name, content, chance):
    """The content damaged once or several times; archives inside as often as outside.

    What was planted before is no secret any more: damage moves it to where it may be shown.
    """
    content = harmless(content)
    structured = name.removesuffix(".gz").endswith(_STRUCTURED)
    if name.endswith(".gz") and chance.random() < 0.8:
        return gzip.compress(mutate(name[:-3], _inflated(content), chance), mtime=0)
    if structured and chance.random() < 0.8:
        return restructured(content, chance)
    if name.endswith((".xlsx", ".zip")) and chance.random() < 0.7:
        return _inside_zip(content, chance)
    if name.endswith(".tar") and chance.random() < 0.7:
        return _inside_tar(content, chance)
    return damaged(content, chance)


def harmless(content):
    """The content without secrets that were planted earlier."""
    return content.replace(PLANTED.encode(), _FORMER)


def damaged(content, chance):
    """Bytes flipped, cut, repeated, moved or put in."""
    made = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(made) + 1)
        to = min(len(made), at + chance.choice((1, 2, 8, 64, 1024)))
        kind = chance.randrange(6)
        if kind == 0 and at < len(made):
            made[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            del made[at:]
        elif kind == 2:
            del made[at:to]
        elif kind == 3:
            made[at:at] = made[at:to] * chance.choice((1, 2, 50))
        elif kind == 4:
            made[at:at] = chance.choice(_BYTES)
        else:
            made[at:to] = bytes(len(made[at:to]))
    return bytes(made)


def restructured(content, chance):
    """A JSON document, or lines of them, with parts swapped, dropped, repeated or replaced."""
    try:
        document, lines = _parsed(content)
    except (ValueError, RecursionError):
        return damaged(content, chance)
    for _ in range(chance.randint(1, 5)):
        document = _changed(document, chance)
    if chance.random() < 0.5:
        document = planted(document, chance)
    return _written(document, chance, lines=lines)


def _parsed(content):
    try:
        return json.loads(content), False
    except ValueError:
        lines = [line for line in content.splitlines() if line.strip()]
        return [json.loads(line) for line in lines], True


def _written(document, chance, *, lines):
    if lines and isinstance(document, list):
        return b"\n".join(json.dumps(item).encode() for item in document)
    text = json.dumps(document)
    keys = re.findall(r'"[^"\\]{1,40}": ', text[:20_000])
    if keys and chance.random() < 0.1:  # the same key twice, or a depth that no tree here has
        key, deep = chance.choice(keys), chance.choice((190, 900, 20_000))
        other = chance.choice(("null", "[]", "1", "[" * deep + "]" * deep))
        text = text.replace(key, f"{key}{other}, {key}", 1)
    return text.encode()


def _changed(document, chance):
    """The document with one place changed."""
    place = _place(document, chance)
    if not place:
        return _replacement(document, document, chance)
    parent, key = place
    kind = chance.randrange(8)
    if kind == 0:
        del parent[key]
    elif kind == 1 and isinstance(parent, list):
        parent[key:key] = [parent[key]] * chance.choice((1, 2, 30))
    elif kind == 1:
        parent[f"{key}{chance.choice(('', 's', ' ', '2'))}"] = parent.pop(key)
    elif kind == 2:
        _shuffle(parent, chance)
    else:
        parent[key] = _other(parent[key], document, chance)
    return document


def _shuffle(parent, chance):
    items = list(parent.items()) if isinstance(parent, dict) else list(parent)
    chance.shuffle(items)
    parent.clear()
    parent.update(items) if isinstance(parent, dict) else parent.extend(items)


def _other(value, document, chance):
    """The value wrapped, lengthened or replaced."""
    kind = chance.randrange(5)
    if kind == 0:
        for _ in range(chance.choice((1, 3, 60))):
            value = [value]
        return value
    if kind == 1 and isinstance(value, str):
        return value + chance.choice(("\ud83d", "\0", "x" * 9_000, "|a|b", "=1", ":1@sha256:0"))
    return _replacement(value, document, chance)


def _place(document, chance):
    """A container in the document and a key of it, at any depth."""
    parent, found = document, None
    while isinstance(parent, dict | list) and parent:
        key = chance.choice(list(parent)) if isinstance(parent, dict) else chance.randrange(
            len(parent))
        found = parent, key
        if chance.random() < 0.2:
            break
        parent = parent[key]
    return found


def _replacement(old, document, chance):
    if chance.random() < 0.2:
        place = _place(document, chance)
        if place:  # a copy: the document stays a tree
            return json.loads(json.dumps(place[0][place[1]]))
    other = [value for value in _HOSTILE if not isinstance(value, type(old))] or [None]
    return json.loads(json.dumps(chance.choice(other if chance.random() < 0.6 else _HOSTILE)))


def planted(document, chance):
    """The document with secrets where a name says that they are: in variables, fields, commands."""
    if isinstance(document, list):
        return [planted(item, chance) for item in document]
    if not isinstance(document, dict):
        return document
    made = {}
    for name, value in document.items():
        if _ENV.fullmatch(name):
            made[name] = _environment(value)
        elif _SECRET.fullmatch(name) and isinstance(value, str):
            made[name] = PLANTED
        elif _COMMAND.fullmatch(name) and _is_texts(value):
            made[name] = [*value, f"--password={PLANTED}"]
        else:
            made[name] = planted(value, chance)
    if chance.random() < 0.05:
        made[chance.choice(("password", "api_key", "db_password", "client_secret"))] = PLANTED
    return made


def _environment(value):
    if _is_texts(value):
        return [*[f"{text.partition('=')[0]}={PLANTED}" for text in value], f"PASSWORD={PLANTED}"]
    if isinstance(value, dict) and all(isinstance(text, str) for text in value.values()):
        return dict.fromkeys((*value, "DB_PASSWORD"), PLANTED)
    if isinstance(value, list):
        return [{**item, "value": PLANTED} if isinstance(item, dict) and isinstance(
            item.get("value"), str) and isinstance(item.get("name"), str) else item
            for item in value]
    return value


def _is_texts(value):
    return isinstance(value, list) and bool(value) and all(isinstance(text, str) for text in value)


def _inflated(content):
    try:
        return zlib.decompressobj(wbits=31).decompress(content, 4_000_000)
    except zlib.error:
        return content


def _inside_zip(content, chance):
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {name: harmless(archive.read(name)) for name in archive.namelist()[:50]}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError,
            zlib.error, OverflowError):
        return damaged(content, chance)
    _change_part(parts, chance)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return written.getvalue()


def _inside_tar(content, chance):
    parts = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            for entry in archive.getmembers()[:50]:
                stream = archive.extractfile(entry)
                parts[entry.name] = harmless(stream.read()) if stream else b""
    except (tarfile.TarError, OSError, EOFError, ValueError, KeyError, OverflowError):
        return damaged(content, chance)
    _change_part(parts, chance)
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        for name, part in parts.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(part)
            if chance.random() < 0.05:
                entry.type, entry.linkname = chance.choice(
                    ((tarfile.SYMTYPE, "/etc/passwd"), (tarfile.LNKTYPE, name),
                     (tarfile.CHRTYPE, ""), (tarfile.DIRTYPE, "")))
                entry.size = 0
            archive.addfile(entry, io.BytesIO(part))
    return written.getvalue()


def _change_part(parts, chance):
    if not parts:
        return
    name = chance.choice(list(parts))
    part = parts[name]
    kind = chance.randrange(5)
    if kind == 0:
        del parts[name]
    elif kind == 1:
        parts[chance.choice(("../../x", "/etc/x", f"{name}x", name.upper()))] = part
    elif part.lstrip()[:1] in (b"{", b"["):
        parts[name] = restructured(part, chance)
    else:
        parts[name] = damaged(part, chance)
