"""What letters says happened."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("letters.letter_issued", "文书已出具")
class LetterIssued:
    """A document was issued; anyone can check a copy against this hash."""

    letter_id: int
    subject: str
    kind: str
    sha256: str


@fact("letters.letter_delivered", "文书已送达")
class LetterDelivered:
    """The customer opened it, or signed for it."""

    letter_id: int
    subject: str
    kind: str
    proof: str
