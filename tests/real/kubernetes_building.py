"""The API server of Kubernetes, built once from Debian's source package.

The package `kubernetes` of bookworm is the whole upstream tree with what it needs; Debian itself
ships only kubectl of it. Apt is asked through lists of its own: nothing of this machine's changes.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.real import mirror
from tests.real.engine import default_folder
from tests.real.sharing import locked

SUITE = "bookworm"
VERSION = "1.20.5+really1.20.2-1.1+deb12u1"
SETTINGS = """Dir::State::lists "{0}/lists"; Dir::State::status "{0}/status";
Dir::Cache "{0}/cache";
Dir::Etc::sourcelist "{0}/sources.list"; Dir::Etc::sourceparts "{0}/none";
Dir::Etc::preferencesparts "{0}/none"; Acquire::Languages "none";
"""
TREE = "src/k8s.io/kubernetes"
MARK = "+k8s:openapi-gen="
LEFT_OUT = ("sample-", "code-generator", "/example")
FOLDERS = ("pkg", "staging/src/k8s.io", "cmd")
GENERATED = "pkg/generated/openapi"


class NotBuilt(Exception):
    """A step of the build failed; the text holds the end of what it printed."""


def program() -> Path:
    """Where the server lies once it is built."""
    return default_folder() / "kubernetes" / f"kube-apiserver-{VERSION}"


def build() -> Path:
    """The server, built if need be: some ten minutes on two processors.

    Raises:
        NotBuilt: the mirror does not carry the source any more, or a step failed.
    """
    built = program()
    built.parent.mkdir(parents=True, exist_ok=True)
    with locked(built.parent):
        if not built.exists():
            with tempfile.TemporaryDirectory(dir=built.parent) as folder:
                _compiled(_fetched(Path(folder))).replace(built)
    return built


def _fetched(folder: Path) -> Path:
    """The source in a workspace of Go."""
    apt = _apt(folder)
    _run([*apt, "update"], folder)
    _run([*apt, "source", "--download-only", f"kubernetes={VERSION}"], folder)
    archive = next(folder.glob("kubernetes_*.orig.tar.*"), None)
    if archive is None:
        raise NotBuilt("the source package has no archive of the upstream tree")
    tree = folder / TREE
    tree.mkdir(parents=True)
    _run(["tar", "-xf", str(archive), "-C", str(tree), "--strip-components=1"], folder)
    return folder


def _apt(folder: Path) -> list[str]:
    known = mirror.read()
    if known is None:
        raise NotBuilt("apt of this machine names no Debian mirror")
    for name in ("lists/partial", "cache/archives/partial", "none"):
        (folder / name).mkdir(parents=True)
    (folder / "status").touch()
    lines = [line.replace("deb ", "deb-src ", 1) for line in known.lines(SUITE, security=True)]
    (folder / "sources.list").write_text("\n".join(lines) + "\n")
    (folder / "apt.conf").write_text(SETTINGS.format(folder))
    return ["apt-get", "-c", str(folder / "apt.conf")]


def _compiled(folder: Path) -> Path:
    """The program: its description of the API is generated first, as upstream's build does."""
    tree = folder / TREE
    with _go(folder) as environment:
        generator, built = folder / "openapi-gen", folder / "kube-apiserver"
        _run(["go", "build", "-o", str(generator), "./vendor/k8s.io/kube-openapi/cmd/openapi-gen"],
             tree, environment)
        _run([str(generator), "-i", ",".join(_described(tree)),
              "-p", f"k8s.io/kubernetes/{GENERATED}", "-O", "zz_generated.openapi",
              "-h", "vendor/k8s.io/code-generator/hack/boilerplate.go.txt",
              "-r", str(folder / "violations"), "-o", str(folder / "generated")],
             tree, environment)
        made = folder / "generated/k8s.io/kubernetes" / GENERATED / "zz_generated.openapi.go"
        shutil.copy(made, tree / GENERATED)
        _run(["go", "build", "-trimpath", "-ldflags", "-s -w", "-o", str(built),
              "./cmd/kube-apiserver"], tree, environment)
    return built


@contextmanager
def _go(folder: Path) -> Iterator[dict[str, str]]:
    """The environment of a build whose files all lie in the folder."""
    yield {**os.environ, "GOPATH": str(folder), "GO111MODULE": "off", "GOFLAGS": "",
           "GOCACHE": str(folder / "go-cache"), "GOTMPDIR": str(folder)}


def _described(tree: Path) -> list[str]:
    """The packages whose types the API describes."""
    found = set()
    for top in FOLDERS:
        for file in (tree / top).rglob("*.go"):
            if not file.name.endswith("_test.go") and "zz_generated" not in file.name \
                    and MARK in file.read_text(encoding="utf-8", errors="replace"):
                found.add(_package(file.parent.relative_to(tree).as_posix()))
    return sorted(name for name in found if not any(word in name for word in LEFT_OUT))


def _package(folder: str) -> str:
    staged = folder.removeprefix("staging/src/")
    return staged if staged != folder else f"k8s.io/kubernetes/{folder}"


def _run(
    command: Sequence[str], folder: Path, environment: dict[str, str] | None = None
) -> None:
    done = subprocess.run(["nice", "-n", "10", *command], cwd=folder, env=environment, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        raise NotBuilt(f"{' '.join(command[:3])} failed: {done.stdout[-500:]}")
