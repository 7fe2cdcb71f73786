"""What accounts may refuse."""

from lantern_pro.errors import NotYet, Refused, Unavailable


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


class WrongLinkCode(Refused):
    """The code is none, is over, or was not given to this device."""

    error_id = "wrong-link-code"
    message = "This code is wrong, or its time is over."


class LinkCodePending(Refused):
    """The code is right, and nobody has approved it yet. Clients ask again by themselves."""

    error_id = "link-code-pending"
    message = "The code has not been approved yet, on a device that is linked."


class TooManyTries(Refused):
    """Too many wrong codes of late."""

    error_id = "too-many-tries"
    message = "Too many wrong codes. Please try again in an hour."


class TooManyAddressChanges(Refused):
    """So many changes of the address were begun that its codes could be guessed."""

    error_id = "too-many-address-changes"
    message = "The address was to be changed too often. Please try again tomorrow."


class LinkCodesBusy(Unavailable):
    """So many codes wait to be approved that another would be too easy to hit."""

    error_id = "link-codes-busy"
    message = "No code can be given just now. Please try again in a minute."


class WrongConfirmation(Refused):
    """The confirmation of an erasure is another's, or more than ten minutes old."""

    error_id = "wrong-confirmation"
    message = "This confirmation is not valid any more. Ask for a new one."


class WrongEmail(Refused):
    """What was given to recover an account by is no e-mail address."""

    error_id = "wrong-email"
    message = "This is not an e-mail address."


class WrongDevice(Refused):
    """Address and device do not prove who somebody is. Clients go on to ask for a code by mail."""

    error_id = "wrong-device"
    message = "Please ask for a code by mail."


class CannotRecoverUser(Refused):
    """Nothing was given to recover an account by."""

    error_id = "cannot-recover-user"
    message = "An e-mail address is needed to recover an account."


class TelephoneNotSupported(Refused):
    """Accounts are not linked by telephone."""

    error_id = "telephone-not-supported"
    message = "Accounts cannot be linked by telephone. Please use an e-mail address."


class WrongAddressCode(Refused):
    """The code was not mailed for this change of address, or too many wrong ones were sent."""

    error_id = "wrong-email-code"
    message = "This code is wrong, or its time is over."


class NoAddressChange(Refused):
    """No change of address waits for a code."""

    error_id = "no-address-change"
    message = "No address waits to be confirmed."


class InvalidRecoveryWords(Refused):
    """These can be nobody's words: not twelve, not of the list, or one of them is wrong."""

    error_id = "invalid-recovery-words"
    message = "These are not twelve recovery words. One of them may be misspelt or missing."


class WrongRecoveryWords(Refused):
    """The words are well made, and nobody's, or not any more."""

    error_id = "wrong-recovery-words"
    message = "No account has these recovery words."


class RecoveryNotOffered(Refused):
    """This way of recovering an account is switched off."""

    error_id = "recovery-not-offered"
    message = "Accounts cannot be recovered this way here."
