"""Which accounts and regions are read: profiles, a role to assume, an organization's accounts."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from fleetkit.errors import LoadError, ReadError
from fleetkit.loaders.aws.accounts import Region
from fleetkit.loaders.aws.calls import answers
from fleetkit.loaders.aws.sessions import (
    configured_region,
    known_regions,
    profile_names,
    session_of,
)
from fleetkit.plugins import Problem, Target

_ROLE = re.compile(r"arn:[\w-]+:iam::(\d{12}):role/.+")
_ACCOUNT = re.compile(r"\d{12}")
_ANY = "all"
_DEFAULT_REGION = "us-east-1"  # where the global services are asked for names of regions

Names = str | Sequence[str] | None


@dataclass(frozen=True)
class Wish:
    """What the user asked for.

    Args:
        regions: names, globs or "all".
        role: ARN of a role, or its name where accounts are given.
        accounts: ids, or "organization"; none for the profile's own.
        endpoint: URL in place of the SDK's own endpoints.
    """

    regions: tuple[str, ...]
    role: str | None
    accounts: tuple[str, ...]
    endpoint: str | None


def targets(
    *where: str | Path,
    profiles: Names = None,
    regions: Names = None,
    role: str | None = None,
    accounts: Names = None,
    endpoint: str | None = None,
) -> Iterator[Target]:
    """One target per profile; `split` finds the accounts and regions in it.

    Args:
        where: profiles, by name or glob; as `profiles`. None: the credentials that boto3 finds.
        profiles: profiles, by name or glob.
        regions: names, globs (`eu-*`) or "all" for all that the account has enabled; by default
            the region that is configured for the profile.
        role: role to assume: its ARN, or its name where `accounts` are given.
        accounts: account ids in which `role` is assumed, or "organization" for all active ones.
        endpoint: URL of a private cloud or proxy that stands for AWS.

    Raises:
        LoadError: no such profile, no region is known, or accounts without a role.
    """
    wish = Wish(_listed(regions), role, _listed(accounts), endpoint)
    _check(wish)
    for profile in _profiles((*map(str, where), *_listed(profiles))):
        asked = wish.regions or _configured(profile)
        yield Target(profile or "default", options={
            "profile": profile, "wish": replace(wish, regions=asked), "endpoint": endpoint,
        })


def split(target: Target, seconds: float) -> Iterator[Target | Problem]:
    """One target per account and region.

    Raises:
        ReadError: the credentials are not accepted, or the organization cannot be listed.
    """
    wish: Wish = target.options["wish"]
    asked = replace(target, region=next((n for n in wish.regions if not _is_glob(n)),
                                        configured_region(target.options["profile"])
                                        or _DEFAULT_REGION))
    asking = Region(asked, session_of(asked), seconds, tries=3)
    try:
        yield from _divided(asking, wish)
    finally:
        asking.close()


def _divided(asking: Region, wish: Wish) -> Iterator[Target | Problem]:
    problems: list[Problem] = []
    identity = _identity(asking, problems)
    asking.target = replace(asking.target, account=identity.get("Account"))
    names = _named(asking, wish.regions, problems)
    found = list(_accounts(asking, wish, identity))
    yield from problems
    for account, role in found:
        for name in names:
            yield Target(asking.target.name, account, name, {
                "profile": asking.target.options["profile"], "role": role,
                "endpoint": wish.endpoint,
            })


def _identity(asking: Region, problems: list[Problem]) -> dict[str, Any]:
    """Whose credentials these are; empty where that may not be asked."""
    try:
        return dict(next(answers(asking, "sts", "get_caller_identity")))
    except ReadError as error:
        if error.code not in ("access_denied", "unreachable", "timeout", "unsupported_region",
                              "unsupported"):
            raise
        problems.append(Problem(
            code="unknown_account", message="the account of the credentials could not be asked",
            detail=str(error), hint=error.hint, severity="info", phase="connect",
        ))
        return {}


def _named(asking: Region, wanted: Iterable[str], problems: list[Problem]) -> list[str]:
    """The regions by name; globs are matched with those that the account has enabled.

    Raises:
        ReadError: none matches.
    """
    wanted = list(wanted)
    enabled = _enabled(asking, problems) if any(map(_is_glob, wanted)) else ()
    found = [
        name for asked in wanted
        for name in (sorted(n for n in enabled if asked == _ANY or fnmatchcase(n, asked))
                     if _is_glob(asked) else [asked])
    ]
    if not found:
        raise ReadError(
            f"{asking.name}: no enabled region matches {', '.join(wanted)}; there are"
            f" {', '.join(sorted(enabled))}"
        )
    return list(dict.fromkeys(found))


def _enabled(asking: Region, problems: list[Problem]) -> tuple[str, ...]:
    try:
        return tuple(
            str(region["RegionName"]) for answer in answers(asking, "ec2", "describe_regions")
            for region in answer["Regions"]
        )
    except ReadError as error:
        if error.status != "denied":
            raise
        problems.append(Problem(
            code="unknown_regions", message="the enabled regions could not be asked",
            detail=str(error), hint=f"{error.hint}; the regions that the SDK knows are tried",
            severity="info", phase="connect",
        ))
        return known_regions()


def _accounts(
    asking: Region, wish: Wish, identity: dict[str, Any]
) -> Iterator[tuple[str | None, str | None]]:
    """Id of each account, and the role to assume in it; none in the profile's own."""
    own = identity.get("Account")
    if not wish.accounts:
        named = _ROLE.fullmatch(wish.role or "")
        yield (named[1], wish.role) if named else (own, None)
        return
    partition = str(identity.get("Arn", "arn:aws:")).split(":")[1]
    for account in _listed_accounts(asking, wish):
        role = str(wish.role).rpartition(":role/")[2]
        yield account, None if account == own else f"arn:{partition}:iam::{account}:role/{role}"


def _listed_accounts(asking: Region, wish: Wish) -> Iterator[str]:
    if wish.accounts != ("organization",):
        yield from wish.accounts
        return
    for answer in answers(asking, "organizations", "list_accounts"):
        yield from (
            str(account["Id"]) for account in answer["Accounts"]
            if account.get("Status", "ACTIVE") == "ACTIVE"
        )


def _profiles(wanted: Sequence[str]) -> Iterator[str | None]:
    if not wanted:
        yield None
        return
    known = profile_names()
    for pattern in wanted:
        matching = [name for name in known if fnmatchcase(name, pattern)]
        if not matching:
            raise LoadError(
                f"aws: no profile matches {pattern!r}; there are {', '.join(known) or 'none'}"
            )
        yield from matching


def _configured(profile: str | None) -> tuple[str, ...]:
    found = configured_region(profile)
    if found is None:
        raise LoadError(
            f"aws: no region is configured for {profile or 'the default credentials'}; give"
            " regions='eu-west-1', several, a glob, or 'all' for those that are enabled"
        )
    return (found,)


def _check(wish: Wish) -> None:
    if wish.endpoint and not wish.endpoint.startswith(("http://", "https://")):
        raise LoadError(f"aws: endpoint has {wish.endpoint!r}; give a URL, as https://ec2.example")
    _check_accounts(wish)


def _check_accounts(wish: Wish) -> None:
    if wish.accounts and not wish.role:
        raise LoadError("aws: accounts need a role: give role='name', which is assumed in each")
    strange = [name for name in wish.accounts
               if name != "organization" and not _ACCOUNT.fullmatch(name)]
    if strange or ("organization" in wish.accounts and len(wish.accounts) > 1):
        raise LoadError(
            f"aws: accounts has {', '.join(strange or wish.accounts)!r}; allowed are ids of 12"
            " digits, or 'organization' alone"
        )
    if wish.role and not wish.accounts and not _ROLE.fullmatch(wish.role):
        raise LoadError(
            f"aws: role has {wish.role!r}; give the ARN, as arn:aws:iam::123456789012:role/audit,"
            " or accounts=… in which it is assumed by name"
        )


def _listed(names: Names) -> tuple[str, ...]:
    if names is None:
        return ()
    return (str(names),) if isinstance(names, (str, int)) else tuple(map(str, names))


def _is_glob(name: str) -> bool:
    return name == _ANY or any(sign in name for sign in "*?[")
