"""The three ways in which this service says no; every app's errors are one of them."""

from collections.abc import Mapping
from typing import ClassVar

from lantern_pro.types import JobId


class LanternError(Exception):
    """What a caller may be told.

    ``error_id`` is for machines and never changes; ``message`` is for a person; ``field`` names
    the parameter at fault, if one is; ``details`` are whatever else helps to mend the call.
    """

    error_id: ClassVar[str] = "error"
    message: str = "Something went wrong."

    def __init__(
        self,
        message: str | None = None,
        *,
        field: str | None = None,
        details: Mapping[str, object] | None = None,
    ) -> None:
        """Keep the words for a person, and what a machine needs to mend the call."""
        self.message = message or self.message
        self.field = field
        self.details = dict(details or {})
        super().__init__(self.message)


class Refused(LanternError):
    """Asking again will not help. Clients get HTTP 200, because they hammer on anything else."""

    error_id = "refused"


class NotYet(LanternError):
    """Accepted and under way; the same call again joins it. Clients get HTTP 202."""

    error_id = "not-yet"
    message = "Still working on it."

    def __init__(self, message: str | None = None, *, waits_for: JobId | None = None) -> None:
        """Keep the job, if one is known, whose end will change the answer."""
        super().__init__(message)
        self.waits_for = waits_for


class Unavailable(LanternError):
    """Something that we depend on does not answer; asking again will help. HTTP 503."""

    error_id = "unavailable"
    message = "Not available just now. Please try again."


class InvalidParameter(Refused):
    """A parameter is missing or malformed; ``field`` names it."""

    error_id = "invalid-parameter"
    message = "A parameter is missing or malformed."


class MissingParameter(InvalidParameter):
    """A required parameter was sent neither in the query, the form, the JSON nor the headers."""

    error_id = "missing-parameter"
    message = "A required parameter is missing."
