"""The stock admin with its own templates, which our theme otherwise takes the place of."""

from pathlib import Path

import pytest
from django.contrib import admin
from pytest_django import Settings


@pytest.fixture(autouse=True)
def stock_templates(settings: Settings) -> None:
    """Find Django's own pages first."""
    (engine,) = settings.TEMPLATES
    own = Path(admin.__file__).parent / "templates"
    settings.TEMPLATES = [{**engine, "DIRS": [own]}]
