"""Every change of disaster mode, one file a use case."""

from yilu.catastrophe.spreadsheets import UnreadableList

from .caring import (
    DeadNotReached,
    UnknownContact,
    note_paid,
    open_claims,
    practise_payment,
    record_contact,
    report_myself,
)
from .confirming import confirm_row, reject_row, see_row
from .declaring import NewEvent, close_event, declare_event
from .importing import (
    STAGED_AT_ONCE,
    begin_matching,
    begin_staging,
    import_list,
    match_some,
    refuse_list,
    stage_rows,
)
from .measuring import assign_measure, carry_out, switch_measure
from .on_site import Seen, report_on_site
from .refusals import (
    AffectedNotFound,
    BadEvent,
    CustomerTaken,
    DecidedAlready,
    EventNotFound,
    EventOver,
    ListKnownAlready,
    NoReport,
    NotACandidate,
    NotAMeasure,
    NothingToOpen,
    OnlyInDrill,
    ReasonForDoubt,
    RowNotFound,
)
from .reporting import ask_report, keep_report
from .resealing import reseal_batch

__all__ = [
    "STAGED_AT_ONCE",
    "AffectedNotFound",
    "BadEvent",
    "CustomerTaken",
    "DeadNotReached",
    "DecidedAlready",
    "EventNotFound",
    "EventOver",
    "ListKnownAlready",
    "NewEvent",
    "NoReport",
    "NotACandidate",
    "NotAMeasure",
    "NothingToOpen",
    "OnlyInDrill",
    "ReasonForDoubt",
    "RowNotFound",
    "Seen",
    "UnknownContact",
    "UnreadableList",
    "ask_report",
    "assign_measure",
    "begin_matching",
    "begin_staging",
    "carry_out",
    "close_event",
    "confirm_row",
    "declare_event",
    "import_list",
    "keep_report",
    "match_some",
    "note_paid",
    "open_claims",
    "practise_payment",
    "record_contact",
    "refuse_list",
    "reject_row",
    "report_myself",
    "report_on_site",
    "reseal_batch",
    "see_row",
    "stage_rows",
    "switch_measure",
]
