"""The main job, end to end: from sign-up to a request that travels through a proxy."""

import json
import subprocess
import sys
from typing import Any

import pytest
import requests

from devstack.demo.story import STEPS, Story, until
from devstack.demo.website import GREETING, website
from devstack.demo.wire import exchange
from devstack.stack.place import ROOT
from tests.processes import eventually
from tests.stack.running import RunningStack


@pytest.fixture(scope="module")
def told(stack: RunningStack) -> Story:
    """The story, told to its end."""
    story = stack.story()
    for step in STEPS:
        step(story)
    return story


def test_the_right_tokens_lead_through_the_proxy(told: Story) -> None:
    with website() as site:
        answer = exchange("GET", site.url, headers=told.pass_headers(), proxy=told.proxy_addr())

        assert answer.body == GREETING
        assert len(site.visits) == 1


def test_the_right_tokens_open_a_tunnel(told: Story) -> None:
    with website() as site:
        answer = exchange("GET", site.url, tunnel=told.pass_headers(), proxy=told.proxy_addr())

        assert answer.body == GREETING


@pytest.mark.parametrize(
    "wrong",
    [
        {"X-Lantern-Pro-Token": "not-the-token"},
        {"X-Lantern-Pro-Token": ""},
        {"X-Lantern-Auth-Token": "not-the-token"},
        {"X-Lantern-Auth-Token": ""},
        {"X-Lantern-Auth-Token": "", "X-Lantern-Pro-Token": ""},
    ],
)
def test_without_the_right_tokens_no_request_gets_through(
    told: Story, wrong: dict[str, str]
) -> None:
    headers = {name: value for name, value in {**told.pass_headers(), **wrong}.items() if value}

    with website() as site:
        answer = exchange("GET", site.url, headers=headers, proxy=told.proxy_addr())

        assert answer.body != GREETING
        assert site.visits == []


def test_a_wrong_token_opens_no_tunnel(told: Story) -> None:
    headers = {**told.pass_headers(), "X-Lantern-Pro-Token": "not-the-token"}

    with website() as site:
        with pytest.raises(OSError, match="Tunnel connection failed"):
            exchange("GET", site.url, tunnel=headers, proxy=told.proxy_addr())

        assert site.visits == []


def test_staff_and_operators_see_what_happened(stack: RunningStack, told: Story) -> None:
    shown = stack.manage("show_user", told.email, "--json")

    story = json.loads(shown.stdout)
    assert story["status"] == "active"
    assert len(story["proxies"]) == len(told.pro_proxies)
    assert {purchase["state"] for purchase in story["purchases"]} == {"paid", "declined"}


def test_a_bounce_at_the_mail_service_reaches_staff(stack: RunningStack, told: Story) -> None:
    mails = f"{stack.place.url(stack.place.mandrill)}/_control"
    sent = requests.get(f"{mails}/messages", timeout=20).json()["messages"]
    receipt = next(mail for mail in sent if mail["email"] == told.email)

    happened = {"mail": receipt["id"], "event": "hard_bounce"}
    assert requests.post(f"{mails}/events", json=happened, timeout=20).ok

    def address() -> str:
        [user] = json.loads(stack.manage("show_mails", told.email, "--json").stdout)
        return str(user["address"])

    assert eventually(lambda: address().startswith("bounced for good"))


def test_the_laws_hold_after_the_story(stack: RunningStack, told: Story) -> None:
    checked = stack.manage("check_invariants", "--json")

    assert checked.returncode == 0, checked.stdout
    assert json.loads(checked.stdout)["broken"] == 0


def test_the_demo_plays_the_story_and_shows_no_secret(stack: RunningStack, told: Story) -> None:
    played = subprocess.run(
        [sys.executable, "-m", "devstack.demo"],
        cwd=ROOT,
        env=stack.environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert played.returncode == 0, played.stderr
    assert played.stdout.rstrip().endswith("The story is told.")
    assert next(iter(told.pro_proxies.values()))["authtoken"] not in played.stdout


def test_a_paid_purchase_waits_for_a_proxy_and_is_never_lost(empty_stack: RunningStack) -> None:
    empty_stack.manage("seed_demo", "--only", "plans")
    story = empty_stack.story()
    story.reader_signs_up()

    story.another_card_pays()

    story.reader_is_pro()
    until("a place in the row", lambda: _shown(empty_stack, story)["lacks_proxies_since"])

    for number in (1, 2):
        empty_stack.manage(
            "add_proxy",
            *("--name", f"pro-198.51.100.{number}", "--track", "pro"),
            *("--addr", f"127.0.0.1:{empty_stack.place.proxy}", "--capacity", "5"),
        )
    until("proxies", lambda: len(_shown(empty_stack, story)["proxies"]) == 2)
    until("all jobs done", lambda: _shown(empty_stack, story)["open_jobs"] == [])
    assert empty_stack.manage("check_invariants").returncode == 0


def _shown(stack: RunningStack, story: Story) -> dict[str, Any]:
    """What staff are told of the reader."""
    shown = stack.manage("show_user", str(story.reader.user_id), "--json")
    told = json.loads(shown.stdout)
    assert isinstance(told, dict)
    return told


def test_two_stacks_know_nothing_of_each_other(
    stack: RunningStack, empty_stack: RunningStack
) -> None:
    app = stack.app("side-by-side")
    app.sign_up()
    elsewhere = empty_stack.app("side-by-side")
    elsewhere.user_id, elsewhere.token = app.user_id, app.token

    answer = elsewhere.get("/user-data")

    assert app.get("/user-data")["status"] == "ok"
    assert (answer["status"], answer["errorId"]) == ("error", "wrong-credentials")
