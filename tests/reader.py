"""Somebody of whom the service holds all that it may hold."""

from collections.abc import Callable

import pytest

from tests.client_app import ClientApp
from tests.fleet import pro_proxy

EMAIL = "reader@example.org"
DEVICE = "device-of-the-reader"
NAME = "Pixel of the reader"


@pytest.fixture
def reader(new_client: Callable[..., ClientApp], run_jobs: Callable[[], int]) -> ClientApp:
    """Somebody who has been invited, has invited, has paid, has a proxy, and has had a mail."""
    pro_proxy()
    inviter, app = new_client("device-of-the-inviter"), new_client(DEVICE)
    inviter.get("/user-data")
    app.post("/referral-attach", code=inviter.answer["referral"])
    app.buy(deviceName=NAME, email=EMAIL)
    app.get("/user-data")
    invitee = new_client("device-of-the-invitee")
    invitee.post("/referral-attach", code=app.answer["referral"])
    run_jobs()
    return app
