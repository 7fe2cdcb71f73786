"""``python -m devstack.drill_fleet``: random operations on a fleet; ``docs/fleet-drill.md``."""

import sys
import time
from argparse import Namespace
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import count, islice

from devstack.drill_fleet.batches import Batch, run_batch, workers
from devstack.drill_fleet.report import tell
from devstack.reports.options import parser_for
from devstack.reports.progress import Progress
from devstack.reports.report import Report


def main() -> int:
    """Drill, and write the report; 1 when a goal is not met."""
    parser = parser_for(
        "drill-fleet",
        "Lets staff, users, proxies and workers act at random and at once on a fleet, with "
        "crashes, and holds what comes of it to the laws.",
    )
    parser.add_argument("--ops", type=int, default=10_000, help="how many (default: 10,000)")
    parser.add_argument("--batch", type=int, help="run this batch alone, once more")
    parser.add_argument("--processes", type=int, default=2, help="at once (default: 2)")
    parser.add_argument("--failures", type=int, default=3, help="stop at so many (default: 3)")
    parser.add_argument(
        "--as-found", action="store_true", help="do not look for the smallest play that fails"
    )
    asked = parser.parse_args()
    one = f" BATCH={asked.batch}" if asked.batch is not None else ""
    command = f"make drill-fleet OPS={asked.ops} SEED={asked.seed}{one}"
    sys.stderr.write(f"{command}\n")
    report = Report("A fleet that is always right", command=command, seed=asked.seed)
    begun = time.monotonic()
    numbers: Iterator[int] = count()
    with workers(asked.processes) as pool:
        if asked.batch is not None:
            numbers, asked.ops, asked.processes = iter([asked.batch]), 1, 1
        batches = Drill(pool, asked, numbers).run()
    tell(report, batches, wanted=asked.ops, seconds=time.monotonic() - begun)
    status = report.write(asked.out)
    for goal in report.goals:
        sys.stderr.write(f"{'met   ' if goal.met else 'MISSED'}  {goal.name}: {goal.value}\n")
    sys.stderr.write(f"{asked.out / 'report.html'}\n")
    return status


@dataclass(slots=True)
class Drill:
    """Runs batch after batch until there were enough operations, or too much was wrong."""

    pool: ProcessPoolExecutor
    asked: Namespace
    numbers: Iterator[int]
    done: list[Batch] = field(default_factory=list)

    def run(self) -> list[Batch]:
        """Run; all batches, in the order of their numbers."""
        asked, begun, open_ones = self.asked, time.monotonic(), set[Future[Batch]]()
        with Progress("operations", asked.ops) as progress:
            while progress.done < asked.ops and self._failures < asked.failures:
                for number in islice(self.numbers, asked.processes - len(open_ones)):
                    open_ones.add(self._begin(number))
                ended, open_ones = wait(open_ones, return_when=FIRST_COMPLETED)
                is_first = not self.done
                self._take(ended, progress)
                if is_first:
                    minutes = asked.ops * (time.monotonic() - begun) / max(progress.done, 1) / 60
                    minutes /= asked.processes
                    sys.stderr.write(f"{asked.ops:,} will take about {minutes:.0f} minutes.\n")
            self._take(open_ones, progress)
        return sorted(self.done, key=lambda batch: batch.number)

    @property
    def _failures(self) -> int:
        return sum(bool(each.trouble) for each in self.done)

    def _begin(self, number: int) -> Future[Batch]:
        return self.pool.submit(run_batch, self.asked.seed, number, as_found=self.asked.as_found)

    def _take(self, ended: Iterable[Future[Batch]], progress: Progress) -> None:
        for each in ended:
            batch = each.result()
            self.done.append(batch)
            progress.step(f"batch {batch.number}", by=batch.tally.operations)
            if batch.trouble:
                again = f"make drill-fleet SEED={self.asked.seed} BATCH={batch.number}"
                sys.stderr.write(f"{batch.trouble}\nagain: {again}\n")


if __name__ == "__main__":
    sys.exit(main())
