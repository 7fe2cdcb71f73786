"""The scripts of codes that are mailed: an outcome each, and races."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import redis

from accounts.managers import mail_proofs
from accounts.managers.mail_proofs import Door, MailProof
from lantern_pro.store.client import text_client
from lantern_pro.types import Millis, UserId

NOW = Millis(1_764_000_000_000)
LIFE_MS, PAUSE_MS = 3_600_000, 60_000
PROOF = MailProof("0" * 64, "nonce-1", "a" * 64, "sealed", "Pixel")
DOORS = (Door(UserId(1 << 10), ""), Door(UserId(1 << 10), "device-2"))
pytestmark = pytest.mark.usefixtures("any_redis")


def ask(proof: MailProof = PROOF, *, at: int = 0) -> str:
    """Ask, so many ms later."""
    return mail_proofs.ask_mail_proof(
        proof=proof,
        now=Millis(NOW + at),
        life_ms=LIFE_MS,
        pause_ms=PAUSE_MS,
        most_tries=5,
        follow=(),
    )


def kept() -> MailProof | None:
    """What is kept of it."""
    return next(iter(mail_proofs.get_mail_proofs(PROOF.digest)), None)


def send(door: int | None, proof: MailProof = PROOF) -> bool:
    """Send a code that opens this door."""
    return mail_proofs.try_mail_code(proof=proof, door=door, most_tries=5)


def test_asked_what_is_asked_is_kept_and_leads_nowhere_yet() -> None:
    assert ask() == "asked"
    assert kept() == PROOF


def test_known_a_moment_later_nothing_changes() -> None:
    ask()

    assert ask(replace(PROOF, nonce="nonce-2"), at=PAUSE_MS - 1) == "known"
    assert kept() == PROOF


def test_asked_again_the_codes_stay_the_same() -> None:
    ask()

    assert ask(replace(PROOF, nonce="nonce-2"), at=PAUSE_MS) == "asked_again"
    assert kept() == PROOF


@pytest.mark.parametrize("at", [LIFE_MS // 2])
def test_codes_with_little_life_left_are_made_anew(at: int) -> None:
    ask()

    assert ask(replace(PROOF, nonce="nonce-2"), at=at) == "asked"
    assert kept() == replace(PROOF, nonce="nonce-2")


def test_codes_for_another_address_and_codes_that_were_used_are_made_anew() -> None:
    ask()
    other = replace(PROOF, nonce="nonce-2", address="b" * 64)

    assert ask(other) == "asked"
    send(0, other)
    assert ask(replace(other, nonce="nonce-3")) == "asked"


def test_asked_for_another_address_the_codes_of_the_first_are_put_aside_and_stay_good() -> None:
    ask()
    mail_proofs.open_doors(proof=PROOF, doors=DOORS)
    other = replace(PROOF, nonce="nonce-2", address="b" * 64)

    assert ask(other) == "asked"

    earlier = replace(PROOF, doors=DOORS, slot="earlier")
    assert mail_proofs.get_mail_proofs(PROOF.digest) == [other, earlier]
    assert send(1, earlier)
    assert 0 < text_client().pttl(earlier.key) <= LIFE_MS


def test_of_two_addresses_the_one_before_the_last_is_put_aside() -> None:
    first, second, third = (
        replace(PROOF, nonce=f"nonce-{letter}", address=letter * 64) for letter in "abc"
    )
    for proof in (first, second, third):
        ask(proof)

    assert mail_proofs.get_mail_proofs(PROOF.digest) == [third, replace(second, slot="earlier")]


def test_codes_that_were_used_are_not_put_aside() -> None:
    ask()
    send(0)
    other = replace(PROOF, nonce="nonce-2", address="b" * 64)

    ask(other)

    assert mail_proofs.get_mail_proofs(PROOF.digest) == [other]


@pytest.mark.parametrize("at", [1_000, PAUSE_MS])
def test_codes_that_too_many_wrong_ones_ended_are_made_anew(at: int) -> None:
    ask()
    for _ in range(5):
        send(None)
    anew = replace(PROOF, nonce="nonce-2")

    assert ask(anew, at=at) == "asked"
    assert send(0, anew)


def test_opened_the_codes_lead_to_their_doors() -> None:
    ask()

    assert mail_proofs.open_doors(proof=PROOF, doors=DOORS)
    assert kept() == replace(PROOF, doors=DOORS)


def test_over_codes_that_were_made_anew_lead_nowhere() -> None:
    ask(replace(PROOF, nonce="nonce-2"))

    assert not mail_proofs.open_doors(proof=PROOF, doors=DOORS)


def test_right_as_often_as_it_is_sent() -> None:
    ask()

    assert send(1)
    assert send(1)


def test_wrong_after_five_wrong_ones_the_right_one_too() -> None:
    ask()
    wrong = [send(None) for _ in range(5)]

    assert wrong == [False] * 5
    assert not send(0)


def test_wrong_when_there_is_nothing_to_be_right_about() -> None:
    assert not send(0)
    ask()
    assert not send(0, replace(PROOF, nonce="nonce-2"))


def test_of_twenty_guesses_at_once_five_are_looked_at(real_redis: redis.Redis) -> None:
    ask()

    with ThreadPoolExecutor(20) as threads:
        list(threads.map(lambda _: send(None), range(20)))

    assert not send(0)
    [key] = real_redis.keys("*mail_proof*")
    assert real_redis.hget(key, "tries") == "5"
