"""One stack with demo data for all tests here, and one without."""

from collections.abc import Iterator

import pytest

from tests.stack.running import RunningStack, new_place, running


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder: whole stacks take their time, and one process's stack."""
    for item in items:
        if "tests/stack/" in item.path.as_posix():
            item.add_marker(pytest.mark.stack)
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(600))
            item.add_marker(pytest.mark.xdist_group("stack"))


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A stack with demo data."""
    with running(new_place(tmp_path_factory.mktemp("stack"))) as found:
        yield found


@pytest.fixture(scope="session")
def empty_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A stack without demo data: nobody, nothing on sale, no proxies."""
    with running(new_place(tmp_path_factory.mktemp("empty")), LANTERN_DEMO_DATA="no") as found:
        yield found
