"""Which parameters Stripe publishes for each call, and their types.

Stripe's own package is written from its public description of the API; the classes in its folder
``params`` name every parameter of every call. They are read here as text, for the version that is
installed, so that a call is held against what that version of the API takes.
"""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

import stripe

from devstack.stripe_standin.errors import StripeError
from devstack.stripe_standin.params import Params, parts_of

_FOLDER: Final = Path(stripe.__file__).parent / "params"
_WORD: Final = re.compile(r"(?<!^)(?=[A-Z])")
_PLAIN: Final = {
    "str": re.compile(r".*", re.DOTALL),
    "int": re.compile(r"-?\d{1,18}"),
    "float": re.compile(r"-?\d+(\.\d+)?"),
    "Decimal": re.compile(r"-?\d+(\.\d+)?"),
    "bool": re.compile(r"true|false"),
}


@dataclass(slots=True)
class Shape:
    """What one parameter may be: plain values, words, a list of shapes, or named shapes."""

    plain: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    items: "list[Shape]" = field(default_factory=list)
    any_name: "list[Shape]" = field(default_factory=list)
    named: "dict[str, Shape]" = field(default_factory=dict)

    def takes(self, value: str) -> bool:
        """Whether a plain value is of this shape."""
        if value in self.words or (value == "" and (self.items or self.named or self.any_name)):
            return True
        # Where words are published, that it is text besides says only that there may be new ones.
        plain = self.plain - {"str"} if self.words - {""} else self.plain
        return any(_PLAIN[name].fullmatch(value) for name in plain)

    def beneath(self, part: str) -> "list[Shape]":
        """The shapes of what stands in brackets behind it."""
        found = list(self.any_name)
        if part in self.named:
            found.append(self.named[part])
        if re.fullmatch(r"\d*", part):
            found += self.items
        return found


@cache
def shape_of(name: str) -> Shape:
    """The shape of a call's parameters, by the class that tells it: ``checkout.SessionCreate``."""
    folder, _, call = name.rpartition(".")
    file = f"_{_WORD.sub('_', call).lower()}_params.py"
    tree = ast.parse((_FOLDER / folder / file).read_text())
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    return _of_class(classes[f"{call}Params"], classes)


def _of_class(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> Shape:
    shape = Shape()
    for line in node.body:
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
            shape.named[line.target.id] = _merged(line.annotation, classes)
    return shape


def _merged(node: ast.expr, classes: dict[str, ast.ClassDef]) -> Shape:
    shape = Shape()
    _read(node, classes, shape)
    return shape


def _read(node: ast.expr, classes: dict[str, ast.ClassDef], shape: Shape) -> None:
    """Add what an annotation allows to a shape."""
    match node:
        case ast.Constant(value=str(text)):
            _read(ast.parse(text, mode="eval").body, classes, shape)
        case ast.BinOp(left=left, right=right):
            _read(left, classes, shape)
            _read(right, classes, shape)
        case ast.Subscript(value=ast.Name(id=kind), slice=inner):
            _read_kind(kind, _several(inner), classes, shape)
        case ast.Name(id=name) if name in classes:
            shape.named |= _of_class(classes[name], classes).named
        case ast.Name(id=name) if name in _PLAIN:
            shape.plain.add(name)


def _several(node: ast.expr) -> list[ast.expr]:
    return list(node.elts) if isinstance(node, ast.Tuple) else [node]


def _read_kind(
    kind: str, inner: list[ast.expr], classes: dict[str, ast.ClassDef], shape: Shape
) -> None:
    """Add what ``kind[inner]`` allows: ``List[str]``, ``Literal['now']``, ``NotRequired[int]``."""
    match kind:
        case "Literal":
            shape.words |= {str(word.value) for word in inner if isinstance(word, ast.Constant)}
        case "List":
            shape.items.append(_merged(inner[0], classes))
        case "Dict" | "UntypedStripeObject":
            shape.any_name.append(_merged(inner[-1], classes))
        case _:
            for each in inner:
                _read(each, classes, shape)


def check_published(params: Params, name: str) -> None:
    """Refuse what Stripe would: a name that it does not publish, or a value of another type."""
    for sent, value in params.pairs:
        first, *rest = parts_of(sent)
        shapes: Sequence[Shape] = shape_of(name).beneath(first)
        for part in rest:
            shapes = [below for shape in shapes for below in shape.beneath(part)]
        if not shapes:
            message = f"Received unknown parameter: {sent}"
            raise StripeError(message, code="parameter_unknown", param=sent)
        if not any(shape.takes(value) for shape in shapes):
            is_number = any("int" in shape.plain for shape in shapes)
            message = f"Invalid integer: {value}" if is_number else f"Invalid {sent}: {value!r}"
            code = "parameter_invalid_integer" if is_number else None
            raise StripeError(message, code=code, param=sent)
