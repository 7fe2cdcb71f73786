"""What runs in production is locked, and may be passed on under Apache-2.0."""

import re
import tomllib
from importlib import metadata
from typing import Final

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.house.tree import ROOT

ALLOWED: Final = {
    "Apache-2.0": "our own",
    "Apache-2.0 OR BSD": "either may be chosen",
    "Apache-2.0 OR BSD-2-Clause": "either may be chosen",
    "Apache-2.0 OR BSD-3-Clause": "either may be chosen",
    "Apache-2.0 OR MIT": "either may be chosen",
    "BSD-2-Clause": "asks for its notice only",
    "BSD-3-Clause": "asks for its notice only",
    "BSD": "one of the two above, as its authors left it",
    "ISC": "asks for its notice only",
    "MIT": "asks for its notice only",
    "MIT-0": "asks for nothing",
    "MIT-CMU": "asks for its notice only",
    "MPL-2.0": "copyleft of its own files only; they are used as they are",
    "PSF-2.0": "asks for its notice only",
    "Unlicense": "public domain",
}
"""Licences that a work under Apache-2.0 may depend on, and why."""

SPELLINGS: Final = {
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "Apache-2": "Apache-2.0",
    "BSD License": "BSD",
    "BSD 3-Clause": "BSD-3-Clause",
    "BSD 3-Clause License": "BSD-3-Clause",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
}


def locked(name: str) -> dict[str, Requirement]:
    """The requirements of a lock file, by name."""
    text = (ROOT / name).read_text().replace("\\\n", "")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    found = [Requirement(line.partition("--hash")[0].strip()) for line in lines]
    return {canonicalize_name(each.name): each for each in found}


def on_this_machine(requirement: Requirement) -> bool:
    """Whether the requirement is for a machine like this one."""
    return requirement.marker is None or requirement.marker.evaluate()


RUNTIME: Final = {
    name: requirement
    for name, requirement in locked("requirements.lock").items()
    if on_this_machine(requirement)
}
PROJECT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@pytest.mark.parametrize("name", RUNTIME)
def test_its_licence_agrees_with_ours(name: str) -> None:
    assert licence_of(name) in ALLOWED


@pytest.mark.parametrize("direct", PROJECT["dependencies"])
def test_a_direct_dependency_is_locked_within_its_range(direct: str) -> None:
    wanted = Requirement(direct)

    pinned = RUNTIME[canonicalize_name(wanted.name)]

    (version,) = [each.version for each in pinned.specifier if each.operator == "=="]
    assert Version(version) in wanted.specifier


@pytest.mark.parametrize("name", RUNTIME)
def test_what_runs_here_is_what_is_locked(name: str) -> None:
    assert metadata.version(name) in RUNTIME[name].specifier


def test_developers_run_the_same_versions_as_production() -> None:
    developers = locked("requirements-dev.lock")

    different = {
        name: (str(requirement.specifier), str(developers[name].specifier))
        for name, requirement in RUNTIME.items()
        if name not in developers or developers[name].specifier != requirement.specifier
    }

    assert different == {}


@pytest.mark.parametrize(
    "name", ["requirements.lock", "requirements-dev.lock", "devstack/bench/peers.txt"]
)
def test_a_lock_file_pins_hashes_and_names_no_server(name: str) -> None:
    text = (ROOT / name).read_text()

    assert text.count("--hash=sha256:") >= len(locked(name))
    assert re.findall(r"\w+://|--\w*index\w*", text) == []


def licence_of(name: str) -> str:
    """A distribution's licence, in SPDX's words where it says so itself."""
    told = metadata.distribution(name).metadata.json
    classifiers = sorted(
        _as_spdx(each.rpartition(" :: ")[2])
        for each in told.get("classifier", [])
        if each.startswith("License :: ") and each != "License :: OSI Approved"
    )
    in_words = str(told.get("license", "")).strip().partition("\n")[0]
    said = _as_spdx(str(told.get("license_expression", in_words)))
    return said if said in ALLOWED or not classifiers else " OR ".join(classifiers)


def _as_spdx(said: str) -> str:
    choices = [choice.strip() for choice in said.split(" OR ")]
    return " OR ".join(sorted(SPELLINGS.get(choice, choice) for choice in choices))
