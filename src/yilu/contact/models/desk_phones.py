"""Telephones on the seats' desks."""

from __future__ import annotations

from django.db import models


class DeskPhone(models.Model):
    """
    What lets a seat's desk telephone register with our switch (话机).

    ``secret`` is what its password leaves with us (`gateways.calls.builtin.digest.Secret`), sealed; the
    password itself was shown once and is kept nowhere.
    """

    class Algorithm(models.TextChoices):
        SHA256 = "SHA-256", "SHA-256"
        MD5 = "MD5", "MD5（旧话机）"

    seat = models.OneToOneField(
        "contact.Seat", models.PROTECT, primary_key=True, related_name="+", verbose_name="坐席"
    )
    algorithm = models.CharField("校验方式", max_length=7, choices=Algorithm)
    secret = models.BinaryField("口令校验值")
    given_at = models.DateTimeField("发放时间")
    given_by = models.CharField("发放人", max_length=64)

    class Meta:
        verbose_name = "话机"

    def __str__(self) -> str:
        return f"desk_phone:{self.seat_id}"
