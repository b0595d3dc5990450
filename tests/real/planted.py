"""Secrets planted in the fleet, one per place where real fleets leak them.

None may ever reach a table, a capture, a report or a log; other tests look for these values.
"""

PLANTED = {
    "environment": "planted-environment-4f1d9a",
    "url": "planted-url-b07c33",
    "history": "planted-history-91ce5e",
    "build_argument": "planted-buildarg-d2a86b",
    "argument": "planted-argument-77b0f2",
    "label": "planted-label-c95e14",
    "health": "planted-health-0e6ad8",
    "image_label": "planted-imagelabel-38f4c7",
    "podman": "planted-podman-a61b59",
}
PLANTED_SECRETS = tuple(PLANTED.values())
