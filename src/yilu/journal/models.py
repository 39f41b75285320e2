"""What the journal keeps."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class Event(models.Model):
    """
    Something that happened (业务事件). Written once, never changed: the database refuses it.

    ``id`` grows with writing but commits may overtake each other: a reader follows (``xact``,
    ``id``) below the oldest transaction still open, see ``queries.read_after``.
    """

    kind = models.CharField("种类", max_length=80)
    subject = models.CharField("对象", max_length=64)
    party_id = models.BigIntegerField("客户", null=True)
    actor = models.CharField("经办", max_length=64)
    happened_at = models.DateTimeField("发生时间")
    recorded_at = models.DateTimeField("记录时间", db_default=Now())
    facts = models.JSONField("内容")
    # Whose transaction wrote it (xid8 as a number): what a reader needs to miss no late commit.
    xact = models.BigIntegerField(
        "事务",
        db_default=models.Func(
            models.Func(
                models.Func(function="pg_current_xact_id"), template="(%(expressions)s)::text"
            ),
            template="(%(expressions)s)::bigint",
        ),
    )
    # Blinds the leaf of the evidence log, so that a public leaf tells nobody anything. A random
    # UUID holds 122 bits from the server's strong generator.
    nonce = models.BinaryField(
        "随机数",
        max_length=16,
        db_default=models.Func(models.Func(function="gen_random_uuid"), function="uuid_send"),
    )

    class Meta:
        verbose_name = "业务事件"
        indexes = [
            models.Index(fields=["subject", "id"], name="event_by_subject"),
            models.Index(fields=["xact", "id"], name="event_in_commit_order"),
            models.Index(
                fields=["party_id", "id"],
                name="event_by_party",
                condition=models.Q(party_id__isnull=False),
            ),
            models.Index(
                fields=["kind", "id"], name="event_by_machine", condition=models.Q(actor="system:0")
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="event_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.kind}"


class Reaction(models.Model):
    """Work one subscriber still owes to one event (待响应)."""

    class State(models.TextChoices):
        WAITING = "WAITING", "待处理"
        DONE = "DONE", "已完成"
        DEAD = "DEAD", "已停止重试"

    # Events are never deleted, so a database constraint would only cost time on the hot path.
    event = models.ForeignKey(
        Event, models.PROTECT, related_name="+", db_constraint=False, verbose_name="事件"
    )
    subscriber = models.CharField("处理程序", max_length=120)
    lane = models.CharField("顺序通道", max_length=100)
    state = models.CharField("状态", max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    due_at = models.DateTimeField("到期时间")
    leased_until = models.DateTimeField("占用至", null=True)
    problem = models.TextField("问题", blank=True, default="")
    done_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        verbose_name = "待响应"
        constraints = [
            models.UniqueConstraint(fields=["event", "subscriber"], name="reaction_once_per_event")
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="reaction_waiting",
                condition=models.Q(state="WAITING"),
            ),
            models.Index(
                fields=["lane", "id"], name="reaction_in_order", condition=models.Q(state="WAITING")
            ),
            models.Index(fields=["id"], name="reaction_dead", condition=models.Q(state="DEAD")),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber} <- {self.event_id}"


class LogPosition(models.Model):
    """How far the evidence log has come (存证进度): one row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField("叶子数", default=0)
    xact = models.BigIntegerField("事务", default=0)
    event_id = models.BigIntegerField("事件", default=0)

    class Meta:
        verbose_name = "存证进度"
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="log_position_is_one_row")
        ]

    def __str__(self) -> str:
        return str(self.size)


class LeafBundle(models.Model):
    """
    Up to 256 leaves of the evidence log in a row (存证叶子包), and the events they commit to.

    ``leaves`` is public (32 bytes a leaf); ``event_ids`` is ours. An event's leaf is found in the
    last bundle that begins at or before the event's own (xact, id).
    """

    number = models.BigIntegerField("序号", primary_key=True)
    first_xact = models.BigIntegerField("首个事务")
    first_event_id = models.BigIntegerField("首个事件")
    event_ids = ArrayField(models.BigIntegerField(), verbose_name="事件")
    leaves = models.BinaryField("叶子")

    class Meta:
        verbose_name = "存证叶子包"
        indexes = [
            models.Index(fields=["first_xact", "first_event_id"], name="leaf_bundle_by_event")
        ]
        triggers = [
            pgtrigger.Protect(name="leaf_bundle_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="leaf_bundle_only_grows",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    if new.number <> old.number or new.first_xact <> old.first_xact
                       or new.first_event_id <> old.first_event_id
                       or length(new.leaves) <= length(old.leaves)
                       or substring(new.leaves for length(old.leaves)) <> old.leaves
                       or new.event_ids[1:cardinality(old.event_ids)] <> old.event_ids
                    then raise exception 'a leaf bundle only grows'; end if;
                    return new;
                """,
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)


class Tile(models.Model):
    """Up to 256 hashes of one level of the Merkle tree (存证哈希块), as tlog-tiles lays them out."""

    pk = models.CompositePrimaryKey("level", "number")
    level = models.SmallIntegerField("层")
    number = models.BigIntegerField("序号")
    hashes = models.BinaryField("哈希")

    class Meta:
        verbose_name = "存证哈希块"
        triggers = [
            pgtrigger.Protect(name="tile_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="tile_only_grows",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    if new.level <> old.level or new.number <> old.number
                       or length(new.hashes) <= length(old.hashes)
                       or substring(new.hashes for length(old.hashes)) <> old.hashes
                    then raise exception 'a tile only grows'; end if;
                    return new;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level}/{self.number}"


class Checkpoint(models.Model):
    """The signed head of the evidence log at one size (存证检查点): a C2SP tlog-checkpoint."""

    size = models.BigIntegerField("叶子数", primary_key=True)
    root = models.BinaryField("根哈希", max_length=32)
    signed_at = models.DateTimeField("签署时间")
    note = models.TextField("签名文本")

    class Meta:
        verbose_name = "存证检查点"
        triggers = [
            pgtrigger.Protect(
                name="checkpoint_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return str(self.size)


class Heartbeat(models.Model):
    """A sign of life of one process of ours (运行心跳), written every few seconds; nothing else."""

    process = models.CharField("进程", max_length=120, primary_key=True)
    started_at = models.DateTimeField("启动时间")
    seen_at = models.DateTimeField("最近心跳")
    # For each tick: when it ran last, and how often it failed since it last succeeded.
    ticks = models.JSONField("定时任务", default=dict)

    class Meta:
        verbose_name = "运行心跳"

    def __str__(self) -> str:
        return self.process


class Verification(models.Model):
    """One run over the whole evidence log that somebody asked for (存证核验), and how far it is."""

    requested_by = models.CharField("发起人", max_length=64)
    requested_at = models.DateTimeField("发起时间")
    done = models.BigIntegerField("已核验", default=0)
    size = models.BigIntegerField("叶子数", default=0)
    checkpoints = models.BigIntegerField("检查点数", default=0)
    finished_at = models.DateTimeField("完成时间", null=True)
    problem = models.CharField("发现的问题", max_length=400, blank=True, default="")
    event_id = models.BigIntegerField("有问题的事件", null=True)

    class Meta:
        verbose_name = "存证核验"

    def __str__(self) -> str:
        return f"verification:{self.pk}"
