"""``python -m devstack``: the whole service on this machine, until Ctrl-C or SIGTERM."""

import argparse
import asyncio
import contextlib
import sys

from devstack.stack.place import StackError, StackPlace
from devstack.stack.supervisor import run_stack


def say(words: str) -> None:
    """Tell the person at the terminal; who does not listen any more is no reason to stop."""
    with contextlib.suppress(OSError):
        sys.stdout.write(f"{words}\n")
        sys.stdout.flush()


def main() -> int:
    """Run the stack; answers the exit status."""
    argparse.ArgumentParser(
        prog="python -m devstack",
        description="Runs the whole service on loopback: Redis (or REDIS_URL), stand-ins for "
        "Stripe and Mandrill, pro-server, config-server, worker and the reference "
        "http-proxy. .env.example lists the variables for ports and the data's folder.",
    ).parse_args()
    try:
        asyncio.run(run_stack(StackPlace.from_environment(), say))
    except StackError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
