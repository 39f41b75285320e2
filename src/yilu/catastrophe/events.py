"""What disaster mode says happened: ids, codes and counts only."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("catastrophe.event_declared", "宣布重大突发事件")
class EventDeclared:
    """The insurer works by its emergency plan from now on (启动应急预案)."""

    kind: str
    level: str
    office_id: int
    drill: bool
    measures: tuple[str, ...]


@fact("catastrophe.event_closed", "结束重大突发事件")
class EventClosed:
    """The emergency is over; particulars of people who are no customers were erased."""

    drill: bool
    erased: int


@fact("catastrophe.measure_assigned", "指定措施负责人")
class MeasureAssigned:
    """Somebody is to carry a measure out by a time."""

    measure: str
    owner_id: int


@fact("catastrophe.measure_carried_out", "应急措施已落实")
class MeasureCarriedOut:
    """The owner says that a measure works."""

    measure: str
    in_time: bool


@fact("catastrophe.measure_switched", "启用或停用应急措施")
class MeasureSwitched:
    """A measure counts from now on, or no longer."""

    measure: str
    on: bool


@fact("catastrophe.report_asked", "要求生成应急报告")
class ReportAsked:
    """Somebody wants the report of an event or drill as a file."""

    drill: bool


@fact("catastrophe.report_printed", "应急报告已生成")
class ReportPrinted:
    """The report as a file; who has the file can compare its digest."""

    drill: bool
    sha256: str


@fact("catastrophe.list_imported", "导入伤亡名单")
class ListImported:
    """Somebody handed in a list; it is read and matched in the background."""

    list_id: int


@fact("catastrophe.list_refused", "伤亡名单无法读取")
class ListRefused:
    """The file could not be read; the list says why."""

    list_id: int


@fact("catastrophe.list_matched", "伤亡名单已查找客户")
class ListMatched:
    """Every usable line was looked for among all customers."""

    list_id: int
    rows: int
    with_candidates: int
    problems: int


@fact("catastrophe.row_seen", "查看名单行与候选客户")
class RowSeen:
    """A person opened a line beside its candidates."""

    row_id: int
    candidates: int


@fact("catastrophe.customer_confirmed", "确认受影响客户")
class CustomerConfirmed:
    """A person confirmed that a line means this customer, or the customer said so themselves."""

    affected_id: int
    party_id: int
    source: str
    condition: str
    office_id: int
    drill: bool


@fact("catastrophe.row_rejected", "确认不是客户")
class RowRejected:
    """A person said that none of the candidates is meant."""

    row_id: int


@fact("catastrophe.customer_contacted", "联系受影响客户")
class CustomerContacted:
    """Somebody tried to reach the customer or the family."""

    affected_id: int
    outcome: str
    reached: bool


@fact("catastrophe.customer_released", "更正：不是受影响客户")
class CustomerReleased:
    """The contact showed that the line meant somebody else."""

    affected_id: int


@fact("catastrophe.claim_opened", "主动报案")
class ClaimOpened:
    """A claim was opened for an affected customer, or practised in a drill."""

    affected_id: int
    claim_id: int  # 0 in a drill
    claim_type: str
    drill: bool


@fact("catastrophe.claim_paid", "受影响客户赔款到账")
class AffectedPaid:
    """The money of a claim under the event arrived, or was practised."""

    affected_id: int
    claim_id: int
    drill: bool
