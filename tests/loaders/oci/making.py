"""Layers and archives made by Python's tarfile, in the forms that engines write."""

import gzip
import hashlib
import io
import json
import tarfile
from pathlib import Path

DEBIAN = b'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'
STATUS = "var/lib/dpkg/status"
RELEASE = "etc/os-release"
LINK, HARD, FOLDER = "link", "hard", "folder"


def digest(content):
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def packages(**versions):
    """A dpkg database."""
    return "\n".join(
        f"Package: {name}\nStatus: install ok installed\nVersion: {version}\nArchitecture: amd64\n"
        for name, version in versions.items()).encode()


def codes(fleet):
    """Codes of the problems, but for the one of all images here: that they have no documents."""
    found = fleet.problems["code"]
    return found[found != "no_changelog"].tolist()


def layer(files, *, form=tarfile.GNU_FORMAT):
    """A layer; a file is bytes, a link is (LINK or HARD, target), a folder is FOLDER."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as tar:
        for name, content in (files.items() if isinstance(files, dict) else files):
            tar.addfile(*_member(name, content))
    return buffer.getvalue()


def _member(name, content):
    info = tarfile.TarInfo(name)
    if isinstance(content, bytes):
        info.size = len(content)
        return info, io.BytesIO(content)
    if content == FOLDER:
        info.type = tarfile.DIRTYPE
    else:
        info.type = tarfile.SYMTYPE if content[0] == LINK else tarfile.LNKTYPE
        info.linkname = content[1]
    return info, None


def config(layers, **more):
    return json.dumps({
        "architecture": "amd64", "os": "linux", "created": "2026-09-01T10:00:00Z", "config": {},
        "history": [{"created_by": f"step {number}"} for number in range(len(layers))],
        "rootfs": {"type": "layers", "diff_ids": [digest(one) for one in layers]}, **more,
    }).encode()


def saved(*images, order=lambda members: members):
    """Members of what `docker save` writes, as pairs; an image is (tag, layers[, config])."""
    members, manifest = {}, []
    for tag, layers, *rest in images:
        described = rest[0] if rest else config(layers)
        name = f"{digest(described)[7:]}.json"
        members[name] = described
        paths = [f"{digest(one)[7:]}/layer.tar" for one in layers]
        members |= dict(zip(paths, layers, strict=True))
        manifest.append({"Config": name, "RepoTags": [tag], "Layers": paths})
    members["manifest.json"] = json.dumps(manifest).encode()
    return order(list(members.items()))


def write(path: Path, members, packed=None):
    content = layer(members)
    path.write_bytes(packed(content) if packed else content)
    return path


def layout(folder: Path, tag, layers, *, is_packed=True, **more):
    """A layout with one image."""
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True)
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')

    def put(content, media_type, **extra):
        (blobs / digest(content)[7:]).write_bytes(content)
        return {"mediaType": media_type, "digest": digest(content), "size": len(content), **extra}

    kind = "application/vnd.oci.image.layer.v1.tar" + ("+gzip" if is_packed else "")
    manifest = {
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": put(config(layers, **more), "application/vnd.oci.image.config.v1+json"),
        "layers": [put(gzip.compress(one, 1) if is_packed else one, kind) for one in layers],
    }
    named = put(json.dumps(manifest).encode(), manifest["mediaType"],
                annotations={"org.opencontainers.image.ref.name": tag})
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [named]}))
    return manifest
