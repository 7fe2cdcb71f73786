"""``python -m devstack.demo``: play the story against a running stack and show each step."""

import subprocess
import sys
from collections.abc import Mapping

from devstack.demo.printing import show
from devstack.demo.story import Story, StoryError, titles
from devstack.demo.wire import Exchange
from devstack.stack.environment import environment_of
from devstack.stack.place import ROOT, StackError, StackPlace


def _print_exchange(exchange: Exchange) -> None:
    print(show(exchange), end="\n\n")


def _title(number: int, words: str) -> None:
    print(f"--- {number}. {words}", end="\n\n")


def story_of(place: StackPlace, environment: Mapping[str, str]) -> Story:
    """The story, to be played at this place."""
    return Story(
        pro_url=place.url(place.pro),
        config_url=place.url(place.config),
        stripe_url=place.url(place.stripe),
        mandrill_url=place.url(place.mandrill),
        publishable_key=environment["STRIPE_PUBLISHABLE_KEY"],
        mandrill_key=environment["MANDRILL_API_KEY"],
        watch=_print_exchange,
    )


def _operators_look(first: int, story: Story, environment: Mapping[str, str]) -> None:
    commands = (
        ("Staff look at the reader.", ["show_user", story.email]),
        ("The laws hold.", ["check_invariants"]),
    )
    for number, (words, command) in enumerate(commands, start=first):
        _title(number, words)
        print(f"$ manage.py {' '.join(command)}", flush=True)
        subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=dict(environment), check=True
        )
        print()


def _play(place: StackPlace) -> None:
    if not place.folder.exists():
        message = f"There is no stack in {place.folder}; make run starts one."
        raise StackError(message)
    environment = environment_of(place)
    story = story_of(place, environment)
    steps = titles()
    try:
        for number, (words, step) in enumerate(steps, start=1):
            _title(number, words)
            step(story)
    except ConnectionRefusedError as error:
        ports = " ".join(f"{name}={port}" for name, port in place.ports.items())
        message = f"A part of the stack does not answer. Does it run, and at these ports? {ports}"
        raise StackError(message) from error
    _operators_look(len(steps) + 1, story, environment)


def main() -> int:
    """Play it; answers 1 when a step fails."""
    try:
        _play(StackPlace.from_environment())
    except (StackError, StoryError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except subprocess.CalledProcessError as error:
        return int(error.returncode)
    print("The story is told.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
