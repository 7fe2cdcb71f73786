"""The base of the models that the domain writes, and that the admin only reads."""

from typing import Any, ClassVar, NoReturn

from django.db import NotSupportedError, models


class WrittenByServicesOnly(NotSupportedError):
    """Something tried to write a domain model's row otherwise than through a service."""

    def __init__(self, model: type[models.Model]) -> None:
        """Name the model, and the way in that there is."""
        services = getattr(model, "written_by", "") or f"a service of {model._meta.app_label}"
        super().__init__(
            f"{model._meta.label} is not written by save(), update() or delete(): everything that "
            "moves money, time, links or secrets is written by a domain service through one Lua "
            f"script. Here: {services}."
        )


class DomainModel(models.Model):
    """A model whose rows live in the cell that their primary key carries, written by Lua only.

    Reading goes through the ORM as for any model: lists run in every cell and are merged. Any way
    of writing through the ORM raises ``WrittenByServicesOnly``; ``written_by`` are the words that
    say where to go instead. The scripts that do write keep the indexes that ``Table`` describes.
    Datetimes are kept in milliseconds, so a plain ``DateTimeField`` is the right field for them.
    """

    written_by: ClassVar[str] = ""

    class Meta:
        abstract = True

    def save(self, *_args: Any, **_options: Any) -> NoReturn:
        """Refuse."""
        raise WrittenByServicesOnly(type(self))

    def delete(self, *_args: Any, **_options: Any) -> NoReturn:
        """Refuse."""
        raise WrittenByServicesOnly(type(self))
