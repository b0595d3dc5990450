"""What reading a large archive costs beside listing it: `python -m tests.benchmarks.oci`."""

import hashlib
import io
import os
import random
import resource
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import fleetkit as fk
from fleetkit.progress import silent
from tests.benchmarks.loading import compared
from tests.loaders.oci.making import DEBIAN, RELEASE, STATUS, config, digest, layer, packages, saved

LAYERS, FILES, SIZES = 10, 6_000, (300, 3_000, 30_000, 40_000)
PEAK = """
import resource, sys
import fleetkit as fk
from fleetkit.progress import silent
import fleetkit.loaders.oci, duckdb
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
fleet = fk.load("oci", sys.argv[1], progress=silent)
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(f"peak memory over that of the imports: {(after - before) / 1024:.0f} MiB;"
      f" {len(fleet.packages):,} packages, {len(fleet.layers)} layers")
"""


def image():
    """Layers of a gigabyte in all: files of usual sizes, and a database that grows."""
    chance = random.Random(4)
    pool = chance.randbytes(64 << 20)
    for number in range(LAYERS):
        known = {f"package-{count}": f"1.{count}" for count in range(40 * (number + 1))}
        files = [(RELEASE, DEBIAN), (STATUS, packages(**known))]
        for count in range(FILES):
            size = chance.choice(SIZES)
            at = chance.randrange(len(pool) - size)
            files.append((f"usr/lib/{number}/{count % 97}/file-{count}", pool[at:at + size]))
        yield layer(files)


def write(path):
    """The archive, layer by layer, with the table of contents at its end."""
    diff_ids, names = [], []
    with tarfile.open(path, "w") as tar:
        for content in image():
            diff_ids.append(digest(content))
            names.append(f"{digest(content)[7:]}/layer.tar")
            _add(tar, names[-1], content)
        rootfs = {"type": "layers", "diff_ids": diff_ids}
        described = config([], rootfs=rootfs)
        name, content = saved(("shop/large:1", [], described))[-1]
        content = content.replace(b'"Layers": []', b'"Layers": ["' + '", "'.join(names).encode()
                                  + b'"]')
        _add(tar, f"{digest(described)[7:]}.json", described)
        _add(tar, name, content)


def _add(tar, name, content):
    info = tarfile.TarInfo(name)
    info.size = len(content)
    tar.addfile(info, io.BytesIO(content))


def listed(path):
    """Names of all members of all layers, with tarfile, as a stream."""
    count = 0
    with tarfile.open(path, "r|") as outer:
        for member in outer:
            if member.name.endswith("layer.tar"):
                with tarfile.open(fileobj=outer.extractfile(member), mode="r|") as inner:
                    count += sum(1 for _ in inner)
    return count


def hashed(path):
    with path.open("rb") as file:
        hashlib.file_digest(file, "sha256")


def main():
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "large.tar"
        os.environ["FLEETKIT_CACHE"] = f"{name}/cache"
        write(path)
        print(f"an archive of {path.stat().st_size / 1e9:.2f} GB, {LAYERS} layers,"
              f" {LAYERS * FILES:,} files; its layers are hashed as they are read")
        ran = subprocess.run([sys.executable, "-c", PEAK, str(path)], check=True,
                             capture_output=True, text=True)
        print(ran.stdout.strip())

        def ours():
            fk.load("oci", path, progress=silent)

        compared("load, beside tarfile's listing of all layers", ours, lambda: listed(path), 3)
        compared("load, beside sha256 of the file alone", ours, lambda: hashed(path), 3)
        compared("load, beside `tar -tf`, which passes over the layers", ours,
                 lambda: subprocess.run(["tar", "-tf", path], check=True, capture_output=True), 3)
        left = sum(file.stat().st_size for file in Path(name).rglob("*") if file != path
                   and file.is_file())
        print(f"left on disk beside the archive: {left / 1e3:.0f} kB of cache")
    os.environ.pop("FLEETKIT_CACHE")
    print(f"peak of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}"
          " MiB, the making of the archive included")


if __name__ == "__main__":
    main()
