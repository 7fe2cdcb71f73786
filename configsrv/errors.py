"""What may go wrong while configurations are made."""

from lantern_pro.errors import NotYet


class SourcesKeptChanging(NotYet):
    """The fleet or the account changed again and again while a configuration was being made."""

    error_id = "sources-kept-changing"
    message = "What the configuration is made from kept changing. It is tried again shortly."
