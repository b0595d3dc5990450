"""Packages of images, stack by stack: images with the same layers have the same files."""

from collections.abc import Callable, Iterable, Iterator

from fleetkit.errors import LoadError
from fleetkit.installed.histories import Missing
from fleetkit.loaders.oci.stacks import Memory, read_stack, stack_problems, stack_record
from fleetkit.loaders.oci.strata import Layer
from fleetkit.loaders.oci.walking import Image, unreadable
from fleetkit.loaders.oci.watching import Watch
from fleetkit.plugins import Problem, Record

_WITHOUT_DATABASE = "windows"

Fetch = Callable[[Image, int, Watch], Layer]


def package_items(images: Iterable[Image], fetch: Fetch) -> Iterator[Record | Problem]:
    """One record per stack of layers, and problems of those that could not be read.

    Args:
        images: those whose packages are wanted are read; Windows has no database of them.
        fetch: image, position, paths -> that layer.
    """
    memory, missing = Memory(), Missing()
    stacks: dict[tuple[str, ...], list[Image]] = {}
    for image in images:
        if image.is_wanted and image.content["Config"].get("os") != _WITHOUT_DATABASE:
            stacks.setdefault(tuple(image.diff_ids), []).append(image)
    for diff_ids, alike in stacks.items():
        image = alike[0]
        ids = sorted({one.image_id for one in alike})
        try:
            _check(image)
            positions = {diff_id: place for place, diff_id in enumerate(diff_ids)}
            stack = read_stack(
                diff_ids,
                lambda diff_id, watch, image=image, positions=positions:  # type: ignore[misc]
                    fetch(image, positions[diff_id], watch),
                memory,
            )
        except LoadError as error:
            yield unreadable(error, ids[0], "layers of an image could not be read, so its packages"
                                            " are unknown")
        else:
            yield stack_record(ids, stack)
            yield from stack_problems(ids[0], stack)
            missing.add(stack.told)
    for fault in missing.faults():
        yield Problem(
            code=fault.code, message="source builds without a changelog to read name no flaws",
            detail=fault.message[:500], severity="info",
            hint="slim images leave documents out; give `audit` advisories for these",
        )


def _check(image: Image) -> None:
    """Fails where layers cannot be read as files."""
    if len(image.layers) != len(image.diff_ids):
        raise LoadError(f"{image.image_id[:19]}: its manifest names {len(image.layers)} layers, its"
                        f" configuration {len(image.diff_ids)}")
    strange = next((layer for layer in image.layers if not layer.is_layer), None)
    if strange is not None:
        raise LoadError(f"{image.image_id[:19]}: a layer is of the kind"
                        f" {strange.media_type!r:.100}, which is not read")
