"""What accounts may refuse."""

from lantern_pro.errors import Refused


class WrongCredentials(Refused):
    """No such user, or not this token: the caller is not told which."""

    error_id = "wrong-credentials"
    message = "The user id and the token do not belong together."


class MissingCredentials(Refused):
    """The call needs a user, and the headers name none."""

    error_id = "missing-credentials"
    message = "This call needs the headers X-Lantern-User-Id and X-Lantern-Pro-Token."


class NoSuchUser(Refused):
    """An operator or staff asked for a user who does not exist."""

    error_id = "no-such-user"
    message = "There is no such user."


class InvalidEmail(Refused):
    """What was given as an e-mail address is none."""

    error_id = "invalid-email"
    message = "This is not an e-mail address."
