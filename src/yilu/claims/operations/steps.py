"""The steps that reactions and other use cases of claims take; doors call the use cases."""

from .asking import ask_for_repayment, thank_for_repayment
from .assess import assess
from .consent import go_on_by_hand
from .consultants import accompany
from .desks.leaving import pass_on
from .ending import close_declined_claim
from .hand_in import take_over
from .holding import hold
from .identified import ask_for_original, pay_identified
from .look_closer import compare_diagnoses
from .naming import look_for_advance
from .papers_changed import go_on_with_answer, go_on_with_correction, go_on_without
from .payout import close_paid_claim, hold_unclear, return_payout
from .records import ask_for_records
from .report import take_report
from .scene import write_opinion
from .supplement import notice_arrived
from .waiting import file_what_waited

__all__ = [
    "accompany",
    "ask_for_original",
    "ask_for_records",
    "ask_for_repayment",
    "assess",
    "close_declined_claim",
    "close_paid_claim",
    "compare_diagnoses",
    "file_what_waited",
    "go_on_by_hand",
    "go_on_with_answer",
    "go_on_with_correction",
    "go_on_without",
    "hold",
    "hold_unclear",
    "look_for_advance",
    "notice_arrived",
    "pass_on",
    "pay_identified",
    "return_payout",
    "take_over",
    "take_report",
    "thank_for_repayment",
    "write_opinion",
]
