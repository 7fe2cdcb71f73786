"""``manage.py migrate``: says that there is nothing to do, and what to do instead."""

from typing import Any

from django.core.management.commands.migrate import Command as DjangoMigrate


class Command(DjangoMigrate):
    """Migrates nothing, whatever arguments Django's own command is given."""

    help = (
        "There is nothing to migrate: rows in Redis have no schema to alter, and an index is "
        "declared on its model. Run prepare_store for the permissions that roles are made of."
    )

    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Say so."""
        self.stdout.write("Nothing to migrate: the store is Redis. See: manage.py prepare_store")
