"""``manage.py move_users_off``."""

import threading
import time
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lantern_pro import clock
from lantern_pro.errors import LanternError
from lantern_pro.jobs import ledger
from lantern_pro.types import Millis
from proxies.jobs import ASKED, MoveUsersOff
from proxies.moving import bar_of, progress_of
from proxies.records import ProxyRecord
from proxies.services.states import find_proxy

LOOK_SECONDS: Final = 0.3
LOG_SECONDS: Final = 5.0


class Command(BaseCommand):
    """Moves all users of a proxy to others."""

    help = (
        "Move all users of a proxy to others, by a job, and show how far it is. Nobody is without "
        "service meanwhile: a user leaves when they have another. Who finds none stays, or waits "
        "when the proxy is retired or down; they are served as soon as there is room. Draining, "
        "retiring or blocking a proxy starts this by itself; this command is for doing it again, "
        "or to an active proxy, which goes on taking users. Stopping the command does not stop the "
        "job."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--proxy", required=True, help="its name or its id")
        parser.add_argument(
            "--no-follow", action="store_true", help="start the job and do not wait for its end"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Stage the job and follow it."""
        try:
            proxy = find_proxy(options["proxy"])
        except LanternError as error:
            raise CommandError(f"{error.error_id}: {error.message}") from error
        before = clock.now()
        ledger.stage(MoveUsersOff.of(proxy.id, ASKED, f"{proxy.id}.asked.{before}"))
        self.stdout.write(f"{proxy.name}: {proxy.load} users are to be moved.")
        if not options["no_follow"]:
            self._follow(proxy, before)

    def _follow(self, proxy: ProxyRecord, before: Millis) -> None:
        """Show the progress until the job is at its end."""
        pause, shown = threading.Event(), 0.0
        on_screen = self.stdout.isatty()
        while True:
            progress = progress_of(proxy.id)
            if progress is not None and progress.since < before:
                progress = None  # an earlier one
            has_ended = progress is not None and progress.ended is not None
            if has_ended or on_screen or time.monotonic() - shown >= LOG_SECONDS:
                shown = time.monotonic()
                self.stdout.write(bar_of(progress), ending="\r" if on_screen else "\n")
                self.stdout.flush()
            if has_ended:
                self.stdout.write("")
                return
            pause.wait(LOOK_SECONDS)
