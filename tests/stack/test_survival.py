"""What ``kill -9`` does to a stack: nothing that a client was told is lost."""

import os
import signal

import pytest

from devstack.demo.story import Story, until
from devstack.demo.website import GREETING, website
from devstack.demo.wire import App, exchange
from tests.stack.running import RunningStack

# What the screen calls a process -> words by which to find it among the stack's.
PARTS = {
    "redis": "redis-server",
    "stripe": "devstack.stripe_standin",
    "mandrill": "devstack.mandrill_standin",
    "pro-server": "lantern_pro.wsgi",
    "config-server": "configsrv.server",
    "worker": "lantern_pro worker",
    "http-proxy": "devstack.reference_proxy",
}


@pytest.fixture(scope="module")
def veteran(stack: RunningStack) -> Story:
    """Somebody who had Pro and proxies before anything was killed."""
    return _do_the_main_job(stack)


def _do_the_main_job(stack: RunningStack) -> Story:
    story = stack.story()
    story.reader_signs_up()
    story.another_card_pays()
    story.reader_is_pro()
    story.reader_gets_proxies()
    story.reader_goes_through_the_proxy()
    return story


def _is_let_through(story: Story) -> bool:
    with website() as site:
        headers, proxy = story.pass_headers(), story.proxy_addr()
        return exchange("GET", site.url, headers=headers, proxy=proxy).body == GREETING


def _status(app: App) -> str:
    return str(app.get("/user-data")["userStatus"])


@pytest.mark.parametrize("name", PARTS)
def test_a_killed_process_comes_back_and_nothing_is_lost(
    stack: RunningStack, veteran: Story, name: str
) -> None:
    said = len(stack.lines())

    os.kill(stack.process_of(PARTS[name]), signal.SIGKILL)

    stack.wait_for(f"{name} was ended by signal 9", after=said)
    stack.wait_for(f"{name} is back", after=said)
    assert _status(veteran.reader) == "active"
    assert until("the way through", lambda: _is_let_through(veteran))
    _do_the_main_job(stack)
    checked = stack.manage("check_invariants")
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("name", ["pro-server", "config-server"])
def test_a_killed_worker_of_a_server_is_replaced(
    stack: RunningStack, veteran: Story, name: str
) -> None:
    said = len(stack.lines())
    workers = [pid for pid, command in stack.processes().items() if PARTS[name] in command]

    os.kill(max(workers), signal.SIGKILL)

    stack.wait_for(f"{name} is back", after=said)
    assert _status(veteran.reader) == "active"
    assert veteran.reader.fetch().is_configuration


def test_a_killed_guard_is_replaced(stack: RunningStack) -> None:
    guard = stack.process_of("devstack.stack.guard")

    os.kill(guard, signal.SIGKILL)

    assert until("a new guard", lambda: _guards(stack) - {guard})


def _guards(stack: RunningStack) -> set[int]:
    return {pid for pid, command in stack.processes().items() if "stack.guard" in command}
