"""Image chains of a synthetic fleet, what is installed in them and what is wrong with it."""

from datetime import UTC, datetime, timedelta

from tests.views.draft import NOW, Draft, digest, envelope
from tests.views.stock import BUILDS, FLAWED, SOURCES


def make_bases(draft: Draft) -> dict[str, list[str]]:
    """Image chains: stack -> image ids, oldest first."""
    roots = [
        make_image(draft, "debian:bookworm-20240110", None, 0),
        make_image(draft, "debian:bookworm-20250407", None, 1),
        make_image(draft, "debian:bookworm-20261103", None, 2),
    ]
    stacks: dict[str, list[str]] = {}
    for age, root in enumerate(roots):
        company = make_image(draft, f"acme/base:{2024 + age}.{4 + age}", root, age)
        for stack in ("python", "java", "node"):
            stacks.setdefault(stack, []).append(
                make_image(draft, f"acme/{stack}:{11 + age}", company, age)
            )
        for stack in ("postgres", "redis", "kafka", "cassandra", "minio"):
            verdict = "declared" if stack == "minio" else "exact"
            stacks.setdefault(stack, []).append(
                make_image(draft, f"{stack}:{14 + age}", root, age, verdict)
            )
    for age, version in enumerate(("3.18", "3.20", "3.22")):
        alpine = make_image(
            draft, f"alpine:{version}", None, age, release=f"v{version}", ecosystem="Alpine"
        )
        stacks.setdefault("nginx", []).append(
            make_image(
                draft,
                f"nginx:1.2{5 + age}-alpine",
                alpine,
                age,
                release=f"v{version}",
                ecosystem="Alpine",
            )
        )
    stacks["static"] = [make_image(draft, "acme/static:3", None, 2, observable=False)]
    old = make_image(draft, "debian:stretch-20220622", None, 0, release="9")
    stacks["legacy"] = [make_image(draft, "acme/cobol-bridge:1.4", old, 0, "inferred", release="9")]
    return stacks


def make_image(
    draft: Draft,
    name: str,
    parent: str | None,
    age: int,
    verdict: str = "exact",
    *,
    release: str = "12",
    ecosystem: str = "Debian",
    observable: bool = True,
) -> str:
    image_id = digest(name)
    made = NOW - timedelta(days=(900, 420, 19)[min(age, 2)] - len(name))
    draft.add(
        "images",
        image_id=image_id,
        kind="container",
        name=name,
        tags=[name],
        digests=[digest("d" + name)],
        os_family="linux",
        os_name=ecosystem if observable else None,
        os_version=release if observable else None,
        ecosystem=ecosystem if observable else None,
        release=release if observable else None,
        observable=observable,
        arch="amd64",
        created_at=made,
        size_bytes=(40 + len(name) * 7) * 2**20,
        is_dangling=False,
        is_stub=False,
        labels={"org.opencontainers.image.title": name},
        **envelope("edge-1"),
    )
    if parent:
        inferred = verdict == "inferred"
        draft.add(
            "lineage",
            child_id=image_id,
            parent_id=parent,
            relation="derived_from",
            verdict=verdict,
            evidence="package_set"
            if inferred
            else "label"
            if verdict == "declared"
            else "layer_prefix",
            confidence={"exact": 0.98, "declared": 0.8, "inferred": 0.55}[verdict],
            ambiguity=0,
            shared_layers=3,
            added_layers=4,
            added_bytes=len(name) * 3 * 2**20,
            is_inferred=inferred,
            why="97 % of the parent's packages are in it; the layers differ"
            if inferred
            else "a label of the image names it, its layers do not show it"
            if verdict == "declared"
            else "the first 3 layers are the parent's, in order",
        )
    for position in range(3 if parent is None else 7):
        draft.add(
            "layers",
            image_id=image_id,
            position=position,
            diff_id=digest(f"{name}{position}"),
            command="RUN apt-get install",
            size_bytes=10_000_000,
            **envelope("edge-1"),
        )
    _patches(draft, image_id, age, ecosystem, release, observable=observable)
    return image_id


def _patches(
    draft: Draft, image_id: str, age: int, ecosystem: str, release: str, *, observable: bool
) -> None:
    if not observable:
        draft.add(
            "findings",
            subject_id=image_id,
            status="unobservable",
            evidence="observation",
            why="no package database was found in it: nothing can be said, good or bad",
        )
        return
    if release == "9":
        draft.add(
            "findings",
            subject_id=image_id,
            ecosystem=ecosystem,
            release=release,
            status="end_of_life",
            evidence="end_of_life",
            due_at=datetime(2022, 6, 30, tzinfo=UTC),
            why="Debian 9 is past its end of support since 2022-06-30",
        )
    for source, binaries in SOURCES.items():
        _package(draft, image_id, (ecosystem, release), source, binaries, age)


def _package(
    draft: Draft,
    image_id: str,
    where: tuple[str, str],
    source: str,
    binaries: tuple[str, ...],
    age: int,
) -> None:
    ecosystem, release = where
    builds = (
        BUILDS[source]
        if ecosystem == "Debian"
        else tuple(f"{n.split('-')[0]}-r{i}" for i, n in enumerate(BUILDS[source]))
    )
    step = min(age, len(builds) - 1)
    if release == "9":
        builds, step = (builds[0].replace("deb12", "deb9"),), 0
    behind = len(builds) - 1 - step
    feed = ecosystem == "Debian"
    open_ = FLAWED.get(source, 0) * behind if feed else 0
    status = (
        "no_feed"
        if not feed
        else "vulnerable_fix_available"
        if open_
        else "behind_fleet"
        if behind
        else "end_of_life"
        if release == "9"
        else "current"
    )
    key = {
        "subject_id": image_id,
        "ecosystem": ecosystem,
        "release": release,
        "source_name": source,
        "source_version": builds[step],
    }
    for binary in binaries:
        draft.add(
            "packages",
            subject_id=image_id,
            ecosystem=ecosystem,
            release=release,
            name=binary,
            source_name=source,
            version=builds[step],
            source_version=builds[step],
            arch="amd64",
            purl=f"pkg:deb/debian/{binary}@{builds[step]}",
            **envelope("edge-1"),
        )
    draft.add(
        "patch_levels",
        **key,
        newest_version=builds[-1],
        builds_behind=behind,
        open_findings=open_,
        fixed_version=builds[-1] if open_ else None,
        status=status,
    )
    for number in range(open_):
        draft.add(
            "findings",
            **key,
            package_names=list(binaries),
            status="vulnerable_fix_available",
            advisory_id=f"DSA-{5600 + number}-1",
            group_id=f"CVE-2025-{1000 + len(source) * 37 + number}",
            severity=("high", "medium", "low")[number % 3],
            introduced="0",
            fixed_version=builds[-1],
            due_at=NOW - timedelta(days=40),
            evidence="advisory",
            why=f"{source} {builds[step]} is below {builds[-1]}, which has the fix",
        )
    if behind and not open_ and feed:
        draft.add(
            "findings",
            **key,
            package_names=list(binaries),
            status="behind_fleet",
            evidence="fleet",
            fixed_version=builds[-1],
            why=f"{behind} newer builds of {source} run elsewhere in the fleet",
        )
