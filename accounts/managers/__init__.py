"""How accounts are stored and read, a module for each subject."""

from accounts.managers.devices import (
    Joined,
    Joining,
    add_device,
    move_device,
    remove_device,
    reset_token,
)
from accounts.managers.users import (
    Access,
    Account,
    Credentials,
    Device,
    TimeEntry,
    UserManager,
    read_time_ledger,
)

__all__ = [
    "Access",
    "Account",
    "Credentials",
    "Device",
    "Joined",
    "Joining",
    "TimeEntry",
    "UserManager",
    "add_device",
    "move_device",
    "read_time_ledger",
    "remove_device",
    "reset_token",
]
