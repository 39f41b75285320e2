"""What underwriting keeps: needs, applications, what was shown, signed and decided."""

from .application import Application, Needs
from .decision import Decision
from .family import FamilyApplication
from .proof import NoticeConfirmation, Recording, Signature
from .proposed import ProposedOpinion
from .talk import Talk

__all__ = [
    "Application",
    "Decision",
    "FamilyApplication",
    "Needs",
    "NoticeConfirmation",
    "ProposedOpinion",
    "Recording",
    "Signature",
    "Talk",
]
