"""The admin's login form, which takes only so many tries."""

from typing import Any, Final

from django.core.exceptions import ValidationError
from unfold.forms import AuthenticationForm

from lantern_pro.api.spending import TooManyRequests
from lantern_pro.api.throttling import login_spending_of

SECONDS: Final = 60


class LoginForm(AuthenticationForm):  # type: ignore[misc]  # unfold is untyped
    """Counts a try before the password is looked at, and says the same of every name."""

    def clean(self) -> dict[str, Any]:
        """Look at name and password, unless there were too many tries."""
        name = self.cleaned_data.get("username")
        if name and self.cleaned_data.get("password"):
            try:
                login_spending_of(self.request, name).spend()
            except TooManyRequests as refusal:
                raise ValidationError(_words(refusal.retry_after), code="too-many") from refusal
        cleaned: dict[str, Any] = super().clean()
        return cleaned


def _words(wait_seconds: int) -> str:
    minutes = -(-wait_seconds // SECONDS)
    told = "a minute" if minutes == 1 else f"{minutes} minutes"
    return f"There were too many tries to log in. Please wait {told}, then try again."
