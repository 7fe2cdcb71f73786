"""Everything that goes: erased users, accounts never used, old jobs; and Pro time that is over."""

import random  # noqa: TID251 - drawn again by its seed
from typing import Final

from devstack.chaos import world
from devstack.chaos.clients.app import YEARS
from devstack.chaos.clients.facts import Claim, Facts
from devstack.chaos.counting.reads import has_account, has_job, has_time_that_ends, service_of
from devstack.chaos.patience import patiently
from devstack.chaos.plays.piece import Piece, client, mark_of
from devstack.chaos.settling import calm, hurried_until
from devstack.chaos.theatre import Theatre


async def play(theatre: Theatre, chance: random.Random) -> list[Facts]:
    """Let an invited Pro user, who has invited another, be erased; and tidy up."""
    mark = mark_of(chance)
    host, leaver, heir = (
        client(theatre, f"{mark}-{name}", chance) for name in ("host", "leaver", "heir")
    )
    await host.sign_up()
    await host.confirm()
    await leaver.live(host.facts, plan=YEARS[0], good=True)
    await leaver.name_address(f"{mark}@leaver.example")
    await heir.sign_up()
    await heir.confirm()
    await heir.attach(leaver.facts)
    unused = await patiently(world.one_who_never_came, f"{mark}-unused")
    old = await patiently(world.forget_jobs, "once")
    await calm(theatre.stage)
    await leaver.erase()
    await patiently(world.let_it_be_old, old)
    await patiently(world.forget_jobs, "again")
    await hurried_until(theatre.stage, lambda: not has_account(unused))
    host.facts.claims += [
        Claim("an account that was never used", lambda _: has_account(unused), 0),
        Claim("the record of an old job", lambda _: has_job(old), 0),
    ]
    return [each.facts for each in (host, leaver, heir)]


async def play_the_end_of_time(theatre: Theatre, chance: random.Random) -> list[Facts]:
    """Let somebody's Pro time end, after they were given proxies."""
    story = Facts(f"{mark_of(chance)}-ends")
    ends = await patiently(world.one_whose_time_ends_soon, story.device_id)
    await hurried_until(theatre.stage, lambda: not has_time_that_ends(ends))
    story.claims += [
        Claim("what serves them", lambda _: service_of(ends), 0),
        Claim("a time that is over and still to end", lambda _: has_time_that_ends(ends), 0),
    ]
    return [story]


FAREWELL: Final = Piece(
    "farewell",
    frozenset(
        {
            "forget_invitations",
            "forget_invitee",
            "forget_inviter",
            "forget_jobs",
            "forget_purchases",
            "reap_user",
        }
    ),
    play,
)
END_OF_TIME: Final = Piece("end-of-time", frozenset({"release_proxies"}), play_the_end_of_time)
