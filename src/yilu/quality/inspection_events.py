"""What inspecting says happened: ids, codes, counts and scores; never a word somebody said."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("quality.book_drafted", "编制质检规范")
class BookDrafted:
    """A plan, a form or the list of phrases is to change; nothing has yet."""

    book: str
    version: int
    revision: int


@fact("quality.book_discarded", "放弃质检规范草稿")
class BookDiscarded:
    """A draft was given up."""

    book: str
    version: int


@fact("quality.book_approved", "批准质检规范")
class BookApproved:
    """A second person approved a version; it counts from a day on."""

    book: str
    version: int
    since: str


@fact("quality.lot_drawn", "抽取质检批次")
class LotDrawn:
    """An office's week was drawn from; with the seed anybody can draw it again."""

    what: str
    week: str
    office_id: int
    served: int
    drawn: int
    seed: str


@fact("quality.inspection_drawn", "抽中质检")
class InspectionDrawn:
    """A service is to be looked at; its clock runs."""

    what: str
    staff_id: int
    office_id: int
    because: str


@fact("quality.inspection_scored", "质检评分")
class InspectionScored:
    """A service was scored; the person may still object."""

    what: str
    staff_id: int
    office_id: int
    score: int
    fatal: bool
    passed: bool


@fact("quality.inspection_voided", "质检作废")
class InspectionVoided:
    """What was drawn cannot be scored, with a reason."""

    what: str
    staff_id: int
    office_id: int


@fact("quality.inspection_appealed", "质检申诉")
class InspectionAppealed:
    """The person objects; somebody else looks."""

    staff_id: int
    office_id: int


@fact("quality.appeal_decided", "质检申诉复核")
class AppealDecided:
    """A second inspector upheld the score or changed it."""

    staff_id: int
    office_id: int
    changed: bool
    before: int
    score: int


@fact("quality.inspection_final", "质检定稿")
class InspectionFinal:
    """The score stands; what counts for people and offices."""

    what: str
    staff_id: int
    office_id: int
    score: int
    fatal: bool
    passed: bool
    appealed: bool


@fact("quality.record_doubted", "记录与对话不符待核")
class RecordDoubted:
    """A conversation reads like a complaint and was recorded as something else."""

    office_id: int


@fact("quality.record_judged", "核定是否投诉")
class RecordJudged:
    """A person decided whether it was a complaint; ``complaint_id`` 0: it was none."""

    office_id: int
    complaint_id: int


@fact("quality.recovery_opened", "发起服务补救")
class RecoveryOpened:
    """A customer is to be told and helped where our service was not good."""

    origin: str
    office_id: int
    owner_id: int


@fact("quality.recovery_tried", "补救联系客户")
class RecoveryTried:
    """The customer was called or written to."""

    channel: str
    reached: bool


@fact("quality.recovery_closed", "服务补救办结")
class RecoveryClosed:
    """The loop is closed, with what came of it."""

    outcome: str
    office_id: int
    complaint_id: int


@fact("quality.audit_begun", "开始服务检查")
class AuditBegun:
    """Somebody looks at an office by a standard's list."""

    kind: str
    touchpoint: str
    office_id: int


@fact("quality.audit_done", "服务检查完成")
class AuditDone:
    """The list is filled in; each failed line has an owner and a day."""

    kind: str
    touchpoint: str
    office_id: int
    kept: int
    failed: int
    score: int


@fact("quality.audit_imported", "导入第三方评测")
class AuditImported:
    """A third party's file was read; what could not be loaded is reported line by line."""

    file_id: int
    loaded: int
    bad: int


@fact("quality.correction_asked", "要求整改")
class CorrectionAsked:
    """Something is to be put right by a day."""

    audit_id: int
    office_id: int
    owner_id: int
    due_on: str


@fact("quality.owner_changed", "整改或补救换责任人")
class OwnerChanged:
    """Its owner left, or may no longer act there: somebody else owns the correction or the recovery."""

    from_staff_id: int
    to_staff_id: int
    office_id: int


@fact("quality.corrected", "提交整改")
class Corrected:
    """The owner says with evidence that it is put right."""

    audit_id: int
    office_id: int


@fact("quality.correction_confirmed", "整改确认")
class CorrectionConfirmed:
    """Somebody else looked: it is put right, or goes back."""

    audit_id: int
    office_id: int
    confirmed: bool
    late: bool


@fact("quality.checklist_done", "核对清单完成")
class ChecklistDone:
    """Every line of a standard's checklist was kept to for a case."""

    touchpoint: str
    version: int
