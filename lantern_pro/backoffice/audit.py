"""The history: what staff did, to what, in words."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

NAME_LENGTH = 200


def record(*, staff_id: int, subject: Model, message: str) -> None:
    """Enter in the history of ``subject`` that a member of staff did what ``message`` says.

    The message is shown as it is; it holds ids and reasons, never personal data.
    """
    LogEntry.objects.create(
        user_id=staff_id,
        content_type_id=ContentType.objects.get_for_model(subject).pk,
        object_id=str(subject.pk),
        object_repr=str(subject)[:NAME_LENGTH],
        action_flag=CHANGE,
        change_message=message,
    )
