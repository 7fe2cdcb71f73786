"""``python -m devstack.lua_lint``: hold every Lua script, fragments put in, to luacheck.

The scripts are written to ``build/lua`` as Redis is given them, so line numbers in what luacheck
says are those of the files there.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import django

ROOT: Final = Path(__file__).resolve().parents[1]
FOLDER: Final = ROOT / "build" / "lua"


def main() -> int:
    """Check the scripts; 0 when they are clean, or when there is no luacheck to ask."""
    program = shutil.which("luacheck")
    if program is None:
        print("luacheck is not installed; the Lua scripts were not checked.", file=sys.stderr)
        return 0
    shutil.rmtree(FOLDER, ignore_errors=True)
    paths = [str(path.relative_to(ROOT)) for path in assemble(FOLDER)]
    command = [program, "--quiet", "--config", ".luacheckrc", *paths]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def assemble(folder: Path) -> Iterator[Path]:
    """Write each script as Redis is given it, to ``<folder>/<app>/<script>.lua``."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lantern_pro.settings")
    os.environ.setdefault("LANTERN_DEVELOPMENT", "yes")
    django.setup(set_prefix=False)
    from lantern_pro.store.scripts import all_scripts

    for script in all_scripts():
        path = folder / f"{script.name}.lua"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(script.source)
        yield path


if __name__ == "__main__":
    sys.exit(main())
