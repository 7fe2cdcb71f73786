"""An address that very many accounts name: whoever paid is found all the same."""

import re
from collections.abc import Callable

import redis

from accounts.keys import ADDRESS_CLAIMS, USERS
from accounts.services.personal import email_hash, seal
from devstack.mandrill_standin import MandrillStandin
from lantern_pro import clock
from tests.client_app import ClientApp
from tests.people import HERE, a_user

EMAIL = "reader@example.org"
SQUATTERS = 100


def name_it(service: redis.Redis) -> None:
    """Let another free account name the address."""
    user_id, digest = a_user(), email_hash(EMAIL)
    service.hset(USERS.row(user_id), mapping={"email_hash": digest, "email_sealed": seal(EMAIL)})
    service.zadd(ADDRESS_CLAIMS(digest=digest, cell=HERE), {str(user_id): clock.now()})


def test_who_paid_is_mailed_a_code_however_many_others_name_the_address(
    client: ClientApp,
    service: redis.Redis,
    run_jobs: Callable[[], int],
    mandrill_standin: MandrillStandin,
) -> None:
    client.buy(email=EMAIL)
    run_jobs()
    for _ in range(SQUATTERS):
        name_it(service)
    bare = ClientApp(device_id="device-new", address="198.51.100.9")

    bare.post("/user-link-request", email=EMAIL, deviceName="Pixel 9")
    run_jobs()
    opened = []
    for code in re.findall(r"\b\d{6}\b", mandrill_standin.mails[-1]["text"]):
        bare.post("/user-link-validate", code=code)
        opened.append(bare.answer["userId"])

    assert opened[0] == client.user_id
    assert len(opened) == 3
