"""Records the sample fleet that ships with the package: `python -m tests.real.record [FOLDER]`.

A private engine is started, the company's images and containers are made, the hostile ones are
left out, and fleetkit's own `capture` writes what the engine says. One thing is taken out by hand:
the kernel version, which is that of the machine that recorded it.
"""

import gzip
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import fleetkit as fk
from tests.real import engine, fleet, images

SAMPLE = Path(fk.__file__).parent / "catalogue" / "sample"
CONTEXT = "dock-01"


def record(folder: Path) -> Path:
    """The sample, recorded anew from an engine in `folder`."""
    running = engine.start(folder)
    try:
        images.ensure(running)
        fleet.ensure(running)
        leave_out_hostile(running)
        with tempfile.TemporaryDirectory() as config:
            name_engine(Path(config), running)
            os.environ["DOCKER_CONFIG"] = config
            written = fk.capture("docker", CONTEXT, to=SAMPLE)
    finally:
        engine.stop(folder)
    for path in written.glob("*.jsonl.gz"):
        path.write_bytes(without_kernel(path.read_bytes()))
    return written


def leave_out_hostile(running: engine.Engine) -> None:
    """Removes containers and images that are there to break things."""
    for container in running.client.containers.list(all=True):
        if container.name.startswith("hostile-"):
            container.remove(force=True, v=True)
    for image in running.client.images.list():
        if any(tag.startswith("hostile/") for tag in image.tags):
            running.client.images.remove(image.id, force=True)


def name_engine(config: Path, running: engine.Engine) -> None:
    """A docker context, so that the sample names its engine and no path of this machine."""
    (config / "config.json").write_text("{}")
    subprocess.run(
        ["docker", "context", "create", CONTEXT, "--docker", f"host={running.socket}"],
        check=True,
        env={**os.environ, "DOCKER_CONFIG": str(config)},
        stdout=subprocess.DEVNULL,
    )


def without_kernel(content: bytes) -> bytes:
    """The records without the kernel version of the engine's host."""
    lines = []
    for line in gzip.decompress(content).splitlines():
        record_ = json.loads(line)
        record_["content"].pop("KernelVersion", None)
        lines.append(json.dumps(record_, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
    return gzip.compress(b"".join(lines), mtime=0)


if __name__ == "__main__":
    print(record(Path(sys.argv[1]) if len(sys.argv) > 1 else engine.default_folder() / "sample"))
