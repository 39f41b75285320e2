"""What doors and higher rooms may know about files and invoices; one file a subject."""

from yilu.documents.models import FILE_KINDS, REGISTRY_STATES
from yilu.documents.queries.accuracy import (
    AccuracyRow,
    Counts,
    Misreading,
    Span,
    accuracy_reach,
    accuracy_trend,
    misreadings,
    recognition_accuracy,
    total_of,
)
from yilu.documents.queries.fields import FieldView, fields, open_field
from yilu.documents.queries.links import (
    LINK_SALT,
    LinkView,
    UploadLinkNotValid,
    list_upload_links,
    read_upload_link,
)
from yilu.documents.queries.previews import PreviewUnavailable, preview
from yilu.documents.queries.uploads import (
    InvoiceView,
    UploadNotFound,
    UploadView,
    get_invoice,
    get_upload,
    invoices_for,
    list_uploads,
    open_file,
    payer_as_data,
)
from yilu.documents.rules.invoices import CATEGORIES as LINE_CATEGORIES
from yilu.documents.rules.labels import label_of
from yilu.documents.rules.summing import SETTLED_DAYS, Reach

__all__ = [
    "FILE_KINDS",
    "LINE_CATEGORIES",
    "LINK_SALT",
    "REGISTRY_STATES",
    "SETTLED_DAYS",
    "AccuracyRow",
    "Counts",
    "FieldView",
    "InvoiceView",
    "LinkView",
    "Misreading",
    "PreviewUnavailable",
    "Reach",
    "Span",
    "UploadLinkNotValid",
    "UploadNotFound",
    "UploadView",
    "accuracy_reach",
    "accuracy_trend",
    "fields",
    "get_invoice",
    "get_upload",
    "invoices_for",
    "label_of",
    "list_upload_links",
    "list_uploads",
    "misreadings",
    "open_field",
    "open_file",
    "payer_as_data",
    "preview",
    "read_upload_link",
    "recognition_accuracy",
    "total_of",
]
