"""The maker's side of a letter: take it up, note that it is issued, that it failed, that it arrived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import NotAllowed, NotFound, Refusal
from yilu.kernel.refs import Ref
from yilu.letters import events, rules
from yilu.letters.models import IssuedLetter
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.work import operations as work

LEASE = timedelta(minutes=2)


class LetterNotFound(NotFound):
    """There is no such letter, or it is not the asker's."""

    code = "letter_not_found"
    message = "没有找到这份文书"
    hint = "请在您的理赔或保单页面中打开文书。"


class LetterNotReady(Refusal):
    """Ordered, and being made: it takes a few seconds."""

    code = "letter_not_ready"
    message = "文书正在生成，请稍候"
    hint = "一般几秒钟即可完成，请稍后刷新页面。"


class LetterNotFailed(Refusal):
    """Only a letter that could not be made can be made again."""

    code = "letter_not_failed"
    message = "这份文书没有失败，无需重新制作"


@dataclass(frozen=True, slots=True)
class Due:
    """A letter in the maker's hands."""

    id: int
    kind: str
    number: str
    code: str
    party_id: int
    facts: dict[str, Any]
    requested_at: datetime
    attempts: int


@tx.use_case
def take_due(*, at: datetime) -> Due | None:
    """
    Take up a letter for two minutes: the one that waits longest, those of batches after all others.

    None if none waits.
    """
    taken = tx.rows(
        """
        update letters_issuedletter set leased_until = %(until)s::timestamptz, attempts = attempts + 1
         where id = (select id from letters_issuedletter
                      where state = 'PENDING'
                        and (leased_until is null or leased_until <= %(at)s::timestamptz)
                      order by lane, id limit 1 for update skip locked)
        returning id, kind, number, code, party_id, facts, requested_at, attempts
        """,
        {"at": at, "until": at + LEASE},
    )
    if not taken:
        return None
    id, kind, number, code, party_id, facts, requested_at, attempts = taken[0]
    loaded = orjson.loads(facts) if isinstance(facts, str | bytes) else facts
    return Due(id, kind, number, code, party_id, loaded, requested_at, attempts)


@tx.use_case
def record_issued(
    *, letter_id: int, sha256: str, storage_key: str, size: int, pages: int, at: datetime
) -> bool:
    """
    Note that a letter is there; False if it was already.

    Made twice by two makers it is issued once: who comes first stands, with one LetterIssued event.
    """
    issued = tx.rows(
        """
        update letters_issuedletter
           set state = 'ISSUED', sha256 = %s, storage_key = %s, size = %s::int, pages = %s::int,
               template_version = %s::int, issued_at = %s::timestamptz, leased_until = null, problem = ''
         where id = %s::bigint and state = 'PENDING'
        returning about, kind, party_id, requested_by
        """,
        [sha256, storage_key, size, pages, rules.TEMPLATE_VERSION, at, letter_id],
    )
    if not issued:
        return False
    about, kind, party_id, requested_by = issued[0]
    journal.record(
        events.LetterIssued(letter_id=letter_id, subject=about, kind=kind, sha256=sha256),
        about=Ref("letter", letter_id), actor=Ref.parse(requested_by), at=at, party=party_id,
    )  # fmt: skip
    return True


@tx.use_case
def record_failed(*, letter_id: int, attempts: int, problem: str, at: datetime) -> None:
    """Note that a try failed; after five tries it waits for a person instead."""
    final = attempts >= rules.ATTEMPTS_MAX
    noted = tx.rows(
        """
        update letters_issuedletter
           set state = %s, problem = %s, leased_until = %s::timestamptz
         where id = %s::bigint and state = 'PENDING' and attempts = %s::int
        returning kind, party_id, about
        """,
        [
            "FAILED" if final else "PENDING", problem[:300],
            at + timedelta(seconds=5 * 2**attempts), letter_id, attempts,
        ],
    )  # fmt: skip
    if noted and final:
        kind, party_id, about = noted[0]
        queue, _right = rules.owner_of(about)
        work.open_item(
            queue, about=Ref("letter", letter_id), office_id=people.get_party(party_id).office_id,
            title=f"{IssuedLetter.Kind(kind).label}制作失败", at=at, party_id=party_id,
        )  # fmt: skip


@tx.use_case
def make_again(*, letter_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """
    Have a failed letter made again: whoever decides such cases may, over the addressee's office or where
    they ordered this letter themselves, and an operator.

    :raises LetterNotFound: if there is none. :raises LetterNotFailed: unless it failed.
    :raises NotAllowed: to anybody else.
    """
    letter = IssuedLetter.objects.filter(pk=letter_id).first()
    if letter is None:
        raise LetterNotFound
    if not may_make_again(letter, access):
        raise NotAllowed()
    if not IssuedLetter.objects.filter(pk=letter_id, state="FAILED").update(
        state="PENDING", attempts=0, leased_until=None
    ):
        raise LetterNotFailed
    work.close_items(about=letter.ref, queue=rules.owner_of(letter.about)[0], at=at)


def may_make_again(letter: IssuedLetter, access: Access) -> bool:
    """Whether this person decides such cases at the addressee's office, ordered the letter, or is an operator."""
    _queue, right = rules.owner_of(letter.about)
    if access.may("system.operate"):
        return True
    if letter.requested_by == str(Ref("staff", access.staff_id)):
        return access.may(right)
    return access.may(right, office_id=people.get_party(letter.party_id).office_id)


@tx.use_case
def mark_delivered(*, letter_id: int, proof: str, actor: Ref, at: datetime) -> bool:
    """
    Note that the person has the letter (opened it, signed for it); False if that was known.

    :raises LetterNotFound: if there is none. :raises LetterNotReady: if it is not issued yet.
    """
    delivered = tx.rows(
        """
        update letters_issuedletter set delivered_at = %s::timestamptz, delivery_proof = %s
         where id = %s::bigint and state = 'ISSUED' and delivered_at is null
        returning about, kind, party_id
        """,
        [at, proof[:120], letter_id],
    )
    if not delivered:
        letter = IssuedLetter.objects.filter(pk=letter_id).first()
        if letter is None:
            raise LetterNotFound
        if letter.state != IssuedLetter.State.ISSUED:
            raise LetterNotReady
        return False
    about, kind, party_id = delivered[0]
    journal.record(
        events.LetterDelivered(letter_id=letter_id, subject=about, kind=kind, proof=proof[:120]),
        about=Ref("letter", letter_id), actor=actor, at=at, party=party_id,
    )  # fmt: skip
    return True
