"""The stock admin over the store: staff, and a library of books to look at."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import redis
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from pytest_django import Settings

from lantern_pro.store.prepare import prepare_store
from tests.store_app.models import Book, Shelf

START = datetime(2024, 12, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def urls(settings: Settings, real_redis: redis.Redis) -> Iterator[None]:
    """The stock admin beside our own, on an empty store."""
    del real_redis
    settings.ROOT_URLCONF = "tests.admin.urls"
    ContentType.objects.clear_cache()
    yield
    ContentType.objects.clear_cache()


@pytest.fixture
def rosa() -> User:
    """A member of staff who may do everything."""
    prepare_store()
    return User.objects.create_superuser("rosa", "rosa@example.org", "s3cret-lantern")


@pytest.fixture
def client(rosa: User) -> Client:
    """A browser in which Rosa is logged in."""
    browser = Client()
    browser.force_login(rosa)
    return browser


@pytest.fixture
def books() -> list[Book]:
    """Thirty books on two shelves, one added each day; every third stands on no shelf."""
    shelves = [
        Shelf.objects.create(name="Attic", floor=2),
        Shelf.objects.create(name="Cellar", floor=0),
        None,
    ]
    return [
        Book.objects.create(
            title=f"Volume {number:02}",
            isbn=f"isbn-{number}",
            subject=("poems", "maths")[number % 2],
            in_print=number % 5 != 0,
            published=None if number % 10 == 0 else date(1990 + number, 1, 1),
            added=START + timedelta(days=number),
            price=Decimal(number) / 4,
            shelf=shelves[number % 3],
        )
        for number in range(30)
    ]
