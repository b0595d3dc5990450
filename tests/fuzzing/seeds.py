"""Real payloads of every source that reads files, and small ones that are written here."""

import gzip
import io
import json
import tarfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pandas as pd

from fleetkit import plugins

SHARED = Path(__file__).parents[3] / "shared/data"
_FOLDERS = {"mesos": ("mesos", "marathon"), "rvtools": ("vsphere",), "oci": ()}
_MIXED = {"rvtools": ("*.xlsx", "*.csv"), "vsphere": ("*.json",)}
_LARGEST = 60_000
_MOST = 24
_ROWS = [
    {"Host": "web-1", "RAM (GB)": "16", "Status": "Powered On", "Created": "2024-01-02 03:04:05",
     "IP": "10.0.0.1, 10.0.0.2", "Labels": "env=prod;tier=web", "Owner": "Zoë"},
    {"Host": "web-2", "RAM (GB)": "1,5", "Status": "off", "Created": "01.02.2024", "IP": "",
     "Labels": '{"env": "test"}', "Owner": "n/a"},
]


class Seed(NamedTuple):
    """A file: its name, by whose ending readers choose, and what it holds."""

    name: str
    content: bytes


def sources():
    """Names of the loaders that read files."""
    names = plugins.names("loaders")
    return [name for name in names if plugins.find("loaders", name).parse
            or plugins.find("loaders", name).scan]


@cache
def seeds(source):
    """Files of a source, the smallest of each kind first; of no use to it are the last few."""
    found = [*_written(source), *_recorded(source)]
    return tuple(found + [Seed(f"none{suffix}", b"{}") for suffix in suffixes(source)])


def suffixes(source):
    """Endings of the files that a source reads."""
    loader = plugins.find("loaders", source)
    named = [pattern.lstrip("*") for pattern in loader.patterns if pattern.startswith("*.")]
    return list(dict.fromkeys([*named, *([".json", ".jsonl"] if loader.parse else [])]))


def _recorded(source) -> Iterator[Seed]:
    """Payloads beside the checkout: of each folder the smallest, in turn."""
    files = [
        file for name in _FOLDERS.get(source, (source,))
        for pattern in _MIXED.get(source, ("*",)) for file in (SHARED / name).rglob(pattern)
        if file.is_file() and file.suffix != ".md"
    ]
    files.sort(key=lambda file: (file.stat().st_size, str(file)))
    by_folder: dict[Path, list[Path]] = {}
    for file in files:
        by_folder.setdefault(file.parent, []).append(file)
    share = max(1, _MOST // max(1, len(by_folder)))
    for listed in by_folder.values():
        for file in listed[:share]:
            content = file.read_bytes()
            if file.suffix == ".gz" and len(gzip.decompress(content)) > 4 * _LARGEST:
                continue
            if len(content) <= _LARGEST:
                yield Seed(file.name, content)


def _written(source) -> Iterator[Seed]:
    if source == "frame":
        yield from _tables(_ROWS)
    elif source == "rvtools":
        rows = [{"VM": "web-1", "Powerstate": "poweredOn", "CPUs": 2, "Memory": 4096,
                 "VM ID": "vm-1", "VM UUID": "50000000-0000-0000-0000-000000000001",
                 "VI SDK Server": "vc.example", "Annotation": "db"}]
        yield Seed("export.xlsx", _workbook("vInfo", rows))
        yield Seed("RVTools_tabvInfo.csv", pd.DataFrame(rows).to_csv(index=False).encode())
    elif source == "oci":
        yield from _archives()
    elif source == "packages":
        yield from _lists()


def _lists() -> Iterator[Seed]:
    """What each command prints, two packages each."""
    yield Seed("web-1.txt", b"tar\t1.34+dfsg-1.2\tamd64\ttar\t1.34+dfsg-1.2\tinstalled\n"
               b"libssl3\t3.0.15-1~deb12u1\tamd64\topenssl\t3.0.15-1~deb12u1\tinstalled\n")
    yield Seed("db-1.txt", b"bash\t(none):5.1.8-9.el9\tx86_64\tbash-5.1.8-9.el9.src.rpm\t(none)\n"
               b"openssl-libs\t1:3.0.7-27.el9\tx86_64\topenssl-3.0.7-27.el9.src.rpm\t(none)\n")
    yield Seed("edge-1.txt", b"musl-1.2.5-r0 x86_64 {musl} (MIT) [installed]\n"
               b"libcrypto3-3.3.2-r0 x86_64 {openssl} (Apache-2.0) [installed]\n")
    rows = [{"name": "tar", "version": "1.34+dfsg-1.2", "source": "", "arch": "amd64",
             "revision": "", "status": "install ok installed"}]
    yield Seed("osquery.json", json.dumps({"deb_packages": rows}).encode())
    yield Seed("osquery.jsonl", "\n".join(map(json.dumps, rows)).encode())


def _tables(rows) -> Iterator[Seed]:
    frame = pd.DataFrame(rows)
    parquet = io.BytesIO()
    frame.assign(Created=pd.Timestamp("2024-01-01"), Size=3).to_parquet(parquet)
    yield Seed("t.csv", frame.to_csv(index=False).encode())
    yield Seed("t.tsv", frame.to_csv(index=False, sep="\t").encode("utf-16"))
    yield Seed("t.csv.gz", gzip.compress(frame.to_csv(index=False, sep=";").encode("cp1252")))
    yield Seed("t.json", json.dumps({"items": rows}).encode())
    yield Seed("t.jsonl", "\n".join(map(json.dumps, rows)).encode())
    yield Seed("t.xlsx", _workbook("Servers", rows))
    yield Seed("t.parquet", parquet.getvalue())


def _workbook(name, rows):
    book = openpyxl.Workbook()
    book.active.title = name
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append(list(row.values()))
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _archives() -> Iterator[Seed]:
    """An archive as `docker save` writes it and a layout as `skopeo copy` does, one layer each."""
    layer = _tar({"etc/os-release": b"ID=alpine\nVERSION_ID=3.20.1\n",
                  "lib/apk/db/installed": b"P:musl\nV:1.2.5-r0\nA:x86_64\no:musl\n\n"})
    from hashlib import sha256

    digest = f"sha256:{sha256(layer).hexdigest()}"
    config = json.dumps({
        "architecture": "amd64", "os": "linux", "created": "2024-01-01T00:00:00Z",
        "config": {"Env": ["PATH=/bin", "DB_PASSWORD=x"], "Cmd": ["sh"], "Labels": {"a": "b"}},
        "rootfs": {"type": "layers", "diff_ids": [digest]},
        "history": [{"created_by": "ADD rootfs.tar / # buildkit"}]}).encode()
    named = sha256(config).hexdigest()
    yield Seed("docker.tar", _tar({
        "manifest.json": json.dumps([{"Config": f"{named}.json", "RepoTags": ["web:1"],
                                      "Layers": ["l/layer.tar"]}]).encode(),
        f"{named}.json": config, "l/layer.tar": layer}))
    manifest = json.dumps({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json",
                   "digest": f"sha256:{named}", "size": len(config)},
        "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": digest,
                    "size": len(layer)}]}).encode()
    blob = sha256(manifest).hexdigest()
    yield Seed("oci.tar", _tar({
        "oci-layout": b'{"imageLayoutVersion": "1.0.0"}',
        "index.json": json.dumps({"schemaVersion": 2, "manifests": [{
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "digest": f"sha256:{blob}", "size": len(manifest),
            "annotations": {"org.opencontainers.image.ref.name": "1"}}]}).encode(),
        f"blobs/sha256/{blob}": manifest, f"blobs/sha256/{named}": config,
        f"blobs/sha256/{digest[7:]}": layer}))


def _tar(files):
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return written.getvalue()
