"""Staff in the stock admin: login, passwords, roles, permissions."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from tests.admin.pages import errors_in, text_of


@pytest.mark.usefixtures("rosa")
def test_staff_log_in_and_out() -> None:
    browser = Client()

    inside = browser.post(
        "/stock/login/?next=/stock/",
        {"username": "rosa", "password": "s3cret-lantern", "next": "/stock/"},
        follow=True,
    )
    browser.post("/stock/logout/")
    outside = browser.get("/stock/")

    assert "Site administration" in inside.content.decode()
    assert outside.status_code == 302


@pytest.mark.usefixtures("rosa")
def test_a_wrong_password_is_refused() -> None:
    answer = Client().post("/stock/login/", {"username": "rosa", "password": "guess"})

    assert "Please enter the correct username" in answer.content.decode()


def test_a_password_is_changed_by_its_owner(client: Client, rosa: User) -> None:
    form = {
        "old_password": "s3cret-lantern",
        "new_password1": "n3w-lantern-light",
        "new_password2": "n3w-lantern-light",
    }

    client.post("/stock/password_change/", form)

    rosa.refresh_from_db()
    assert rosa.check_password("n3w-lantern-light")


def test_staff_are_added_listed_and_found(client: Client) -> None:
    form = {
        "username": "karl",
        "usable_password": "true",
        "password1": "n3w-lantern-light",
        "password2": "n3w-lantern-light",
    }

    client.post("/stock/auth/user/add/", form)
    again = client.post("/stock/auth/user/add/", form)

    assert errors_in(again.content) == ["A user with that username already exists."]
    assert "karl" in text_of(client, "/stock/auth/user/?q=KAR&o=2.1&is_staff__exact=0")


def test_a_password_is_set_for_somebody_else(client: Client) -> None:
    karl = User.objects.create_user("karl", password="old")
    form = {
        "usable_password": "true",
        "password1": "n3w-lantern-light",
        "password2": "n3w-lantern-light",
    }

    client.post(f"/stock/auth/user/{karl.pk}/password/", form)

    karl.refresh_from_db()
    assert karl.check_password("n3w-lantern-light")


def test_a_role_is_made_of_permissions_and_given_to_staff(client: Client) -> None:
    view = Permission.objects.get(codename="view_book")
    karl = User.objects.create_user("karl", password="old", is_staff=True)

    client.post("/stock/auth/group/add/", {"name": "readers", "permissions": [view.pk]})
    readers = Group.objects.get(name="readers")
    form = {
        "username": "karl",
        "is_active": "on",
        "is_staff": "on",
        "groups": [readers.pk],
        "date_joined_0": "2025-01-01",
        "date_joined_1": "00:00:00",
    }
    client.post(f"/stock/auth/user/{karl.pk}/change/", form)

    karl = User.objects.get(username="karl")
    assert karl.get_all_permissions() == {"store_app.view_book"}
    assert "karl" in text_of(client, f"/stock/auth/user/?groups__id__exact={readers.pk}")


@pytest.mark.usefixtures("rosa", "books")
def test_staff_see_and_do_what_their_role_allows_and_no_more() -> None:
    karl = User.objects.create_user("karl", password="old", is_staff=True)
    readers = Group.objects.create(name="readers")
    readers.permissions.add(Permission.objects.get(codename="view_book"))
    karl.groups.add(readers)
    browser = Client()
    browser.force_login(karl)

    assert "Volume 29" in text_of(browser, "/stock/store_app/book/")
    assert browser.get("/stock/store_app/book/add/").status_code == 403
    assert browser.get("/stock/auth/user/").status_code == 403


def test_deleting_staff_takes_their_roles_and_their_history(client: Client) -> None:
    karl = User.objects.create_user("karl")
    karl.groups.add(Group.objects.create(name="readers"))

    client.post(f"/stock/auth/user/{karl.pk}/delete/", {"post": "yes"})

    assert not User.objects.filter(username="karl").exists()
    assert not User.groups.through.objects.exists()
