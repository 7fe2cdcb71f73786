"""What the docs say is there: links, commands, paths, headings, settings and quoted code."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from django.core.management import get_commands

from tests.house.tree import PRODUCT, ROOT, files, name_of, python

_FENCE: Final = re.compile(r"^( *)```([^\n]*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_SPAN: Final = re.compile(r"`([^`\n]+)`")
_LINK: Final = re.compile(r"\]\(([^)\s]+)\)")
_MAKE: Final = re.compile(r"(?:^|\$ )make((?: [a-z][a-z-]*)+)(?![\w-]*=)", re.MULTILINE)
_MANAGE: Final = re.compile(r"(?:manage\.py |make manage ARGS=\"?)([a-z][a-z_]+)")
_SETTING: Final = re.compile(r"\b(?:LANTERN|STRIPE|MANDRILL|REDIS)_[A-Z][A-Z_]+\b")
_FILE_AT_THE_TOP: Final = re.compile(r"^\.?[\w-]+(?:\.[\w-]+)*\.(?:md|toml|lock|example)$")
_NAMED_HEADING: Final = re.compile(r"docs/([\w-]+\.md)`*,\s+(\"[^\"]+\"(?: and \"[^\"]+\")*)")

Find = Callable[[Path], Iterator[str]]


def pages() -> list[Path]:
    """Every page that a person wrote or a command printed."""
    return files("*.md")


def told_wrongly(find: Find) -> list[str]:
    """What ``find`` says of each page, with the page's name."""
    return [f"{name_of(page)}: {fault}" for page in pages() for fault in find(page)]


def test_every_link_within_the_project_leads_somewhere() -> None:
    assert told_wrongly(broken_links) == []


def test_every_make_target_that_is_named_exists() -> None:
    assert told_wrongly(unknown_targets) == []


def test_every_command_of_manage_py_that_is_named_exists() -> None:
    assert told_wrongly(unknown_commands) == []


def test_every_path_that_is_named_exists() -> None:
    assert told_wrongly(missing_paths) == []


def test_every_setting_that_is_named_is_read_somewhere() -> None:
    assert told_wrongly(unknown_settings) == []


def test_code_that_is_quoted_is_as_in_its_file() -> None:
    assert told_wrongly(misquotations) == []


def test_the_headings_that_the_code_names_are_there() -> None:
    named = [
        (name_of(path), page, heading)
        for path in python(under=PRODUCT)
        for page, words in _NAMED_HEADING.findall(path.read_text())
        for heading in re.findall(r'"([^"]+)"', words)
    ]

    missing = [each for each in named if slug(each[2]) not in headings(ROOT / "docs" / each[1])]

    assert len(named) > 3
    assert missing == []


def test_every_folder_of_tests_is_explained_to_contributors() -> None:
    folders = {name_of(path).split("/")[1] for path in files("test_*.py", under=["tests"])}
    told = re.findall(r"`tests/(\w+)/`", (ROOT / "CONTRIBUTING.md").read_text())

    assert folders - set(told) == set()


@pytest.mark.parametrize(
    ("find", "text"),
    [
        ("broken_links", "See [this](docs/nowhere.md)."),
        ("broken_links", "See [this](README.md#no-such-heading)."),
        ("unknown_targets", "Run `make tea`."),
        ("unknown_targets", "```sh\nmake run tea\n```"),
        ("unknown_commands", "Run `manage.py make_tea`."),
        ("unknown_commands", '```sh\nmake manage ARGS="make_tea 7"\n```'),
        ("missing_paths", "It is in `lantern_pro/tea.py`."),
        ("missing_paths", "It is in `TEA.md`."),
        ("unknown_settings", "Set `LANTERN_TEA`."),
        ("misquotations", "```python manage.py\nimport tea\n```"),
    ],
)
def test_what_is_not_there_is_found(find: str, text: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(text)
    look: Find = globals()[find]

    faults = list(look(page))

    assert len(faults) == 1


def broken_links(page: Path) -> Iterator[str]:
    """Links to files that are not there, or to headings that their page has not."""
    for link in _LINK.findall(without_code(page.read_text())):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        folder = page.parent if page.is_relative_to(ROOT) else ROOT
        target = (folder / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in headings(target)):
            yield link


def unknown_targets(page: Path) -> Iterator[str]:
    """Targets that the Makefile has not."""
    known = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for code in code_of(page.read_text()):
        for words in _MAKE.findall(code):
            yield from (f"make {target}" for target in words.split() if target not in known)


def unknown_commands(page: Path) -> Iterator[str]:
    """Commands that no app has."""
    for code in code_of(page.read_text()):
        for command in _MANAGE.findall(code):
            if command not in get_commands():
                yield f"manage.py {command}"


def missing_paths(page: Path) -> Iterator[str]:
    """Paths in backticks that begin as the project's do, and lead nowhere."""
    for span in _SPAN.findall(_FENCE.sub("", page.read_text())):
        first = span.split("/")[0]
        is_ours = "/" in span and bool(first) and first != "var" and (ROOT / first).is_dir()
        is_plain = not re.search(r"[\s<>{}*…=]", span)
        if is_plain and (is_ours or _FILE_AT_THE_TOP.match(span)) and not (ROOT / span).exists():
            yield span


def unknown_settings(page: Path) -> Iterator[str]:
    """Environment variables that nothing reads."""
    code = "\n".join(path.read_text() for path in python(under=("lantern_pro", "devstack")))
    known = set(_SETTING.findall(code))
    known |= {f"LANTERN_{part}_PORT" for part in ("CONFIG", "PROXY", "STRIPE", "MANDRILL")}
    yield from sorted(set(_SETTING.findall(page.read_text())) - known)


def misquotations(page: Path) -> Iterator[str]:
    """Blocks of code that name a file (``python accounts/keys.py``) and are not in it."""
    for _, info, code in _FENCE.findall(page.read_text()):
        _, _, path = info.partition(" ")
        if path and code not in (ROOT / path).read_text():
            yield f"{path}: {code.splitlines()[0]}"


def code_of(text: str) -> list[str]:
    """Every block and every span of code."""
    blocks = [code for _, _, code in _FENCE.findall(text)]
    return blocks + _SPAN.findall(_FENCE.sub("", text))


def without_code(text: str) -> str:
    """The text's prose."""
    return _SPAN.sub("", _FENCE.sub("", text))


def headings(page: Path) -> set[str]:
    """The anchors of a page's headings."""
    text = _FENCE.sub("", page.read_text())
    return {slug(words) for words in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}


def slug(words: str) -> str:
    """A heading's anchor."""
    return re.sub(r"[^\w\s-]", "", words.lower()).strip().replace(" ", "-")
