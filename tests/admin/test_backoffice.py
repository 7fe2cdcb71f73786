"""Our own back office over the same store: its look, its staff, its history."""

import json
from io import StringIO

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory

from lantern_pro.backoffice import audit
from lantern_pro.backoffice.model_admin import ReadOnlyAdmin
from tests.admin.pages import text_of
from tests.store_app.models import Parcel, Shelf


def run(command: str, *arguments: str) -> dict[str, object]:
    """Run a command of ours with --json."""
    told = StringIO()
    call_command(command, *arguments, "--json", stdout=told)
    answer: dict[str, object] = json.loads(told.getvalue())
    return answer


def test_the_login_page_carries_our_name() -> None:
    page = Client().get("/admin/login/").content.decode()

    assert "Lantern Pro" in page


@pytest.mark.parametrize(
    "path",
    [
        "/admin/",
        "/admin/auth/user/",
        "/admin/auth/user/?q=ros",
        "/admin/auth/user/add/",
        "/admin/auth/group/",
        "/admin/auth/group/add/",
        "/admin/admin/logentry/",
        "/admin/admin/logentry/?q=1",
        "/admin/password_change/",
    ],
)
def test_every_page_about_staff_opens(client: Client, path: str) -> None:
    assert "Lantern Pro" in text_of(client, path)


def test_what_staff_do_is_recorded_and_shown(client: Client, rosa: User) -> None:
    shelf = Shelf.objects.create(name="Attic")

    audit.record(staff_id=rosa.pk, subject=shelf, message="dusted it")

    page = text_of(client, "/admin/admin/logentry/")
    assert "dusted it" in page
    assert "rosa" in page
    entry = LogEntry.objects.get()
    assert "dusted it" in text_of(client, f"/admin/admin/logentry/{entry.pk}/change/")


def test_staff_are_members_with_roles_and_no_users(client: Client) -> None:
    page = text_of(client, "/admin/")

    assert ("Members" in page, "Roles" in page, "Acts" in page) == (True, True, True)
    assert "Groups" not in page


def test_the_history_leads_to_what_was_acted_on(client: Client, rosa: User) -> None:
    audit.record(staff_id=rosa.pk, subject=rosa, message="looked")

    page = text_of(client, "/admin/admin/logentry/")

    assert f'href="/admin/auth/user/{rosa.pk}/change/"' in page.partition("result_list")[2]


def test_the_history_cannot_be_changed_or_deleted(client: Client, rosa: User) -> None:
    audit.record(staff_id=rosa.pk, subject=rosa, message="looked")
    entry = LogEntry.objects.get()

    deleted = client.post(f"/admin/admin/logentry/{entry.pk}/delete/", {"post": "yes"})

    assert deleted.status_code == 403
    assert LogEntry.objects.count() == 1


def test_create_staff_makes_a_member_who_can_log_in() -> None:
    told = run("create_staff", "--email", "karl@example.org", "--role", "support")

    browser = Client()
    assert browser.login(username="karl@example.org", password=told["password"])
    assert browser.get("/admin/").status_code == 200
    assert browser.get("/admin/auth/user/").status_code == 403
    assert User.objects.get().has_perm("store_app.view_book")
    assert not User.objects.get().has_perm("store_app.change_book")


def test_create_staff_twice_is_once_and_changes_the_role() -> None:
    first = run("create_staff", "--username", "karl")
    second = run("create_staff", "--username", "karl", "--role", "operator")

    karl = User.objects.get()
    assert (first["created"], second["created"], second["password"]) == (True, False, None)
    assert karl.check_password(str(first["password"]))
    assert [group.name for group in karl.groups.all()] == ["operator"]
    assert karl.has_perm("store_app.change_book")
    assert not karl.has_perm("auth.change_user")


def test_create_staff_does_not_print_a_password_that_it_was_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("quite a long pass phrase\n"))
    told = StringIO()

    call_command("create_staff", "--username", "karl", "--password-stdin", stdout=told)

    assert told.getvalue() == "Made karl, role support.\n"
    assert User.objects.get().check_password("quite a long pass phrase")


@pytest.mark.parametrize(
    ("told", "typed", "words"),
    [
        (("--username", "a/b c"), None, "valid username"),
        (("--username", "karl", "--email", "karl"), None, "valid email"),
        (("--username", "karl"), "", "too short"),
        (("--username", "karl"), "sesame", "too short"),
        (("--username", "karl"), "1qaz2wsx3edc", "too common"),
        (("--username", "karl"), "160934518276", "entirely numeric"),
        (("--username", "karl.lagerdorf"), "lagerdorf.karl", "too similar"),
    ],
)
def test_create_staff_refuses_what_will_not_do_and_makes_nobody(
    monkeypatch: pytest.MonkeyPatch, told: tuple[str, ...], typed: str | None, words: str
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(f"{typed}\n"))

    with pytest.raises(CommandError, match=words):
        run("create_staff", *told, *([] if typed is None else ["--password-stdin"]))

    assert not User.objects.exists()


def test_an_admin_may_do_everything() -> None:
    run("create_staff", "--username", "karl", "--role", "admin")

    assert User.objects.get().has_perm("auth.delete_user")
    assert Group.objects.get().name == "admin"


def test_a_list_asked_for_what_no_index_serves_says_so(client: Client) -> None:
    answer = client.get("/admin/admin/logentry/?change_message=x", follow=True)

    assert answer.status_code == 200
    assert "LogEntry.change_message has no index" in answer.content.decode()


def test_every_list_opens_and_sorts_by_every_column_that_offers_it(client: Client) -> None:
    for model, its_admin in admin.site._registry.items():
        path = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        request = RequestFactory().get(path)
        shown = list(its_admin.get_list_display(request))
        sortable = [name for name in its_admin.get_sortable_by(request) if name in shown]

        for query in ("", *(f"?o={sign}{shown.index(name)}" for name in sortable for sign in "- ")):
            answer = client.get(path + query.replace(" ", ""), follow=True)

            assert answer.status_code == 200
            assert "has no index" not in answer.content.decode(), path + query


@pytest.mark.parametrize(("role", "may_act"), [("support", False), ("operator", True)])
def test_only_operators_press_the_buttons_of_a_domain_record(role: str, *, may_act: bool) -> None:
    run("create_staff", "--username", "karl", "--role", role)
    request = RequestFactory().get("/")
    request.user = User.objects.get()
    parcels = ReadOnlyAdmin(Parcel, admin.site)

    assert parcels.has_act_permission(request) is may_act
    assert parcels.has_view_permission(request)
    assert not parcels.has_change_permission(request)
