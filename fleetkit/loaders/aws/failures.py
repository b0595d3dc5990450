"""What an error of boto3 means for coverage: denied, unsupported or failed, and what to do."""

from typing import TYPE_CHECKING, Any

from fleetkit.errors import ReadError
from fleetkit.redaction import mask_text

if TYPE_CHECKING:
    from fleetkit.loaders.aws.accounts import Region

_DENIED = frozenset({
    "UnauthorizedOperation", "AccessDenied", "AccessDeniedException", "AuthorizationError",
    "UnauthorizedAccess", "UnauthorizedException", "NotAuthorized",
})
_THROTTLED = frozenset({
    "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled",
    "RequestThrottledException", "RequestLimitExceeded", "TooManyRequestsException",
    "BandwidthLimitExceeded", "PriorRequestNotComplete", "EC2ThrottledException", "SlowDown",
})
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"})
_SKEWED = frozenset({"RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"})
_SIGNED_WRONG = frozenset({"SignatureDoesNotMatch", "InvalidSignatureException"})
_NOT_VALID = frozenset({
    "AuthFailure", "InvalidClientTokenId", "UnrecognizedClientException", "OptInRequired",
    "RegionDisabledException",
})
_NO_SUCH_CALL = frozenset({
    "InvalidAction", "UnsupportedOperation", "UnknownOperationException", "NotImplemented",
    "UnsupportedOperationException",
})
_LONGEST = 400

_HINTS = {
    "throttled": "wait, or ask for fewer regions at once; `retry` reads what is missing",
    "expired_credentials": "log in again (aws sso login), then `retry`",
    "clock_skew": "set this machine's clock (NTP), then `retry`",
    "unsupported_region": "enable the region for this account, or leave it out",
    "invalid_credentials": "check the profile with `aws sts get-caller-identity`",
    "no_credentials": "give profiles=…, or run `aws configure` or `aws sso login`",
    "unreachable": "check network, proxy and endpoint, then `retry`",
    "timeout": "read fewer regions at once, or give a longer timeout, then `retry`",
}
_RETRYABLE = frozenset({
    "throttled", "expired_credentials", "clock_skew", "unreachable", "timeout", "server_error",
    "unreadable",
})
_WORDS = {
    "access_denied": "denied", "throttled": "still throttled after several tries",
    "expired_credentials": "the credentials have expired",
    "clock_skew": "the signature's time is not accepted",
    "unsupported_region": "the region is not enabled for this account, or the session token is"
                          " not valid in it",
    "invalid_credentials": "the credentials are not valid",
    "no_credentials": "no credentials were found", "unsupported": "there is no such call here",
    "unreachable": "no complete answer", "timeout": "no answer in time",
    "server_error": "the service failed", "unreadable": "the answer cannot be read",
    "refused": "refused", "repeated_page": "a page token came twice; the list would not end",
}


def as_read_error(error: Exception, region: "Region", action: str) -> ReadError:
    """An error of boto3 with what it means; it names the region, the call, and what to do."""
    code = _code(error, region)
    status = {"access_denied": "denied", "unsupported": "unsupported",
              "unsupported_region": "unsupported"}.get(code, "failed")
    hint = f"allow {action}" if code == "access_denied" else _HINTS.get(code)
    found = mask_text(" ".join(str(error).split()))[:_LONGEST]
    return ReadError(
        f"{region.name}: {action}: {_WORDS[code]}: {found}", status, code=code, hint=hint,
        retryable=code in _RETRYABLE,
    )


def _code(error: Exception, region: "Region") -> str:
    from botocore.exceptions import ClientError

    if isinstance(error, ClientError):
        return _refusal(error, region)
    return _breakdown(error)


def _refusal(error: Any, region: "Region") -> str:
    """What an answer with an error means."""
    said = error.response.get("Error", {})
    word = str(said.get("Code", "")).removeprefix("Client.").removeprefix("Server.")
    if word in _NOT_VALID:
        known = region.target.account is not None or word in ("OptInRequired",
                                                              "RegionDisabledException")
        return "unsupported_region" if known else "invalid_credentials"
    if word in _SIGNED_WRONG:
        return "clock_skew" if _speaks_of_time(str(said.get("Message"))) else "invalid_credentials"
    for words, code in ((_DENIED, "access_denied"), (_THROTTLED, "throttled"),
                        (_EXPIRED, "expired_credentials"), (_SKEWED, "clock_skew"),
                        (_NO_SUCH_CALL, "unsupported")):
        if word in words:
            return code
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return "access_denied" if status == 403 else "server_error" if status >= 500 else "refused"


def _speaks_of_time(message: str) -> bool:
    return "expired" in message.lower() or "not yet current" in message.lower()


def _breakdown(error: Exception) -> str:
    """What it means that there was no answer, or none that can be read."""
    from botocore import exceptions as met

    for kinds, code in (
        ((met.PaginationError,), "repeated_page"),
        ((met.ReadTimeoutError, met.ConnectTimeoutError), "timeout"),
        ((met.HTTPClientError, met.ProxyConnectionError), "unreachable"),
        ((met.TokenRetrievalError, met.SSOError, met.CredentialRetrievalError),
         "expired_credentials"),
        ((met.NoCredentialsError, met.PartialCredentialsError), "no_credentials"),
        ((met.UnknownServiceError, met.NoRegionError, met.InvalidRegionError,
          met.EndpointProviderError), "unsupported_region"),
    ):
        if isinstance(error, kinds):
            return code
    return "unreadable"
