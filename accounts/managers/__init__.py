"""How accounts are stored and read, a module for each subject."""

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
    "TimeEntry",
    "UserManager",
    "read_time_ledger",
]
