"""A customer and a seat who see each other: the session, its invitations, what was recorded of it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref


class Session(models.Model):
    """
    One video service for one customer about one thing (视频服务).

    ``connection`` counts how often the browsers were joined; ``pieces``, ``takes``, ``size`` and ``chain``
    are where the recording stands. ``guided_at``: since then the seat sees the customer's page (屏幕协助);
    nothing of it is kept. ``request`` is the kind of servicing request it continues.
    """

    class State(models.TextChoices):
        ASKED = "ASKED", "等待客户"
        JOINED = "JOINED", "客户已进入"
        LIVE = "LIVE", "视频中"
        DROPPED = "DROPPED", "已中断"
        ENDED = "ENDED", "已结束"

    about = models.CharField("关于", max_length=64)
    case_number = models.CharField("业务号", max_length=40, blank=True, default="")
    request = models.CharField("保全项目", max_length=40, blank=True, default="")
    party_id = models.BigIntegerField("客户")
    office_id = models.BigIntegerField("机构")
    seat_id = models.BigIntegerField("坐席", null=True)
    state = models.CharField("状态", max_length=8, choices=State, default=State.ASKED)
    ending = models.CharField("结束方式", max_length=12, blank=True, default="")
    opened_at = models.DateTimeField("发起时间")
    agreed_at = models.DateTimeField("同意录制时间", null=True)
    live_at = models.DateTimeField("接通时间", null=True)
    dropped_at = models.DateTimeField("中断时间", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    connection = models.PositiveIntegerField("连接次数", default=0)
    arrivals = models.PositiveIntegerField("客户进入次数", default=0)
    customer_seen_at = models.DateTimeField("客户最近在线", null=True)
    seat_seen_at = models.DateTimeField("坐席最近在线", null=True)
    wants = models.CharField("请客户做", max_length=20, blank=True, default="")
    guided_at = models.DateTimeField("屏幕协助开始时间", null=True)
    pieces = models.PositiveIntegerField("分片数", default=0)
    takes = models.PositiveIntegerField("段数", default=0)
    size = models.BigIntegerField("字节数", default=0)
    chain = models.CharField("链式摘要", max_length=64, blank=True, default="")
    piece_at = models.DateTimeField("最近分片时间", null=True)
    keep_until = models.DateField("保存期限", null=True)
    forgotten_at = models.DateTimeField("到期删除时间", null=True)

    class Meta:
        verbose_name = "视频服务"
        constraints = [
            models.UniqueConstraint(
                fields=["about"], condition=~Q(state="ENDED"), name="video_one_open"
            )
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="video_open", condition=~Q(state="ENDED")),
            models.Index(fields=["office_id", "-id"], name="video_of_office"),
            models.Index(fields=["about", "-id"], name="video_about"),
            models.Index(
                fields=["keep_until"],
                name="video_to_forget",
                condition=Q(keep_until__isnull=False, forgotten_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"video:{self.pk}"

    @property
    def number(self) -> str:
        """What people call it."""
        return f"V{day_of(self.opened_at):%Y%m%d}{self.pk:06d}"

    @property
    def subject(self) -> Ref:
        """What it continues; its events are about this."""
        return Ref.parse(self.about)


class Invitation(models.Model):
    """
    A signed link for one session, opened in one browser (视频邀请).

    Only the secret's digest is kept. ``bound`` is the digest of what the browser that opened it holds:
    nobody else gets in by the same link.
    """

    session = models.ForeignKey(
        Session, models.PROTECT, related_name="invitations", verbose_name="视频服务"
    )
    secret_index = models.CharField("链接摘要", max_length=64, unique=True)
    expires_at = models.DateTimeField("失效时间")
    tries = models.PositiveSmallIntegerField("核对次数", default=0)
    bound = models.CharField("浏览器摘要", max_length=64, blank=True, default="")
    opened_at = models.DateTimeField("打开时间", null=True)
    withdrawn_at = models.DateTimeField("作废时间", null=True)
    made_by = models.CharField("发送人", max_length=64)
    made_at = models.DateTimeField("发送时间")

    class Meta:
        verbose_name = "视频邀请"

    def __str__(self) -> str:
        return f"invitation:{self.pk}"


class Signal(models.Model):
    """
    What one browser tells the other to find it (连接信令).

    Network addresses are in it: it is deleted with the next connection and when the session drops or ends.
    """

    session = models.ForeignKey(
        Session, models.CASCADE, related_name="signals", db_index=False, verbose_name="视频服务"
    )
    connection = models.PositiveIntegerField("连接")
    side = models.CharField("一方", max_length=8)
    body = models.TextField("内容")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "连接信令"
        indexes = [models.Index(fields=["session", "id"], name="signal_of_session")]

    def __str__(self) -> str:
        return f"{self.session_id} {self.side}"


class Piece(models.Model):
    """
    About a second of the recording, sealed in a file, chained to the piece before (录像分片).

    ``take``: a recorder that had to begin anew begins a new part that plays by itself.
    """

    session = models.ForeignKey(
        Session, models.PROTECT, related_name="recorded", db_index=False, verbose_name="视频服务"
    )
    number = models.PositiveIntegerField("序号")
    take = models.PositiveIntegerField("段")
    sha256 = models.CharField("摘要", max_length=64)
    chained = models.CharField("链式摘要", max_length=64)
    size = models.PositiveIntegerField("字节数")
    file = models.CharField("文件", max_length=80)
    at = models.DateTimeField("收到时间")

    class Meta:
        verbose_name = "录像分片"
        constraints = [
            models.UniqueConstraint(fields=["session", "number"], name="piece_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.session_id}/{self.number}"


class IdentityCheck(models.Model):
    """A seat compared the person in the picture with their papers (视频核身)."""

    session = models.ForeignKey(
        Session, models.PROTECT, related_name="identity_checks", verbose_name="视频服务"
    )
    compared = ArrayField(models.CharField(max_length=12), verbose_name="比对内容")
    matched = models.BooleanField("一致")
    by = models.CharField("核对人", max_length=64)
    at = models.DateTimeField("核对时间")

    class Meta:
        verbose_name = "视频核身"

    def __str__(self) -> str:
        return f"identity:{self.pk}"
