"""The admin's own rules, held against every page that is registered."""

from typing import Any

import pytest
from django.contrib import admin

PAGES: list[Any] = list(admin.site._registry.values())
BUTTONS = [
    pytest.param(getattr(page, name), id=f"{page.opts.label}.{name}")
    for page in PAGES
    for name in page.actions_detail
]


@pytest.mark.parametrize("button", BUTTONS)
def test_every_button_names_the_right_that_it_takes_and_asks_before_it_acts(button: Any) -> None:
    assert list(getattr(button, "allowed_permissions", ())) != []
    assert getattr(button, "dialog", None)


def test_buttons_stand_on_records_pages_and_nowhere_else() -> None:
    elsewhere = [
        name
        for page in PAGES
        for name in (*page.actions_list, *page.actions_row, *page.actions_submit_line)
    ]

    assert BUTTONS != []
    assert elsewhere == []
