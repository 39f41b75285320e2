"""Applications of the last weeks: most accepted in a second, some on the underwriter's desk."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from demo import customers
from demo.world import World
from yilu.kernel import sealing
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.messaging.models import Message
from yilu.messaging.operations.queueing import SECRETS_PLACE
from yilu.people import queries as people
from yilu.products import queries as products
from yilu.underwriting import operations as underwriting
from yilu.underwriting.queries import Finances, desk, get_for_party, text_digest

SIGN_CODE = "underwriting.sign_code"
PRODUCT = "critical-illness"
SUM = Decimal(300_000)
WELL = {"height_cm": "168", "weight_kg": "62", "smoker": "NO"}
PRESSURE = {
    "area_heart": "YES", "hypertension": "YES", "hypertension.systolic": "145",
    "hypertension.diastolic": "88", "hypertension.damage": "NO",
}  # fmt: skip
NODULE = {
    "area_tumours": "YES", "thyroid_nodule": "YES", "thyroid_nodule.operated": "NO",
    "thyroid_nodule.tirads": "G3",
}  # fmt: skip
DIABETES = {
    "area_metabolism": "YES", "diabetes": "YES", "diabetes.type": "PREDIABETES",
    "diabetes.hba1c": "BELOW_7_5", "diabetes.damage": "NO",
}  # fmt: skip
TOLD: tuple[Mapping[str, str], ...] = (
    {}, {}, PRESSURE, {}, NODULE, {}, {}, {**PRESSURE, "hypertension.systolic": "165"}, {},
    {**NODULE, "thyroid_nodule.tirads": "UNKNOWN"}, {}, {"weight_kg": "96"}, DIABETES, {},
    {**PRESSURE, "hypertension.systolic": "184"}, {"refused_elsewhere": "YES"}, {},
    {**PRESSURE, **NODULE, "hypertension.systolic": "166"},
)  # fmt: skip
"""What each applicant declares; everything else is answered with no."""


def tell(world: World, insured: Sequence[customers.Insured], now: datetime) -> int:
    """Applications over three weeks; how many were submitted. The oldest referred ones are decided."""
    buyers = [c for c in insured if 24 <= now.year - c.person.birth_date.year <= 44]
    made: list[int] = []
    for n, (buyer, said) in enumerate(zip(buyers[-len(TOLD) :], TOLD, strict=False)):
        at = now - timedelta(days=len(TOLD) - n, hours=n % 7)
        try:
            made.append(_apply(buyer, said, at))
        except Refusal as refused:
            print(f"    an application was refused on the way: {refused}")
    _decide(world, made, now)
    return len(made)


def _apply(buyer: customers.Insured, said: Mapping[str, str], at: datetime) -> int:
    """One application as a customer makes it on the phone, from the first tap to the last."""
    me = Ref("party", buyer.party_id)
    customers.agree(buyer, at, "UNDERWRITING")
    id = underwriting.start_application(
        holder_id=buyer.party_id, product_code=PRODUCT, channel="APP", actor=me,
        request_key=f"demo-{buyer.party_id}", at=at,
    )  # fmt: skip
    underwriting.record_identity_check(
        application_id=id, party_id=buyer.party_id, matched=True, receipt="DEMO", at=at
    )

    def do(operation: Any, **given: Any) -> Any:
        return operation(application_id=id, actor=me, at=at, **given)

    version = products.get_version_id(PRODUCT, at.date())
    plan = underwriting.Plan(sum_insured=SUM, pay_mode="YEARLY", pay_years=20)
    party = people.get_party(buyer.party_id)
    assert party.birth_date is not None
    assert party.sex is not None
    born = party.birth_date
    age = at.year - born.year - ((at.month, at.day) < (born.month, born.day))
    price = products.price(
        version, sex=party.sex, age=age, sum_insured=SUM, pay_years=20, pay_mode="YEARLY"
    )
    do(underwriting.choose_plan, plan=plan, seen=price.premium)
    asked = products.get_questionnaire(version)
    no = {
        q.code: "NO" if q.kind == "YES_NO" else "0" for q in asked.questions if q.kind != "CHOICE"
    }
    do(underwriting.declare_health, questionnaire=asked.version, answers={**no, **WELL, **said})
    finances = Finances(income=Decimal(240_000), budget=Decimal(24_000))
    do(underwriting.tell_means, finances=finances)
    notices = {n.code: text_digest(n.text) for n in products.list_notices(version)}
    do(underwriting.confirm_notices, confirmed=notices)
    shown = get_for_party(id, buyer.party_id)
    do(underwriting.ask_signature, digest=shown.digest, purpose="APPLICATION")
    do(underwriting.sign, code=_code(me), door="APP", purpose="APPLICATION")
    do(underwriting.submit)
    return id


def _code(to: Ref) -> str:
    """The code just promised to somebody's phone: the message itself is sent only by the worker."""
    message = Message.objects.filter(recipient=str(to), template=SIGN_CODE).latest("pk")
    told = sealing.unseal(bytes(message.secrets), SECRETS_PLACE)
    found = re.search(r"\d{6}", told)
    assert found is not None
    return found.group()


def _decide(world: World, made: Sequence[int], now: datetime) -> None:
    """The underwriter works on the oldest of what was referred; the others wait for the visitor."""
    access = people.staff_access(world.staff["he.bao"])
    me = Ref("staff", access.staff_id)
    opinions: tuple[dict[str, Any], ...] = (
        {"kind": underwriting.Kind.OFFER, "extra_mortality": 75, "words": "血压控制不理想，需要加费"},
        {"kind": underwriting.Kind.POSTPONE, "months": 6, "words": "血压过高，请先治疗，半年后再投保"},
    )  # fmt: skip
    waiting = [id for id in made if desk.get_for_staff(id, access).state == "REFERRED"]
    for id, given in zip(waiting, opinions, strict=False):
        shown = desk.desk(id, access, now)
        at = (shown.row.submitted_at or now) + timedelta(hours=5)
        opinion = underwriting.Opinion(
            digest=shown.digest, override_reason="结合客户补充的门诊记录判断", **given
        )
        try:
            underwriting.decide_by_person(
                application_id=id, opinion=opinion, access=access, actor=me, at=at
            )
        except Refusal as refused:
            print(f"    an opinion was refused on the way: {refused}")
