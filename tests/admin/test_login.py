"""The login takes only so many tries, and is no oracle."""

import re
from typing import Final

import pytest
import redis
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

HERE: Final = "8.8.4.4"
ELSEWHERE: Final = "9.9.9.9"
PASSWORD: Final = "s3cret-lantern"
GUESS: Final = "guessed"
WRONG: Final = "correct username and password"
TOO_MANY: Final = "too many tries to log in"


@pytest.fixture(autouse=True)
def two_an_hour(settings: Settings) -> None:
    """A figure that is soon used up."""
    settings.LOGINS_PER_HOUR = 2


def log_in(name: str = "rosa", password: str = GUESS, address: str = HERE) -> str:
    """Try to log in; the complaint, or nothing when that is done."""
    answer = Client(REMOTE_ADDR=address).post(
        "/admin/login/?next=/admin/", {"username": name, "password": password}
    )
    if answer.status_code == 302:
        return ""
    (complaint,) = set(re.findall(f"{WRONG}|{TOO_MANY}", answer.content.decode()))
    return str(complaint)


def test_a_name_has_so_many_tries_from_one_address(rosa: User) -> None:
    told = [log_in() for _ in range(4)]

    assert told == [WRONG, WRONG, TOO_MANY, TOO_MANY]


def test_whoever_is_refused_is_told_how_long_to_wait(rosa: User, settings: Settings) -> None:
    settings.LOGINS_PER_HOUR = 1
    log_in()

    refused = Client(REMOTE_ADDR=HERE).post(
        "/admin/login/?next=/admin/", {"username": "rosa", "password": "guessed"}
    )

    assert f"{TOO_MANY}. Please wait 60 minutes, then try again." in refused.content.decode()


def test_even_the_right_password_has_to_wait(rosa: User) -> None:
    log_in()
    log_in()

    assert log_in(password=PASSWORD) == TOO_MANY


def test_who_guesses_elsewhere_does_not_lock_the_owner_out(rosa: User) -> None:
    for _ in range(3):
        log_in(address=ELSEWHERE)

    assert log_in(password=PASSWORD) == ""


def test_a_name_of_nobody_is_answered_just_the_same(rosa: User) -> None:
    of_somebody = [log_in("rosa") for _ in range(4)]
    of_nobody = [log_in("nobody-of-that-name") for _ in range(4)]

    assert of_somebody == of_nobody


def test_an_address_has_so_many_tries_whatever_names_it_tries(rosa: User) -> None:
    told = [log_in(f"name-{number}") for number in range(7)]

    assert told == [WRONG] * 6 + [TOO_MANY]


def test_a_name_has_so_many_tries_from_everywhere(rosa: User) -> None:
    told = [log_in(address=f"11.{number}.0.1") for number in range(22)]

    assert told == [WRONG] * 20 + [TOO_MANY] * 2


def test_private_addresses_are_told_apart(rosa: User) -> None:
    for _ in range(3):
        log_in(address="10.0.0.1")

    assert log_in(password=PASSWORD, address="10.0.0.2") == ""


def test_a_form_that_is_not_filled_in_is_no_try(rosa: User) -> None:
    browser = Client(REMOTE_ADDR=HERE)
    for _ in range(5):
        browser.post("/admin/login/?next=/admin/", {"username": "rosa", "password": ""})

    assert log_in(password=PASSWORD) == ""


def test_the_counts_name_nobody_and_go_within_the_hour(rosa: User, real_redis: redis.Redis) -> None:
    log_in()

    counts = [key for key in real_redis.scan_iter() if ":limit:" in key]

    assert len(counts) == 5
    assert not any("rosa" in key or HERE in key for key in counts)
    assert all(0 < real_redis.pttl(key) <= 3_600_000 for key in counts)
