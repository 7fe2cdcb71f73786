"""Runs the suites of the store and the admin on the newest Django there is for a Python here.

A second environment is kept under ``var/newest-django/``: everything as locked, but Django, which
is the newest that the interpreter allows. So what the next upgrade would break is seen early.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from devstack import redis_server

ROOT: Final = Path(__file__).resolve().parent.parent
SUITES: Final = ("tests/unit/store", "tests/scripts/store", "tests/admin")
TEST_TOOLS: Final = (
    "fakeredis[lua]",
    "hypothesis",
    "pytest",
    "pytest-django",
    "pytest-randomly",
    "pytest-socket",
    "pytest-timeout",
    "pytest-xdist",
)
WARNINGS: Final = ("DeprecationWarning", "PendingDeprecationWarning")
CANDIDATES: Final = ("python3.14", "python3.13", "python3.12", "python3.11")


def newest_python() -> str:
    """Find the newest interpreter on the PATH that runs; else the one that runs this."""
    for name in CANDIDATES:
        found = shutil.which(name)
        if (
            found
            and subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode == 0
        ):
            return found
    return sys.executable


def wanted() -> list[str]:
    """What to install: the project's dependencies and the tools of its tests, without versions."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = [re.split(r"[<>=;~! ]", line, maxsplit=1)[0] for line in project["dependencies"]]
    return [*names, *TEST_TOOLS]


def locked_versions() -> Iterator[str]:
    """Every version in the lock file, but Django's."""
    for line in (ROOT / "requirements-dev.lock").read_text().splitlines():
        match = re.match(r"([\w.-]+)==([\w.!+-]+)", line)
        if match and match[1].lower() != "django":
            yield match[0]


def environment(python: str) -> Path:
    """Make or renew the second environment; give its interpreter."""
    version = subprocess.run(
        [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
        capture_output=True,
        check=True,
        text=True,
    ).stdout.strip()
    folder = ROOT / "var" / "newest-django" / version
    if not (folder / "bin" / "python").exists():
        subprocess.run([python, "-m", "venv", str(folder)], check=True)
    constraints = folder / "constraints.txt"
    constraints.write_text("\n".join(locked_versions()) + "\n")
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--upgrade"]
    subprocess.run([*pip, "--constraint", str(constraints), *wanted()], check=True)
    return folder / "bin" / "python"


def main() -> int:
    """Install, say which versions are tried, run the suites; give pytest's exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--python", default=None, help="the interpreter (default: the newest)")
    options, passed_on = parser.parse_known_args()
    python = environment(options.python or newest_python())
    # The second environment need not have a Redis of its own.
    server = str(Path(redis_server.executable()).parent)
    variables = {**os.environ, "PATH": f"{server}{os.pathsep}{os.environ['PATH']}"}
    versions = "import django, sys; print('Django', django.__version__, 'on Python', sys.version)"
    subprocess.run([str(python), "-c", versions], check=True)
    # What is only going to break is shown; what breaks fails.
    softened = [option for name in WARNINGS for option in ("-W", f"default::{name}")]
    command = [str(python), "-m", "pytest", "-q", *softened, *SUITES, *passed_on]
    return subprocess.run(command, cwd=ROOT, env=variables, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
