"""Models with every kind of column and index that the backend knows."""

from typing import ClassVar

from django.db import models

from lantern_pro.store.models import DomainModel


class Shelf(models.Model):
    """A small table: anything may be asked of it."""

    rows_at_most: ClassVar[int] = 100

    name = models.CharField(max_length=40, unique=True)
    floor = models.IntegerField(default=0)

    class Meta:
        verbose_name_plural = "shelves"
        ordering = ("floor", "name")

    def __str__(self) -> str:
        return self.name


class Label(models.Model):
    """What books are stuck with, many to many."""

    rows_at_most: ClassVar[int] = 100

    text = models.CharField(max_length=40)

    def __str__(self) -> str:
        return self.text


class Book(models.Model):
    """A large table: only what an index serves may be asked of it."""

    title = models.CharField(max_length=100, db_index=True)
    isbn = models.CharField(max_length=20, unique=True)
    subject = models.CharField(
        max_length=10, choices=[("poems", "Poems"), ("maths", "Maths"), ("cooking", "Cooking")]
    )
    in_print = models.BooleanField(default=True, db_index=True)
    published = models.DateField(null=True, blank=True, db_index=True)
    added = models.DateTimeField(db_index=True)
    price = models.DecimalField(max_digits=8, decimal_places=2, default=0, db_index=True)
    pages = models.IntegerField(null=True, blank=True)
    shelf = models.ForeignKey(Shelf, models.CASCADE, null=True, blank=True)
    labels = models.ManyToManyField(Label, blank=True)
    extras = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("-added",)

    def __str__(self) -> str:
        return self.title


class Seat(models.Model):
    """Unique by two columns together."""

    row = models.IntegerField()
    place = models.CharField(max_length=5)
    taken_by = models.CharField(max_length=40, null=True, db_index=True)  # noqa: DJ001

    class Meta:
        unique_together = (("row", "place"),)

    def __str__(self) -> str:
        return f"{self.row}{self.place}"


class Note(models.Model):
    """A row whose key is a word."""

    slug = models.CharField(max_length=40, primary_key=True)
    body = models.TextField(default="")

    def __str__(self) -> str:
        return self.slug


class Parcel(DomainModel):
    """A domain model: its rows live in the cell of their key, and Lua writes them."""

    written_by: ClassVar[str] = "the post office"

    id = models.BigIntegerField(primary_key=True)
    sent = models.DateTimeField(db_index=True)
    state = models.CharField(max_length=10, choices=[("sent", "Sent"), ("lost", "Lost")])
    address = models.TextField(null=True, db_index=True)  # noqa: DJ001

    class Meta:
        db_table = "test_parcel"
        managed = False
        ordering = ("-sent",)

    def __str__(self) -> str:
        return f"parcel {self.pk}"
