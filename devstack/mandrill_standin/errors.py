"""Refusals in Mandrill's shape."""

from devstack.standin import Object


class MandrillError(Exception):
    """A refusal. Mandrill answers all of them with HTTP 500."""

    def __init__(self, name: str, code: int, message: str) -> None:
        """Keep Mandrill's name and number of the error, and the words."""
        super().__init__(message)
        self.name = name
        self.code = code

    def body(self) -> Object:
        """The answer's JSON."""
        return {"status": "error", "code": self.code, "name": self.name, "message": str(self)}


def invalid_key() -> MandrillError:
    """The key is wrong, or was not sent."""
    return MandrillError("Invalid_Key", -1, "Invalid API key")


def invalid(*, field: str, says: str) -> MandrillError:
    """A parameter is missing or wrong."""
    return MandrillError("ValidationError", -2, f'Validation error: {{"{field}":"{says}"}}')


def unknown_message(message_id: str) -> MandrillError:
    """No such mail, or none that is indexed yet."""
    return MandrillError("Unknown_Message", 11, f"No message exists with the id '{message_id}'")


def payment_required() -> MandrillError:
    """The account is not paid for."""
    return MandrillError("PaymentRequired", 10, "The requested feature requires payment.")
