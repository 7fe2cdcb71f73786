"""``python -m devstack.stack.chores``: operators' commands that a start needs, in one process.

``prepare`` runs at each start and does what is not done yet; ``found`` runs once in a folder. One
process for several commands, because each would spend a second on loading Django.
"""

import os
import sys
from typing import Final

import django
from django.core.management import call_command

from devstack.stack.own_secrets import ADMIN_LOGIN, ADMIN_PASSWORD
from devstack.stack.place import HOST

DEMO_DATA: Final = "LANTERN_DEMO_DATA"


def prepare() -> None:
    """Refuse a Redis that is unfit, make what Django needs in it, gather the admin's files."""
    call_command("check", databases=["default"])
    call_command("prepare_store")
    call_command("collectstatic", interactive=False, verbosity=0)


def found() -> None:
    """Make the admin's account, and the demo data unless ``LANTERN_DEMO_DATA=no``."""
    from lantern_pro.backoffice.staff import Role, create_staff

    password = os.environ[ADMIN_PASSWORD]
    create_staff(username=ADMIN_LOGIN, email="", role=Role.ADMIN, password=password)
    if os.environ.get(DEMO_DATA, "yes") != "no":
        call_command("seed_demo", proxy=f"{HOST}:{os.environ['LANTERN_PROXY_PORT']}")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lantern_pro.settings")
    django.setup()
    {"prepare": prepare, "found": found}[sys.argv[1]]()
