"""How accounts are stored and read, a module for each subject."""

from accounts.managers.account import Account, Device, TimeEntry, read_time_ledger
from accounts.managers.devices import (
    Joined,
    Joining,
    add_device,
    give_grant,
    join_by_grant,
    move_device,
    remove_device,
    reset_token,
)
from accounts.managers.link_codes import LinkAsk, LinkCode, give_back_try, take_try
from accounts.managers.users import Access, Credentials, UserManager

__all__ = [
    "Access",
    "Account",
    "Credentials",
    "Device",
    "Joined",
    "Joining",
    "LinkAsk",
    "LinkCode",
    "TimeEntry",
    "UserManager",
    "add_device",
    "give_back_try",
    "give_grant",
    "join_by_grant",
    "move_device",
    "read_time_ledger",
    "remove_device",
    "reset_token",
    "take_try",
]
