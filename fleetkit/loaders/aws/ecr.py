"""ECR: container images of the account's own repositories.

What was pushed is known, not what is inside: neither layers nor the time of the build; the size is
that of the compressed layers, which is not the size on disk.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from fleetkit.errors import ReadError
from fleetkit.loaders.aws.calls import pages, record
from fleetkit.loaders.aws.entries import Parsed, each
from fleetkit.loaders.aws.listings import calls_for
from fleetkit.loaders.aws.moments import with_moments
from fleetkit.plugins import Call, Item, Problem, Record

if TYPE_CHECKING:
    from fleetkit.loaders.aws.accounts import Region

_PAGE = 1000
_NOTE = "ecr_repositories"
_TIMES = ("createdAt", "imagePushedAt", "lastRecordedPullTime", "lastArchivedAt")
_IMAGES = (  # artifactMediaType of what can run; absent in older answers
    "application/vnd.docker.container.image.v1+json", "application/vnd.oci.image.config.v1+json",
)


def repositories(region: "Region") -> Iterator[Item]:
    """Repositories of the account's private registry."""
    found: list[tuple[str, str]] = []
    for item in pages(region, "ecr", "describe_repositories", "repositories", _PAGE):
        if isinstance(item, Call):
            yield item
            continue
        found.append((str(item["repositoryName"]), str(item["registryId"])))
        yield from each([item], "repository", _repository)
    region.seen[_NOTE] = found


def images(region: "Region") -> Iterator[Item]:
    """Images of all repositories; signatures and other artifacts beside them are counted only."""
    yield from calls_for(region, _NOTE, repositories)
    for name, registry in region.seen[_NOTE]:
        try:
            yield from _images_of(region, name, registry)
        except ReadError as error:
            if error.code != "refused":
                raise
            yield Problem("vanished", "a repository was gone when its images were asked for",
                          name, detail=str(error), severity="info")


def _images_of(region: "Region", name: str, registry: str) -> Iterator[Item]:
    artifacts = 0
    for item in pages(region, "ecr", "describe_images", "imageDetails", _PAGE,
                      repositoryName=name, registryId=registry):
        if isinstance(item, Call):
            yield item
        elif _is_image(item):
            yield from each([item], "image", _image)
        else:
            artifacts += 1
    if artifacts:
        yield _artifacts(artifacts, name)


def _repository(repository: Mapping[str, Any]) -> Iterator[Record]:
    yield record("ecr_repository", {
        **with_moments(repository, _TIMES), "repositoryName": repository["repositoryName"],
    })


def _image(image: Mapping[str, Any]) -> Iterator[Record]:
    yield record("ecr_image", {
        **with_moments(image, _TIMES),
        "imageDigest": str(image["imageDigest"]),
        "imageTags": sorted({str(tag) for tag in image.get("imageTags") or []}),
    })


def _is_image(item: Any) -> bool:
    """Whether it can run: no signature, attestation, chart or other artifact."""
    if not isinstance(item, Mapping):
        return True  # to be told as unreadable
    kind = item.get("artifactMediaType")
    return not item.get("subjectManifestDigest") and (not kind or kind in _IMAGES)


def _artifacts(count: int, repository: str | None) -> Problem:
    return Problem(
        "not_an_image", "a repository holds artifacts that are no images", repository,
        detail=f"{count:,} artifacts are left out (charts, signatures, attestations)",
        severity="info",
    )


def _repositories_saved(document: Mapping[str, Any], _: str) -> Parsed:
    """From `aws ecr describe-repositories`."""
    return each(document["repositories"], "repository", _repository)


def _images_saved(document: Mapping[str, Any], _: str) -> Parsed:
    """From `aws ecr describe-images`."""
    details = document["imageDetails"]
    entries = details if isinstance(details, list) else [details]
    kept = [item for item in entries if _is_image(item)]
    yield from each(kept, "image", _image)
    if len(kept) < len(entries):
        yield _artifacts(len(entries) - len(kept), None)


READERS: Mapping[str, Callable[["Region"], Iterator[Item]]] = {
    "ecr_repositories": repositories, "ecr_images": images,
}
NEEDS: Mapping[str, tuple[str, ...]] = {
    "ecr_repositories": (), "ecr_images": ("ecr_repositories",),
}
_TEXT = pa.string()
SHAPES: Mapping[str, pa.Schema] = {
    "ecr_repository": pa.schema([(name, _TEXT) for name in (
        "repositoryArn", "registryId", "repositoryName", "repositoryUri", "createdAt")]),
    "ecr_image": pa.schema([
        *((name, _TEXT) for name in (
            "registryId", "repositoryName", "imageDigest", "imagePushedAt",
            "lastRecordedPullTime")),
        ("imageTags", pa.list_(_TEXT)), ("imageSizeInBytes", pa.int64()),
    ]),
}
ACTIONS: tuple[str, ...] = ("ecr:DescribeRepositories", "ecr:DescribeImages")
TOP_LEVEL: Mapping[str, Callable[[Mapping[str, Any], str], Parsed]] = {
    "repositories": _repositories_saved,
    "imageDetails": _images_saved,
}
