"""The least that the reader must be allowed, as a document that an administrator can grant."""

from collections.abc import Iterable
from typing import Any


def policy_of(actions: Iterable[str]) -> dict[str, Any]:
    """An IAM policy that allows just these actions, all of which only read.

    `sts:GetCallerIdentity` needs no permission. Reading other accounts needs, beside it,
    `sts:AssumeRole` on their roles, and `organizations:ListAccounts` to find them.
    """
    return {
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "FleetkitReads", "Effect": "Allow", "Action": sorted(set(actions)),
            "Resource": "*",
        }],
    }
