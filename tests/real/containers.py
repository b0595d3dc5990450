"""What runs on the shop's engine: two compose projects, swarm tasks, things started by hand.

    shop       web 1-3 (1 still on the unpatched image), api 1-2, db 1
    billing    ledger 1, queue 1, worker 1-2 (1 still on the image whose tag moved on)

Each container shows one or two facts that an inventory has to get right; its plan says which.
"""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, Literal

from docker.types import Mount

from tests.real import images
from tests.real.planted import PLANTED

State = Literal["running", "exited", "created", "restarting", "paused"]
MIB = 1 << 20
SECOND = 1_000_000_000
WROTE_BYTES = 150 * MIB

COMPOSE = "com.docker.compose."
SWARM = "com.docker.swarm."
NETWORKS: dict[str, tuple[str, dict[str, str]]] = {
    f"{project}_default": (
        subnet,
        {
            f"{COMPOSE}project": project,
            f"{COMPOSE}network": "default",
            f"{COMPOSE}version": "2.17.2",
        },
    )
    for project, subnet in (("shop", "172.30.1.0/24"), ("billing", "172.30.2.0/24"))
}
VOLUMES: dict[str, dict[str, str]] = {
    name: {f"{COMPOSE}project": name.partition("_")[0], f"{COMPOSE}volume": name.partition("_")[2]}
    for name in ("shop_pgdata", "billing_queue")
} | {"backup": {}, "forgotten": {}}
HOST_FILES = {
    "srv/shop/nginx/tls.conf": "ssl_protocols TLSv1.3;\n",
    "srv/shop/uploads/README": "customers' pictures\n",
    "srv/legacy/data/customers.db": "1|one\n2|two\n",
}
SLEEP = ["sleep", "infinity"]


@dataclass(frozen=True)
class Plan:
    """One container: its image, its planned state, and what `docker run` would be told."""

    name: str
    image: str
    state: State = "running"
    options: dict[str, Any] = field(default_factory=dict)
    health: str | None = None
    restarts: int = 0  # at least so many
    pinned: bool = False  # named by tag and digest, as a swarm does


def healthcheck(*test: str, interval_s: float = 5, retries: int = 1) -> dict[str, Any]:
    """A health check that settles after one interval."""
    interval = int(interval_s * SECOND)
    return {"test": list(test), "interval": interval, "timeout": 2 * SECOND, "retries": retries}


def composed(project: str, service: str, number: int, **options: Any) -> dict[str, Any]:
    """Options of a compose service's replica, with the labels that compose sets."""
    digest = hashlib.sha256(json.dumps([service, sorted(options)]).encode()).hexdigest()
    labels = {
        f"{COMPOSE}project": project,
        f"{COMPOSE}service": service,
        f"{COMPOSE}container-number": str(number),
        f"{COMPOSE}oneoff": "False",
        f"{COMPOSE}version": "2.17.2",
        f"{COMPOSE}config-hash": digest,
        f"{COMPOSE}project.config_files": f"/srv/{project}/compose.yaml",
        f"{COMPOSE}project.working_dir": f"/srv/{project}",
        f"{COMPOSE}depends_on": "",
    }
    labels |= options.pop("labels", {})
    policy = {"Name": "unless-stopped"}
    return {"network": f"{project}_default", "labels": labels, "restart_policy": policy} | options


def plans() -> list[Plan]:
    """All of them."""
    return [*_shop(), *_billing(), *_swarm(), *_by_hand(), *_ended()]


def _shop() -> list[Plan]:
    """Three web replicas on two images; a database on a named volume; bound data."""
    webs = [
        Plan(f"shop-web-{number}", image, options=_web(number), health="healthy")
        for number, image in ((1, "shop/web:2.3.0"), (2, "shop/web:2.3.1"), (3, "shop/web:2.3.1"))
    ]
    uploads = Mount("/srv/uploads", "/srv/shop/uploads", type="bind")
    address = f"postgres://shop:{PLANTED['url']}@db:5432/shop"
    api = {"environment": {"DATABASE_URL": address, "LOG_LEVEL": "info"}, "mounts": [uploads]}
    database = composed(
        "shop",
        "db",
        1,
        mounts=[Mount("/var/lib/postgresql/data", "shop_pgdata")],
        environment={"POSTGRES_PASSWORD": PLANTED["environment"], "POSTGRES_DB": "shop"},
        mem_limit=1024 * MIB,
        mem_reservation=512 * MIB,
        stop_signal="SIGINT",
        healthcheck=healthcheck("CMD-SHELL", "test -s $PGDATA/PG_VERSION"),
    )
    return [
        *webs,
        Plan("shop-api-1", "shop/api:1.9.2", options=composed("shop", "api", 1, **api)),
        Plan("shop-api-2", "shop/api:1.9.2", options=composed("shop", "api", 2, **api)),
        Plan("shop-db-1", "shop/postgres:15.6", options=database, health="healthy"),
    ]


def _web(number: int) -> dict[str, Any]:
    """A replica that keeps nothing: read-only root, tmpfs, configuration bound read-only."""
    config = Mount("/etc/nginx/tls.conf", "/srv/shop/nginx/tls.conf", type="bind", read_only=True)
    return composed(
        "shop",
        "web",
        number,
        mounts=[config],
        ports={"8080/tcp": ("127.0.0.1", 8080 + number)},
        read_only=True,
        tmpfs={"/tmp": "size=16m,mode=1777"},
        mem_limit=256 * MIB,
        nano_cpus=500_000_000,
        cap_drop=["ALL"],
        security_opt=["no-new-privileges"],
        healthcheck=healthcheck("CMD", "bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080"),
    )


def _billing() -> list[Plan]:
    """An rpm image without a volume; a queue on a named volume; a worker on a dangling image."""
    fails = healthcheck("CMD-SHELL", 'echo "login with $PROBE_TOKEN refused"; exit 1')
    ledger = composed(
        "billing",
        "ledger",
        1,
        command=SLEEP,
        environment={"PROBE_TOKEN": PLANTED["health"]},
        healthcheck=fails,
        hostname="ledger01",
        mem_limit=128 * MIB,
    )
    queue = composed(
        "billing",
        "queue",
        1,
        mounts=[Mount("/data", "billing_queue")],
        command=["redis-server", "--appendonly", "yes", "--protected-mode", "no"],
        mem_limit=64 * MIB,
    )
    worker = {"cpu_shares": 256, "init": True}
    return [
        Plan("billing-ledger-1", "legacy/ledger:el9", options=ledger, health="unhealthy"),
        Plan("billing-queue-1", "shop/redis:7.0", options=queue),
        Plan(
            "billing-worker-1",
            images.WORKER_BEFORE,
            options=composed("billing", "worker", 1, **worker),
        ),
        Plan(
            "billing-worker-2",
            "shop/worker:latest",
            options=composed("billing", "worker", 2, **worker),
        ),
    ]


def _swarm() -> list[Plan]:
    """Two tasks of one service, with the labels that a swarm sets; no swarm runs here."""
    tasks = ("qk2c7m0v5n3x8z1l4p6r9t2w5", "h7d3f9j1s5a8g2k6u4y0e3b7v")
    return [
        Plan(
            f"edge_gateway.{slot}.{task}",
            "shop/gateway:1.1",
            pinned=True,
            options={
                "command": SLEEP,
                "labels": {
                    f"{SWARM}node.id": "n4x8c2v6b0m3k7j1h5g9f3d7s",
                    f"{SWARM}service.id": "w1e5r9t3y7u2i6o0p4a8s2d6f",
                    f"{SWARM}service.name": "edge_gateway",
                    f"{SWARM}task": "",
                    f"{SWARM}task.id": task,
                    f"{SWARM}task.name": f"edge_gateway.{slot}.{task}",
                    "com.docker.stack.namespace": "edge",
                },
            },
        )
        for slot, task in enumerate(tasks, start=1)
    ]


def _by_hand() -> list[Plan]:
    """Started by hand: data in its own layer, an anonymous volume, a secret argument, an agent."""
    fill = f"head -c {WROTE_BYTES} /dev/zero >/var/tmp/journal && exec sleep infinity"
    data = Mount("/opt/billing/data", "/srv/legacy/data", type="bind")
    agent = {
        "privileged": True,
        "network_mode": "host",
        "pid_mode": "host",
        "mounts": [Mount("/host", "/", type="bind", read_only=True)],
        "volumes": ["/var/run/docker.sock:/var/run/docker.sock"],
        "command": SLEEP,
    }
    password = f"--password={PLANTED['argument']}"
    return [
        Plan("files", images.NEW, options={"command": ["sh", "-c", fill], "hostname": "files01"}),
        Plan("old-billing", "shop/billing:3", options={"mounts": [data], "user": "0:0"}),
        Plan("reporting-db", "shop/postgres:15.6", options={"restart_policy": {"Name": "always"}}),
        Plan("mailer", "shop/mailer:0.4", options={"labels": {"smtp-token": PLANTED["label"]}}),
        Plan("feed", "partner/feed:3.20", options={"command": SLEEP, "network_mode": "none"}),
        Plan(
            "probe",
            "tools/probe:1",
            options={"command": ["/bin/busybox", *SLEEP], "auto_remove": True},
        ),
        Plan(
            "export",
            "shop/worker:latest",
            options={"command": ["python3", "/app/worker.py", password]},
        ),
        Plan("agent", "tools/probe:1", "created", agent),
        Plan(
            "canary",
            "shop/api:1.9.2",
            "paused",
            {"network_mode": "host", "labels": {"stage": "canary"}},
        ),
    ]


def _ended() -> list[Plan]:
    """Done, failed with a restart count, failing for ever, out of memory."""
    once = composed(
        "shop", "api", 1, command=["python3", "-c", "pass"], labels={f"{COMPOSE}oneoff": "True"}
    )
    once["restart_policy"] = {"Name": "no"}
    retried = {"restart_policy": {"Name": "on-failure", "MaximumRetryCount": 2}}
    forever = {"command": ["sh", "-c", "exit 1"], "restart_policy": {"Name": "always"}}
    greedy = {
        "command": ["python3", "-c", "bytearray(1 << 28)"],
        "mem_limit": 16 * MIB,
        "memswap_limit": 16 * MIB,
    }
    return [
        Plan("shop-api-run-migrate", "shop/api:1.9.2", "exited", once),
        Plan("nightly-report", "shop/reports:1.0", "exited", retried, restarts=2),
        Plan("importer", "partner/feed:3.20", "restarting", forever, restarts=1),
        Plan("thumbnails", "shop/reports:1.0", "exited", greedy),
    ]
