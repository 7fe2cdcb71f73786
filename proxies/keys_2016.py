"""The keys of a proxy of 2016. Their names are its own, so they carry no cell's tag."""

from typing import Final

from lantern_pro.types import UserId

TOKENS: Final = "user->token"
"""HASH: user id -> Pro token, in clear; of the users of all servers."""


def users(server: str) -> str:
    """SET: the ids of a server's users."""
    return f"server->users:{server}"


def messages(server: str) -> str:
    """LIST: what the server is told; it reads by ``BLPOP``."""
    return f"server-msg:{server}"


def mark(server: str) -> str:
    """HASH, ours: ``version`` of the admissions that its keys agree with, ``writes`` so far."""
    return f"server->mark:{server}"


def devices(user_id: UserId) -> str:
    """SET or HASH: a user's device ids, for the branch that asks for them."""
    return f"user->devices:{user_id}"
