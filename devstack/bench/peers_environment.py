"""The peers' own environment: they are compared with, and no part of the project."""

import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
PEERS: Final = ROOT / "var" / "bench-peers"
REQUIREMENTS: Final = Path(__file__).with_name("peers.txt")


def prepare() -> None:
    """Make the environment, or bring it up to date with ``peers.txt``."""
    stamp = PEERS / "installed.txt"
    wanted = REQUIREMENTS.read_text()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(PEERS)], check=True)
    pip = [str(PEERS / "bin" / "python"), "-m", "pip", "install", "--quiet", "--require-hashes"]
    subprocess.run([*pip, "--requirement", str(REQUIREMENTS)], check=True)
    stamp.write_text(wanted)


def are_installed() -> bool:
    """Whether the peers can be started here."""
    return (PEERS / "installed.txt").exists()


def versions() -> dict[str, str]:
    """What is compared, by the requirements."""
    lines = (line.split(" ")[0] for line in REQUIREMENTS.read_text().splitlines())
    pinned = dict(line.split("==") for line in lines if "==" in line)
    return {name: pinned[name] for name in ("celery", "dramatiq", "rq", "huey", "redis", "hiredis")}
