"""Sessions of boto3: the credentials of a profile, or those of a role that it may assume."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from fleetkit.errors import LoadError, MissingExtraError
from fleetkit.plugins import Target

_SESSION_NAME = "fleetkit"


def session_of(target: Target) -> Any:
    """A session with the profile of the target; region and credentials as boto3 finds them."""
    return _session(target.options.get("profile"), target.region)


def profile_names() -> tuple[str, ...]:
    """The profiles that are configured here."""
    return tuple(sorted(_session(None, None).available_profiles))


def configured_region(profile: str | None) -> str | None:
    """The region that the user set for a profile, in its configuration or the environment."""
    from botocore.exceptions import BotoCoreError

    try:
        found = _session(profile, None).region_name
    except BotoCoreError as error:
        raise LoadError(f"aws: the configuration cannot be used: {error}") from error
    return str(found) if found else None


def known_regions() -> tuple[str, ...]:
    """The regions that the SDK knows, enabled or not; of the ordinary partition."""
    return tuple(sorted(_session(None, None).get_available_regions("ec2")))


def with_credentials(target: Target, fetch: Callable[[], Mapping[str, Any]]) -> Any:
    """A session with temporary credentials, fetched now and again before they expire.

    Args:
        target: whose region it is for.
        fetch: asks for credentials; gives `Credentials` as `AssumeRole` answers them.
    """
    from botocore.credentials import RefreshableCredentials

    def fetched() -> dict[str, Any]:
        given = fetch()
        return {
            "access_key": given["AccessKeyId"], "secret_key": given["SecretAccessKey"],
            "token": given["SessionToken"], "expiry_time": given["Expiration"].isoformat(),
        }

    session = _session(None, target.region)
    session._session._credentials = RefreshableCredentials.create_from_metadata(
        fetched(), refresh_using=fetched, method="assume-role"
    )
    return session


def role_arguments(role: str) -> dict[str, Any]:
    """The arguments of `AssumeRole`."""
    return {"RoleArn": role, "RoleSessionName": _SESSION_NAME}


def _session(profile: str | None, region: str | None) -> Any:
    try:
        import boto3
        import botocore.session
        from botocore.exceptions import BotoCoreError
    except ImportError as error:
        raise MissingExtraError("aws", "aws") from error
    try:
        inner = botocore.session.Session(profile=profile)
        inner.register_component("data_loader", _models())
        return boto3.Session(botocore_session=inner, region_name=region)
    except BotoCoreError as error:
        raise LoadError(f"aws: the configuration cannot be used: {error}") from error


@cache
def _models() -> Any:
    """The SDK's descriptions of services, read once: every session would parse them again."""
    from botocore.loaders import create_loader

    return create_loader()
