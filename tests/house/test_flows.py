"""The table of what follows from what is whole."""

import importlib
import os
import subprocess
import sys

from lantern_pro.flows import FLOWS
from lantern_pro.jobs.events import Event
from lantern_pro.jobs.lanes import Lane
from lantern_pro.jobs.registry import kind_named, known_kinds
from lantern_pro.support.printed import BESIDE_THE_TABLE, arguments_of, causes_of, jobs_of
from tests.house.tree import APPS, ROOT


def every_event() -> set[type[Event]]:
    """The events that the apps declare."""
    modules = [
        importlib.import_module(f"{app}.events")
        for app in APPS
        if (ROOT / app / "events.py").exists()
    ]
    named = [each for module in modules for each in vars(module).values()]
    return {
        each
        for each in named
        if isinstance(each, type) and issubclass(each, Event) and each is not Event
    }


def test_every_event_has_a_line_in_the_table_and_every_line_an_event() -> None:
    assert set(FLOWS) == every_event()


def test_a_worker_that_has_only_started_knows_every_kind() -> None:
    """It looks at the queues of the kinds that it knows, and nothing else imports their modules."""
    asked = (
        "import django; django.setup(); from lantern_pro.jobs import registry as it; "
        "print(*it.known_kinds())"
    )
    started = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "lantern_pro.settings"},
        capture_output=True,
        text=True,
        check=True,
    )

    every = [kind for kind in map(kind_named, known_kinds()) if kind]
    product = {*APPS, "lantern_pro"}
    ours = {kind.name for kind in every if kind.arguments.__module__.partition(".")[0] in product}
    assert set(started.stdout.split()) == ours


def test_every_line_of_the_table_makes_jobs_that_are_registered() -> None:
    made = {
        (event.__name__, tuple(kind.kind for kind in jobs_of(make)))
        for event, makers in FLOWS.items()
        for make in makers
    }

    assert {kinds[0] for _, kinds in made if len(kinds) == 1} <= set(known_kinds())
    assert [event for event, kinds in made if len(kinds) != 1] == []


def test_every_kind_of_job_comes_from_the_table_or_from_where_the_docs_say() -> None:
    unreachable = [
        kind
        for kind in known_kinds()
        if not causes_of(arguments_of(kind)) and kind not in BESIDE_THE_TABLE
    ]

    assert unreachable == []


def test_what_the_docs_say_of_jobs_beside_the_table_is_of_jobs_that_are_there() -> None:
    assert set(BESIDE_THE_TABLE) <= set(known_kinds())


def test_every_kind_of_job_that_calls_a_service_of_others_declares_its_phases() -> None:
    callers = [*known_kinds(Lane.VENDOR), *known_kinds(Lane.MAIL)]

    assert [name for name in callers if (kind := kind_named(name)) and not kind.phases] == []
    assert len(callers) > 5
