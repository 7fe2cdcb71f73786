"""The progress of a long command, on a terminal and in a log."""

import io
from dataclasses import dataclass, field

from devstack.reports.progress import Progress


class Terminal(io.StringIO):
    """Where a person looks on."""

    def isatty(self) -> bool:
        """Yes."""
        return True


@dataclass
class Clock:
    """Goes on by so many seconds whenever it is looked at."""

    pace: float
    now: float = field(default=0.0)

    def __call__(self) -> float:
        """What time it is."""
        self.now += self.pace
        return self.now


def run(out: io.StringIO, *, steps: int, pace: float) -> str:
    """Count to the end; give what was shown."""
    with Progress("jobs", steps, out=out, clock=Clock(pace)) as progress:
        for position in range(steps):
            progress.step(f"kill {position}")
    return out.getvalue()


def test_a_terminal_sees_one_line_that_grows_to_its_end() -> None:
    shown = run(Terminal(), steps=50, pace=0.2)

    lines = shown.split("\r")
    assert shown.count("\n") == 1
    assert len(lines) > 40
    assert "[############################] 50/50" in lines[-1]
    assert "kill 24" in shown
    assert " left" in lines[10]


def test_a_terminal_is_not_written_to_at_every_step() -> None:
    shown = run(Terminal(), steps=1_000, pace=0.001)

    assert len(shown.split("\r")) < 30


def test_a_log_gets_a_line_now_and_then_without_control_characters() -> None:
    shown = run(io.StringIO(), steps=1_000, pace=0.05)

    lines = shown.splitlines()
    assert "\r" not in shown
    assert 5 <= len(lines) <= 15
    assert "1,000/1,000" in lines[-1]


def test_what_stops_the_command_is_seen_at_the_end_of_the_line() -> None:
    out = io.StringIO()

    try:
        with Progress("jobs", 10, out=out, clock=Clock(1.0)) as progress:
            progress.step()
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass

    assert out.getvalue().splitlines()[-1].endswith("stopped")
    assert "1/10" in out.getvalue().splitlines()[-1]


def test_nothing_to_do_is_done() -> None:
    assert "0/0" in run(io.StringIO(), steps=0, pace=1.0)
