"""Mails as they leave: their language, and what they are made of."""

from collections.abc import Callable

import pytest
import redis

from accounts.keys import MAILS, USERS
from devstack.mandrill_standin import MandrillStandin
from tests.api.mailing import Post
from tests.client_app import ClientApp

NewClient = Callable[..., ClientApp]
RunJobs = Callable[[], int]


def test_a_user_who_was_erased_is_not_written_to(
    post: Post, mandrill_standin: MandrillStandin, service: redis.Redis
) -> None:
    service.delete(USERS.row(post.user_id))

    job = post.send()

    assert (job.state, mandrill_standin.mails) == ("done", [])
    assert not service.exists(MAILS(user_id=post.user_id))


@pytest.mark.parametrize(
    ("locale", "written"),
    [
        ("en_US", ("Your Lantern Pro receipt", "ltr", "48.00 USD")),
        ("zh_CN", ("您的 Lantern Pro 收据", "ltr", "48.00 USD")),
        ("fa_IR", ("رسید Lantern Pro شما", "rtl", "48.00 USD")),
        ("ru_RU", ("Ваша квитанция Lantern Pro", "ltr", "48,00 USD")),
        ("de_DE", ("Your Lantern Pro receipt", "ltr", "48.00 USD")),
    ],
)
def test_a_receipt_is_written_in_the_language_of_the_app(
    new_client: NewClient,
    run_jobs: RunJobs,
    mandrill_standin: MandrillStandin,
    locale: str,
    written: tuple[str, str, str],
) -> None:
    subject, direction, paid = written
    new_client(locale=locale).buy()

    run_jobs()

    [mail] = mandrill_standin.mails
    assert mail["subject"] == subject
    assert f'dir="{direction}"' in mail["html"]
    assert paid in mail["text"]
    assert paid in mail["html"]
