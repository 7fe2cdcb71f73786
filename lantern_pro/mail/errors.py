"""What may go wrong with a mail."""

from lantern_pro.errors import Refused, Unavailable


class MailUnreachable(Unavailable):
    """Mandrill does not answer, or not with an answer."""

    error_id = "mail-unreachable"
    message = "The mail service cannot be reached just now."


class MailRejected(Refused):
    """Mandrill refuses to write to this address."""

    error_id = "mail-rejected"
    message = "The mail service refuses this address."


class UnfitMail(Refused):
    """A mail whose address, subject or file names could be read as something else by a server."""

    error_id = "unfit-mail"
    message = "The mail cannot be sent as it is written."
