"""What accounts may refuse."""

from lantern_pro.errors import NotYet, Refused


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


class TooManyDevices(Refused):
    """The account has as many devices as it may; ``details`` tell which."""

    error_id = "too-many-devices"
    message = "This account has as many devices as its plan is for. Remove one of them first."


class DeviceWasRemoved(Refused):
    """Another device of the account took this one off: it has the token, which is not enough."""

    error_id = "device-removed"
    message = "This device was removed from the account. Link it again to use the account."


class NoSuchDevice(Refused):
    """The device that was named is none of the account's."""

    error_id = "no-such-device"
    message = "The account has no such device."


class DevicesKeptChanging(NotYet):
    """Others changed the account's devices again and again while this change was being made."""

    error_id = "devices-kept-changing"
    message = "The devices of the account kept changing meanwhile. Please try again."
