"""Every change of disaster mode, one file a use case."""

from yilu.catastrophe.spreadsheets import UnreadableList

from .caring import (
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
from .refusals import (
    AffectedNotFound,
    BadEvent,
    CustomerTaken,
    DecidedAlready,
    EventNotFound,
    EventOver,
    ListKnownAlready,
    NotACandidate,
    NothingToOpen,
    OnlyInDrill,
    ReasonForDoubt,
    RowNotFound,
)
from .resealing import reseal_batch

__all__ = [
    "STAGED_AT_ONCE",
    "AffectedNotFound",
    "BadEvent",
    "CustomerTaken",
    "DecidedAlready",
    "EventNotFound",
    "EventOver",
    "ListKnownAlready",
    "NewEvent",
    "NotACandidate",
    "NothingToOpen",
    "OnlyInDrill",
    "ReasonForDoubt",
    "RowNotFound",
    "UnknownContact",
    "UnreadableList",
    "begin_matching",
    "begin_staging",
    "close_event",
    "confirm_row",
    "declare_event",
    "import_list",
    "match_some",
    "note_paid",
    "open_claims",
    "practise_payment",
    "record_contact",
    "refuse_list",
    "reject_row",
    "report_myself",
    "reseal_batch",
    "see_row",
    "stage_rows",
]
