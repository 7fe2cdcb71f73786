"""The drill, act by act. Everything is counted; the report judges."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Final

from configsrv.laws import LAWS as CONFIG_LAWS
from devstack.drill_redis_away.ground import Ground, Proxy, add_proxies, wait_until
from devstack.drill_redis_away.people import HERE, Kind, Person, arrive, remove
from devstack.drill_redis_away.probing import Tally, Tunnel, ask_all, echo, is_let_in
from devstack.reports.progress import Progress
from lantern_pro import clock
from lantern_pro.jobs.schedule import stage_periodic_jobs
from lantern_pro.jobs.worker import drain
from proxies.laws import LAWS as FLEET_LAWS

MINUTE: Final = 60
OUTAGE_MINUTES: Final = 60
STEP_MINUTES: Final = 15
TUNNELS: Final = 5


@dataclass(slots=True)
class Played:
    """What came of it."""

    away: Tally = field(default_factory=Tally)
    cut_off: Tally = field(default_factory=Tally)
    tunnels_asked: int = 0
    tunnels_broken: int = 0
    converged_seconds: dict[str, float] = field(default_factory=dict)
    broken_laws: list[str] = field(default_factory=list)
    wrong_in_the_end: int = 0


@contextmanager
def at(on: Ground, seconds: float) -> Iterator[None]:
    """Let it be so much later than the wall's clock, for proxies and the service alike."""
    on.set_clock(seconds)
    with clock.shifted(int(seconds * 1000)):
        yield


def play(on: Ground, users: int, lag_ms: int) -> Played:
    """Play it through."""
    played = Played()
    add_proxies(on)
    drain(HERE)
    people = _gather(on, users)
    with ExitStack() as ends:
        target = ends.enter_context(echo())
        tunnels = [Tunnel(on.proxies[0], each, target) for each in people[:TUNNELS]]
        on.networks[3].cut()
        remove([each for each in people if each.kind is Kind.REMOVED])
        _wait_until_right(on.proxies[:3], people)
        on.stop_redis()
        _redis_is_away(on, people, tunnels, played, lag_ms)
        _redis_is_back(on, people, played)
        _one_is_still_cut_off(on, people, played, lag_ms)
        for tunnel in tunnels:
            tunnel.close()
    return played


def _gather(on: Ground, users: int) -> list[Person]:
    """Users of each kind: half of them valid with passes."""
    few = max(TUNNELS, users // 6)
    people = [arrive(Kind.VALID) for _ in range(max(TUNNELS, users - 3 * few))]
    people += [arrive(Kind.OLDER) for _ in range(few)]
    for number in range(few):
        ends_in = (number + 1) * OUTAGE_MINUTES * MINUTE * 1000 // (few + 1)
        people.append(arrive(Kind.ENDING, ends_in_ms=ends_in))
    people += [arrive(Kind.REMOVED) for _ in range(few)]
    drain(HERE)
    for person in people:
        person.poll()
    _wait_until_right(on.proxies, people)
    return people


def _redis_is_away(
    on: Ground, people: Sequence[Person], tunnels: Sequence[Tunnel], played: Played, lag_ms: int
) -> None:
    with Progress("Redis is away", OUTAGE_MINUTES) as progress:
        for minute in range(1, OUTAGE_MINUTES + 1):
            with at(on, minute * MINUTE):
                if minute == OUTAGE_MINUTES // 3:
                    _begin_anew(on)
                ask_all(on.proxies, people, played.away, lag_ms)
            played.tunnels_asked += len(tunnels)
            played.tunnels_broken += sum(not tunnel.carries() for tunnel in tunnels)
            progress.step(f"minute {minute}")


def _begin_anew(on: Ground) -> None:
    """Kill two proxies and start them, with Redis away: one has its disk, one has nothing."""
    for proxy, with_state in ((on.proxies[1], True), (on.proxies[2], False)):
        proxy.kill()
        proxy.start(with_state=with_state)
    _wait_until_listening(on.proxies[1:3])


def _redis_is_back(on: Ground, people: Sequence[Person], played: Played) -> None:
    """Everybody but the one that is cut off comes to know what is so."""
    with at(on, OUTAGE_MINUTES * MINUTE + 1):
        on.start_redis()
        stage_periodic_jobs()
        drain(HERE)
        newcomer = arrive(Kind.OLDER)
        drain(HERE)
        for proxy in on.proxies[:3]:
            everybody = [*people, newcomer]
            played.converged_seconds[proxy.name] = _wait_until_right([proxy], everybody)
        played.broken_laws += [
            fault for law in (*FLEET_LAWS, *CONFIG_LAWS) for fault in law.check(HERE)
        ]


def _one_is_still_cut_off(
    on: Ground, people: Sequence[Person], played: Played, lag_ms: int
) -> None:
    """Go on until the lag is over, by passes that are renewed meanwhile; then mend the network."""
    proxy, minutes = on.proxies[3], OUTAGE_MINUTES
    last = lag_ms // (MINUTE * 1000) + STEP_MINUTES
    with Progress("one is still cut off", last - OUTAGE_MINUTES) as progress:
        while minutes < last:
            minutes += STEP_MINUTES
            with at(on, minutes * MINUTE):
                stage_periodic_jobs()
                drain(HERE)
                for person in people:
                    person.poll()
                ask_all([proxy], people, played.cut_off, lag_ms)
            progress.step(f"minute {minutes}", by=STEP_MINUTES)
    with at(on, minutes * MINUTE):
        on.networks[3].mend()
        played.converged_seconds[proxy.name] = _wait_until_right([proxy], people)
        in_the_end = Tally()
        ask_all(on.proxies, people, in_the_end, 0)
        played.wrong_in_the_end = (
            sum(in_the_end.refused_though_right.values()) + in_the_end.past_lag
        )
        played.broken_laws += [
            fault for law in (*FLEET_LAWS, *CONFIG_LAWS) for fault in law.check(HERE)
        ]


def _wait_until_right(proxies: Sequence[Proxy], people: Sequence[Person]) -> float:
    """Wait until these proxies let in who has a right, and nobody else; how long that took."""

    def is_right() -> bool:
        return all(
            is_let_in(proxy, person) == person.has_right() for proxy in proxies for person in people
        )

    _wait_until_listening(proxies)
    return wait_until(is_right, "proxies that know what is so")


def _wait_until_listening(proxies: Sequence[Proxy]) -> None:
    def do_listen() -> bool:
        try:
            for proxy in proxies:
                is_let_in(proxy, _NOBODY)
        except OSError:
            return False
        return True

    wait_until(do_listen, "proxies that listen")


_NOBODY: Final = Person(user_id=0, kind=Kind.VALID, token="")  # type: ignore[arg-type]
