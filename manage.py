#!/usr/bin/env python
"""The operators' entrance: every command of every app."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lantern_pro.settings")
    if sys.argv[1:2] == ["make_secrets"]:
        # It makes the very settings that are missing when it is run for the first time.
        os.environ["LANTERN_DEVELOPMENT"] = "yes"
    execute_from_command_line(sys.argv)
