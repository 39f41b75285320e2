"""What screens and the public page may know about letters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from yilu.journal import queries as journal
from yilu.kernel.refs import Ref
from yilu.letters import rules, storage
from yilu.letters.models import IssuedLetter
from yilu.letters.operations import LetterNotFound, LetterNotReady, may_make_again
from yilu.people.queries import Access

ISSUED = "letters.letter_issued"


@dataclass(frozen=True, slots=True)
class LetterView:
    """A letter as lists show it; ``label`` and ``state_label`` are Chinese."""

    id: int
    kind: str
    label: str
    about: str
    party_id: int
    number: str
    code: str
    state: str
    state_label: str
    problem: str
    pages: int
    size: int
    sha256: str
    requested_at: datetime
    issued_at: datetime | None
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenedLetter:
    """The file of a letter."""

    content: bytes
    filename: str
    sha256: str


@dataclass(frozen=True, slots=True)
class PublicProof:
    """What anybody who holds a letter may learn about it: no person, no amount, no claim."""

    kind: str
    label: str
    insurer: str
    issued_at: datetime
    sha256: str
    event_id: int | None


def list_letters(about: Ref) -> tuple[LetterView, ...]:
    """Every letter about a subject, oldest first. The asker's right to the subject is the caller's."""
    return tuple(
        _view(letter) for letter in IssuedLetter.objects.filter(about=str(about)).order_by("id")
    )


def written_to(
    party_id: int, *, before: int | None = None, limit: int = 30
) -> tuple[LetterView, ...]:
    """The letters to a person about whatever it may be, newest first; ``before``: only older ones than this."""
    found = IssuedLetter.objects.filter(party_id=party_id).order_by("-id")
    if before is not None:
        found = found.filter(pk__lt=before)
    return tuple(_view(letter) for letter in found[:limit])


def latest_of_contract(party_id: int, kind: str, policy_number: str) -> LetterView | None:
    """The newest letter of this kind to a person that names this contract, whatever case it was written in."""
    found = IssuedLetter.objects.filter(
        party_id=party_id, kind=kind, facts__policy=policy_number
    ).order_by("-id")
    letter = found.first()
    return _view(letter) if letter is not None else None


def find_letter(letter_id: int) -> LetterView | None:
    """One letter, with its subject and addressee: the door checks with them who may open it."""
    letter = IssuedLetter.objects.filter(pk=letter_id).first()
    return _view(letter) if letter is not None else None


def find_failed(letter_id: int, access: Access) -> LetterView | None:
    """A letter that could not be made, for whoever may have it made again; None to everybody else."""
    letter = IssuedLetter.objects.filter(pk=letter_id).first()
    if letter is None or letter.state != IssuedLetter.State.FAILED:
        return None
    return _view(letter) if may_make_again(letter, access) else None


def open_letter(letter_id: int) -> OpenedLetter:
    """
    The file of a letter, for somebody the door has let in.

    :raises LetterNotFound: if there is none. :raises LetterNotReady: while it is being made.
    """
    letter = IssuedLetter.objects.filter(pk=letter_id).first()
    if letter is None:
        raise LetterNotFound
    if letter.state != IssuedLetter.State.ISSUED:
        raise LetterNotReady
    return OpenedLetter(
        storage.drawer.get(letter.storage_key),
        f"{letter.get_kind_display()}-{letter.number}.pdf",
        letter.sha256 or "",
    )


def find_by_sha256(hexdigest: str) -> PublicProof | None:
    """What we issued with exactly this content, if anything: for the public page."""
    wanted = hexdigest.strip().lower()
    if not re.fullmatch(r"[0-9a-f]{64}", wanted):
        return None
    return _proof(IssuedLetter.objects.filter(sha256=wanted, state="ISSUED").first())


def find_by_code(code: str) -> PublicProof | None:
    """What we issued under the code printed on it, spaces and dashes aside: for the public page."""
    tidy = rules.tidy_code(code)
    if not tidy:
        return None
    return _proof(IssuedLetter.objects.filter(code=tidy, state="ISSUED").first())


def _proof(letter: IssuedLetter | None) -> PublicProof | None:
    if letter is None or letter.issued_at is None:
        return None
    events = journal.timeline(letter.ref)
    event_id = next((event.id for event in events if event.kind == ISSUED), None)
    return PublicProof(
        kind=letter.kind,
        label=letter.get_kind_display(),
        insurer=settings.INSURER_NAME,
        issued_at=letter.issued_at,
        sha256=letter.sha256 or "",
        event_id=event_id,
    )


def _view(letter: IssuedLetter) -> LetterView:
    return LetterView(
        id=letter.pk,
        kind=letter.kind,
        label=letter.get_kind_display(),
        about=letter.about,
        party_id=letter.party_id,
        number=letter.number,
        code=rules.grouped(letter.code),
        state=letter.state,
        state_label=letter.get_state_display(),
        problem=letter.problem,
        pages=letter.pages,
        size=letter.size,
        sha256=letter.sha256 or "",
        requested_at=letter.requested_at,
        issued_at=letter.issued_at,
        delivered_at=letter.delivered_at,
    )
