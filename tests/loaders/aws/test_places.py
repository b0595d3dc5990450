"""Which accounts and regions are read."""

from dataclasses import replace
from pathlib import Path

import pytest

from fleetkit.errors import LoadError, ReadError
from fleetkit.loaders.aws.accounts import connect
from fleetkit.loaders.aws.places import split, targets
from fleetkit.plugins import Problem
from tests.loaders.aws.estate import REGION, loaded, told
from tests.real import aws

OTHER = "999999999999"


@pytest.fixture
def profiles(monkeypatch):
    """Three profiles; one has a region."""
    path = Path.home() / "config"
    path.write_text("".join(
        f"[profile {name}]\naws_access_key_id = {name}\naws_secret_access_key = testing\n{more}\n"
        for name, more in (("dev", ""), ("prod-eu", "region = eu-west-3"), ("prod-us", ""))
    ))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)


def parts(cloud, *where, **options):
    return [
        part for target in targets(*where, endpoint=cloud.url, **options)
        for part in split(target, 20)
    ]


def regions(found):
    return [part.region for part in found]


def test_profiles_are_matched_by_glob(profiles):
    assert [target.name for target in targets("prod-*", regions="eu-west-1")] == [
        "prod-eu", "prod-us"]


def test_the_region_of_a_profile_is_the_one_that_is_configured(profiles, cloud):
    assert regions(parts(cloud, "prod-eu")) == ["eu-west-3"]


def test_a_region_in_the_environment_counts(cloud, monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    assert regions(parts(cloud)) == ["eu-north-1"]


def test_an_unknown_profile_is_told_with_those_there_are(profiles):
    with pytest.raises(LoadError, match="no profile matches 'live'; there are dev, prod-eu"):
        list(targets("live", regions="eu-west-1"))


def test_a_load_without_any_region_says_what_to_give():
    with pytest.raises(LoadError, match="no region is configured .* give regions="):
        list(targets())


def test_a_profile_in_the_environment_that_does_not_exist_is_told(monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "gone")
    with pytest.raises(LoadError, match="configuration cannot be used: .*gone"):
        list(targets())


def test_regions_are_matched_by_glob_with_the_enabled_ones(cloud):
    assert {"eu-west-1", "eu-north-1"} < set(regions(parts(cloud, regions="eu-*")))
    assert all(name.startswith("eu-") for name in regions(parts(cloud, regions="eu-*")))


def test_all_regions_are_those_that_are_enabled(cloud):
    enabled = cloud.client("ec2").describe_regions()["Regions"]
    assert set(regions(parts(cloud, regions="all"))) == {each["RegionName"] for each in enabled}


def test_named_regions_keep_their_order_and_come_once(cloud):
    assert regions(parts(cloud, regions=["us-east-1", "eu-west-1", "us-east-1"])) == [
        "us-east-1", "eu-west-1"]


def test_a_glob_that_matches_no_region_is_told(cloud):
    with pytest.raises(ReadError, match=r"no enabled region matches mars-\*; there are"):
        parts(cloud, regions="mars-*")


def test_where_regions_may_not_be_listed_those_that_the_sdk_knows_are_tried(cloud):
    cloud.fail("*", "DescribeRegions", aws.denied())
    problem, *found = parts(cloud, regions="eu-west-*")
    assert (problem.code, regions(found)) == (
        "unknown_regions", ["eu-west-1", "eu-west-2", "eu-west-3"])


def test_the_account_is_asked(cloud):
    assert [part.account for part in parts(cloud, regions=REGION)] == [aws.ACCOUNT]


def test_where_the_account_may_not_be_asked_the_load_goes_on(cloud):
    cloud.fail("*", "GetCallerIdentity", aws.denied())
    problem, found = parts(cloud, regions=REGION)
    assert isinstance(problem, Problem)
    assert (problem.severity, found.account) == ("info", None)


def test_a_role_is_assumed_and_its_account_is_read(cloud):
    role = f"arn:aws:iam::{OTHER}:role/audit"
    found, = parts(cloud, regions=REGION, role=role)
    region = connect(found, 20)
    cloud.forget()
    region.client("ec2").describe_volumes()
    region.close()
    assert found.account == OTHER
    assert cloud.calls[0][2] != "testing"


def test_a_role_that_may_not_be_assumed_is_denied_with_a_hint(cloud):
    cloud.fail("*", "AssumeRole", aws.Fault(403, "AccessDenied", "not you"))
    found, = parts(cloud, regions=REGION, role=f"arn:aws:iam::{OTHER}:role/audit")
    with pytest.raises(ReadError) as met:
        connect(found, 20)
    assert (met.value.status, met.value.hint) == ("denied", "allow sts:AssumeRole")


def test_accounts_of_an_organization_are_found_and_its_own_needs_no_role(cloud):
    organizations = cloud.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    made = organizations.create_account(AccountName="shop", Email="shop@example.com")
    member = made["CreateAccountStatus"]["AccountId"]
    found = parts(cloud, regions=REGION, accounts="organization", role="audit")
    assert {part.account: part.options["role"] for part in found} == {
        aws.ACCOUNT: None, member: f"arn:aws:iam::{member}:role/audit"}


def test_accounts_are_named_by_id(cloud):
    found = parts(cloud, regions=REGION, accounts=[OTHER], role="audit")
    assert [part.account for part in found] == [OTHER]


@pytest.mark.parametrize(("options", "said"), [
    ({"accounts": "organization"}, "accounts need a role"),
    ({"accounts": ["12"], "role": "audit"}, "allowed are ids of 12 digits"),
    ({"role": "audit"}, "give the ARN"),
    ({"endpoint": "localhost"}, "give a URL"),
])
def test_options_that_do_not_fit_are_told(options, said):
    with pytest.raises(LoadError, match=said):
        list(targets(regions=REGION, **options))


def test_an_unknown_option_is_told(cloud):
    with pytest.raises(LoadError, match="colour"):
        loaded(cloud, colour="red")


def test_no_credentials_are_told_with_what_to_do(cloud, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    with pytest.raises(LoadError, match="no credentials were found"):
        loaded(cloud)


def test_a_region_that_does_not_exist_is_told(cloud):
    fleet = loaded(cloud, REGION, "eu west one")
    assert told(fleet, "unsupported_region")["region"].tolist() == ["eu west one"]


def test_targets_hold_no_credentials(cloud):
    found, = parts(cloud, regions=REGION)
    assert "testing" not in str(replace(found, options=dict(found.options)))
