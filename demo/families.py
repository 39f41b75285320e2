"""A family in one application: the mother is accepted, her blood pressure leaves the child's waiver to a person."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from demo import customers, names, papers
from demo.underwriting import WELL
from demo.world import World
from yilu.kernel import sealing
from yilu.kernel.days import day_of
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.kernel.years import add_years
from yilu.messaging.models import Message
from yilu.messaging.operations.queueing import SECRETS_PLACE
from yilu.people import operations as people_operations
from yilu.people import queries as people
from yilu.products import queries as products
from yilu.underwriting import operations as underwriting
from yilu.underwriting import queries
from yilu.underwriting.models import Application
from yilu.underwriting.queries import Finances
from yilu.underwriting.queries.papers import missing_papers

SUM, CHILDS_SUM = Decimal(300_000), Decimal(150_000)
PRODUCT, WAIVER = "critical-illness", "rider-holder-waiver"
PRESSURE = {
    "area_heart": "YES", "hypertension": "YES", "hypertension.systolic": "165",
    "hypertension.diastolic": "95", "hypertension.damage": "NO",
}  # fmt: skip
"""What the mother declares for the waiver: referred, while the child itself is standard."""


class _Family:
    """The holder, and each application gathered beside their own."""

    def __init__(self, holder: customers.Insured, at: datetime) -> None:
        self.holder, self.at, self.me = holder, at, Ref("party", holder.party_id)
        customers.agree(holder, at, "UNDERWRITING")
        first = underwriting.start_application(
            holder_id=holder.party_id, product_code="term-life", channel="APP", actor=self.me,
            request_key=f"demo-family-{holder.party_id}", at=at,
        )  # fmt: skip
        self.id = underwriting.start_family(application_id=first, actor=self.me, at=at)
        self.first = first

    def do(self, operation: Any, **given: Any) -> Any:
        return operation(family_id=self.id, actor=self.me, at=self.at, **given)

    def agree_for(self, row: Application) -> None:
        """The holder's separate consent to the use of their child's data."""
        child = row.insured_id or 0
        if not people.child_agreed(child, day_of(self.at)):
            people_operations.give_consent(
                party_id=child, given_by=row.holder_id, purpose="CHILD_DATA", channel="APP",
                text_version=people.consent_text("CHILD_DATA").version, actor=self.me, at=self.at,
            )  # fmt: skip

    def fill(self, id: int, plan: underwriting.Plan, said: Mapping[str, str], number: str) -> None:
        """One application as the holder fills it in on the phone; ``number``: the insured's identity."""

        def do(operation: Any, **given: Any) -> Any:
            return operation(application_id=id, actor=self.me, at=self.at, **given)

        row = Application.objects.get(pk=id)
        for party_id in {row.holder_id, row.insured_id}:
            underwriting.record_identity_check(
                application_id=id, party_id=party_id, matched=True, receipt="DEMO", at=self.at
            )
        version = row.product_version_id or 0
        offer, on = products.offer_of(version), day_of(self.at)
        insured, holder = (people.get_party(p or 0) for p in (row.insured_id, row.holder_id))
        riders = underwriting.quote_riders(offer, insured, plan, on, holder)
        price = underwriting.quote(offer, insured, plan, on).premium
        do(
            underwriting.choose_plan, plan=plan,
            seen=sum((Decimal(r["premium"]) for r in riders), price),
        )  # fmt: skip
        answers = _no(version) | said
        for rider in riders:
            if rider.get("life") == "HOLDER":
                own = _no(rider["version_id"]) | WELL | PRESSURE
                answers |= {f"holder.{code}": answer for code, answer in own.items()}
        asked = products.get_questionnaire(version).version
        self.agree_for(row)
        do(underwriting.declare_health, questionnaire=asked, answers=answers)
        for step in ("people", "beneficiaries"):
            do(underwriting.save_draft, step=step, values={"said": "yes"})
        for need in missing_papers(Application.objects.get(pk=id)):
            card = papers.identity_card(insured.name, number, "浙江省杭州市西湖区文三路 100 号")
            do(underwriting.hand_in_paper, paper=need.code, filename="户口簿.jpg", content=card)

    def sign(self) -> None:
        """Shown, signed once with the code to the holder's phone, handed in."""
        view = queries.get_family_for_party(self.id, self.me.id)
        self.do(underwriting.confirm_family_notices, confirmed=[c.digest for c in view.clauses])
        view = queries.get_family_for_party(self.id, self.me.id)
        self.do(underwriting.ask_family_signature, digest=view.digest)
        sent = Message.objects.filter(recipient=str(self.me)).exclude(secrets=b"").latest("pk")
        found = re.search(r"\d{6}", sealing.unseal(bytes(sent.secrets), SECRETS_PLACE))
        assert found is not None
        self.do(underwriting.sign_family, code=found.group(), door="APP")
        self.do(underwriting.submit_family)


def tell(world: World, insured: Sequence[customers.Insured], now: datetime) -> None:
    """One family, made ready for a visitor: its holder pays, an underwriter decides on the waiver alone."""
    offices = people.staff_access(world.staff["he.bao"]).offices_for("underwriting.decide")
    for holder in insured:
        age = now.year - holder.person.birth_date.year
        if holder.person.sex != "F" or not 30 <= age <= 40 or holder.office_id not in offices:
            continue
        try:
            _tell(holder, now)
        except Refusal as refused:
            print(f"    a family application was refused on the way: {refused}")
        return


def _tell(holder: customers.Insured, now: datetime) -> None:
    family = _Family(holder, now)
    born = add_years(day_of(now), -7)
    number = _number(born, holder)
    kin = underwriting.Kin(
        relation="CHILD", name=f"{holder.person.name[:1]}小满", identity_number=number
    )
    child = family.do(
        underwriting.add_to_family,
        kin=kin,
        product_code=PRODUCT,
        request_key=f"demo-family-child-{holder.party_id}",
    )
    years = products.get_offer("term-life", day_of(now)).years
    family.fill(
        family.first, underwriting.Plan(sum_insured=SUM, pay_mode="YEARLY", pay_years=20, years=years[-1]),
        WELL, holder.person.identity_number,
    )  # fmt: skip
    rider = underwriting.Rider(WAIVER, Decimal(1))
    with_waiver = underwriting.Plan(
        sum_insured=CHILDS_SUM, pay_mode="YEARLY", pay_years=20, riders=(rider,)
    )
    family.fill(child, with_waiver, {**WELL, "height_cm": "122", "weight_kg": "24"}, number)
    family.do(
        underwriting.tell_family_means,
        finances=Finances(income=Decimal(420_000), budget=Decimal(40_000)),
    )
    family.sign()


def _number(born: date, holder: customers.Insured) -> str:
    return names.identity_number("330106", born, "F", int(holder.person.identity_number[-4:-1]))


def _no(version: int) -> dict[str, str]:
    asked = products.get_questionnaire(version)
    return {
        q.code: "NO" if q.kind == "YES_NO" else "0" for q in asked.questions if q.kind != "CHOICE"
    }
