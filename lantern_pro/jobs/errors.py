"""What may go wrong around a job."""

from lantern_pro.errors import LanternError


class Superseded(LanternError):
    """Another worker took the job over; this one's effect was refused, and that is well."""

    error_id = "job-superseded"
    message = "Another worker has taken this job over."


class AlreadyDone(LanternError):
    """The job has had its effect before; it is not had twice."""

    error_id = "job-already-done"
    message = "This job is done already."


class LeftUnfinished(LanternError):
    """A job's function returned without an effect that marked the job done: a bug."""

    error_id = "job-left-unfinished"
    message = "The job's function ended without completing the job."
