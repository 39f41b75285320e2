"""What a complaint's form needs at every door: what it may be about, and who then steps aside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import QueryDict
from django.utils.translation import gettext as _

from yilu.claims import queries as claims
from yilu.complaints.operations import BadComplaint, Told
from yilu.journal import queries as journal
from yilu.kernel.refs import Ref
from yilu.policies import queries as policies
from yilu.servicing import queries as servicing
from yilu.web.common.numbers import whole

DECIDING = ("decided", "approved", "declined", "refused", "offered")
"""How events are called in which somebody decided: they do not judge the complaint about it (17)."""
SUBJECTS_MAX = 12
_BUSINESS = {
    "claim": "CLAIMS", "servicing_request": "SERVICING", "MISLED": "SALES", "REFUSED": "CLAIMS",
    "AGAIN": "CLAIMS", "ATTITUDE": "CONTACT", "UNREACHABLE": "CONTACT", "PRIVACY": "PRIVACY",
}  # fmt: skip
"""The part of the business that a thing, or else a reason, belongs to where nobody said another."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Something of the customer's that a complaint may be about."""

    value: str
    label: str
    number: str


def subjects(party_id: int) -> tuple[Subject, ...]:
    """What the customer has with us, the latest first: they need not type a number."""
    found = [
        Subject(f"claim:{c.id}", f"{_('赔案')} {c.number}", c.number)
        for c in claims.list_for_party(party_id)[:SUBJECTS_MAX]
    ]
    found += [
        Subject(f"policy:{p.id}", f"{_(p.product_name)} {p.number}", p.number)
        for p in policies.list_for_party(party_id)[:SUBJECTS_MAX]
    ]
    found += [
        Subject(f"servicing_request:{r.id}", f"{_(r.name)} {r.number}", str(r.number))
        for r in servicing.list_for_customer(party_id, limit=SUBJECTS_MAX)
    ]
    return tuple(found)


def concerned(about: Ref) -> tuple[int, ...]:
    """The colleagues who decided about a thing, from the journal."""
    return tuple(
        sorted(
            {
                event.actor.id
                for event in journal.timeline(about)
                if event.actor.kind == "staff" and any(word in event.kind for word in DECIDING)
            }
        )
    )


def _business(about: Ref | None, reason: str) -> str:
    by_thing = _BUSINESS.get(about.kind) if about else None
    return by_thing or _BUSINESS.get(reason, "OTHER")


def _day(text: str) -> date | None:
    """A day of a form, None where it is left empty. :raises BadComplaint: if it is none."""
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise BadComplaint(_("收到日填写有误，请从日历中选择")) from None


def told_in(given: QueryDict, party_id: int) -> Told:
    """
    A complaint as a form tells it; a thing that is not the customer's is refused.

    :raises BadComplaint: unknown things, or numbers that are none.
    """
    chosen = given.get("about", "")
    subject = next((s for s in subjects(party_id) if s.value == chosen), None)
    if chosen and subject is None:
        raise BadComplaint(_("请从列表中选择涉及的业务"))
    about = Ref.parse(subject.value) if subject else None
    persons = whole(given.get("persons", "1") or "1")
    return Told(
        business=given.get("business", "") or _business(about, given.get("reason", "")),
        reason=given.get("reason", ""),
        words=given.get("words", ""), demand=given.get("demand", ""), about=about,
        about_label=subject.number if subject else "",
        against=concerned(about) if about else (), persons=persons or 0,
        representatives=[n.strip() for n in given.get("representatives", "").split("、") if n.strip()],
        regulator_number=given.get("regulator_number", ""), received_on=_day(given.get("received_on", "")),
    )  # fmt: skip
