"""Spellings of references, as engines show them."""

_HUB, _LIBRARY = ("docker.io/", "index.docker.io/", "registry-1.docker.io/"), "library/"


def shown_name(reference: str) -> str:
    """The reference as engines list it: without Docker Hub and its library.

    Examples:
        >>> shown_name("docker.io/library/nginx:1.25"), shown_name("registry.example/web:1")
        ('nginx:1.25', 'registry.example/web:1')
    """
    for hub in _HUB:
        if reference.startswith(hub):
            return reference.removeprefix(hub).removeprefix(_LIBRARY)
    return reference
