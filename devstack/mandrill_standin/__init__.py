"""A stand-in for Mandrill: takes mails by its API 1.0, sends none, and shows them to people."""

from devstack.mandrill_standin.server import MandrillStandin

__all__ = ["MandrillStandin"]
