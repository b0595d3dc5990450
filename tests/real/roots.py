"""Small root file systems: Alpine-like, distroless-like, without any database, and hostile ones.

Each has a real static busybox, so that its containers run. No tool for Alpine's database is at
hand on Debian: `lib/apk/db/installed` is hand-written. The stanzas of the distroless-like image
are those of the real bookworm image.
"""

import io
import re
import subprocess
import tarfile
from pathlib import Path

from tests.real.archive import Link, Program, Tree

SCRIPT = "<script>alert(1)</script>"
RIGHT_TO_LEFT = "\u202egnp.exe\u202c שרת מסד نظام"
CJK = "データベース 数据库 서버"
ESCAPES = "\x1b[2J\x1b]0;owned\x07\x1b[31mred\x1b[0m"
DISTROLESS = ("base-files", "libc6", "libssl3", "openssl", "tzdata")

ALPINE_RELEASE = """\
NAME="Alpine Linux"
ID=alpine
VERSION_ID=3.20.3
PRETTY_NAME="Alpine Linux v3.20"
"""
APK = """\
C:Q1dGVzdC1mbGVldC1tdXNsLTAwMDAwMDE=
P:musl
V:1.2.5-r0
A:x86_64
S:412216
I:667648
T:the musl c library (libc) implementation
L:MIT
o:musl
t:1721000000
p:so:libc.musl-x86_64.so.1=1
F:lib
R:ld-musl-x86_64.so.1
a:0:0:755
Z:Q1dGVzdC1mbGVldC1maWxlLTAwMDAwMDE=

C:Q1dGVzdC1mbGVldC1idXN5Ym94LTAwMDE=
P:busybox
V:1.36.1-r29
A:x86_64
S:507831
I:962560
T:Size optimized toolbox of many common UNIX utilities
L:GPL-2.0-only
o:busybox
t:1721000001
D:so:libc.musl-x86_64.so.1
F:bin
R:busybox
a:0:0:755

C:Q1dGVzdC1mbGVldC1saWJjcnlwdG8tMDE=
P:libcrypto3
V:3.3.1-r3
A:x86_64
S:1720000
I:4571136
T:Crypto library from openssl
L:Apache-2.0
o:openssl
t:1721000002
D:so:libc.musl-x86_64.so.1
p:so:libcrypto.so.3=3

C:Q1dGVzdC1mbGVldC1saWJzc2wtMDAwMDE=
P:libssl3
V:3.3.1-r3
A:x86_64
S:364000
I:854016
T:SSL shared libraries
L:Apache-2.0
o:openssl
t:1721000002
D:so:libc.musl-x86_64.so.1 so:libcrypto.so.3
p:so:libssl.so.3=3

"""
ENTERPRISE_9 = """\
NAME="Rocky Linux"
VERSION="9.5 (Blue Onyx)"
ID="rocky"
ID_LIKE="rhel centos fedora"
VERSION_ID="9.5"
PRETTY_NAME="Rocky Linux 9.5 (Blue Onyx)"
"""
ENTERPRISE_7 = """\
NAME="CentOS Linux"
VERSION="7 (Core)"
ID="centos"
ID_LIKE="rhel fedora"
VERSION_ID="7"
PRETTY_NAME="CentOS Linux 7 (Core)"
"""
DEBIAN_RELEASE = 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n'
STANZA = """\
Package: {name}
Status: install ok installed
Architecture: amd64
Maintainer: {text}
Source: {text}
Version: {version}
Description: {text}

"""


def program(debs: list[Path]) -> Tree:
    """The static busybox of Debian's package, and nothing else."""
    deb = next(deb for deb in debs if deb.name.startswith("busybox-static"))
    words = ["dpkg-deb", "--fsys-tarfile", str(deb)]
    tar = subprocess.run(words, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(tar)) as opened:
        return {"bin/busybox": Program(_read(opened, "./bin/busybox"))}


def shell(debs: list[Path]) -> Tree:
    """A busybox and the few names it is called by."""
    names = ("sh", "sleep", "echo", "cat", "true", "head")
    return {**program(debs), **{f"bin/{name}": Link("busybox") for name in names}}


def release(text: str) -> dict[str, bytes | Link]:
    """`os-release` where it belongs, and the link to it."""
    return {"usr/lib/os-release": text.encode(), "etc/os-release": Link("../usr/lib/os-release")}


def alpine() -> Tree:
    """Alpine's hand-written database; its os-release is a plain file, as theirs."""
    return {
        "etc/os-release": ALPINE_RELEASE.encode(),
        "etc/alpine-release": b"3.20.3\n",
        "lib/apk/db/installed": APK.encode(),
    }


def distroless(bookworm: Path) -> Tree:
    """`status.d` with a stanza a file and its checksums, cut from a real Debian file system."""
    with tarfile.open(bookworm) as tar:
        status = _read(tar, "./var/lib/dpkg/status").decode()
        text = _read(tar, "./usr/lib/os-release").decode()
        sums = {
            name: _read(tar, f"./var/lib/dpkg/info/{member}.md5sums")
            for name, member in ((n, _info_name(tar, n)) for n in DISTROLESS)
        }
    stanzas = {m[1]: m[0] for m in re.finditer(r"Package: (\S+)\n(?:.+\n)+", status)}
    tree: dict[str, bytes | Link] = {}
    for name in DISTROLESS:
        tree[f"var/lib/dpkg/status.d/{name}"] = stanzas[name].encode()
        tree[f"var/lib/dpkg/status.d/{name}.md5sums"] = sums[name]
    return tree | release(text)


def hostile() -> dict[str, Tree]:
    """Root file systems that try to mislead a reader, by the name of their image."""
    texts = {"script": SCRIPT, "right-to-left": RIGHT_TO_LEFT, "cjk": CJK, "escapes": ESCAPES}
    shown = "".join(
        STANZA.format(name=f"lib{name}", text=text, version=f"1.0-{text}")
        for name, text in texts.items()
    )
    boast = f'ID="{SCRIPT}"\nVERSION_ID="{ESCAPES}"\nPRETTY_NAME="{RIGHT_TO_LEFT} {SCRIPT}"\n'
    cut = STANZA.format(name="libssl3", text="cut off", version="3.0.20")[:90].encode()
    return {
        "packages": {"var/lib/dpkg/status": shown.encode()} | release(boast),
        "corrupt-dpkg": {"var/lib/dpkg/status": b"\x00\xff\xfe" * 999 + cut}
        | release(DEBIAN_RELEASE),
        "corrupt-rpm": {"var/lib/rpm/rpmdb.sqlite": b"SQLite format 3\x00" + b"\xff" * 8000}
        | release(ENTERPRISE_9),
        "escape": {
            "var/lib/dpkg/status": Link("../../../../../../../../etc/passwd"),
            "usr/lib/os-release": Link("/../../../../etc/hostname"),
        },
        "loop": {
            "var/lib/dpkg/status": Link("status-old"),
            "var/lib/dpkg/status-old": Link("status"),
            "usr/lib/os-release": Link("os-release"),
        },
    }


def _info_name(tar: tarfile.TarFile, package: str) -> str:
    names = (Path(name).stem for name in tar.getnames() if name.endswith(".md5sums"))
    return next(name for name in names if name.split(":")[0] == package)


def _read(tar: tarfile.TarFile, name: str) -> bytes:
    file = tar.extractfile(name)
    assert file is not None
    return file.read()
