"""Synthetic fleets for the views: hand-made rows from a seeded generator."""

import hashlib
import random
from datetime import timedelta

from fleetkit.fleet import Fleet
from fleetkit.tables import TABLES
from tests.views.draft import NOW, Draft, envelope
from tests.views.images import make_bases, make_image
from tests.views.stock import EVIDENCE, SERVICES


def synthetic(workloads: int = 200, seed: int = 7) -> Fleet:
    """A fleet of about that many workloads; the same seed gives the same fleet."""
    draft = Draft(random.Random(seed))
    bases = make_bases(draft)
    hosts = [_host(draft, f"edge-{number}") for number in range(1, 3 + workloads // 400)]
    round_ = 0
    while len(draft.rows["workloads"]) < workloads:
        for service in SERVICES:
            _service(draft, service, bases, hosts, round_)
            if len(draft.rows["workloads"]) >= workloads:
                break
        round_ += 1
    _coverage(draft, hosts)
    made = {name: TABLES[name].frame(rows) for name, rows in draft.rows.items()}
    loaded = {name: frame for name, frame in made.items() if TABLES[name].made_by is None}
    derived = {name: frame for name, frame in made.items() if TABLES[name].made_by is not None}
    return Fleet(**loaded).with_tables(**derived)


def _host(draft: Draft, name: str) -> str:
    host_id = f"docker|engine-{name}|vm|{name}"
    draft.add(
        "workloads",
        workload_id=host_id,
        kind="vm",
        native_id=name,
        name=name,
        hostname=name,
        state="running",
        cpu_cores=16.0,
        memory_bytes=64 * 2**30,
        os_family="linux",
        os_name="Debian",
        os_version="12",
        kernel_version="6.1.0-28-amd64",
        controller_kind="none",
        created_at=NOW - timedelta(days=700),
        **envelope(name),
    )
    draft.add(
        "labels",
        workload_id=host_id,
        label="unsure",
        quadrant="unsure",
        p_state=0.5,
        p_unique=0.7,
        state_score=0.0,
        uniqueness_score=0.8,
        coverage=0.3,
        why="too little is known about it",
    )
    return host_id


def _service(
    draft: Draft,
    service: tuple[str, str, str, int, str],
    bases: dict[str, list[str]],
    hosts: list[str],
    round_: int,
) -> None:
    project, name, stack, replicas, quadrant = service
    environment = ("production", "production", "staging")[(round_ + len(name)) % 3]
    project = project if round_ == 0 else f"{project}-{round_ + 1}"
    age = draft.seed.choice((0, 1, 1, 2, 2, 2)) if len(bases[stack]) > 1 else 0
    parent = bases[stack][min(age, len(bases[stack]) - 1)]
    own = stack in ("python", "java", "node", "static")
    shape = next(row for row in draft.rows["images"] if row["image_id"] == parent)
    image = (
        make_image(
            draft,
            f"acme/{project}-{name}:{draft.seed.randint(1, 9)}.{draft.seed.randint(0, 30)}",
            parent,
            age,
            draft.seed.choice(("exact", "exact", "exact", "inferred")),
            release=shape["release"] or "12",
            ecosystem=shape["ecosystem"] or "Debian",
            observable=shape["observable"],
        )
        if own
        else parent
    )
    score = [draft.seed.gauss(0, 0.25), draft.seed.gauss(0, 0.25)]
    for number in range(1, replicas + 1):
        _container(
            draft,
            (project, name, stack, replicas, quadrant),
            image,
            draft.seed.choice(hosts),
            environment,
            number,
            score,
        )


def _container(
    draft: Draft,
    service: tuple[str, str, str, int, str],
    image: str,
    host: str,
    environment: str,
    number: int,
    shift: list[float],
) -> None:
    project, name, stack, replicas, quadrant = service
    target = host.rsplit("|", 1)[1]
    native = hashlib.sha256(f"{project}{name}{number}".encode()).hexdigest()
    workload_id = f"docker|engine-{target}|container|{native[:12]}"
    stopped = draft.seed.random() < 0.05
    draft.add(
        "workloads",
        workload_id=workload_id,
        kind="container",
        native_id=native,
        name=f"{project}-{name}-{number}",
        hostname=native[:12],
        state="stopped" if stopped else "running",
        health=None if stack == "static" else "passing",
        memory_bytes=draft.seed.choice((None, 2**29, 2**30, 2**32)),
        cpu_cores=draft.seed.choice((None, 0.5, 1.0, 2.0)),
        os_family="linux",
        arch="amd64",
        image_id=image,
        created_at=NOW - timedelta(days=draft.seed.randint(1, 400)),
        started_at=NOW - timedelta(days=1),
        restart_count=draft.seed.randint(0, 3),
        restart_policy="always",
        controller_kind="compose",
        controller_name=f"{project}/{name}",
        replicas=replicas,
        host_id=host,
        environment=environment,
        ports=["8080/tcp"],
        env_names=["PATH", "LANG"],
        privileged=False,
        tags={"com.docker.compose.project": project, "com.docker.compose.service": name},
        **envelope(target),
    )
    if quadrant in ("pet", "stateful_herd"):
        draft.add(
            "mounts",
            workload_id=workload_id,
            kind="named_volume",
            target_path=f"/var/lib/{stack}",
            volume_id=f"{project}_{name}_data_{number}",
            persistence="durable",
            used_bytes=number * 2**31,
            **envelope(target),
        )
    draft.add(
        "links",
        from_id=workload_id,
        to_id=host,
        relation="runs_on",
        evidence="engine",
        confidence=1.0,
        **envelope(target),
    )
    _judged(draft, workload_id, (stack, replicas, quadrant), number, shift)


def _judged(
    draft: Draft, workload_id: str, kind: tuple[str, int, str], number: int, shift: list[float]
) -> None:
    stack, replicas, quadrant = kind
    totals = {"state": 0.0, "uniqueness": 0.0, "disposability": 0.0}
    reasons = []
    for position, (signal, axis, family, weight, reason) in enumerate(EVIDENCE[quadrant]):
        part = round(weight + shift[position % 2], 3)
        said = reason.format(n=replicas, sw=stack)
        totals[axis] += part
        reasons.append((abs(part), said))
        draft.add(
            "evidence",
            workload_id=workload_id,
            signal=signal,
            axis=axis,
            family=family,
            weight=part,
            contribution=part,
            reason=said,
        )
    label = {"stateful_herd": "pet", "snowflake": "pet"}.get(quadrant, quadrant)
    draft.add(
        "labels",
        workload_id=workload_id,
        label=label,
        quadrant=quadrant,
        p_state=_probability(totals["state"]),
        p_unique=_probability(totals["uniqueness"]),
        p_disposable=_probability(totals["disposability"]),
        state_score=totals["state"],
        uniqueness_score=totals["uniqueness"],
        disposability_score=totals["disposability"],
        prize_bull=quadrant == "stateful_herd" and number == 1,
        software=stack,
        role="database" if quadrant in ("pet", "stateful_herd") else "application",
        coverage=0.72,
        why="; ".join(said for _, said in sorted(reasons, reverse=True)[:3]),
    )


def _probability(score: float) -> float:
    return 1 / (1 + 2.718281828**-score)


def _coverage(draft: Draft, hosts: list[str]) -> None:
    for host in hosts:
        name = host.rsplit("|", 1)[1]
        for resource in ("containers", "images", "packages"):
            draft.add(
                "coverage",
                resource=resource,
                status="ok",
                rows=120,
                calls=121,
                retries=0,
                seconds=1.4,
                **envelope(name),
            )
    draft.add(
        "coverage",
        resource="containers",
        status="denied",
        rows=0,
        calls=1,
        retries=0,
        seconds=0.1,
        error="permission denied on the socket",
        **envelope("edge-9"),
    )
    draft.add(
        "problems",
        code="vanished",
        phase="detail",
        severity="warning",
        message="a container was gone when it was inspected",
        subject_id="docker|engine-edge-1|container|dead",
        **envelope("edge-1"),
    )
