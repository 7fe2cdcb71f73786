"""``manage.py make_reseller_codes``."""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing.errors import UnknownPlan
from billing.reseller import LONGEST_NAME
from billing.services.plans import plan_on_sale
from billing.services.reseller import as_csv, make_batch
from lantern_pro import clock
from lantern_pro.errors import LanternError
from lantern_pro.types import Millis


class Command(BaseCommand):
    """Makes a batch of codes for a reseller."""

    help = (
        "Make a batch of codes for a reseller and print them as CSV, this once: only their hashes "
        "are kept, so redirect the output to a file and hand it over safely. Each code gives what "
        "the plan gives today. If the file is lost, revoke the batch in the admin and make another."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--reseller", required=True, help="who sells the codes")
        parser.add_argument("--plan", required=True, help="what a code is for, such as 1y-usd-10")
        parser.add_argument("--count", type=int, required=True, help="how many codes")
        parser.add_argument(
            "--expires", help="the day from which none is redeemed any more, such as 2027-12-31"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make the batch and print it."""
        reseller = options["reseller"].strip()
        if not 0 < len(reseller) <= LONGEST_NAME:
            message = f"--reseller: a name of 1 to {LONGEST_NAME} characters"
            raise CommandError(message)
        try:
            plan = plan_on_sale(options["plan"])
        except UnknownPlan as error:
            message = f"--plan: no plan {options['plan']!r} is on sale"
            raise CommandError(message) from error
        try:
            made = make_batch(
                reseller=reseller,
                plan=plan,
                count=options["count"],
                expires=_moment(options["expires"]),
            )
        except LanternError as error:
            raise CommandError(error.message) from error
        self.stderr.write(f"batch {made.batch_id}: {len(made.codes)} codes for {reseller}")
        self.stdout.write(as_csv(made, plan.pk), ending="")


def _moment(day: str | None) -> Millis | None:
    if not day:
        return None
    try:
        moment = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        message = f"--expires: {day!r} is no day; write it like 2027-12-31"
        raise CommandError(message) from error
    if clock.as_millis(moment) <= clock.now():
        message = f"--expires: {day} is over"
        raise CommandError(message)
    return clock.as_millis(moment)
