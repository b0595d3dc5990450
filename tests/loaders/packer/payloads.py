"""Entries of manifests as Packer writes them; test_real compares them with its own."""

from pathlib import Path

RECORDED = Path(__file__).parents[4] / "shared" / "data" / "packer"
SECRET = "hunter2-planted"
RUN = "3e876028-f0db-e25b-46ea-c4ac459587e5"
AMI, BASE = "ami-0631ec52ec86831cb", "ami-0123456789abcdef0"


def entry(artifact=f"eu-west-1:{AMI}", kind="amazon-ebs", name="web", **fields):
    return {
        "name": name, "builder_type": kind, "build_time": 1606206297, "files": None,
        "artifact_id": artifact, "packer_run_uuid": RUN, "custom_data": None, **fields,
    }


def manifest(*entries, last=RUN):
    return {"builds": list(entries), "last_run_uuid": last}
