"""Reading settings: what is wrong is told by its variable, with what would be right."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from lantern_pro import environment

WAYS = ("starttls", "tls", "none")


def test_a_word_is_one_of_a_few_or_the_start_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANTERN_SMTP_SECURITY", "ssl")

    with pytest.raises(ImproperlyConfigured, match=r"LANTERN_SMTP_SECURITY .*starttls, tls, none"):
        environment.choice("LANTERN_SMTP_SECURITY", "starttls", WAYS)


@pytest.mark.parametrize(("told", "read"), [(None, "starttls"), ("none", "none")])
def test_a_word_that_is_right_or_missing_is_read(
    monkeypatch: pytest.MonkeyPatch, told: str | None, read: str
) -> None:
    if told is None:
        monkeypatch.delenv("LANTERN_SMTP_SECURITY", raising=False)
    else:
        monkeypatch.setenv("LANTERN_SMTP_SECURITY", told)

    assert environment.choice("LANTERN_SMTP_SECURITY", "starttls", WAYS) == read
