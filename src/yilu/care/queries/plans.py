"""What the form of a mediation plan asks for, and what of it the case knows already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from yilu.care.models import Mediation, ThirdParty
from yilu.care.operations.refusals import MediationNotFound
from yilu.care.plan_book import plan_book
from yilu.care.rules import plans as rules
from yilu.care.rules.plans import ASKED, DOUBTS, Answer, Material, PlanKind, Rule, Standard
from yilu.claims import queries as claims
from yilu.documents import queries as documents
from yilu.kernel import masks
from yilu.kernel.money import ZERO
from yilu.kernel.words import marked as _
from yilu.people.queries import Access, age_on

FREELY = _("逐项自拟")
GRADES = tuple(rules.GRADES)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperField:
    """A paper to tick; ``heads``: the heads it is for, none: every plan of the kind needs it."""

    code: str
    name: str
    heads: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadField:
    """A head to fill in: what is asked, how it is worked out, how far it goes with nobody asked."""

    code: str
    name: str
    asked: str
    words: str
    citation: str
    by_day: bool
    by_grade: bool
    aged: bool
    most: Decimal | None
    most_days: int | None
    most_a_day: Decimal | None
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanForm:
    """One template as a form."""

    code: str
    name: str
    words: str
    papers: tuple[PaperField, ...]
    heads: tuple[HeadField, ...]

    @property
    def aged(self) -> bool:
        """Whether somebody's age counts in it."""
        return any(each.aged for each in self.heads)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStart:
    """
    What a form begins with: from the case, or from a plan that a lead returned.

    ``hurt``: (id, masked name) of those the plan may be for; ``from_bills``: the medical cost is the sum of
    that many bills in their name; ``returned_for``: why the last plan came back.
    """

    hurt: tuple[tuple[int, str], ...] = ()
    chosen: int | None = None
    age: int | None = None
    share: int = 100
    papers: frozenset[str] = frozenset()
    answers: Mapping[str, Answer] = field(default_factory=dict)
    why_without: str = ""
    next_on: str = ""
    offer: bool = False
    from_bills: int = 0
    returned_for: str = ""


def list_plan_kinds() -> tuple[tuple[str, str, str], ...]:
    """Code, name and for whom, of every template."""
    return tuple((k.code, k.name, k.words) for k in plan_book().kinds.values())


def plan_form(kind: str) -> PlanForm:
    """One template as a form. :raises MediationNotFound: there is none such."""
    book = plan_book()
    if (found := book.kinds.get(kind)) is None:
        raise MediationNotFound
    return PlanForm(
        code=found.code, name=found.name, words=found.words,
        papers=tuple(
            PaperField(code=code, name=book.materials[code].name, heads=heads)
            for code, heads in _papers_of(found).items()
        ),
        heads=tuple(_field(each) for each in found.standards),
    )  # fmt: skip


def start_plan(
    claim_id: int, kind: str, access: Access, *, today: date, third_party_id: int | None = None
) -> PlanStart:
    """
    What the case knows: who was hurt, how old they are, their bills and their days in hospital. A plan of the
    kind that a lead has returned is begun from as it was written.

    :raises ClaimNotFound: not theirs.
    """
    card = claims.get_for_staff(claim_id, access)
    thirds = {
        each.pk: each
        for each in ThirdParty.objects.select_related("party")
        .filter(claim_id=claim_id)
        .order_by("pk")
    }
    hurt = tuple((pk, masks.mask_name(each.party.name)) for pk, each in thirds.items())
    before = Mediation.objects.filter(claim_id=claim_id).order_by("-pk").first()
    if before is not None and before.state == "RETURNED" and before.kind == kind:
        return _again(before, hurt)
    chosen = third_party_id if third_party_id in thirds else next(iter(thirds), None)
    if chosen is None:
        return PlanStart(hurt=hurt)
    party = thirds[chosen].party
    bills = [b for b in documents.invoices_for(card.ref) if b.payer_name == party.name and b.total]
    days = sum(int(b.hospital_days or 0) for b in bills)
    said: dict[str, Answer] = {}
    if bills:
        said["medical"] = Answer(amount=sum((b.total or ZERO for b in bills), ZERO))
    if days:
        said["meals"] = said["nursing"] = Answer(amount=ZERO, days=days)
    heads = {each.head.code for each in plan_book().kinds[kind].standards}
    return PlanStart(
        hurt=hurt, chosen=chosen, from_bills=len(bills),
        age=age_on(party.birth_date, today) if party.birth_date else None,
        answers={code: answer for code, answer in said.items() if code in heads},
    )  # fmt: skip


def doubts_said(doubts: list[list[str]]) -> tuple[tuple[str, str], ...]:
    """Why a lead sees a plan first, each with the head or paper it is about, as words."""
    book = plan_book()
    named: dict[str, Material | object] = {**book.heads, **book.materials}
    return tuple(
        (DOUBTS[code], str(getattr(named.get(about), "name", ""))) for code, about in doubts
    )


def kind_said(kind: str) -> str:
    """What a template is called."""
    found = plan_book().kinds.get(kind)
    return found.name if found else FREELY


def papers_said(codes: list[str]) -> tuple[str, ...]:
    """Papers by their names."""
    book = plan_book().materials
    return tuple(book[code].name for code in codes if code in book)


def _papers_of(kind: PlanKind) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = dict.fromkeys(kind.materials, ())
    for each in kind.standards:
        for code in each.head.needs:
            if code not in kind.materials:
                found[code] = (*found.get(code, ()), each.head.name)
    return found


def _field(standard: Standard) -> HeadField:
    head = standard.head
    return HeadField(
        code=head.code, name=head.name, asked=ASKED[head.rule], words=head.words,
        citation=head.citation, by_day=head.rule == Rule.DAYS, by_grade=head.rule == Rule.GRADE,
        aged=head.rule in (Rule.YEARS, Rule.GRADE), most=standard.most,
        most_days=standard.most_days, most_a_day=standard.most_a_day, is_open=standard.is_open,
    )  # fmt: skip


def _again(returned: Mediation, hurt: tuple[tuple[int, str], ...]) -> PlanStart:
    said = returned.said
    return PlanStart(
        hurt=hurt, chosen=returned.third_party_id, age=said.get("age"), share=said.get("share", 100),
        papers=frozenset(said.get("papers", ())), why_without=returned.why_without,
        returned_for=returned.returned_for,
        answers={
            code: Answer(
                amount=Decimal(a["amount"]), days=a["days"], grade=a["grade"], ground=a["ground"]
            )
            for code, a in said.get("answers", {}).items()
        },
    )  # fmt: skip
