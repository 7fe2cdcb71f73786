"""What may go wrong with a mail."""

from lantern_pro.errors import NotYet, Refused, Unavailable


class MailUnreachable(Unavailable):
    """A sender of mails does not answer, or not with an answer."""

    error_id = "mail-unreachable"
    message = "The mail service cannot be reached just now."


class MailUnsure(NotYet):
    """A mail may be with Mandrill, which cannot tell yet; another may not be sent meanwhile."""

    error_id = "mail-unsure"
    message = "Whether the mail was sent is not known yet."


class MailRejected(Refused):
    """No sender takes mails from us as we are: a wrong key, an unpaid account, a wrong sender."""

    error_id = "mail-rejected"
    message = "The mail service refuses our mail."


class UnfitMail(Refused):
    """A mail whose address, subject or file names could be read as something else by a server."""

    error_id = "unfit-mail"
    message = "The mail cannot be sent as it is written."


class ForgedReport(Refused):
    """A report about mails that the mail service did not sign, or that makes no sense."""

    error_id = "invalid-mail-signature"
    message = "This is not signed by the mail service."
