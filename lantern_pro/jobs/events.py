"""Events and what follows from them, by the table in ``lantern_pro/flows.py``.

A service says what will have happened (``PurchaseCompleted``); ``following`` answers with the
jobs that the table has for it, and the service's script stages them together with its effect.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from django.conf import settings
from django.utils.module_loading import import_string

from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import Done, JobArguments, LeasedJob, NewJob
from lantern_pro.jobs.registry import job
from lantern_pro.types import Cell


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, in the past tense; ``cell`` is where."""

    cell: Cell


Flows = Mapping[type[Event], Sequence[Callable[[Any], NewJob]]]


@cache
def flows() -> Flows:
    """The table of the settings."""
    table: Flows = import_string(settings.FLOWS)
    return table


def following(event: Event) -> tuple[NewJob, ...]:
    """The jobs that follow from an event, ready to be staged in the event's own cell."""
    jobs = (make(event) for make in flows()[type(event)])
    return tuple(_stageable(each, event.cell) for each in jobs)


def _stageable(new: NewJob, cell: Cell) -> NewJob:
    if new.cell == cell:
        return new
    return NewJob(cell, ForwardJob(new.cell, json.dumps(new.as_dict())), new.job_id, new.delay_ms)


@dataclass(frozen=True, slots=True)
class ForwardJob(JobArguments):
    """A job on its way to another cell: no script can touch two cells at once."""

    kind: ClassVar[str] = "forward_job"
    to_cell: Cell
    letter: str

    @property
    def about(self) -> int:
        """Whom the job is about that travels."""
        return int(json.loads(self.letter)["about"])


@dataclass(frozen=True, slots=True)
class _Letter:
    """A job as it travels, staged at the far end just as it was written."""

    kind: str
    text: str
    about: int

    def as_json(self) -> str:
        return self.text


@job(ForwardJob)
def forward_job(_leased: LeasedJob, arguments: ForwardJob) -> Done:
    """Stage the job at the far end, under its own name, and tick it off here."""
    told = json.loads(arguments.letter)
    fact = told["id"].split(".", 2)[2]
    letter: Any = _Letter(told["kind"], told["arguments"], told["about"])
    ledger.stage(NewJob(arguments.to_cell, letter, fact))
    return Done()
