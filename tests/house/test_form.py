"""The shape of the code: sizes, names, and what may stand where."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.house.tree import APPS, PRODUCT, files, imported, name_of, python, strings, syntax

LONGEST_FILE: Final = 300
LONGEST_FUNCTION: Final = 40

LONG_FILES: Final[dict[str, str]] = {}
LONG_FUNCTIONS: Final = {
    "billing/managers/purchases.py:complete": "one script's arguments, and its outcomes",
    "billing/receipts.py:receipt_pdf": "one page, drawn from top to bottom",
    "lantern_pro/support/story.py:story_of": "one screen, gathered field by field",
}
"""What may be longer, and why."""

KEYS_ELSEWHERE: Final = {
    "lantern_pro/store/audit.py": "a pattern for SCAN, from the table's own name",
}

REDIS_NAMES: Final = {"client", "pipe", "pipeline", "connection", "redis"}
REDIS_DOORS: Final = {"text_client", "raw_client", "quick_client"}
ABOUT_THE_SERVER: Final = {"config_get", "config_set", "execute_command", "info"}
"""Redis methods whose first argument is no key."""

MAY_PRINT: Final = ("devstack", "tests")
DISCOURAGED: Final = {"utils.py", "helpers.py", "common.py", "signals.py", "misc.py"}
# Put together here, so that this page does not find itself.
UNFINISHED: Final = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X"]) + r")\b")


def test_files_are_short_but_for_those_that_say_why() -> None:
    long = {name_of(path) for path in python() if len(_lines(path)) > LONGEST_FILE}

    assert long == set(LONG_FILES)


def test_functions_are_short_but_for_those_that_say_why() -> None:
    long = {
        f"{name_of(path)}:{node.name}"
        for path in python()
        for node in _functions(syntax(path))
        if (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    }

    assert long == set(LONG_FUNCTIONS)


def test_no_file_is_a_place_for_the_rest() -> None:
    assert [name_of(path) for path in python() if path.name in DISCOURAGED] == []


def test_nothing_is_left_to_be_done_later() -> None:
    places = [
        f"{name_of(path)}:{number}"
        for path in files("*.py", "*.lua", "*.html", "*.toml", "*.sh", "Makefile")
        for number, line in enumerate(_lines(path), 1)
        if UNFINISHED.search(line)
    ]

    assert places == []


def test_only_commands_and_the_developers_stack_print() -> None:
    places = [
        f"{name_of(path)}:{node.lineno}"
        for path in python(under=PRODUCT)
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]

    assert places == []


def test_nothing_is_done_by_signals() -> None:
    listeners = [
        name_of(path)
        for path in python(under=PRODUCT)
        if any("signals" in name or "django.dispatch" in name for name in imported(syntax(path)))
    ]

    assert listeners == []


def test_services_know_no_http() -> None:
    strangers = ("django.http", "django.shortcuts", "rest_framework")

    found = [
        f"{name_of(path)}: {name}"
        for path in python(under=[f"{app}/services" for app in APPS])
        for name in imported(syntax(path))
        if name.startswith(strangers)
    ]

    assert found == []


def test_keys_of_redis_are_spelled_in_keys_py_only() -> None:
    tag = re.compile(r"\{c(\d|$)")  # a cell's tag, whole or the beginning of an f-string's

    spelled = [
        f"{name_of(path)}: {text!r}"
        for path in python(under=PRODUCT)
        if path.name != "keys.py" and name_of(path) not in KEYS_ELSEWHERE
        for text in strings(syntax(path))
        if tag.search(text)
    ]

    assert spelled == []


def test_redis_is_never_asked_for_a_literal_key() -> None:
    asked = [
        f"{name_of(path)}:{call.lineno}"
        for path in python(under=PRODUCT)
        for call in ast.walk(syntax(path))
        if isinstance(call, ast.Call) and _is_redis_call(call) and call.args
        if isinstance(call.args[0], ast.Constant | ast.JoinedStr)
    ]

    assert asked == []


@pytest.mark.parametrize("source", ['client.get("user:1")', 'text_client().hget(f"user:{x}", "a")'])
def test_a_literal_key_would_be_seen(source: str) -> None:
    expression = ast.parse(source, mode="eval").body

    assert isinstance(expression, ast.Call)
    assert _is_redis_call(expression)


def _is_redis_call(call: ast.Call) -> bool:
    match call.func:
        case ast.Attribute(value=ast.Name(id=name), attr=attr):
            return name in REDIS_NAMES and attr not in ABOUT_THE_SERVER
        case ast.Attribute(value=ast.Call(func=ast.Name(id=name)), attr=attr):
            return name in REDIS_DOORS and attr not in ABOUT_THE_SERVER
    return False


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines()
