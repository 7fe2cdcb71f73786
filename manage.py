#!/usr/bin/env python
"""The operators' entrance: every command of every app."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lantern_pro.settings")
    execute_from_command_line(sys.argv)
