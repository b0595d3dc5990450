"""Records the sample fleet that ships with the package: `python -m tests.real.record [FOLDER]`.

A private engine, a server of the AWS API and a simulator of vCenter are started, the company's
containers and machines are made, the hostile ones are left out, and fleetkit's own `capture`
writes what they say. What names the machine that recorded it is taken out: its kernel, its paths
and its ports.
"""

import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import fleetkit as fk
from fleetkit.plugins import find
from tests.real import aws, engine, fleet, images, systems_manager, vcenter
from tests.real.company import amazon, vmware
from tests.real.papers import papers

SAMPLE = Path(fk.__file__).parent / "catalogue" / "sample"
CONTEXT, PROFILE, CENTER = "dock-01", "shop", "vcenter.shop.example"


def record(folder: Path) -> Path:
    """The sample, recorded anew; the engine lives in `folder`."""
    with tempfile.TemporaryDirectory() as scratch, surroundings(Path(scratch)):
        record_docker(folder, Path(scratch))
        record_aws(Path(scratch))
        record_vcenter(Path(scratch))
    return SAMPLE


@contextmanager
def surroundings(scratch: Path):
    """An environment in which no setting of this user is read; put back at the end."""
    before = dict(os.environ)
    (scratch / "aws").write_text(
        f"[profile {PROFILE}]\nregion = {amazon.REGION}\n"
        "aws_access_key_id = testing\naws_secret_access_key = testing\n")
    os.environ.update(
        DOCKER_CONFIG=str(scratch), AWS_CONFIG_FILE=str(scratch / "aws"),
        AWS_SHARED_CREDENTIALS_FILE=str(scratch / "none"), AWS_ACCESS_KEY_ID="testing",
        AWS_SECRET_ACCESS_KEY="testing", AWS_EC2_METADATA_DISABLED="true", NO_PROXY="127.0.0.1",
        VSPHERE_USER=vcenter.USER, VSPHERE_PASSWORD=vcenter.PASSWORD,
    )
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def record_docker(folder: Path, scratch: Path) -> None:
    running = engine.start(folder)
    try:
        images.ensure(running)
        fleet.ensure(running)
        leave_out_hostile(running)
        name_engine(scratch, running)
        written = fk.capture("docker", CONTEXT, to=SAMPLE / "docker")
    finally:
        engine.stop(folder)
    clean(written, {}, left_out="KernelVersion")


def record_aws(scratch: Path) -> None:
    with aws.started() as cloud:  # it lacks one call, which fills gaps that are not here
        cloud.application = systems_manager.SystemsManager(cloud.application)
        amazon.built(cloud, cloud.application, SAMPLE / "docker")
        asked = [name for name in find("loaders", "aws").resources if name != "image_ancestors"]
        written = fk.capture("aws", PROFILE, to=SAMPLE / "aws", endpoint=cloud.url, only=asked)
        clean(written, {cloud.url: "https://aws.shop.example"})


def record_vcenter(scratch: Path) -> None:
    store, signed = scratch / vmware.STORE, papers(scratch)
    store.mkdir()
    empty = {"clusters": 0, "hosts": 0, "machines": 0, "cluster_hosts": 0}
    with vcenter.simulator(scratch, signed, **empty) as running:
        place = running.address
        vmware.built(place, signed, store)
        written = fk.capture("vsphere", place, to=SAMPLE / "vsphere", ca=str(signed.authority))
        clean(written, {place: CENTER, str(scratch): "/vmfs/volumes"})


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
        stdout=subprocess.DEVNULL,
    )


def clean(written: Path, words: dict[str, str], left_out: str | None = None) -> None:
    """Puts other words for those of this machine, and leaves a field of the records out."""
    for path in written.iterdir():
        packed = path.suffix == ".gz"
        text = (gzip.decompress(path.read_bytes()) if packed else path.read_bytes()).decode()
        for ours, shown in words.items():
            text = text.replace(ours, shown)
        if left_out and packed:
            text = "".join(without(line, left_out) for line in text.splitlines())
        path.write_bytes(gzip.compress(text.encode(), mtime=0) if packed else text.encode())
        path.chmod(0o644)
    written.chmod(0o755)


def without(line: str, field: str) -> str:
    """A record's line without one field."""
    found = json.loads(line)
    found["content"].pop(field, None)
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")) + "\n"


if __name__ == "__main__":
    shutil.rmtree(SAMPLE / "aws", ignore_errors=True)
    shutil.rmtree(SAMPLE / "vsphere", ignore_errors=True)
    print(record(Path(sys.argv[1]) if len(sys.argv) > 1 else engine.default_folder() / "sample"))
