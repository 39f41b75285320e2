"""
A family application (家庭投保单), for every door where one is filled in.

Somebody's own part is filled in as ever (``applying``); here is what is done once for all of them. Each
door shows its own page.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext

from yilu.kernel.days import day_of
from yilu.kernel.errors import Refusal
from yilu.products import queries as products
from yilu.underwriting import operations as underwriting
from yilu.underwriting import queries
from yilu.web.common import applying_forms as forms
from yilu.web.common.applying import Shown, Who, finances_of

ONCE = ("means", "notices", "sign")
"""What is done once for the family; never by an agent."""
HIDDEN = frozenset({"GROUP_MEDICAL"})


def start(who: Who, application_id: int) -> int:
    """Make an application the first of a family; the family's id."""
    return underwriting.start_family(application_id=application_id, **who.told)


def add(request: HttpRequest, who: Who, family: queries.FamilyView) -> Shown:
    """The form for one more insured; done on a valid POST, and what was typed stays where it is not."""
    sent = request.POST or None
    first = family.members[0].product_code if family.members else ""
    offers = [
        offer
        for offer in products.list_offers(day_of(timezone.now()))
        if not offer.is_rider and offer.kind not in HIDDEN
    ]
    insured = {each.insured_id for each in family.members}
    relations = [
        each for each in forms.relations() if each[0] != "SELF" or family.holder_id not in insured
    ]
    form = forms.FamilyMember(
        relations, offers, sent, initial={"relation": "CHILD", "product": first}
    )
    request_key = request.POST.get("request_key") or uuid.uuid4().hex
    page = {"form": form, "request_key": request_key}
    if sent is None or not form.is_valid():
        return Shown(page, bad=sent is not None)
    given = form.cleaned_data
    try:
        underwriting.add_to_family(
            family_id=family.id, product_code=given["product"], **who.told,
            request_key=request_key[:64],
            kin=underwriting.Kin(
                relation=given["relation"], name=given["name"], phone=given["phone"],
                identity_number=given["identity_number"],
            ),
        )  # fmt: skip
    except Refusal as refused:
        return Shown(page, refusal=refused)
    return Shown({}, done=True)


def step(request: HttpRequest, who: Who, family: queries.FamilyView, code: str) -> Shown:
    """Means or clauses of the whole family: shown on GET, done on POST."""
    if code == "means":
        return _means(request, who, family)
    if request.method != "POST":
        return Shown({"clauses": family.clauses})
    confirmed = [c.digest for c in family.clauses if request.POST.get(c.digest) == "yes"]
    left = underwriting.confirm_family_notices(family_id=family.id, confirmed=confirmed, **who.told)
    if left:
        fresh = {"clauses": family.clauses, "ticked": frozenset(confirmed)}
        return Shown(fresh, refusal=underwriting.Unconfirmed())
    return Shown({}, done=True)


def _means(request: HttpRequest, who: Who, family: queries.FamilyView) -> Shown:
    sent, kept = request.POST or None, family.means
    form = forms.Means(
        sent, initial={k: kept.get(k) for k in ("income", "budget", "other_premiums")}
    )
    found, refusal = None, None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            found = underwriting.tell_family_means(
                family_id=family.id, finances=finances_of(given), statement=given["statement"],
                **who.told,
            )  # fmt: skip
        except Refusal as refused:
            refusal = refused
        else:
            if not found.needs_statement or given["statement"]:
                return Shown({}, done=True)
    words = [f.in_words for f in found.found] if found else kept.get("words", [])
    care = found.special_care if found else kept.get("special_care", False)
    page = {"form": form, "limits": words, "care": care, "total": family.total}
    return Shown(page, refusal=refusal, bad=bool(sent))


def act(request: HttpRequest, who: Who, family: queries.FamilyView, code: str) -> str:
    """
    A tap on the family's page; a word of thanks, empty where the page itself says it.

    ``wishes``: how all begin and are paid. ``code``, ``sign``: sign the whole, and hand it in once every
    insured has signed. ``submit``: hand it in. ``stop_waiting``: begin without the others.
    """
    told: dict[str, Any] = {"family_id": family.id, **who.told}
    if code == "wishes":
        underwriting.set_family_wishes(
            begin_together=request.POST.get("begin") == "together",
            pay_together=request.POST.get("pay") != "each", **told,
        )  # fmt: skip
        return gettext("已记下。")
    if code == "code":
        phone = underwriting.ask_family_signature(digest=request.POST.get("digest", ""), **told)
        return gettext("验证码已发到 %(phone)s") % {"phone": phone}
    if code == "sign":
        underwriting.sign_family(code=request.POST.get("code", ""), door=who.door, **told)
        if family.unsigned_names:
            return gettext("您已签名。成年的被保险人在自己的手机上签名同意后，就可以提交。")
        code = "submit"
    if code == "submit":
        underwriting.submit_family(**told)
        return ""
    if code == "stop_waiting":
        underwriting.stop_waiting(**told)
        return gettext("好的，已通过的家人可以先支付、先生效。")
    raise queries.UnknownFamily
