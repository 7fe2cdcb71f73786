"""What the repository holds, and what it must not."""

import os
import re
import subprocess
import sys
from typing import Final

from tests.house.tree import ROOT, files, name_of

TEXTS: Final = ("*.cfg", "*.html", "*.ini", "*.json", "*.lock", "*.lua", "*.md", "*.py", "*.sh",
                "*.toml", "*.txt", "*.yaml", "*.yml", "Makefile", "run", ".e*")  # fmt: skip

SOMEBODYS_FOLDERS: Final = re.compile(r"(?<![\w.])/(?:work|root|home)/")
REGISTRIES: Final = re.compile(r"\b(?:pypi|pythonhosted|npmjs)\.\w+")


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    assert places_of(SOMEBODYS_FOLDERS) == []


def test_no_file_names_a_package_registry() -> None:
    assert places_of(REGISTRIES) == []


def test_the_tree_holds_no_link_to_elsewhere() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "--stage"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout

    assert [line for line in tracked.splitlines() if line.startswith("120000")] == []


def test_the_printed_pages_of_the_docs_are_up_to_date() -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "lantern_pro.settings"}

    done = subprocess.run(
        [sys.executable, "manage.py", "print_docs", "--check"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")


def places_of(pattern: re.Pattern[str]) -> list[str]:
    """Where a pattern occurs in the repository's texts."""
    return [
        f"{name_of(path)}:{number}: {line.strip()[:80]}"
        for path in files(*TEXTS)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if pattern.search(line)
    ]
