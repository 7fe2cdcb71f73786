"""What may go wrong while configurations are made, or asked for by mail."""

from lantern_pro.errors import NotYet, Refused


class SourcesKeptChanging(NotYet):
    """The fleet or the account changed again and again while a configuration was being made."""

    error_id = "sources-kept-changing"
    message = "What the configuration is made from kept changing. It is tried again shortly."


class ConfigMailOff(Refused):
    """The operator does not mail configurations."""

    error_id = "config-mail-off"
    message = "Configurations are not sent by mail here."


class ConfigIsForPro(Refused):
    """Only Pro users have proxies of their own to be told of."""

    error_id = "not-pro"
    message = "This is for Pro users."


class NoConfirmedEmail(Refused):
    """The account has no e-mail address that its owner has confirmed."""

    error_id = "no-confirmed-email"
    message = "This account has no confirmed e-mail address."


class ConfigMailedLately(Refused):
    """A configuration was asked for by mail within the last day."""

    error_id = "config-mailed-lately"
    message = "It was asked for lately, and is sent once a day at most."


class NoConfigYet(NotYet):
    """A Pro user has no proxies of their own yet; the mail waits for them."""

    error_id = "no-config-yet"
    message = "There is no configuration yet. It is mailed as soon as there is one."
