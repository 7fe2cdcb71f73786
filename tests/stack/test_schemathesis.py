"""Schemathesis against the running service: no call breaks it, every answer is as described."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.house.tree import ROOT
from tests.stack.running import RunningStack

pytestmark = pytest.mark.timeout(700)

CHECKS: Final = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
EXAMPLES: Final = {"a user": 15, "a stranger": 4}
"""Calls drawn for each endpoint, besides the boundaries of each parameter.

Most endpoints turn a stranger away before they read the rest.
"""


def schemathesis(
    stack: RunningStack, *more: str, examples: int, folder: Path
) -> subprocess.CompletedProcess[str]:
    """Call every endpoint of the description with what fits it and with what does not."""
    command = [str(Path(sys.executable).with_name("schemathesis")), "run"]
    command += [str(ROOT / "docs" / "openapi.yaml"), "--url", stack.place.url(stack.place.pro)]
    command += ["--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing"]
    command += ["--max-examples", str(examples), "--no-shrink", "--continue-on-failure"]
    return subprocess.run(
        [*command, *more],
        env={**os.environ, "NO_PROXY": "127.0.0.1", "NO_COLOR": "1"},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@pytest.mark.parametrize("caller", EXAMPLES)
def test_whatever_is_asked_nothing_breaks_and_each_answer_is_as_described(
    stack: RunningStack, caller: str, tmp_path: Path
) -> None:
    app = stack.app("schemathesis")
    headers = []
    if caller == "a user":
        app.sign_up()
        told = {
            "X-Lantern-Device-Id": app.device_id,
            "X-Lantern-User-Id": str(app.user_id),
            "X-Lantern-Pro-Token": app.token,
        }
        headers = [word for name, value in told.items() for word in ("-H", f"{name}:{value}")]

    done = schemathesis(stack, *headers, examples=EXAMPLES[caller], folder=tmp_path)

    assert done.returncode == 0, done.stdout[-8_000:] + done.stderr
