"""What claims says of what waits for a consent or an identity, in the same terms as ``events``."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("claims.report_kept_waiting", "报案先行保留，等客户同意")
class ReportKeptWaiting:
    """A report was kept whole until the insured agrees to the use of health data (待同意报案)."""

    policy_id: int
    claim_type: str
    channel: str
    office_id: int
    first_on: str
    subject_id: int


@fact("claims.payee_identity_awaited", "等待核实收款人身份")
class PayeeIdentityAwaited:
    """Agreed money waits until its payee's identity is checked (反洗钱法 29-31)."""

    party_id: int


@fact("claims.waiting_report_reminded", "提醒客户同意")
class WaitingReportReminded:
    """The customer was reminded of a report that waits for their word."""

    reminder: int


@fact("claims.waiting_report_overdue", "待同意报案转专人决定")
class WaitingReportOverdue:
    """The customer has not answered for so long that a person decides what becomes of the report."""

    office_id: int


@fact("claims.waiting_report_called", "就待同意报案联系客户")
class WaitingReportCalled:
    """Somebody called or visited the customer about it; ``reached``: and spoke with them."""

    how: str  # CALL, NO_ANSWER, VISIT
    reached: bool


@fact("claims.waiting_report_filed", "待同意报案转为正式报案")
class WaitingReportFiled:
    """The report became a claim that counts from its first day."""

    claim_id: int
    basis: str  # CONSENT, PAPER, UNABLE (the insured cannot say), JOINED (the loss had been reported meanwhile)


@fact("claims.waiting_report_stuck", "待同意报案未能自动提交")
class WaitingReportStuck:
    """The customer agreed, but the report was refused: a person sees to it."""

    refusal: str


@fact("claims.waiting_report_refused", "客户不同意待同意报案")
class WaitingReportRefused:
    """The customer does not agree (REFUSED), or never asked anybody to report (DISOWNED)."""

    answer: str
    office_id: int


@fact("claims.waiting_report_ended", "待同意报案结束")
class WaitingReportEnded:
    """It was taken back by whoever reported, or a person ended it; the loss may be reported again."""

    by_reporter: bool
