"""One HTML file that shows a fleet to whoever opens it."""

import os
import tempfile
from pathlib import Path

from fleetkit.fleet import Fleet
from fleetkit.reporting.page import page
from fleetkit.views._hosting import scene, scenes, shown


def report(fleet: Fleet, path: str | os.PathLike[str], *, title: str | None = None) -> Path:
    """The path of an HTML file that shows the fleet: offline, interactive, safe to open.

    It holds everything it needs and makes no request. Sections whose tables are missing say which
    verb makes them. An existing file is replaced only when the new one is complete.

    Args:
        fleet: classify, trace and audit it first; the report shows what is there.
        path: the file to write; its folder must exist.
        title: name of the report; the default names the sources.
    """
    target = Path(path)
    text = page(fleet, scenes(dict(fleet)), title)
    _write(target, text.encode("utf-8"))
    return target


def headlines(fleet: Fleet) -> tuple[str, ...]:
    """What the first screen of the report says, as lines for a terminal."""
    content = scene("overview", dict(fleet)).content
    numbers = [
        f"  {said:>15}  {label}  {note}".rstrip() for label, said, note in content["summary"]
    ]
    return tuple(map(shown, (content["finding"], content["subtitle"], "", *numbers)))


def _write(target: Path, content: bytes) -> None:
    """All of the content or nothing, also when the disk fills up half-way."""
    descriptor, name = tempfile.mkstemp(
        prefix=f".{target.name}.", suffix=".part", dir=target.parent
    )
    part = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        part.chmod(0o666 & ~_umask())
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _umask() -> int:
    """The mask of the process, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
