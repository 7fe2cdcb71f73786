"""``python -m devstack.manage``: an operator's command, run on the stack of this environment."""

import os
import sys
from typing import NoReturn

from devstack.stack.environment import environment_of
from devstack.stack.place import ROOT, StackError, StackPlace


def main() -> NoReturn:
    """Become ``manage.py`` with the stack's settings; exit status 1 when there is no stack."""
    try:
        place = StackPlace.from_environment()
    except StackError as error:
        sys.exit(str(error))
    if not place.folder.exists():
        sys.exit(f"There is no stack in {place.folder}; make run starts one.")
    command = [sys.executable, str(ROOT / "manage.py"), *sys.argv[1:]]
    os.execve(sys.executable, command, environment_of(place))  # noqa: S606 - it is to be replaced


if __name__ == "__main__":
    main()
