"""What underwriting keeps: needs, applications, what was shown, signed and decided."""

from .application import Application, Needs
from .decision import Decision
from .proof import NoticeConfirmation, Recording, Signature

__all__ = ["Application", "Decision", "Needs", "NoticeConfirmation", "Recording", "Signature"]
