"""The project's own files, as the house tests look at them."""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
APPS: Final = ("accounts", "billing", "configsrv", "proxies", "referrals")
PRODUCT: Final = ("lantern_pro", *APPS)
"""What runs in production."""

_NOT_OURS: Final = {"var", "build", "dist", "node_modules", "__pycache__"}


def files(*patterns: str, under: Iterable[str] = ("",)) -> list[Path]:
    """Every file of the project with such a name, sorted; what tools and runs leave is skipped."""
    return [path for path in _all_files() if _is_under(path, under) and _is_named(path, patterns)]


def python(*, under: Iterable[str] = ("",)) -> list[Path]:
    """Every Python file."""
    return files("*.py", under=under)


@cache
def syntax(path: Path) -> ast.Module:
    """A file's syntax."""
    return ast.parse(path.read_text(), str(path))


def name_of(path: Path) -> str:
    """The path from the project's root, for messages and lists of exceptions."""
    return path.relative_to(ROOT).as_posix()


def strings(tree: ast.AST) -> Iterator[str]:
    """Every text in the code, the fixed parts of f-strings too, but no docstrings."""
    docs = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)
    }  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module that is imported, wherever in the file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def _all_files() -> list[Path]:
    return sorted(_walk(ROOT))


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_dir():
            hidden = path.name.startswith(".") and path.name != ".ci"
            if not hidden and path.name not in _NOT_OURS and not path.name.endswith(".egg-info"):
                yield from _walk(path)
        elif path.is_file():
            yield path


def _is_under(path: Path, folders: Iterable[str]) -> bool:
    return any(path.is_relative_to(ROOT / folder) for folder in folders)


def _is_named(path: Path, patterns: Iterable[str]) -> bool:
    return any(path.match(pattern) for pattern in patterns)
