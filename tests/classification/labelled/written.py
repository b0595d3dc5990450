"""Rows of the labelled set as the loaders' tables show them: each file's columns are its grammar.

Lists are separated by spaces, mounts by ` + `. A mount is its kind, its path, then any of a size
(`8Gi`), `ro`, `root` and `from=SOURCE`. `more` holds further columns of workloads as name=value:
`;` separates the parts of a list, `_` stands for a space.
"""

import csv
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from fleetkit.tables import WORKLOADS

HERE = Path(__file__).parent
FILES = ("compose", "charts", "manifests", "tasks", "machines", "started")
PLATFORMS = {"compose": "docker", "charts": "kubernetes", "manifests": "kubernetes",
             "machines": "vsphere", "started": "docker"}
LABELS = ("software", "state", "sure", "why", "unique", "disposable")
PERSISTENCE = {
    "named_volume": "durable", "claim": "durable", "claim_template": "durable", "block": "durable",
    "anonymous_volume": "host_state", "bind": "host_state", "hostpath": "host_state",
    "nfs": "shared_durable", "emptydir": "ephemeral", "tmpfs": "ephemeral",
    "configmap": "config", "secret": "config", "projected": "config",
    "instance_store": "ephemeral",
}
SIZE = re.compile(r"(\d+)(Gi|Ti)")
ECOSYSTEMS = {"Debian": "Debian", "Ubuntu": "Ubuntu", "Red Hat": "Red Hat", "SUSE": "SUSE",
              "Photon": "Photon OS"}
ALWAYS_THERE = ("bash", "coreutils", "curl", "openssh-server", "python3", "rsyslog", "sudo",
                "systemd", "tzdata")


def read(file):
    """Lines of a file of the set as dictionaries."""
    with (HERE / f"{file}.csv").open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def workload_id(file, line):
    """Id of a written row."""
    return f"{platform(file, line)}|labelled|{file}|{line['case']}"


def platform(file, line):
    """The loader that would have made the row."""
    return line.get("source") or PLATFORMS[file]


def workload(file, line):
    """A row of workloads."""
    source = platform(file, line)
    known = {
        "workload_id": workload_id(file, line), "kind": _kind(file, line), "source": source,
        "native_id": line["case"], "name": _name(file, line),
        "controller_kind": line.get("controller") or "compose",
        "controller_name": _controller(file, line), "ports": line["ports"].split(),
    }
    if file == "machines":
        known |= {"os_family": "windows" if line["os"] == "Windows" else "linux",
                  "os_name": line["os"], "state": "running"}
    else:
        image = line["image"] or None
        known |= {"image_ref": image, "image_id": _digest(image),
                  "command": line["command"] or None, "env_names": line["env"].split()}
    if source == "docker":
        known |= {"state": "running", "read_only_root": False, "privileged": False,
                  "ephemeral": False, "os_family": "linux"}
    if source == "kubernetes":
        known |= _of_pods(line)
    return known | dict(_more(line["more"]))


def mounts(file, line):
    """Rows of mounts of a written row."""
    for text in filter(None, line["mounts"].split(" + ")):
        kind, path, *words = text.split()
        sizes = [SIZE.fullmatch(word) for word in words]
        yield {
            "workload_id": workload_id(file, line), "kind": kind,
            "target_path": path.replace("_", " ") if kind == "block" else path,
            "source": platform(file, line), "read_only": "ro" in words,
            "source_path": next((w[5:] for w in words if w.startswith("from=")), None),
            "volume_id": f"{line['case']} {path}" if kind not in ("bind", "tmpfs") else None,
            "size_bytes": next((int(s[1]) << {"Gi": 30, "Ti": 40}[s[2]] for s in sizes if s), None),
            "is_root": "root" in words, "persistence": PERSISTENCE.get(kind, "unknown"),
            "declared_by_image": True if kind == "anonymous_volume" else None,
            "delete_with_workload": kind in ("emptydir", "tmpfs", "configmap", "secret"),
        }


def packages(file, line):
    """Rows of packages of a machine: those that were named, and what is on all of them."""
    ecosystem = ECOSYSTEMS.get(line.get("os"))
    if ecosystem or line.get("packages"):
        for name in (*line["packages"].split(), *(ALWAYS_THERE if ecosystem else ())):
            yield {"subject_id": workload_id(file, line), "ecosystem": ecosystem or "Debian",
                   "name": name, "version": "1", "source": platform(file, line)}


def _kind(file, line):
    if file == "machines":
        return "vm"
    return "container" if line["image"] else "task"


def _name(file, line):
    if file == "compose":
        return line["case"].replace("/", "-") + "-1"
    return line["case"].partition("/")[2] or line["case"]


def _controller(file, line):
    if line.get("controller") in ("none", "unknown"):
        return None
    if platform(file, line) == "kubernetes":
        return "/".join(line["case"].split("/")[:2])
    return line["case"]


def _of_pods(line):
    """What a manifest always tells, be it only that a thing is not asked for."""
    known = {"restart_policy": "always", "stop_grace_seconds": 30.0, "origin": "declared",
             "read_only_root": False, "privileged": False, "capabilities": [], "stop_hook": False,
             "told_own_name": "POD_NAME" in line["env"]}
    if "role=" not in line["more"]:
        known["init_commands"] = []
    if line["controller"] == "statefulset":
        known["stable_name"] = f"*.{line['case'].split('/')[1]}-headless"
    return known


def _digest(image):
    return image and "sha256:" + hashlib.sha256(image.encode()).hexdigest()


def _more(text) -> Iterator[tuple]:
    for name, _, value in (word.partition("=") for word in text.split()):
        if name == "role":
            yield "tags", {"container role": value}
        elif name == "public":
            yield "public_ips", ["203.0.113.10"]
        else:
            yield name, _value(WORKLOADS.column(name).kind, value.replace("_", " "))


def _value(kind, text):
    if kind == "texts":
        return text.split(";")
    if kind == "boolean":
        return text == "true"
    return {"integer": int, "real": float}.get(kind, str)(text)
