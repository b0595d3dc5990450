"""What a failure means: a status for `coverage` and a row of `problems`."""

import traceback
from pathlib import Path
from typing import Literal

from fleetkit.errors import LoadError, ReadError
from fleetkit.loading.harvest import Part
from fleetkit.plugins import Problem
from fleetkit.progress import Status
from fleetkit.redaction import mask_text

_CODES = {"denied": "access_denied", "unsupported": "unsupported"}
_MESSAGES = {
    "list": "a resource could not be read", "connect": "a target could not be reached",
}


def strange_answer(error: Exception) -> ReadError:
    """The failure itself, or what an unforeseen exception says as one."""
    if isinstance(error, ReadError):
        return error
    return ReadError(f"the answer does not have the expected form: {type(error).__name__}: {error}")


def unforeseen(file: Path, error: Exception) -> LoadError:
    """What an exception that no reader foresaw says of a file: where it was met, and no content."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return LoadError(
        f"{file}: does not have the expected form, in a way that nobody foresaw"
        f" ({type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno});"
        " was it edited, or written by a newer version of the source?"
    )


def coverage_of(failure: ReadError, *, read_any: bool) -> tuple[Status, str]:
    """Status and words for `coverage`."""
    said = mask_text(str(failure))
    if read_any:
        return "partial", said
    return ("denied" if failure.status == "denied" else
            "unsupported" if failure.status == "unsupported" else "failed"), said


def problem_of(failure: ReadError, phase: Literal["list", "connect"] = "list") -> Problem:
    """The row of `problems` that tells of a failure."""
    usual = "unreachable" if phase == "connect" else "unreadable"
    return Problem(
        code=failure.code or _CODES.get(failure.status, usual),
        message=_MESSAGES[phase],
        detail=mask_text(str(failure)),
        hint=failure.hint,
        severity="error",
        phase=phase,
        retryable=failure.retryable,
    )


def not_reached(part: Part) -> None:
    """Marks a resource that nobody asked for any more."""
    part.status, part.error = "not_reached", "the time budget was spent"
