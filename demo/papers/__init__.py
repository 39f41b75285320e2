"""
Invoices and certificates of our own making, for the demo, the tests and the newcomer.

Everybody and everything on them is invented and they say so (样张). The shapes are the published
ones: 财政医疗电子票据 and 数电票 as XML, OFD and PDF, photos of them, diagnosis certificates and
discharge summaries, an identity card and a bank card. What is made from the same seed is the same.

``python -m demo.papers build/papers`` writes one of each.
"""

from .bills import HOSPITALS, Bill, Line, make_bill, qr_text
from .ofd import ofd
from .pdf import DIAGNOSES, NoFont, diagnosis_pdf, discharge_pdf, pdf
from .pictures import Snapshot, bank_card, identity_card, photo
from .xml import digital_xml, fiscal_xml, xml

__all__ = [
    "DIAGNOSES",
    "HOSPITALS",
    "Bill",
    "Line",
    "NoFont",
    "Snapshot",
    "bank_card",
    "diagnosis_pdf",
    "digital_xml",
    "discharge_pdf",
    "fiscal_xml",
    "identity_card",
    "make_bill",
    "ofd",
    "pdf",
    "photo",
    "qr_text",
    "xml",
]
