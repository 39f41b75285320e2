"""Every write of the documents room; one file a use case."""

from yilu.documents.operations.correcting import (
    DocumentChanged,
    DocumentNotOpen,
    DocumentUnknown,
    FieldMalformed,
    InvoiceAlreadyClaimed,
    LinesDoNotAddUp,
    NotForCustomers,
    RequiredFieldMissing,
    UnknownField,
    confirm_document,
    correct_field,
    correct_lines,
    refuse_document,
    show_field,
)
from yilu.documents.operations.feed import InvoiceFeedMalformed, accept_invoice_feed
from yilu.documents.operations.intake import TooManyFiles, UnknownKind, store_upload, take_in
from yilu.documents.operations.invoicing import Answered, ToVerify, elements_to_verify
from yilu.documents.operations.linking import (
    LinkWithoutItems,
    NotAskedFor,
    hand_in_through_link,
    make_upload_link,
    withdraw_upload_links,
)
from yilu.documents.operations.receipt import ON_PAPER, BadReceiptDay, Receipt, came_by_letter
from yilu.documents.operations.receipt import checked as checked_receipt
from yilu.documents.operations.recognising import (
    ATTEMPTS_MAX,
    defer_forgotten,
    record_reading,
    start_reading,
)
from yilu.documents.operations.releasing import move_documents, release_documents
from yilu.documents.operations.resealing import reseal_batch
from yilu.documents.operations.summing import sum_readings
from yilu.documents.operations.verifying import (
    ask_registry_again,
    lease_for_verification,
    record_registry_answer,
)

__all__ = [
    "ATTEMPTS_MAX",
    "ON_PAPER",
    "Answered",
    "BadReceiptDay",
    "DocumentChanged",
    "DocumentNotOpen",
    "DocumentUnknown",
    "FieldMalformed",
    "InvoiceAlreadyClaimed",
    "InvoiceFeedMalformed",
    "LinesDoNotAddUp",
    "LinkWithoutItems",
    "NotAskedFor",
    "NotForCustomers",
    "Receipt",
    "RequiredFieldMissing",
    "ToVerify",
    "TooManyFiles",
    "UnknownField",
    "UnknownKind",
    "accept_invoice_feed",
    "ask_registry_again",
    "came_by_letter",
    "checked_receipt",
    "confirm_document",
    "correct_field",
    "correct_lines",
    "defer_forgotten",
    "elements_to_verify",
    "hand_in_through_link",
    "lease_for_verification",
    "make_upload_link",
    "move_documents",
    "record_reading",
    "record_registry_answer",
    "refuse_document",
    "release_documents",
    "reseal_batch",
    "show_field",
    "start_reading",
    "store_upload",
    "sum_readings",
    "take_in",
    "withdraw_upload_links",
]
