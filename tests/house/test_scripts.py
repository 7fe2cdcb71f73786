"""Every Lua script keeps to its header, and whoever calls it to what the header says."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import pytest

from lantern_pro.store.scripts import Script, all_scripts
from tests.house.tree import PRODUCT, name_of, python, syntax

SCRIPTS = {script.name: script for script in all_scripts()}
FENCE = {"already_done", "superseded"}
"""What ``ledger.apply`` turns into errors, for every script alike."""

_NAME = re.compile(r"^[a-z_]+/[a-z_]+$")


@dataclass
class Caller:
    """A function that calls a script, and the outcomes that it names."""

    where: str
    script: str
    through_ledger: bool
    matched: set[str] = field(default_factory=set)
    compared: set[str] = field(default_factory=set)


def test_there_are_scripts_and_each_keeps_to_its_header() -> None:
    assert {name.split("/")[0] for name in SCRIPTS} >= {"accounts", "billing", "jobs", "store"}


def test_every_script_is_called_and_every_call_has_its_script() -> None:
    called = {caller.script for caller in callers()}

    assert called == set(SCRIPTS)


def test_who_matches_outcomes_matches_all_that_the_header_declares() -> None:
    wrong = {
        caller.where: (caller.matched, expected_by(caller))
        for caller in callers()
        if caller.matched and caller.matched != expected_by(caller)
    }

    assert wrong == {}


def test_who_compares_an_outcome_compares_it_with_words_of_the_header() -> None:
    wrong = {
        caller.where: caller.compared - set(SCRIPTS[caller.script].header.outcomes)
        for caller in callers()
        if caller.compared - set(SCRIPTS[caller.script].header.outcomes)
    }

    assert wrong == {}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_every_outcome_of_the_code_is_in_the_header(script: Script) -> None:
    code = re.sub(r"^--.*$", "", script.source, flags=re.MULTILINE)

    returned = set(re.findall(r"return \{ *\"(\w+)\"", code))
    spelled = set(re.findall(r"\"(\w+)\"", code))

    assert returned <= set(script.header.outcomes)
    assert spelled >= set(script.header.outcomes)


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_script_is_run_by_a_test_of_its_app(name: str) -> None:
    """A module has the script's name, or calls it, or calls the function that calls it."""
    app, verb_object = name.split("/")
    functions = {caller.where.split(":")[1] for caller in callers() if caller.script == name}

    tried = calls_in_tests_of(app)

    assert tried & {*functions, name, f"test_{verb_object}"}, f"no test calls {sorted(functions)}"


@cache
def calls_in_tests_of(app: str) -> set[str]:
    """The names of an app's test modules, of what they call, and of scripts called directly."""
    found: set[str] = set()
    for path in python(under=[f"tests/scripts/{app}"]):
        found.add(path.stem)
        for node in ast.walk(syntax(path)):
            match node:
                case ast.Call(func=ast.Name(id="script"), args=[ast.Constant(value=str(name))]):
                    found.add(name)
                case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called)):
                    found.add(called)
    return found


def expected_by(caller: Caller) -> set[str]:
    """The outcomes that a caller must tell apart."""
    declared = set(SCRIPTS[caller.script].header.outcomes)
    return declared - FENCE if caller.through_ledger else declared


@cache
def callers() -> list[Caller]:
    """Every function of the product that calls a script by its name."""
    return [
        read_caller(f"{name_of(path)}:{function.name}", function, call)
        for path in python(under=PRODUCT)
        for function in ast.walk(syntax(path))
        if isinstance(function, ast.FunctionDef)
        for call in calls_of_scripts(function)
    ]


def calls_of_scripts(function: ast.FunctionDef) -> Iterator[ast.Call]:
    """The calls ``script("app/name")`` and ``apply("app/name", ...)`` in a function."""
    for node in ast.walk(function):
        match node:
            case ast.Call(
                func=ast.Name(id="script" | "apply") | ast.Attribute(attr="apply"),
                args=[ast.Constant(value=str(name)), *_],
            ) if _NAME.match(name):
                yield node


def read_caller(where: str, function: ast.FunctionDef, call: ast.Call) -> Caller:
    """Gather the words that the function looks for in the outcome."""
    name = ast.literal_eval(call.args[0])
    direct = isinstance(call.func, ast.Name) and call.func.id == "script"
    caller = Caller(where, name, through_ledger=not direct)
    for node in ast.walk(function):
        match node:
            case ast.Match(subject=ast.Name(id="outcome")):
                caller.matched |= {word for case in node.cases for word in words(case.pattern)}
            case ast.Compare(left=ast.Name(id="outcome"), comparators=[ast.List(elts=[first, *_])]):
                caller.compared.add(ast.literal_eval(first))
            case ast.Compare(
                left=ast.Subscript(value=ast.Name(id="outcome")),
                comparators=[ast.Constant() as one],
            ):
                caller.compared.add(str(one.value))
    return caller


def words(pattern: ast.pattern) -> Iterator[str]:
    """The words that may stand first in an outcome that the pattern fits."""
    match pattern:
        case ast.MatchSequence(patterns=[first, *_]):
            yield from words(first)
        case ast.MatchOr(patterns=choices):
            for choice in choices:
                yield from words(choice)
        case ast.MatchValue(value=ast.Constant(value=str(word))):
            yield word
