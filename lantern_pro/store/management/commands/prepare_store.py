"""``manage.py prepare_store``."""

from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management.base import BaseCommand

from lantern_pro.store.prepare import prepare_store


class Command(BaseCommand):
    """Makes the records that Django itself needs."""

    help = (
        "Make the content types and permissions of every model, which roles of staff are made "
        "of. Run it once on an empty Redis and after each release; running it again changes "
        "nothing. create_staff does it by itself."
    )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make what is missing, and say how much there is."""
        prepare_store()
        if options["verbosity"]:
            self.stdout.write(
                f"The store knows {ContentType.objects.count()} models "
                f"and {Permission.objects.count()} permissions."
            )
