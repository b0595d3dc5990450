"""ECR in moto's cloud: images of the account's own repositories."""

import json

import pytest

import fleetkit as fk
from tests.loaders.aws.chosen import loaded, saved, shared, statuses
from tests.loaders.aws.estate import REGION
from tests.real.aws import ACCOUNT, Fault

URI = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/team/web"
DIGEST = f"sha256:{'ab' * 32}"


@pytest.fixture
def ecr(cloud):
    client = cloud.client("ecr", REGION)
    client.create_repository(repositoryName="team/web")
    return client


def push(ecr, *tags, content="a"):
    """An image under its tags; its digest."""
    manifest = json.dumps({
        "schemaVersion": 2, "layers": [],
        "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
        "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 1,
                   "digest": f"sha256:{content * 64}"}})
    for tag in tags:
        pushed = ecr.put_image(repositoryName="team/web", imageManifest=manifest, imageTag=tag)
    return pushed["image"]["imageId"]["imageDigest"]


def document(**fields):
    return {"imageDetails": [{"registryId": ACCOUNT, "repositoryName": "team/web",
                              "imageDigest": DIGEST, "imageTags": ["2", "1"], **fields}]}


REPOSITORY = {"repositories": [
    {"registryId": ACCOUNT, "repositoryName": "team/web", "repositoryUri": URI}]}


def test_an_image_is_named_by_repository_and_digest(cloud, ecr):
    digest = push(ecr, "1.0")
    row = loaded(cloud, "ecr_images").images.iloc[0]
    assert (row["image_id"], row["kind"], row["is_stub"]) == (
        f"aws||image|{URI}@{digest}", "container", False)


def test_an_image_bears_all_its_tags_and_its_repository_digest(cloud, ecr):
    digest = push(ecr, "1.0", "latest")
    row = loaded(cloud, "ecr_images").images.iloc[0]
    assert (list(row["tags"]), list(row["digests"])) == (
        [f"{URI}:1.0", f"{URI}:latest"], [f"{URI}@{digest}"])


def test_the_size_of_compressed_layers_is_no_size_on_disk(cloud, ecr):
    push(ecr, "1.0")
    images = loaded(cloud, "ecr_images").images
    assert images["size_bytes"].isna().all()
    assert images["created_at"].isna().all()


def test_denied_images_leave_the_coverage_honest(cloud, ecr):
    push(ecr, "1.0")
    cloud.fail(REGION, "DescribeImages", Fault(400, "AccessDeniedException", "no"))
    assert statuses(loaded(cloud, "ecr_images")) == {
        "ecr_images": "denied", "ecr_repositories": "ok"}


def test_a_repository_that_is_gone_ends_only_its_own_part(cloud, ecr):
    push(ecr, "1.0")
    ecr.create_repository(repositoryName="a/gone")
    cloud.fail(REGION, "DescribeImages", Fault(400, "RepositoryNotFoundException", "no", times=1))
    fleet = loaded(cloud, "ecr_images")
    assert "vanished" in fleet.problems["code"].tolist()
    assert statuses(fleet)["ecr_images"] in ("ok", "empty")


def task(**fields):
    return {"tasks": [{
        "taskArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/c/1", "lastStatus": "RUNNING",
        "clusterArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/c",
        "containers": [{"name": "a", "image": f"{URI}:1", "lastStatus": "RUNNING", **fields}]}]}


def test_an_image_by_tag_leads_to_the_one_that_bears_it(tmp_path):
    links = saved(tmp_path, images=document(), of=REPOSITORY, tasks=task()).links
    row = links[links["relation"] == "same_as"].iloc[0]
    assert (row["from_id"], row["to_id"]) == (f"aws||image|{URI}:1", f"aws||image|{URI}@{DIGEST}")


def test_a_task_and_its_repository_name_one_image_alike(tmp_path):
    fleet = saved(tmp_path, images=document(), of=REPOSITORY, tasks=task(imageDigest=DIGEST))
    assert fleet.images["image_id"].tolist() == fleet.workloads["image_id"].tolist()
    assert fleet.images["is_stub"].tolist() == [False]


def test_the_last_pull_is_the_last_use(tmp_path):
    fleet = saved(tmp_path, images=document(lastRecordedPullTime="2026-02-03T04:05:06+00:00"))
    assert str(fleet.images.iloc[0]["last_used_at"]) == "2026-02-03 04:05:06+00:00"


def test_an_image_without_tags_is_dangling(tmp_path):
    row = saved(tmp_path, images=document(imageTags=None), of=REPOSITORY).images.iloc[0]
    assert (row["is_dangling"], row["name"]) == (True, f"{URI}@{DIGEST}")


def test_signatures_and_charts_are_counted_and_no_images(tmp_path):
    kinds = ({"artifactMediaType": "application/vnd.cncf.helm.config.v1+json"},
             {"subjectManifestDigest": DIGEST}, {})
    details = [image for fields in kinds for image in document(**fields)["imageDetails"]]
    fleet = saved(tmp_path, images={"imageDetails": details})
    assert (len(fleet.images), fleet.problems["code"].tolist()) == (1, ["not_an_image"])


def test_payloads_of_others_are_read_whole():
    folders = shared("ecr-describe-images", "ecr-describe-repositories")
    fleet = fk.load("aws", *folders)
    assert len(fleet.images) == 2
    assert set(fleet.problems["code"]) <= {"duplicate_key"}  # two folders hold a file of one name
