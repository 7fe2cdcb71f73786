"""The pages of the docs that are printed from the code, so that they cannot drift from it.

Each page is one pure function of what is declared: keys, events and their jobs, errors.
"""

import importlib
from collections.abc import Callable, Iterable
from typing import Any, Final

from django.apps import apps
from django.utils.module_loading import module_has_submodule

from lantern_pro.api.envelope import status_of
from lantern_pro.errors import LanternError
from lantern_pro.flows import FLOWS
from lantern_pro.jobs.events import Event, ForwardJob
from lantern_pro.jobs.job import JobArguments
from lantern_pro.jobs.registry import kind_named, known_kinds
from lantern_pro.store.audit import all_keys
from lantern_pro.store.management.commands.redis_schema import schema_page

BESIDE_THE_TABLE: Final = {
    ForwardJob.kind: "any event whose job belongs to another cell",
    "reap_user": "the regular look for accounts that nobody has confirmed in time",
    "mirror_proxy": "the regular look for proxies of 2016 whose keys are behind",
    "release_proxies": "the regular look for users whose Pro time is over",
    "forget_jobs": "the clock, every hour",
    "move_stragglers": "the clock, every hour",
    "rotate_links": "the clock, every hour",
    "serve_waiting_users": "the clock, every minute",
    "reconcile": "the clock, every minute",
}
"""Kinds of job that no event names, and what stages them."""

_FLOWS_PREFACE = """\
# What follows from what

Printed by `manage.py print_docs` from `lantern_pro/flows.py`; do not edit. A service names an
event, and the script that makes it true stages these jobs in the same step, so neither is ever
there without the other. Each job is named by its business fact: the same fact is one job.
"""

_ERRORS_PREFACE = """\
# Every error

Printed by `manage.py print_docs` from the classes in each app's `errors.py`; do not edit. A
failure is answered as `{"status": "error", "error": ..., "errorId": ..., "details": ...}`. The
`errorId` never changes; the words may. `details.field` names the parameter at fault, if one is.

| answered with | means |
|---|---|
| 200 | Refused: the same call will be refused again. |
| 202 | Not yet: it was accepted; the same call again joins it. |
| 503 | Unavailable: something does not answer just now; the same call later will help. |
| 500 | A bug. A reference in `details` finds it in the log. |

Stripe's webhook and paths that do not exist are no client's calls, and answer 400 and 404.
"""


def pages() -> dict[str, str]:
    """Every printed page: its name in ``docs/`` and its text."""
    return {
        "redis-schema.md": schema_page(all_keys()),
        "flows.md": flows_page(),
        "errors.md": errors_page(),
    }


def flows_page() -> str:
    """Events by app, each with its jobs; then the jobs that come about otherwise."""
    lines = [_FLOWS_PREFACE, "| when | it means | then |", "|---|---|---|"]
    for event, makers in sorted(FLOWS.items(), key=lambda flow: _place(flow[0])):
        jobs = ", ".join(f"`{kind.kind}`" for make in makers for kind in jobs_of(make))
        lines.append(f"| `{event.__name__}` | {_first_line(event)} | {jobs} |")
    lines += [
        "",
        "## Every kind of job",
        "",
        "| job | what it is for | staged by |",
        "|---|---|---|",
    ]
    for name in known_kinds():
        arguments = arguments_of(name)
        causes = [f"`{event.__name__}`" for event in causes_of(arguments)]
        if name in BESIDE_THE_TABLE:
            causes.append(BESIDE_THE_TABLE[name])
        lines.append(f"| `{name}` | {_first_line(arguments)} | {', '.join(causes)} |")
    return "\n".join([*lines, ""])


def jobs_of(make: Callable[[Any], Any]) -> list[type[JobArguments]]:
    """The kinds of job that an entry of the table makes, read from the names in its code."""
    named = (make.__globals__.get(name) for name in make.__code__.co_names)
    return [each for each in named if isinstance(each, type) and issubclass(each, JobArguments)]


def causes_of(arguments: type[JobArguments]) -> list[type[Event]]:
    """The events that this kind of job follows from."""
    return [
        event for event, makers in FLOWS.items() for make in makers if arguments in jobs_of(make)
    ]


def arguments_of(kind: str) -> type[JobArguments]:
    """The class of a registered kind's arguments."""
    found = kind_named(kind)
    if found is None:
        message = f"no job of the kind {kind!r} is registered"
        raise LookupError(message)
    return found.arguments


def errors_page() -> str:
    """Errors by app, sorted by id."""
    lines = [_ERRORS_PREFACE]
    found = all_errors()
    for place in sorted({_place(error) for error in found}):
        lines += [f"## {place}", "", "| errorId | answered with | means | in words |"]
        lines += ["|---|---|---|---|"]
        lines += [_error_line(error) for error in found if _place(error) == place]
        lines += [""]
    return "\n".join(lines)


def all_errors() -> list[type[LanternError]]:
    """Every class of error of this project, sorted by id."""
    importlib.import_module("lantern_pro.urls")  # and with it, whatever a client can reach
    for config in apps.get_app_configs():
        if config.module is not None and module_has_submodule(config.module, "errors"):
            importlib.import_module(f"{config.name}.errors")
    return sorted(set(_below(LanternError)), key=lambda error: error.error_id)


def _below(kind: type[LanternError]) -> Iterable[type[LanternError]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def _error_line(error: type[LanternError]) -> str:
    return f"| `{error.error_id}` | {status_of(error())} | {_first_line(error)} | {error.message} |"


def _place(declared: type) -> str:
    """Where a class was declared: its app, or the part of the kit."""
    kit, _, rest = declared.__module__.partition(".")
    return f"{kit}.{rest.split('.')[0]}" if kit == "lantern_pro" else kit


def _first_line(declared: type) -> str:
    """A docstring's first paragraph, on one line, fit for a table."""
    paragraph = (declared.__doc__ or "").strip().split("\n\n")[0]
    return " ".join(paragraph.replace("``", "`").split()).replace("|", "\\|")
