"""Courses in versions, who takes them until when, and classes that meet."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from yilu.quality.models.written import Written


class CourseVersion(Written):
    """
    One version of a course, as TOML (培训课程).

    A draft is rewritten; an approved text never is. Whoever began a version finishes that one.
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", "草稿"
        APPROVED = "APPROVED", "已批准"

    course = models.CharField("课程", max_length=30)
    state = models.CharField("状态", max_length=8, choices=State, default=State.DRAFT)
    text = models.TextField("内容")

    class Meta:
        verbose_name = "培训课程"
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="course_numbered"),
            models.UniqueConstraint(
                fields=["course"], condition=Q(state="DRAFT"), name="course_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(state="DRAFT") | Q(approved_at__isnull=False), name="course_approved_at"
            ),
            models.CheckConstraint(
                condition=Q(approver="") | Q(approver="system:0") | ~Q(approver=F("author")),
                name="course_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course} {self.number}"


class Enrolment(models.Model):
    """
    A course somebody takes until a day (学习任务).

    ``done`` names the chapters read and checked; ``number`` counts how often it came round. One is open
    at a time; it ends completed, or because the person left or no longer needs it.
    """

    class Why(models.TextChoices):
        ROLE = "ROLE", "岗位要求"
        AGAIN = "AGAIN", "定期复训"
        OWN = "OWN", "自己报名"
        LEAD = "LEAD", "主管安排"

    course = models.CharField("课程", max_length=30)
    version = models.ForeignKey(CourseVersion, models.PROTECT, related_name="+", db_index=False)
    staff = models.ForeignKey("people.Staff", models.PROTECT, related_name="+", db_index=False)
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveSmallIntegerField("第几次", default=1)
    why = models.CharField("来由", max_length=5, choices=Why)
    assigned_at = models.DateTimeField("安排时间")
    due_on = models.DateField("最晚完成日")
    done = ArrayField(models.CharField(max_length=30), verbose_name="完成的章节", default=list)
    begun_at = models.DateTimeField("开始时间", null=True)
    reminded_at = models.DateTimeField("提醒时间", null=True)
    completed_at = models.DateTimeField("完成时间", null=True)
    dropped_at = models.DateTimeField("取消时间", null=True)

    class Meta:
        verbose_name = "学习任务"
        constraints = [
            models.UniqueConstraint(fields=["staff", "course", "number"], name="enrolment_numbered"),
            models.UniqueConstraint(
                fields=["staff", "course"], condition=Q(completed_at=None, dropped_at=None),
                name="enrolment_one_open",
            ),
            models.CheckConstraint(
                condition=Q(completed_at=None) | Q(dropped_at=None), name="enrolment_one_end"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["office", "due_on"], name="enrolment_by_office"),
            models.Index(
                fields=["due_on"], condition=Q(completed_at=None, dropped_at=None), name="enrolment_open_due"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.staff_id} {self.course}"


class TrainingClass(models.Model):
    """One batch that meets in a place, with a trainer who signs off who was there (实训班)."""

    class State(models.TextChoices):
        PLANNED = "PLANNED", "待开班"
        HELD = "HELD", "已签到"
        CANCELLED = "CANCELLED", "已取消"

    title = models.CharField("名称", max_length=60)
    course = models.CharField("课程", max_length=30, blank=True, default="")
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    trainer = models.ForeignKey("people.Staff", models.PROTECT, related_name="+", db_index=False)
    place = models.CharField("地点", max_length=60)
    starts_at = models.DateTimeField("开始时间")
    ends_at = models.DateTimeField("结束时间")
    seats = models.PositiveSmallIntegerField("名额")
    state = models.CharField("状态", max_length=9, choices=State, default=State.PLANNED)
    signed_by = models.CharField("签到确认人", max_length=64, blank=True, default="")
    signed_at = models.DateTimeField("签到确认时间", null=True)

    class Meta:
        verbose_name = "实训班"
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="class_lasts"),
            models.CheckConstraint(
                condition=~Q(state="HELD") | Q(signed_at__isnull=False), name="class_held_signed"
            ),
        ]
        indexes = [models.Index(fields=["office", "-starts_at"], name="class_by_office")]

    def __str__(self) -> str:
        return self.title


class ClassSeat(models.Model):
    """Somebody's place in a class, and whether they came (实训签到)."""

    training = models.ForeignKey(
        TrainingClass, models.PROTECT, related_name="places", verbose_name="实训班", db_index=False
    )
    staff = models.ForeignKey("people.Staff", models.PROTECT, related_name="+", db_index=False)
    put_at = models.DateTimeField("报名时间")
    came = models.BooleanField("到场", null=True)

    class Meta:
        verbose_name = "实训签到"
        constraints = [
            models.UniqueConstraint(fields=["training", "staff"], name="class_seat_once")
        ]
        indexes = [models.Index(fields=["staff", "-put_at"], name="class_seat_by_staff")]

    def __str__(self) -> str:
        return f"{self.training_id} {self.staff_id}"
