"""What a page of the admin shows, as a tester reads it."""

import re

from django.test import Client


def titles(client: Client, query: str = "") -> list[str]:
    """The numbers of the volumes that the list of books shows, in order."""
    answer = client.get(f"/stock/store_app/book/{query}")
    assert answer.status_code == 200, answer
    return re.findall(r'class="field-title"><a [^>]*>Volume (\d\d)</a>', answer.content.decode())


def text_of(client: Client, path: str) -> str:
    """A page that must be there."""
    answer = client.get(path)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def errors_in(page: bytes) -> list[str]:
    """The complaints of a form."""
    return re.findall(r"<ul class=\"errorlist\"[^>]*><li>(.*?)</li>", page.decode())
