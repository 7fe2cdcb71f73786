"""The options that every long command has: ``SEED=`` and ``OUT=`` of its make target."""

import argparse
import secrets
from pathlib import Path
from typing import Final

REPORTS: Final = Path("var/reports")
_MOST: Final = 1 << 31


def parser_for(name: str, description: str) -> argparse.ArgumentParser:
    """A parser with ``--seed`` (drawn anew when none is given) and ``--out``."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=secrets.randbelow(_MOST),
        help="repeats what a run drew (default: drawn, and printed)",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=REPORTS / name,
        help=f"the folder for report.json and report.html (default: {REPORTS / name})",
    )
    return parser
