"""What could not be read, as values: nothing in this folder raises because of its input."""

from dataclasses import dataclass
from typing import Literal

Code = Literal[
    "corrupt_database",  # the container is damaged; what was read before the damage is kept
    "empty_database",  # no database of the system holds a single entry
    "left_out",  # a second database of the same kind, with other content
    "more_faults",  # the count of faults beyond the limit
    "no_changelog",  # the history of source builds is unknown, not empty
    "no_os_release",  # packages were found, the system they belong to is unknown
    "too_large",
    "too_many_packages",
    "unknown_format",
    "unreadable_changelog",  # the packages are known, the history of one of them is not
    "unreadable_entry",  # one package is missing from the answer
    "unreadable_field",  # the package is there, one of its fields is unknown
    "unreadable_os_release",
]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is missing from the answer, or doubtful in it.

    Attributes:
        code: what kind of fault, one of `Code`.
        path: the file, relative to the root of the image or machine.
        message: prose: what was found, where in the file, what it means for the answer.
    """

    code: Code
    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"
