"""Containers beside the company's own: hostile ones in its engine, and those in podman."""

from docker.types import Mount

from tests.real import images
from tests.real.containers import SLEEP, Plan, composed
from tests.real.planted import PLANTED
from tests.real.roots import CJK, ESCAPES, RIGHT_TO_LEFT, SCRIPT

ONE_MB = "x" * 1_000_000


def hostile() -> list[Plan]:
    """Containers whose texts try to run, to overflow or to mislead; most of images that do so."""
    texts = {
        f"label-{name}": text
        for name, text in (
            ("script", SCRIPT),
            ("rtl", RIGHT_TO_LEFT),
            ("cjk", CJK),
            ("escapes", ESCAPES),
        )
    }
    named = {
        "labels": texts | {SCRIPT: "key", CJK: "key", ESCAPES: "key"},
        "environment": {SCRIPT: "name", CJK: "name"},
        "command": ["sh", "-c", f"echo '{SCRIPT}' '{RIGHT_TO_LEFT}'"],
        "working_dir": f"/{SCRIPT}",
        "volumes": [f"/srv/legacy/data:/{CJK}:ro"],
    }
    return [
        Plan("hostile-texts", "hostile/packages:1", "created", named),
        Plan("hostile-large-label", "tools/probe:1", "created", {"labels": {"large": ONE_MB}}),
        *(
            Plan(f"hostile-{name}", f"hostile/{name}:1", "created", {"command": ["sh"]})
            for name in ("corrupt-dpkg", "corrupt-rpm", "escape", "loop")
        ),
    ]


def in_podman() -> list[Plan]:
    """Containers of the podman service; it adds `localhost/` to names without a registry."""
    secret = {"API_KEY": PLANTED["podman"]}
    compose = composed("edge", "feed", 1, command=SLEEP, network_mode="host", environment=secret)
    del compose["network"]
    volume = {"mounts": [Mount("/var/lib/ledger", "ledger", type="volume")], "network_mode": "host"}
    return [
        Plan("edge-feed-1", "localhost/partner/feed:3.20", options=compose),
        Plan("ledger", "localhost/legacy/ledger:el9", options=volume | {"command": SLEEP}),
        Plan("golden", f"localhost/{images.NEW}", "created", {"command": SLEEP}),
    ]
