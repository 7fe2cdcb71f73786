"""The pages about jobs: what is shown of one, what is counted of all, and the end of one."""

from typing import Any, Final

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User as Member
from django.test import Client

from lantern_pro.backoffice.button import LONGEST_REASON
from lantern_pro.backoffice.staff import Role, create_staff
from lantern_pro.jobs import ledger
from lantern_pro.jobs.models import Job
from lantern_pro.types import JobId
from tests.admin.jobs import a_dead_job, a_job, a_running_job, run
from tests.admin.pages import text_of

LIST: Final = "/admin/jobs/job/"
DROP: Final = "Drop this job"


def page_of(job_id: JobId) -> str:
    """A job's page."""
    return f"{LIST}{job_id}/"


def drop(browser: Client, job_id: JobId, reason: str) -> Any:
    """Press the button and give a reason."""
    return browser.post(f"{page_of(job_id)}drop-job/", {"reason": reason})


def by_kind(browser: Client) -> str:
    """What stands above the list, as one line of words."""
    page = text_of(browser, LIST)
    return " ".join(page.partition("by-kind")[2].partition("</details>")[0].split())


def test_a_dropped_job_keeps_the_reason_in_its_row_and_in_the_history(client: Client) -> None:
    job_id = a_dead_job()

    drop(client, job_id, "  the user was erased ")

    job = Job.objects.get()
    assert (job.state, job.dropped_because) == (Job.State.DROPPED, "the user was erased")
    assert LogEntry.objects.get().get_change_message() == "Was dropped: the user was erased"
    page = text_of(client, f"{page_of(job_id)}change/")
    assert "The job is dropped." in page
    assert "the user was erased" in page.partition("The job is dropped.")[2]
    assert "the user was erased" in text_of(client, LIST)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("", "Say why: whoever comes after you will want to know."),
        ("   ", "Say why: whoever comes after you will want to know."),
        ("x" * (LONGEST_REASON + 1), f"Say it in {LONGEST_REASON} characters."),
    ],
)
def test_without_a_reason_that_will_do_nothing_is_dropped(
    client: Client, reason: str, words: str
) -> None:
    job_id = a_dead_job()

    refused = drop(client, job_id, reason)

    assert words in refused.content.decode()
    assert Job.objects.get().state == Job.State.DEAD
    assert not LogEntry.objects.exists()


def test_support_cannot_drop_a_job() -> None:
    job_id = a_dead_job()
    create_staff(username="karl", email="", role=Role.SUPPORT, password=None)
    browser = Client()
    browser.force_login(Member.objects.get(username="karl"))

    refused = drop(browser, job_id, "because I can")

    assert refused.status_code == 403
    assert DROP not in text_of(browser, f"{page_of(job_id)}change/")
    assert Job.objects.get().state == Job.State.DEAD


def test_a_job_that_waits_can_be_dropped_too(client: Client) -> None:
    drop(client, a_job(), "not needed")

    assert Job.objects.get().state == Job.State.DROPPED


def test_a_job_that_runs_shows_no_buttons_and_is_not_dropped(client: Client) -> None:
    job_id = a_running_job().fence.job_id

    done = client.post(f"{page_of(job_id)}drop-job/", {"reason": "too slow"}, follow=True)

    assert "nothing was changed" in done.content.decode()
    assert DROP not in done.content.decode()
    assert Job.objects.get().state == Job.State.LEASED
    assert not LogEntry.objects.exists()


def test_a_jobs_page_tells_who_held_it_and_how_often_it_was_tried(client: Client) -> None:
    job_id = a_dead_job()
    job = Job.objects.get()

    page = text_of(client, f"{page_of(job_id)}change/")

    for told in (job.holder, "nobody to greet", "unknown here", "Workers it lost", "Last begun"):
        assert told in page
    assert 'href="/admin/accounts/user/7/change/"' in page


def test_every_state_has_its_colour(client: Client) -> None:
    a_dead_job("dead")
    a_job("done")
    run("done")
    ledger.drop(a_job("dropped"), reason="no")
    a_running_job("running")
    a_job("waiting")

    page = text_of(client, LIST)

    cells = page.split('class="field-state_label')[1:]
    assert {colour_in(cell) for cell in cells} == {"red", "green", "base", "blue", "orange"}


def colour_in(cell: str) -> str:
    """The colour of a label."""
    colours = ("red", "green", "blue", "orange", "base")
    return next(each for each in colours if f"bg-{each}-" in cell.partition("</td>")[0])


def test_a_list_is_filtered_by_kind_and_state(client: Client) -> None:
    a_dead_job("dead")
    a_job("waiting")

    of_kind = text_of(client, f"{LIST}?kind=greet")
    dead = text_of(client, f"{LIST}?kind=greet&state__exact=dead")
    other = text_of(client, f"{LIST}?kind=assign_proxies")

    assert [page.count('class="field-state_label') for page in (of_kind, dead, other)] == [2, 1, 0]


def test_above_the_list_stands_what_the_ledger_counts_of_each_kind(client: Client) -> None:
    a_dead_job("dead")
    a_job("done")
    run("done")
    a_job("waiting")

    told = by_kind(client)

    assert "1 given up" in told
    assert "No worker has given a sign of life" in told
    row = told.partition(">greet</a>")[2]
    cells = [each.partition("<")[0].strip() for each in row.split("<td>")[1:]]
    assert (cells[0], cells[1], cells[3:7]) == ("unknown here", "1", ["0", "0", "1", "1"])
    assert cells[7].endswith(" ms")


def test_kinds_of_which_nothing_was_ever_staged_take_no_room(client: Client) -> None:
    assert "assign_proxies" not in by_kind(client)
