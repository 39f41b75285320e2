"""Every write of the documents room; one file a use case."""

from yilu.documents.operations.feed import InvoiceFeedMalformed, accept_invoice_feed
from yilu.documents.operations.intake import TooManyFiles, UnknownKind, store_upload, take_in

__all__ = [
    "InvoiceFeedMalformed",
    "TooManyFiles",
    "UnknownKind",
    "accept_invoice_feed",
    "store_upload",
    "take_in",
]
