"""What goes wrong in one place: every other row is loaded, and what is missing is said."""

import base64
import gzip
import re

import pytest

import fleetkit as fk
from fleetkit.errors import LoadError
from fleetkit.loaders.aws import LOADER
from fleetkit.progress import silent
from tests.loaders.aws import estate
from tests.loaders.aws.estate import covered, loaded, told
from tests.real import aws

GOOD, BAD = "eu-west-1", "eu-central-1"
ENCODED = base64.b64encode(estate.PLANTED.encode()).decode()
READING = re.compile(r"^(Describe|List|Get|BatchGet)[A-Z]|^AssumeRole$")


@pytest.fixture(scope="module")
def _estates(running):
    running.reset()
    for region in (GOOD, BAD):
        estate.machines(running, 2, region)
    yield
    running.reset()


@pytest.fixture
def cloud(running, _estates):
    """Two machines in each of two regions."""
    running.forget()
    yield running
    running.heal()


def machines_in(fleet, region):
    return (fleet.workloads["region"] == region).sum()


def told_in(fleet, region, code):
    rows = told(fleet, code)
    return rows[rows["region"] == region]


def page(*ids, token=""):
    """A page of instances, as EC2 writes it."""
    items = "".join(f"<item><instanceId>{each}</instanceId><imageId>ami-1</imageId></item>"
                    for each in ids)
    return (
        '<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">'
        f"<reservationSet><item><ownerId>{aws.ACCOUNT}</ownerId><reservationId>r-1</reservationId>"
        f"<instancesSet>{items}</instancesSet></item></reservationSet>"
        f"<nextToken>{token}</nextToken></DescribeInstancesResponse>"
    )


def test_a_denied_region_costs_no_other_region_a_row(cloud):
    cloud.fail(BAD, "*", aws.denied())
    fleet = loaded(cloud, GOOD, BAD)
    assert (machines_in(fleet, GOOD), machines_in(fleet, BAD)) == (2, 0)


def test_every_region_and_resource_is_covered_also_where_denied(cloud):
    cloud.fail(BAD, "*", aws.denied())
    fleet = loaded(cloud, GOOD, BAD)
    assert covered(fleet, BAD).keys() == covered(fleet, GOOD).keys() == set(LOADER.resources)


def test_a_denied_call_names_the_permission_that_is_missing(cloud):
    cloud.fail(BAD, "DescribeVolumes", aws.denied())
    fleet = loaded(cloud, BAD)
    assert covered(fleet, BAD)["volumes"] == "denied"
    assert told(fleet, "access_denied")["hint"].tolist() == ["allow ec2:DescribeVolumes"]


def test_sizes_of_disks_that_nobody_may_read_are_unknown_and_not_zero(cloud):
    cloud.fail(BAD, "DescribeVolumes", aws.denied())
    assert loaded(cloud, BAD).workloads["disk_bytes"].isna().all()


def test_a_region_that_throttles_for_a_while_is_read_in_full(cloud):
    cloud.fail(BAD, "DescribeInstances", aws.throttled(times=2))
    fleet = loaded(cloud, BAD)
    rows = fleet.coverage.set_index("resource")
    assert (rows.loc["instances", "status"], rows.loc["instances", "retries"]) == ("ok", 2)


def test_a_region_that_does_not_answer_is_told_once(cloud):
    cloud.fail(BAD, "*", aws.silent())
    fleet = loaded(cloud, GOOD, BAD)
    assert machines_in(fleet, GOOD) == 2
    assert told_in(fleet, BAD, "unreachable")["phase"].tolist() == ["connect"]
    assert set(covered(fleet, BAD).values()) == {"failed"}


def test_a_page_that_breaks_off_leaves_the_pages_before_it(cloud):
    cloud.fail(BAD, "DescribeInstances", aws.answered(page("i-1", token="t"), times=1), aws.cut())
    fleet = loaded(cloud, BAD)
    assert covered(fleet, BAD)["instances"] == "partial"
    assert fleet.workloads["native_id"].tolist() == ["i-1"]


def test_a_page_that_breaks_off_once_is_asked_again(cloud):
    cloud.fail(BAD, "DescribeInstances", aws.cut(times=1))
    fleet = loaded(cloud, BAD)
    assert (machines_in(fleet, BAD), covered(fleet, BAD)["instances"]) == (2, "ok")


def test_half_a_list_in_json_is_not_taken_for_an_empty_one(cloud):
    cloud.fail(BAD, "ListClusters", aws.cut())
    assert covered(loaded(cloud, BAD), BAD)["ecs_clusters"] == "failed"


@pytest.mark.parametrize("tokens", ["tt", "tut"], ids=["same token", "tokens in a circle"])
def test_a_page_token_that_repeats_ends_the_list(cloud, tokens):
    pages = [aws.answered(page(f"i-{place}", token=token), times=1)
             for place, token in enumerate(tokens)]
    cloud.fail(BAD, "DescribeInstances", *pages, aws.denied())
    fleet = loaded(cloud, BAD)
    assert len(told(fleet, "repeated_page")) == 1
    assert fleet.workloads["native_id"].tolist() == [f"i-{n}" for n in range(len(tokens))]


def test_a_machine_that_comes_on_two_pages_is_one_row_and_a_problem(cloud):
    cloud.fail(BAD, "DescribeInstances", aws.answered(page("i-1", "i-2", token="t"), times=1),
               aws.answered(page("i-2", "i-3"), times=1))
    fleet = loaded(cloud, BAD)
    assert fleet.workloads["native_id"].tolist() == ["i-1", "i-2", "i-3"]
    assert told(fleet, "duplicate_id")["subject_id"].tolist() == ["i-2"]


def test_credentials_that_expire_on_the_way_are_told_and_may_be_retried(cloud):
    cloud.fail(BAD, "DescribeSnapshots", aws.expired())
    row = told(loaded(cloud, BAD), "expired_credentials").iloc[0]
    assert row["retryable"]
    assert "log in again" in row["hint"]


def test_credentials_that_have_expired_end_the_load_with_what_to_do(cloud):
    cloud.fail("*", "*", aws.expired())
    with pytest.raises(LoadError, match="credentials have expired"):
        loaded(cloud, GOOD)


def test_a_clock_that_is_wrong_is_told_as_such(cloud):
    cloud.fail(BAD, "*", aws.skewed())
    row = told_in(loaded(cloud, GOOD, BAD), BAD, "clock_skew").iloc[0]
    assert "clock" in row["hint"]


def test_a_region_that_is_not_enabled_is_unsupported(cloud):
    cloud.fail(BAD, "*", aws.not_enabled())
    assert set(covered(loaded(cloud, GOOD, BAD), BAD).values()) == {"unsupported"}


def test_an_unknown_field_changes_nothing(cloud):
    cloud.fail(BAD, "DescribeInstances", aws.changed(
        lambda text: text.replace("<instanceId>", "<colour>red</colour><instanceId>")))
    fleet = loaded(cloud, BAD)
    assert (machines_in(fleet, BAD), len(told(fleet, "unreadable_record"))) == (2, 0)


def test_a_missing_field_is_unknown(cloud):
    cloud.fail(BAD, "DescribeInstances", aws.changed(
        lambda text: re.sub("<instanceType>.*?</instanceType>", "", text)))
    fleet = loaded(cloud, BAD)
    assert (machines_in(fleet, BAD), fleet.workloads["size_name"].isna().all()) == (2, True)


def test_a_machine_without_an_id_is_a_problem(cloud):
    cloud.fail(BAD, "DescribeInstances", aws.changed(
        lambda text: re.sub("<instanceId>.*?</instanceId>", "", text, count=1)))
    fleet = loaded(cloud, BAD)
    assert (machines_in(fleet, BAD), len(told(fleet, "unreadable_record"))) == (1, 1)


def test_an_answer_that_is_no_xml_is_a_failure_of_its_resource(cloud):
    cloud.fail(BAD, "DescribeVolumes", aws.answered("<html>not here"))
    fleet = loaded(cloud, BAD)
    assert (covered(fleet, BAD)["volumes"], machines_in(fleet, BAD)) == ("failed", 2)


def test_what_needs_the_machines_is_failed_too_and_not_empty(cloud):
    cloud.fail(BAD, "DescribeInstances", aws.denied())
    assert covered(loaded(cloud, BAD), BAD)["instance_types"] == "denied"


def test_retry_reads_what_failed_and_what_it_needs(cloud):
    cloud.fail(BAD, "DescribeInstanceTypes", aws.denied())
    fleet = loaded(cloud, BAD)
    cloud.heal()
    assert fk.retry(fleet, progress=silent).workloads["cpu_cores"].tolist() == [2, 2]


def test_only_reading_calls_are_sent(cloud):
    loaded(cloud, "eu-*-1")
    assert {action for _, action in cloud.actions if not READING.match(action)} == set()


def test_the_policy_allows_every_call_that_is_sent(cloud):
    loaded(cloud, BAD)
    statement, = LOADER.policy()["Statement"]
    allowed = {action.partition(":")[2] for action in statement["Action"]}
    assert {action for _, action in cloud.actions} - {"GetCallerIdentity"} <= allowed


def test_secrets_are_in_no_capture(cloud, tmp_path):
    ec2 = cloud.client("ec2", BAD)
    ec2.create_launch_template(LaunchTemplateName="t", LaunchTemplateData={
        "ImageId": aws.LINUX, "UserData": ENCODED})
    ec2.create_volume(AvailabilityZone=f"{BAD}a", Size=1, TagSpecifications=[
        {"ResourceType": "volume", "Tags": [{"Key": "api_key", "Value": estate.PLANTED}]}])
    fk.capture("aws", to=tmp_path / "kept", regions=[BAD], endpoint=cloud.url, progress=silent)
    kept = fk.load("aws", tmp_path / "kept")
    assert covered(kept, BAD)["launch_templates"] == "ok"
    text = everything(tmp_path / "kept")
    assert estate.PLANTED not in text
    assert ENCODED not in text


def everything(folder):
    """All text of a capture, inflated."""
    return "".join(
        (gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()).decode()
        for path in folder.rglob("*") if path.is_file()
    )
