"""The fleet as staff screens read it."""

from typing import ClassVar

from django.db import models

from lantern_pro.store.models import DomainModel
from lantern_pro.types import ProxyId
from proxies.managers import ProxyManager
from proxies.records import Health, ProxyRecord, State, Track


class Proxy(DomainModel):
    """A proxy of the fleet. ``name`` is unique in its cell: configurations are keyed by it."""

    written_by: ClassVar[str] = "proxies.services"

    id = models.BigIntegerField("proxy id", primary_key=True)
    created = models.DateTimeField(db_index=True)
    name = models.CharField(max_length=100, unique=True)
    addr = models.CharField("address", max_length=260, db_index=True, help_text="host:port")
    track = models.CharField(
        max_length=8, choices=[(each.value, each.value) for each in Track], db_index=True
    )
    state = models.CharField(
        max_length=16, choices=[(each.value, each.value) for each in State], db_index=True
    )
    state_since = models.DateTimeField(null=True)
    health = models.CharField(
        max_length=8, choices=[(each.value, each.value) for each in Health], db_index=True
    )
    capacity = models.IntegerField(help_text="the most users that may be linked")
    load = models.IntegerField(db_index=True, help_text="how many users are linked")
    version = models.IntegerField(help_text="of the set of tokens that it admits")
    city = models.CharField(max_length=100)
    country = models.CharField("name of the country", max_length=100)
    country_code = models.CharField("country", max_length=2, db_index=True)
    latitude = models.FloatField()
    longitude = models.FloatField()
    provider = models.CharField(max_length=60, db_index=True, help_text="whose machine it is")
    labels = models.JSONField()
    transport = models.CharField(max_length=40)
    transport_settings = models.JSONField()
    blocked_countries = models.JSONField()
    cert = models.TextField("certificate")
    auth_token = models.CharField("secret of its clients", max_length=200)

    objects = ProxyManager()

    class Meta:
        db_table = "proxy"
        managed = False
        ordering = ("-created",)
        verbose_name_plural = "proxies"

    def __str__(self) -> str:
        return self.name

    @property
    def record(self) -> ProxyRecord:
        """The row, typed."""
        [record] = Proxy.objects.records([self.proxy_id])
        return record

    @property
    def proxy_id(self) -> ProxyId:
        """The id, typed."""
        return ProxyId(self.pk)
