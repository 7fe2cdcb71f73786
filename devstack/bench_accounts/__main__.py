"""``make bench-accounts``: see the package."""

import sys
from collections.abc import Sequence
from random import Random  # noqa: TID251 - the order of turns, no secret
from statistics import median
from typing import Final
from urllib.parse import urlsplit

from devstack.bench_accounts.calls import CALLS, EMPTY, Account, Caller, account_in
from devstack.bench_accounts.ground import FORWARD_SECRET, THREADS, Ground, ground
from devstack.bench_accounts.load import Connection, Turn, take_turn
from devstack.bench_accounts.wire import counting
from devstack.reports.options import parser_for
from devstack.reports.plots import Bar, Bars
from devstack.reports.progress import Progress
from devstack.reports.report import Report

NAME: Final = "bench-accounts"
ACCOUNTS: Final = 500
COUNTED: Final = 200
ROUND_TRIPS_GOAL: Final = 1.0
AT_ONCE: Final = (1, THREADS)

Turns = dict[tuple[str, int], list[Turn]]


def sign_up(port: int, caller: Caller, many: int) -> list[Account]:
    """Make accounts to ask for, each confirmed by a first call, as an app does."""
    connection = Connection(port)
    names = [f"{NAME}-{number}" for number in range(many)]
    made = [account_in(connection.ask(caller.sign_up(name, 7)), name) for name in names]
    for account in made:
        connection.ask(next(caller.requests("/user-data", [account])))
    connection.close()
    return made


def count_round_trips(on: Ground, caller: Caller) -> dict[str, float]:
    """Round trips to Redis that each call takes, once the server has warmed up."""
    address = urlsplit(on.redis.url)
    counted = {}
    with counting("127.0.0.1", on.redis.port) as wire:
        url = on.redis.url.replace(f":{address.port}", f":{wire.port}")
        with on.server(url) as port:
            accounts = sign_up(port, caller, 20)
            for call in CALLS:
                requests = caller.requests(call, accounts)
                connection = Connection(port)
                for _ in range(20):
                    connection.ask(next(requests))
                before = wire.round_trips
                for _ in range(COUNTED):
                    connection.ask(next(requests))
                counted[call] = (wire.round_trips - before) / COUNTED
                connection.close()
    return counted


def measure(on: Ground, caller: Caller, *, rounds: int, calls: int, drawn: Random) -> Turns:
    """Let each call have its turns in each round, in an order that is drawn anew."""
    turns: Turns = {(call, at_once): [] for call in CALLS for at_once in AT_ONCE}
    with on.server(on.redis.url) as port, Progress("turns", rounds * len(turns)) as progress:
        accounts = sign_up(port, caller, ACCOUNTS)
        for call in CALLS:  # warm up
            take_turn(port, caller.requests(call, accounts), calls=calls, connections=THREADS)
        for number in range(rounds):
            for call, at_once in drawn.sample(list(turns), len(turns)):
                requests = caller.requests(call, accounts)
                turn = take_turn(port, requests, calls=calls, connections=at_once)
                turns[call, at_once].append(turn)
                progress.step(f"round {number + 1}: {call}, {at_once} at once")
    return turns


def tell(report: Report, turns: Turns, counted: dict[str, float]) -> None:
    """Figures, goals and plots."""
    for call, trips in counted.items():
        report.figure(f"round trips to Redis: {call}", round(trips, 3))
        if call != EMPTY:
            report.goal(
                f"round trips to Redis: {call}",
                goal="1 a call",
                value=round(trips, 3),
                met=trips <= ROUND_TRIPS_GOAL,
            )
    for at_once in AT_ONCE:
        bars = []
        for call in CALLS:
            rate = median(turn.rate for turn in turns[call, at_once])
            ratios = ratios_of(turns, call, at_once)
            report.figure(f"calls a second, {at_once} at once: {call}", round(rate, 1), "1/s")
            report.figure(
                f"median time, {at_once} at once: {call}",
                round(median(turn.median_ms for turn in turns[call, at_once]), 3),
                "ms",
            )
            if call != EMPTY:
                report.figure(
                    f"rate over the empty view's, {at_once} at once: {call}",
                    round(median(ratios), 3),
                )
            bars.append(Bar(call, rate))
        report.plot(Bars(f"Calls a second, {at_once} at once", unit="1/s", bars=bars))


def ratios_of(turns: Turns, call: str, at_once: int) -> Sequence[float]:
    """The call's rate over the empty view's, round by round."""
    pairs = zip(turns[call, at_once], turns[EMPTY, at_once], strict=True)
    return [mine.rate / empty.rate for mine, empty in pairs]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and write the report; 1 when a goal was not met."""
    parser = parser_for(NAME, f"{__doc__}\nTakes about two minutes.")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--calls", type=int, default=400, help="calls in a turn")
    told = parser.parse_args(arguments)
    report = Report("Account calls beside an empty view", f"make {NAME}", told.seed)
    print(f"{NAME}: {told.rounds} rounds, about two minutes; seed {told.seed}", file=sys.stderr)
    caller = Caller(FORWARD_SECRET)
    with ground() as on:
        counted = count_round_trips(on, caller)
        turns = measure(on, caller, rounds=told.rounds, calls=told.calls, drawn=Random(told.seed))
    tell(report, turns, counted)
    status = report.write(told.out)
    for figure in report.figures:
        print(f"{figure.name:>60}  {figure.value} {figure.unit}")
    return status


if __name__ == "__main__":
    sys.exit(main())
