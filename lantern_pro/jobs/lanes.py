"""Lanes: each has worker threads of its own, so that what is slow delays only its like."""

from enum import StrEnum


class Lane(StrEnum):
    """Where a kind of job runs. A storm in one lane does not delay another."""

    PROMPT = "prompt"
    """What somebody waits for, and what only touches this store: milliseconds."""
    VENDOR = "vendor"
    """What asks the payment service: seconds, when it is slow."""
    MAIL = "mail"
    """What writes to people; there may be very many."""
    BULK = "bulk"
    """Looking through many rows, tidying up: nobody waits for it."""
