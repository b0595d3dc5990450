"""The images of the fleet of a small company, "shop", in a running engine.

    golden/debian:bookworm-20260901 -> shop/runtime:1.4 -> shop/web:2.3.0, shop/worker
    golden/debian:bookworm-20261101 -> shop/runtime:1.5 -> shop/web:2.3.1, shop/api, shop/reports
    golden/debian:bookworm-20261101 -> shop/postgres
    golden/debian:bookworm-20260901 -> shop/redis
    golden/debian:trixie-20261101 -> shop/mailer;  golden/debian:bullseye-20260301 -> shop/billing
    legacy/ledger (rpm, sqlite); legacy/archive (rpm, Berkeley DB); partner/feed (apk)
    shop/gateway (dpkg's status.d); tools/probe (no database); hostile/*

The two golden bookworms are twins: they differ in the source package openssl and nothing else.
`shop/worker:latest` is built twice, so its first build dangles, and `shop/reports` inherits a label
that names the wrong base.
"""

import datetime
import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from tests.real import archive, building, roots, rpms, suites
from tests.real.archive import Archive, Tree, write_tar
from tests.real.building import Build, Built
from tests.real.engine import Engine
from tests.real.planted import PLANTED
from tests.real.suites import Suite, Unavailable, Week

OCI = "org.opencontainers.image."
DATES = {
    name: datetime.datetime.strptime(name, "%Y%m%d").replace(tzinfo=datetime.UTC)
    for name in ("20240801", "20250210", "20260301", "20260901", "20261101")
}
DEBS = {
    "runtime": ("python3-minimal", "tini"),
    "web": ("nginx",),
    "redis": ("redis-server",),
    "postgres": ("libpq5",),
    "busybox": ("busybox-static",),
}
BOOKWORM = Suite(
    "bookworm",
    "bookworm",
    DATES["20260901"],
    twin="bookworm-patched",
    variant="minbase",
    packages=("openssl", "usr-is-merged"),  # without the latter, bookworm brings all of Perl
    debs=DEBS,
)
BULLSEYE = Suite("bullseye", "bullseye", DATES["20260301"])
TRIXIE = Suite("trixie", "trixie", DATES["20261101"], secured=True, packages=("openssl", "passwd"))
SUITES = (BOOKWORM, BULLSEYE, TRIXIE)
OLD, NEW = "golden/debian:bookworm-20260901", "golden/debian:bookworm-20261101"
OLDEST, NEWEST = "golden/debian:bullseye-20260301", "golden/debian:trixie-20261101"
RETAGGED = "golden/debian:bookworm"  # a second name of NEW
TWINS = (OLD, NEW)
CHAIN = (NEW, "shop/runtime:1.5", "shop/web:2.3.1")
WORKER_BEFORE = "shop/worker:latest, before"
PUBLISHED = ("shop/gateway:1.1", "partner/feed:3.20")
IN_PODMAN = (NEW, "partner/feed:3.20", "legacy/ledger:el9")
HOSTILE = {
    "Labels": {
        f"{OCI}title": roots.SCRIPT,
        "description": f"{roots.RIGHT_TO_LEFT} {roots.CJK}",
        "registry-password": PLANTED["image_label"],
    },
    "Env": ["PATH=/bin", f"{roots.SCRIPT}=1"],
}
LEAKS = {"PACKAGE_TOKEN": PLANTED["build_argument"], "QUEUE_PASSWORD": PLANTED["history"]}


def described(title: str, version: str, base: str) -> dict[str, str]:
    """The labels that the company's own pipeline sets."""
    return {
        f"{OCI}title": title,
        f"{OCI}version": version,
        f"{OCI}vendor": "Shop",
        f"{OCI}source": f"https://git.shop.example/{title}",
        f"{OCI}revision": hashlib.sha256(f"{title}:{version}".encode()).hexdigest()[:40],
        f"{OCI}base.name": base,
    }


def _pipeline(tag: str, base: str) -> Build:
    """A build whose labels tell the truth."""
    title, _, version = tag.partition(":")
    return Build(tag, base, described(title, version, base))


BUILDS = (
    _pipeline("shop/runtime:1.4", OLD),
    _pipeline("shop/runtime:1.5", NEW),
    _pipeline("shop/web:2.3.0", "shop/runtime:1.4"),
    _pipeline("shop/web:2.3.1", "shop/runtime:1.5"),
    _pipeline("shop/api:1.9.2", "shop/runtime:1.5"),
    Build("shop/worker:latest", "shop/runtime:1.4", {}, LEAKS | {"VERSION": "1"}, WORKER_BEFORE),
    Build("shop/worker:latest", "shop/runtime:1.4", {}, LEAKS | {"VERSION": "2"}),
    _pipeline("shop/postgres:15.6", NEW),
    Build("shop/redis:7.0", OLD, {"maintainer": "platform@shop.example"}),
    Build("shop/mailer:0.4", NEWEST),
    Build("shop/billing:3", OLDEST),
    Build("shop/reports:1.0", "shop/runtime:1.5"),
)


def ensure(engine: Engine) -> Built:
    """All images, made where they are missing; what is there and unchanged stays.

    Raises:
        Unavailable: no Debian at all could be had: no mirror, and no tar of an earlier run.
    """
    week = _tars(engine)
    built = Built({}, {})
    for made in _archives(week, built):
        built.ids[made.tags[0]] = building.load(engine, made)
    for wave in _waves(BUILDS):
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda plan: _build(engine, week, built, plan), wave))
    for tag in PUBLISHED:
        building.publish(engine, tag)
    building.sweep(engine, built)
    built.write(engine.folder)
    return built


def _build(engine: Engine, week: Week, built: Built, plan: Build) -> None:
    if plan.base in built.absent:
        built.absent[plan.tag] = f"no {plan.base}: {built.absent[plan.base]}"
    else:
        built.ids[plan.known_as or plan.tag] = building.build(engine, plan, week)


def _waves(builds: Sequence[Build]) -> Iterator[list[Build]]:
    """Builds that can go side by side; each waits for its base and for earlier ones of its name."""
    while builds:
        wave = [
            plan
            for position, plan in enumerate(builds)
            if not {plan.base, plan.tag} & {earlier.tag for earlier in builds[:position]}
        ]
        yield wave
        builds = [plan for plan in builds if plan not in wave]


def ensure_podman(podman: Engine) -> Built:
    """Three of the images, with the same ids, in podman."""
    built = Built({}, {})
    for made in _archives(_tars(podman), built):
        if made.tags[0] in IN_PODMAN:
            built.ids[made.tags[0]] = building.load(podman, made)
    return built


def _tars(engine: Engine) -> Week:
    return suites.ensure(engine.folder, SUITES, needed=BOOKWORM.name)


def _archives(week: Week, built: Built) -> Iterator[Archive]:
    yield from _golden(week, built)
    yield from _small(week)
    yield from _rpm(week, built)


def _golden(week: Week, built: Built) -> Iterator[Archive]:
    for tag, tar, suite, when in (
        (OLD, BOOKWORM.tar, BOOKWORM, "20260901"),
        (NEW, BOOKWORM.twin_tar, BOOKWORM, "20261101"),
        (OLDEST, BULLSEYE.tar, BULLSEYE, "20260301"),
        (NEWEST, TRIXIE.tar, TRIXIE, "20261101"),
    ):
        if suite.name in week.absent:
            built.absent[tag] = week.absent[suite.name]
            continue
        tags = (tag, RETAGGED) if tag == NEW else (tag,)
        made_by = f"mmdebstrap --variant={suite.variant} {suite.codename} rootfs.tar"
        title, _, version = tag.partition(":")
        settings = {"Labels": described(title, version, "scratch")}
        yield Archive(tags, tar(week.folder), DATES[when], made_by, ("bash",), settings)


def _small(week: Week) -> Iterator[Archive]:
    """Images of a few files; all run a real busybox."""
    shell = partial(_shell, week)
    yield _archive(week, "partner/feed:3.20", "20240801", lambda: {**roots.alpine(), **shell()})
    cut = partial(roots.distroless, BOOKWORM.tar(week.folder))
    yield _archive(week, "shop/gateway:1.1", "20250210", lambda: {**cut(), **shell()})
    yield _archive(week, "tools/probe:1", "20240801", lambda: roots.program(week.debs("busybox")))
    for name, tree in roots.hostile().items():
        make = partial(lambda tree: {**tree, **shell()}, tree)
        yield _archive(week, f"hostile/{name}:1", "20250210", make, HOSTILE)


def _rpm(week: Week, built: Built) -> Iterator[Archive]:
    settings = {"Labels": {"vendor": "Ledger Ltd", "build-date": "2025-02-10"}}
    for tag, server, text in (
        ("legacy/ledger:el9", rpms.ENTERPRISE_9, roots.ENTERPRISE_9),
        ("legacy/archive:el7", rpms.ENTERPRISE_7, roots.ENTERPRISE_7),
    ):
        make = partial(_rpm_tree, week, server, text)
        try:
            yield _archive(week, tag, "20250210", make, settings)
        except Unavailable as error:
            built.absent[tag] = str(error)


def _rpm_tree(week: Week, server: rpms.Server, text: str) -> Tree:
    return {**roots.release(text), **_shell(week), **rpms.database(server)}


def _archive(
    week: Week,
    tag: str,
    date: str,
    make: Callable[[], Tree],
    settings: dict[str, Any] | None = None,
) -> Archive:
    """The archive of a small image; its tar is made once a week, and when the code here changes."""
    sources = (Path(module.__file__ or "") for module in (roots, rpms, archive))
    code = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]
    folder = week.folder / "roots"
    folder.mkdir(exist_ok=True)
    tar = folder / f"{tag.replace('/', '-').replace(':', '-')}-{code}.tar"
    if not tar.exists():
        write_tar(tar.with_suffix(".part"), make(), DATES[date]).rename(tar)
    return Archive((tag,), tar, DATES[date], "ADD rootfs.tar /", ("/bin/sh",), settings or {})


def _shell(week: Week) -> Tree:
    return roots.shell(week.debs("busybox"))
