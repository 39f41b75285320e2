"""What audit says happened."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("audit.money_audited", "金额稽核完成")
class MoneyAudited:
    """Every claim with money was recomputed; how many differ."""

    claims: int
    amount: str
    differences: int


@fact("audit.policies_audited", "保单账务稽核完成")
class PoliciesAudited:
    """The books of every policy were held against each other; how many differences there are."""

    policies: int
    amount: str
    differences: int


@fact("audit.recordings_read", "录音录像全量读取结束")
class RecordingsRead:
    """Every file of the recordings asked for was read, or of as many as were until it was stopped."""

    recordings: int
    files: int
    differences: int
    whole: bool


@fact("audit.money_difference_found", "金额稽核发现差异")
class MoneyDifferenceFound:
    """A figure of a claim or a policy is not what the terms and the records come to."""

    subject: str
    difference: str
    expected: str
    actual: str


@fact("audit.money_difference_explained", "金额差异已说明")
class MoneyDifferenceExplained:
    """A person found out why."""

    subject: str
    difference: str
