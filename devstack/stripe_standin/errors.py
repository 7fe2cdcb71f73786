"""Refusals in Stripe's shape."""

from typing import Any

from devstack.standin import Object

_DOCUMENTATION = "https://stripe.com/docs/error-codes/"


class StripeError(Exception):
    """A refusal: HTTP status, and Stripe's ``error`` object.

    ``executed`` says that the call had begun to do something: what it wrote stays, and an
    idempotency key answers with this refusal again. Without it nothing is kept.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        error_type: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        executed: bool = False,
        **more: object,
    ) -> None:
        """Keep what ``body`` needs; ``more`` are further fields of the ``error`` object."""
        super().__init__(message)
        self.status = status
        self.executed = executed
        fields = {"code": code, "message": message, "param": param, **more, "type": error_type}
        self.error: Object = {name: value for name, value in fields.items() if value is not None}
        if code:
            self.error["doc_url"] = _DOCUMENTATION + code.replace("_", "-")

    def body(self) -> Object:
        """The answer's JSON."""
        return {"error": self.error}


def missing(param: str) -> StripeError:
    """A required parameter was not sent."""
    return StripeError(f"Missing required param: {param}.", code="parameter_missing", param=param)


def no_such(kind: str, object_id: str, *, param: str | None) -> StripeError:
    """No such object; without ``param`` it was named in the path, hence HTTP 404."""
    return StripeError(
        f"No such {kind}: '{object_id}'",
        status=400 if param else 404,
        code="resource_missing",
        param=param or "id",
    )


def card_error(
    message: str,
    code: str,
    decline_code: str | None = None,
    *,
    param: str | None = None,
    **more: Any,
) -> StripeError:
    """The card, or its bank, says no: HTTP 402."""
    return StripeError(
        message,
        status=402,
        error_type="card_error",
        code=code,
        param=param,
        decline_code=decline_code,
        executed=True,
        **more,
    )
