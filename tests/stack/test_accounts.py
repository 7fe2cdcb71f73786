"""Accounts in a whole stack: sign-ups while processes die, and what removing a device ends."""

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.client import HTTPException

import pytest

from devstack.demo.story import Story
from devstack.demo.website import GREETING, website
from devstack.demo.wire import App, exchange
from tests.processes import eventually
from tests.stack.running import RunningStack


@pytest.fixture
def told(stack: RunningStack) -> Story:
    """Somebody who is Pro, and has proxies."""
    story = stack.story()
    story.reader_signs_up()
    story.another_card_pays()
    story.reader_is_pro()
    story.reader_gets_proxies()
    story.reader_goes_through_the_proxy()
    return story


def passes(story: Story, device_id: str) -> bool:
    """Whether the proxy lets this device through, with the account's token."""
    with website() as site:
        headers = {**story.pass_headers(), "X-Lantern-Device-Id": device_id}
        answer = exchange("GET", site.url, headers=headers, proxy=story.proxy_addr())
        return answer.body == GREETING


def has_pro_configuration(app: App) -> bool:
    """Whether a poll of this device names proxies of its own."""
    return any(name.startswith("pro-") for name in app.fetch().configuration())


def test_a_device_has_access_everywhere_after_joining_and_nowhere_after_leaving(
    told: Story,
) -> None:
    """Told at once, and not by the next minute's look: ``eventually`` waits less than that."""
    other = replace(told.reader, device_id="the-readers-laptop")
    before = passes(told, other.device_id), has_pro_configuration(other)

    other.post("/device-add", deviceName="Laptop")
    eventually(lambda: passes(told, other.device_id))
    eventually(lambda: has_pro_configuration(other))
    told.reader.post("/user-link-remove", deviceID=other.device_id)
    eventually(lambda: not passes(told, other.device_id))
    eventually(lambda: not has_pro_configuration(other))

    assert before == (False, False)
    assert passes(told, told.reader.device_id)
    assert other.get("/user-data")["errorId"] == "device-removed"


def sign_up_again_and_again(app: App, enough: threading.Event) -> set[int]:
    """Repeat a sign-up, whatever comes of it; every account that was ever answered."""
    answered = set()
    while not enough.is_set():
        try:
            answered.add(app.sign_up()["userId"])
        except (OSError, HTTPException, ValueError, KeyError):  # away, cut off, or not yet
            continue
    return answered


@pytest.mark.parametrize(("name", "words"), [("pro-server", "pro.wsgi"), ("redis", "redis-server")])
def test_who_signs_up_while_a_process_is_killed_ends_with_one_account(
    stack: RunningStack, name: str, words: str
) -> None:
    enough, said = threading.Event(), len(stack.lines())
    apps = [stack.app(f"{name}-is-killed-{number}") for number in range(10)]

    with ThreadPoolExecutor(len(apps)) as threads:
        began = [threads.submit(sign_up_again_and_again, app, enough) for app in apps]
        os.kill(stack.process_of(words), signal.SIGKILL)
        stack.wait_for(f"{name} is back", after=said)
        for app in apps:
            eventually(lambda app=app: app.user_id)  # type: ignore[misc]
        enough.set()
    answered = [each.result() for each in began]

    assert answered == [{app.user_id} for app in apps]
    assert [app.post("/user-confirm") for app in apps] == [{"status": "ok"}] * len(apps)
