"""What documents says happened."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("documents.file_received", "收到文件")
class FileReceived:
    """A file was handed in and stored."""

    upload_id: int
    subject: str
    kind: str
    sha256: str


@fact("documents.document_recognised", "文件识别完成")
class DocumentRecognised:
    """A file was read: settled says whether every field it must have is witnessed."""

    upload_id: int
    subject: str
    kind: str
    settled: bool
    source: str  # XML, OFD, PDF, QR, OCR, FEED, NONE


@fact("documents.field_corrected", "识别结果人工更正")
class FieldCorrected:
    """A member of staff corrected what the machine read."""

    upload_id: int
    subject: str
    field: str


@fact("documents.document_settled", "文件字段已全部确认")
class DocumentSettled:
    """A person confirmed what was read: every required field now stands."""

    upload_id: int
    subject: str
    kind: str


@fact("documents.duplicate_invoice_refused", "发票重复，不予受理")
class DuplicateInvoiceRefused:
    """The same invoice was claimed before."""

    upload_id: int
    subject: str
    first_subject: str
    witness: str  # BUSINESS_KEY, SAME_FILE, LOOK_ALIKE


@fact("documents.document_refused", "文件不能使用")
class DocumentRefused:
    """A person found a file to be of no use: blurred, cut off, something else than it is said to be."""

    upload_id: int
    subject: str
    kind: str
    reason: str  # UNUSABLE


@fact("documents.invoice_fed", "医疗机构直传发票")
class InvoiceFed:
    """A provider's system sent an invoice as data: it stands at once."""

    upload_id: int
    subject: str
    provider_id: int


@fact("documents.invoice_verified", "票据查验完成")
class InvoiceVerified:
    """The registry answered about an invoice (五要素查验)."""

    upload_id: int
    subject: str
    status: str  # VALID, NOT_FOUND, MISMATCH, REVERSED, EXCHANGED, UNAVAILABLE


@fact("documents.documents_released", "资料已退出赔案")
class DocumentsReleased:
    """The uploads of a subject no longer count: their invoices may be handed in again."""

    uploads: int
    reason: str


@fact("documents.upload_link_made", "已发出上传链接")
class UploadLinkMade:
    """A signed upload link was made for a customer."""

    link_id: int
    items: tuple[str, ...]
    expires_at: str


@fact("documents.field_shown", "查看识别出的完整号码")
class FieldShown:
    """A member of staff opened a sealed value, with a reason."""

    upload_id: int
    field: str
    reason: str
