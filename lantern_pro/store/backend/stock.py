"""What Django's own models would declare if they had been written for Redis.

A *small table* has a known limit of rows (``rows_at_most``; a model of ours says it by a class
attribute of that name). Only there may a condition or an ordering that no index serves be worked
out in memory, and beyond the limit it raises: staff, roles and permissions are few by nature.
"""

from typing import Final

SMALL_TABLES: Final = {
    "auth.Group": 1_000,
    "auth.Group_permissions": 20_000,
    "auth.Permission": 5_000,
    "auth.User": 5_000,
    "auth.User_groups": 20_000,
    "auth.User_user_permissions": 20_000,
    "contenttypes.ContentType": 1_000,
}
"""Label of the model -> the most rows that it may have."""

EXTRA_INDEXES: Final = {"admin.LogEntry": frozenset({"object_id"})}
"""Label of the model -> columns that are asked for although the model declares no index."""

PURPOSES: Final = {
    "admin.LogEntry": "what staff did: who, to what, when, in words",
    "auth.Group": "a role of staff",
    "auth.Group_permissions": "which permissions a role gives",
    "auth.Permission": "a permission that staff may have",
    "auth.User": "a member of staff",
    "auth.User_groups": "which roles a member of staff has",
    "auth.User_user_permissions": "permissions given to one member of staff alone",
    "contenttypes.ContentType": "the models that permissions and the history name",
}
PERSONAL: Final = frozenset({"auth.User"})
