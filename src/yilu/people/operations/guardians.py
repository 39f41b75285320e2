"""Who acts for a minor, or for a grown-up who cannot act (监护); and who is said to have died."""

from __future__ import annotations

from datetime import date, datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import events
from yilu.people.models import Guardianship, Party
from yilu.people.operations import rows
from yilu.people.rules.particulars import age_on
from yilu.people.rules.sign_in import SIGN_IN_AGE


class BadGuardian(Invalid):
    """Nobody is their own guardian, and a minor is nobody's."""

    code = "bad_guardian"
    message = _("监护人信息有误")
    hint = _("监护人应为成年人，且不是被监护人本人。")


@tx.step
def name_guardian(*, ward_id: int, guardian_id: int, ground: str, actor: Ref, at: datetime) -> None:
    """
    Note who acts for somebody (登记监护人), after a person looked at the proof. Twice is once.

    :raises BadGuardian: the same person, a minor, an unknown ground, or nobody.
    """
    both = {
        p.pk: p
        for p in Party.objects.filter(
            pk__in=[ward_id, guardian_id], merged_into=None, erased_at=None, kind="PERSON"
        )
    }
    guardian = both.get(guardian_id)
    if len(both) < 2 or guardian is None or ground not in Guardianship.Ground.values:
        raise BadGuardian
    if guardian.birth_date is None or age_on(guardian.birth_date, day_of(at)) < SIGN_IN_AGE:
        raise BadGuardian(_("监护人应为成年人"))
    made = rows.add(
        Guardianship, ward_id=ward_id, guardian_id=guardian_id, ground=ground, since=day_of(at)
    )
    if made is not None:
        journal.record(
            events.GuardianNamed(ward_id=ward_id, guardian_id=guardian_id, ground=ground),
            about=Ref("party", ward_id), actor=actor, at=at, party=ward_id,
        )  # fmt: skip


@tx.step
def end_guardianship(*, ward_id: int, guardian_id: int, actor: Ref, at: datetime) -> bool:
    """Somebody acts no more for somebody (监护终止); whether they did."""
    ended = Guardianship.objects.filter(
        ward_id=ward_id, guardian_id=guardian_id, until__isnull=True
    ).update(until=day_of(at))
    if ended:
        journal.record(
            events.GuardianshipEnded(ward_id=ward_id, guardian_id=guardian_id),
            about=Ref("party", ward_id), actor=actor, at=at, party=ward_id,
        )  # fmt: skip
    return bool(ended)


@tx.step
def note_death(*, party_id: int, died_on: date, about: Ref, at: datetime) -> None:
    """Somebody is said to have died (身故信息): the first word stands. Twice is once."""
    tx.changed(
        """
        insert into people_decease (party_id, died_on, about, noted_at)
        values (%s::bigint, %s::date, %s, %s::timestamptz) on conflict do nothing
        """,
        [party_id, died_on, str(about), at],
    )


@tx.step
def forget_death(*, about: Ref) -> None:
    """Whoever said so took it back."""
    tx.changed("delete from people_decease where about = %s", [str(about)])
