"""Jobs as staff screens read them."""

from typing import ClassVar

from django.db import models

from lantern_pro.store.models import DomainModel


class Job(DomainModel):
    """A job of the ledger."""

    written_by: ClassVar[str] = "lantern_pro.jobs.ledger"

    class State(models.TextChoices):
        """Where a job is; each is in exactly one of these."""

        PENDING = "pending", "waiting"
        LEASED = "leased", "running"
        DONE = "done", "done"
        DEAD = "dead", "given up"
        DROPPED = "dropped", "dropped"

    id = models.CharField("job id", primary_key=True, max_length=250)
    kind = models.CharField(max_length=60, db_index=True)
    state = models.CharField(max_length=16, choices=State.choices, db_index=True)
    about = models.BigIntegerField("user", db_index=True, default=0)
    arguments = models.JSONField()
    created = models.DateTimeField(db_index=True)
    due = models.DateTimeField()
    finished = models.DateTimeField(null=True)
    epoch = models.IntegerField(help_text="How often it was leased; only the last holder commits.")
    attempts = models.IntegerField()
    waits = models.IntegerField("times it waited for others", default=0)
    lapses = models.IntegerField("workers it lost", default=0)
    holder = models.CharField("last worker", max_length=120, default="")
    leased_at = models.DateTimeField("last begun", null=True)
    phase = models.CharField(max_length=40, default="")
    last_error = models.CharField("why it waits, or was given up", max_length=500, default="")
    dropped_because = models.CharField(max_length=500, default="")

    class Meta:
        db_table = "job"
        managed = False
        ordering = ("-created",)

    def __str__(self) -> str:
        return self.pk
