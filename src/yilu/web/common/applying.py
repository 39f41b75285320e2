"""
An application step by step (投保), for every door where one is filled in.

Each door says who acts (``Who``) and shows its own page; what a step shows and what a tap does is the
same: the customer's phone, the agent's counter (which prepares only), the staff counter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language, gettext

from yilu.kernel.days import day_of
from yilu.kernel.errors import Refusal
from yilu.kernel.money import ZERO
from yilu.kernel.refs import Ref
from yilu.people import operations as people_operations
from yilu.people import queries as people
from yilu.policies import queries as policies
from yilu.products import queries as products
from yilu.products.offering import MODES, Offer, Price
from yilu.underwriting import operations as underwriting
from yilu.underwriting import queries
from yilu.web.common import applying_forms as forms
from yilu.web.common.numbers import whole
from yilu.web.common.receipt import receipt_in

PREPARED = ("people", "plan", "beneficiaries")
"""What an agent may prepare; the rest is the customer's own."""
BYTES_MAX = 20 * 1024 * 1024


@dataclass(frozen=True)
class Who:
    """Who fills in: the actor, their access, and the word the signature keeps for the door."""

    actor: Ref
    door: str
    access: people.Access | None = None
    agent: people.AgentAccess | None = None

    @property
    def told(self) -> dict[str, Any]:
        """What every operation is told."""
        return {"actor": self.actor, "at": timezone.now(), "access": self.access}


@dataclass
class Shown:
    """What a step shows, or that it is done."""

    page: dict[str, Any]
    done: bool = False
    refusal: Refusal | None = None
    bad: bool = False

    @property
    def status(self) -> int:
        """The page's status."""
        return self.refusal.status if self.refusal else 422 if self.bad else 200


Handler = Callable[[HttpRequest, Who, queries.ApplicationView], Shown]


def step(request: HttpRequest, who: Who, view: queries.ApplicationView, code: str) -> Shown:
    """One step: shown on GET, done on POST; a refusal comes back beside what was filled in."""
    handler: Handler = _STEPS[code]
    try:
        return handler(request, who, view)
    except Refusal as refused:
        if request.method != "POST":
            raise
        # What was filled in stays on the page: the handler is shown again as it was sent.
        shown = handler(_as_shown(request), who, view)
        shown.refusal = refused
        return shown


def _as_shown(request: HttpRequest) -> HttpRequest:
    request.method = "GET"
    return request


def _people(request: HttpRequest, who: Who, view: queries.ApplicationView) -> Shown:
    sent = request.POST or None
    form = forms.People(forms.relations(), sent, initial={"relation": view.relation or "SELF"})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        insured = view.holder_id
        if given["relation"] != "SELF":
            insured = underwriting.name_kin(
                application_id=view.id, name=given["name"], phone=given["phone"],
                identity_number=given["identity_number"], **who.told,
            )  # fmt: skip
        underwriting.set_insured(
            application_id=view.id, insured_id=insured, relation=given["relation"], **who.told
        )
        underwriting.save_draft(
            application_id=view.id, step="people", values={"said": True}, **who.told
        )
        return Shown({}, done=True)
    return Shown({"form": form}, bad=bool(sent and form.errors))


def _plan(request: HttpRequest, who: Who, view: queries.ApplicationView) -> Shown:
    offer = products.get_offer(view.product_code, day_of(timezone.now()))
    needed = request.POST or request.GET or None
    data = needed if needed and "sum_insured" in needed else None
    riders = queries.riders_offered(
        offer.version_id, day_of(timezone.now()), for_another=view.insured_id != view.holder_id
    )
    suggested = queries.said_before(view.id).sum_insured
    form = forms.PlanForm(offer, suggested, riders, data, initial=_plan_before(view, offer))
    wanted = _wanted(form, offer) if data is None or form.is_valid() else None
    price, added, refusal = _priced(view, offer, wanted)
    if request.method == "POST" and wanted is not None and price is not None:
        seen = forms.amount_of(request.POST.get("seen", ""))
        underwriting.choose_plan(application_id=view.id, plan=wanted, seen=seen, **who.told)
        return Shown({}, done=True)
    page = {
        "form": form, "offer": offer, "price": price, "wanted": wanted, "modes": MODES,
        "riders": added, "hidden": [(forms.rider_field(r.code), _chosen(r)) for r in added],
        "total": sum((r.premium for r in added), start=price.premium) if price else None,
    }  # fmt: skip
    return Shown(page, refusal=refusal, bad=bool(data and form.errors))


def _plan_before(view: queries.ApplicationView, offer: Offer) -> dict[str, Any]:
    return {
        "sum_insured": str(view.sum_insured.quantize(Decimal(1))) if view.sum_insured else str(forms.usual_sum(offer)),
        "pay_years": view.pay_years or (20 if 20 in offer.pay_years else offer.pay_years[-1]),
        "pay_mode": view.pay_mode or ("YEARLY" if "YEARLY" in offer.pay_modes else offer.pay_modes[0]),
        "years": view.years if view.years is not None else offer.years[-1] if offer.years else None,
        "occupation": view.occupation or "OFFICE",
        "social": view.with_social_insurance if view.premium else True,
        **{forms.rider_field(r.code): _chosen(r) for r in view.riders},
    }  # fmt: skip


def _chosen(rider: queries.RiderLine) -> str:
    """A rider as the form holds it: its sum; a waiver's follows from the rest and is only wanted or not."""
    return "1" if rider.waives else str(rider.sum_insured.quantize(Decimal(1)))


def _wanted(form: Any, offer: Offer) -> underwriting.Plan:
    given = form.cleaned_data if form.is_bound else form.initial
    occupation = queries.OCCUPATIONS[given["occupation"]]
    social = bool(given.get("social"))
    if offer.social_insurance != "EITHER":
        social = offer.social_insurance == "REQUIRED"
    years = given.get("years") if "years" in form.fields else None
    return underwriting.Plan(
        sum_insured=Decimal(given["sum_insured"]), pay_mode=given["pay_mode"],
        pay_years=int(given["pay_years"]), years=int(years) if years not in (None, "") else None,
        occupation=occupation.code, occupation_class=occupation.of_class, with_social_insurance=social,
        riders=tuple(
            underwriting.Rider(code, Decimal(given[forms.rider_field(code)]))
            for code in form.rider_codes if given.get(forms.rider_field(code))
        ),
    )  # fmt: skip


def _priced(
    view: queries.ApplicationView, offer: Offer, wanted: underwriting.Plan | None
) -> tuple[Price | None, tuple[queries.RiderLine, ...], Refusal | None]:
    """The price of what is chosen, or why there is none: an age, a term, a class out of range."""
    if wanted is None:
        return None, (), None
    insured, today = people.get_party(view.insured_id), day_of(timezone.now())
    try:
        price = underwriting.quote(offer, insured, wanted, today)
        holder = people.get_party(view.holder_id) if wanted.riders else None
        riders = underwriting.quote_riders(offer, insured, wanted, today, holder)
        return price, queries.rider_lines(riders), None
    except Refusal as refused:
        return None, (), refused


def _health(request: HttpRequest, who: Who, view: queries.ApplicationView) -> Shown:
    asked = products.get_questionnaire(view.version_id)
    given = dict(view.draft.get("health", {}) or view.answers)
    holders = queries.holders_questions(view.riders)
    if request.method == "POST" or request.POST:
        codes = {q.code for q in (*asked.questions, *holders)}
        given = {**given, **{k: v for k, v in request.POST.items() if k in codes}}
    sex = view.insured_sex
    insureds = queries.shown_questions(asked.questions, {**given, "sex": sex})
    own = queries.shown_questions(holders, {**given, "sex": _holders_sex(view)})
    shown = (*insureds, *own)
    open_ones = [q.code for q in shown if q.required and not given.get(q.code, "").strip()]
    if request.method == "POST":
        if request.POST.get("consent") == "yes":
            _consent(who, view)
        if request.POST.get("childs_consent") == "yes":
            _parents_consent(who, view)
        kept = {q.code: given[q.code] for q in shown if given.get(q.code)}
        underwriting.save_draft(application_id=view.id, step="health", values=kept, **who.told)
        if not open_ones:
            underwriting.declare_health(
                application_id=view.id, questionnaire=request.POST.get("version", ""),
                answers=kept, **who.told,
            )  # fmt: skip
            return Shown({}, done=True)
    more = request.method == "POST" and bool(open_ones)
    page = {
        "groups": [
            (name, [(q, given.get(q.code, "")) for q in rows]) for name, rows in forms.grouped(insureds)
        ],
        "holders": [
            (name, [(q, given.get(q.code, "")) for q in rows]) for name, rows in forms.grouped(own)
        ],
        "version": asked.version, "open": set(open_ones) if more else set(), "more": len(open_ones) if more else 0,
        "consented": people.has_consent(view.holder_id, "UNDERWRITING"),
        "text": people.consent_text("UNDERWRITING"), "childs": None,
    }  # fmt: skip
    if not people.child_agreed(view.insured_id, day_of(timezone.now())):
        page["childs"] = people.consent_text("CHILD_DATA", get_language() or "")
    return Shown(page, bad=more)


def _holders_sex(view: queries.ApplicationView) -> str:
    return people.get_party(view.holder_id).sex or ""


def _consent(who: Who, view: queries.ApplicationView) -> None:
    """The separate consent, by itself: the customer's own tap, at the counter too."""
    person = who.actor.id if who.actor.kind == "party" else view.holder_id
    people_operations.give_consent(
        party_id=person, purpose="UNDERWRITING", actor=who.actor, at=timezone.now(),
        text_version=people.consent_text("UNDERWRITING").version,
        channel="APP" if who.actor.kind == "party" else "COUNTER",
    )  # fmt: skip


def _parents_consent(who: Who, view: queries.ApplicationView) -> None:
    """The holder agrees for their child under fourteen, by itself."""
    people_operations.give_consent(
        party_id=view.insured_id, given_by=view.holder_id, purpose="CHILD_DATA", actor=who.actor,
        text_version=people.consent_text("CHILD_DATA").version, at=timezone.now(),
        channel="APP" if who.actor.kind == "party" else "COUNTER",
    )  # fmt: skip


def _means(request: HttpRequest, who: Who, view: queries.ApplicationView) -> Shown:
    sent = request.POST or None
    said = queries.said_before(view.id)
    kept = {"income": said.income, "budget": said.budget, **view.suitability}
    form = forms.Means(
        sent, initial={k: kept.get(k) for k in ("income", "budget", "other_premiums")}
    )
    found = None
    if sent and form.is_valid():
        given = form.cleaned_data
        if request.method == "POST":
            found = underwriting.tell_means(
                application_id=view.id,
                finances=finances_of(given),
                statement=given["statement"],
                **who.told,
            )
            if not found.needs_statement or given["statement"]:
                return Shown({}, done=True)
    words = [f.in_words for f in found.found] if found else kept.get("words", [])
    care = found.special_care if found else kept.get("special_care", False)
    return Shown({"form": form, "limits": words, "care": care}, bad=bool(sent))


def finances_of(given: Mapping[str, Any]) -> queries.Finances:
    """Income, budget and other premiums as the rule reads them, from a valid form."""
    return queries.Finances(
        income=given["income"],
        budget=given["budget"],
        other_premiums=given["other_premiums"] or ZERO,
    )


def _beneficiaries(request: HttpRequest, who: Who, view: queries.ApplicationView) -> Shown:
    sent = request.POST or None
    rows = [
        forms.Kin(sent, prefix=f"kin{n}", initial=_kin_before(view, n))
        for n in range(forms.KIN_MOST)
    ]
    how = request.POST.get("how", "NAMED" if view.beneficiaries else "LEGAL")
    if request.method == "POST":
        if how == "NAMED" and not all(row.is_valid() for row in rows):
            return Shown({"rows": rows, "how": how, **_papers(view)}, bad=True)
        named = (
            [row.cleaned_data for row in rows if row.cleaned_data.get("name")]
            if how == "NAMED"
            else []
        )
        people_named = [
            underwriting.Benefits(
                underwriting.name_kin(
                    application_id=view.id, name=kin["name"], identity_number=kin["identity_number"],
                    **who.told,
                ),
                kin["share"] / 100, kin["ordinal"] or 1, kin["relation"],
            )
            for kin in named
        ]  # fmt: skip
        underwriting.set_beneficiaries(application_id=view.id, named=people_named, **who.told)
        if who.actor.kind != "agent":
            account = whole(request.POST.get("account"))
            underwriting.set_account(application_id=view.id, account_id=account, **who.told)
            if (
                view.family_id
            ):  # the clauses of a family are confirmed as one, this is each contract's
                _wish_renewal(request, who, view)
        underwriting.save_draft(
            application_id=view.id, step="beneficiaries", values={"said": how}, **who.told
        )
        return Shown({}, done=True)
    page = {"rows": rows, "how": how, **_papers(view)}
    if view.family_id and who.actor.kind != "agent":
        page |= _renewal(request, view)
    return Shown(page)


def _renewal(request: HttpRequest, view: queries.ApplicationView) -> dict[str, Any]:
    """The text of automatic renewal, where it is asked about; ticked where the holder ticked that very text."""
    if not view.asks_of_renewal:
        return {}
    version, text = policies.renewal_text()
    said = request.POST.get("renewal", "") if request.POST else view.renewal_text
    return {"renewal": {"version": version, "text": text, "ticked": said == version}}


def _wish_renewal(request: HttpRequest, who: Who, view: queries.ApplicationView) -> None:
    if view.asks_of_renewal:
        underwriting.wish_renewal(
            application_id=view.id, text_version=request.POST.get("renewal", ""), **who.told
        )


def _kin_before(view: queries.ApplicationView, n: int) -> dict[str, Any]:
    if n >= len(view.beneficiaries):
        return {}
    named = view.beneficiaries[n]
    return {
        "name": named.name, "relation": named.relation, "share": named.share * 100,
        "ordinal": named.ordinal,
    }  # fmt: skip


def _papers(view: queries.ApplicationView) -> dict[str, Any]:
    return {"papers": view.papers, "accounts": people.list_accounts(view.holder_id)}


def _notices(request: HttpRequest, who: Who, view: queries.ApplicationView) -> Shown:
    notices = queries.notices_of(view.version_id, [(r.code, r.version_id) for r in view.riders])
    rows = [(n, queries.text_digest(n.text), n.code in view.confirmed) for n in notices]
    if request.method == "POST":
        _wish_renewal(request, who, view)
        ticked = {n.code: request.POST[n.code] for n in notices if n.code in request.POST}
        left = underwriting.confirm_notices(application_id=view.id, confirmed=ticked, **who.told)
        if not left:
            return Shown({}, done=True)
        raise underwriting.Unconfirmed
    return Shown({"rows": rows, **_renewal(request, view)})


_STEPS: Mapping[str, Handler] = {
    "people": _people, "plan": _plan, "health": _health, "means": _means,
    "beneficiaries": _beneficiaries, "notices": _notices,
}  # fmt: skip
STEPS = tuple(_STEPS)


def act(request: HttpRequest, who: Who, view: queries.ApplicationView, act: str) -> str:
    """
    A tap beside the steps; a word of thanks, empty where the page itself says it.

    ``code``: send a signing code. ``sign``: sign, and submit (or agree) once everybody has signed.
    ``paper``: hand in one; staff say on which earlier day it came. ``talk``: have an underwriter call.
    ``withdraw``: take it back.
    """
    purpose = "CONDITIONS" if view.state == "OFFERED" else "APPLICATION"
    signer = whole(request.POST.get("signer")) if who.actor.kind == "staff" else None
    if act == "code":
        phone = underwriting.ask_signature(
            application_id=view.id, digest=request.POST.get("digest", ""), purpose=purpose,
            signer_id=signer, **who.told,
        )  # fmt: skip
        return gettext("验证码已发到 %(phone)s") % {"phone": phone}
    if act == "sign":
        return _sign(request, who, view, purpose, signer)
    if act == "paper":
        receipt = receipt_in(request.POST) if who.actor.kind != "party" else None
        for file in request.FILES.getlist("files")[:10]:
            underwriting.hand_in_paper(
                application_id=view.id, paper=request.POST.get("paper", ""),
                filename=file.name or "", content=file.read(BYTES_MAX + 1), receipt=receipt,
                **who.told,
            )  # fmt: skip
        return gettext("收到了。")
    if act == "talk":
        underwriting.ask_for_talk(
            application_id=view.id, question=request.POST.get("question", ""),
            wish=request.POST.get("wish", ""), **who.told,
        )  # fmt: skip
        return gettext("已转给核保员，一个工作日内给您回电。")
    if act == "withdraw":
        underwriting.withdraw(application_id=view.id, why=request.POST.get("why", ""), **who.told)
        return gettext("已撤回，不收任何费用。")
    raise queries.UnknownApplication


def _sign(
    request: HttpRequest, who: Who, view: queries.ApplicationView, purpose: str, signer: int | None
) -> str:
    own = who.actor.id if who.actor.kind == "party" else signer
    if own is not None and request.POST.get("consent") == "yes" and own != view.holder_id:
        people_operations.give_consent(
            party_id=own, purpose="UNDERWRITING", channel="APP", actor=who.actor, at=timezone.now(),
            text_version=people.consent_text("UNDERWRITING").version,
        )  # fmt: skip
    if own not in view.signed_by:
        whole_signed = underwriting.sign(
            application_id=view.id, code=request.POST.get("code", ""), door=who.door,
            signer_id=signer, purpose=purpose, **who.told,
        )  # fmt: skip
        if not whole_signed:
            return gettext("您已签名。还需要另一位签名人在自己的手机上签名。")
    if who.actor.kind == "party" and who.actor.id != view.holder_id:
        return gettext("签名完成，由投保人提交。")
    if purpose == "CONDITIONS":
        underwriting.agree_to_conditions(application_id=view.id, **who.told)
    else:
        underwriting.submit(application_id=view.id, **who.told)
    return ""


def example_price(offer: Offer, person: people.PartyView, on: date) -> tuple[Decimal, Price] | None:
    """A sum and what it would cost this person a year, to give an idea; None outside the range."""
    wanted = underwriting.Plan(
        sum_insured=forms.usual_sum(offer), pay_years=offer.pay_years[-1],
        pay_mode="YEARLY" if "YEARLY" in offer.pay_modes else offer.pay_modes[0],
        years=offer.years[-1] if len(offer.years) > 1 else None, occupation_class=1,
        with_social_insurance=offer.social_insurance != "WITHOUT",
    )  # fmt: skip
    try:
        return wanted.sum_insured, underwriting.quote(offer, person, wanted, on)
    except Refusal:
        return None
