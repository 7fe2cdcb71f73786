"""The environment is read in one place, and each variable is explained."""

import ast
import re

from tests.house.tree import PRODUCT, ROOT, name_of, python, syntax

STARTERS = {"lantern_pro/celery.py", "lantern_pro/wsgi.py", "configsrv/server.py"}
"""They name the settings' module to Django before it reads them."""


def variables() -> set[str]:
    """The names that the settings read, each in a call of ``lantern_pro.environment``."""
    return {
        ast.literal_eval(call.args[0])
        for call in ast.walk(syntax(ROOT / "lantern_pro" / "settings.py"))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "env"
    }


def test_the_example_of_an_environment_names_every_variable_and_no_other() -> None:
    example = (ROOT / ".env.example").read_text()

    named = re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", example, re.MULTILINE)

    assert sorted(named) == sorted(variables())


def test_every_variable_of_the_example_is_explained() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    group: list[str] = []
    bare = []

    for line in lines:
        if not line:
            group = []
        elif re.match(r"^#? ?[A-Z][A-Z0-9_]+=", line):
            if not group:
                bare.append(line)
        else:
            group.append(line)

    assert bare == []


def test_the_environment_is_read_by_the_settings_alone() -> None:
    readers = {
        name_of(path)
        for path in python(under=PRODUCT)
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
    }

    assert readers == {"lantern_pro/environment.py", *STARTERS}
