"""What a member of staff does on the pages of a hard case: each button one operation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yilu.claims import operations as claims
from yilu.kernel.errors import Invalid, Refusal
from yilu.kernel.money import yuan
from yilu.kernel.refs import Ref
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.hard import show_page
from yilu.web.staff.page import access_of

Act = Callable[[HttpRequest, dict[str, Any]], str]
ACTS: dict[str, tuple[str, Act]] = {}


def _act(place: str) -> Callable[[Act], Act]:
    """Declare what a button of a page does; its name is the function's."""

    def declare(function: Act) -> Act:
        ACTS[function.__name__.replace("_", "-")] = (place, function)
        return function

    return declare


@require_POST
@staff_only(right="claims.view")
def act(request: HttpRequest, claim_id: int, name: str) -> HttpResponse:
    """Carry out one operation and come back to its page with a word, or with the refusal."""
    if name not in ACTS:
        raise Http404
    place, function = ACTS[name]
    access = access_of(request)
    told = {
        "claim_id": claim_id, "access": access, "actor": Ref("staff", access.staff_id),
        "at": timezone.now(),
    }  # fmt: skip
    try:
        said = function(request, told)
    except claims.ClaimNotFound:
        raise
    except Refusal as refusal:
        return show_page(request, claim_id, place, refusal)
    messages.success(request, said)
    return redirect("staff:hard", claim_id=claim_id, place=place)


# -- investigation ---------------------------------------------------------------------------------


@_act("investigation")
def plan_step(request: HttpRequest, told: dict[str, Any]) -> str:
    """Add a step to the plan."""
    given = request.POST
    due = _day(given.get("due_on")) if given.get("due_on") else None
    claims.plan_step(
        step=claims.Step(
            kind=given.get("kind", ""), task=given.get("task", ""), owner_id=_number(given.get("owner")),
            due_at=timezone.make_aware(datetime.combine(due, time(18))) if due else None,
        ),
        **told,
    )  # fmt: skip
    return _("步骤已安排，负责人会在自己的工作里看到。")


@_act("investigation")
def settle_step(request: HttpRequest, told: dict[str, Any]) -> str:
    """The result of a step with its proof."""
    given = request.POST
    claims.settle_step(
        step_id=_number(given.get("step")), result=given.get("result", ""),
        finding=given.get("finding", ""), receipt=given.get("receipt", ""),
        evidence=_paper(request), **told,
    )  # fmt: skip
    return _("结果已记录。")


@_act("investigation")
def drop_step(request: HttpRequest, told: dict[str, Any]) -> str:
    """A step is not needed."""
    given = request.POST
    claims.drop_step(step_id=_number(given.get("step")), reason=given.get("finding", ""), **told)
    return _("步骤已取消。")


@_act("investigation")
def report(request: HttpRequest, told: dict[str, Any]) -> str:
    """The investigator's report."""
    given = request.POST
    claims.report_investigation(
        finding=given.get("finding", ""), report=given.get("report", ""), **told
    )
    return _("报告已提交，由另一位同事作结论。")


@_act("investigation")
def conclude(request: HttpRequest, told: dict[str, Any]) -> str:
    """Another person's conclusion."""
    given = request.POST
    claims.conclude_investigation(
        finding=given.get("finding", ""), conclusion=given.get("conclusion", ""), **told
    )
    return _("调查已有结论，赔案回到审核。")


# -- rescission ------------------------------------------------------------------------------------


@_act("rescission")
def note_ground(request: HttpRequest, told: dict[str, Any]) -> str:
    """We know of a ground: thirty days run, premiums are held."""
    given = request.POST
    claims.note_ground_for_rescission(
        ground=given.get("ground", "").strip(), note=given.get("note", ""),
        known_on=_day(given.get("known_on")) if given.get("known_on") else None, **told,
    )  # fmt: skip
    return _("已记录知悉；三十日开始计算，保单暂停收费。")


@_act("rescission")
def rescind(request: HttpRequest, told: dict[str, Any]) -> str:
    """Rescind, or let the right go."""
    given = request.POST
    claims.decide_rescission(
        knowledge_id=_number(given.get("knowledge")), rescind=given.get("rescind") == "yes",
        reason=given.get("reason", ""), fault=given.get("fault", ""), **told,
    )  # fmt: skip
    return _("解除权处理结果已记录。")


# -- appraisal -------------------------------------------------------------------------------------


@_act("appraisal")
def order_appraisal(request: HttpRequest, told: dict[str, Any]) -> str:
    """Ask an institution."""
    given = request.POST
    claims.order_appraisal(
        institution=given.get("institution", ""), licence=given.get("licence", ""),
        question=given.get("question", ""), **told,
    )  # fmt: skip
    return _("已委托鉴定，三十日内取得意见。")


@_act("appraisal")
def record_appraisal(request: HttpRequest, told: dict[str, Any]) -> str:
    """The institution's opinion, item by item."""
    given = request.POST
    rows = zip(given.getlist("code"), given.getlist("part"), given.getlist("grade"), strict=False)
    outcome = claims.record_appraisal(
        appraisal_id=_number(given.get("appraisal")), assessed_on=_day(given.get("assessed_on")),
        findings=[
            claims.Finding(code=code.strip(), part=part, grade=whole(grade) or 0)
            for code, part, grade in rows
            if code.strip()
        ],
        report_number=given.get("report_number", ""), evidence=_paper(request, "DISABILITY_REPORT"),
        **told,
    )  # fmt: skip
    return _("已录入，综合为 {grade} 级，由另一位同事核对。").format(grade=outcome.grade)


@_act("appraisal")
def settle_appraisal(request: HttpRequest, told: dict[str, Any]) -> str:
    """Another person accepts it or not."""
    given = request.POST
    claims.settle_appraisal(
        appraisal_id=_number(given.get("appraisal")), accept=given.get("accept") == "yes",
        reason=given.get("reason", ""), **told,
    )  # fmt: skip
    return _("核对结果已记录。")


# -- beneficiaries ---------------------------------------------------------------------------------


@_act("beneficiaries")
def declared_death(request: HttpRequest, told: dict[str, Any]) -> str:
    """A court's judgment."""
    given = request.POST
    day = claims.record_declared_death(
        says=claims.CourtSays(
            judgment=claims.Judgment(
                missing_on=_day(given.get("missing_on")), judged_on=_day(given.get("judged_on")),
                by_accident=given.get("by_accident") == "on", impossible=given.get("impossible") == "on",
            ),
            court=given.get("court", ""), case_number=given.get("case_number", ""),
            evidence=_paper(request, "DEATH_CERTIFICATE"),
        ),
        **told,
    )  # fmt: skip
    return _("已登记，视为死亡之日是 {day}。").format(day=day.died_on.isoformat())


@_act("beneficiaries")
def person_returned(request: HttpRequest, told: dict[str, Any]) -> str:
    """The declared person came back."""
    given = request.POST
    asked = claims.record_return(
        returned_on=_day(given.get("returned_on")), revoked_number=given.get("revoked_number", ""),
        **told,
    )  # fmt: skip
    if asked:
        return _("已登记；对每位收款人提出了追回，请另一位同事批准。")
    return _("已登记，请核定赔案。")


@_act("misstated")
def state_age(request: HttpRequest, told: dict[str, Any]) -> str:
    """Establish the insured's true date of birth."""
    given, file = request.POST, request.FILES.get("file")
    claims.state_misstated_age(
        true_birth=_day(given.get("true_birth")), reason=given.get("reason", ""),
        evidence=claims.Paper("ID_CARD", file.name or "", file.read()) if file else None, **told,
    )  # fmt: skip
    return _("已登记，请另一位同事复核；复核前不影响理算。")


@_act("misstated")
def answer_age(request: HttpRequest, told: dict[str, Any]) -> str:
    """Confirm it, or send it back."""
    given = request.POST
    way = claims.confirm_misstated_age(
        finding_id=_number(given.get("finding")), agrees=given.get("agrees") == "yes",
        answer=given.get("answer", ""), **told,
    )  # fmt: skip
    return _("已复核：按认定办理。") if way else _("已退回。")


@_act("beneficiaries")
def returned_policy(request: HttpRequest, told: dict[str, Any]) -> str:
    """What becomes of the contract of somebody who came back."""
    given = request.POST
    outcome = claims.decide_returned_policy(
        revive=given.get("revive") == "yes", reason=given.get("reason", ""), **told
    )
    if outcome == "REVIVED":
        return _("保单已恢复效力；到期未交的保险费从停交之日起补交。")
    return _("已记录：保单不恢复。")


@_act("beneficiaries")
def share_account(request: HttpRequest, told: dict[str, Any]) -> str:
    """Set another beneficiary's own account, as they asked."""
    given = request.POST
    claims.correct_account(
        account_id=_number(given.get("account")), for_party=_number(given.get("party")),
        reason=given.get("reason", ""), **told,
    )  # fmt: skip
    return _("账户已登记，等待的部分已安排付款。")


@_act("beneficiaries")
def establish(request: HttpRequest, told: dict[str, Any]) -> str:
    """Who might be entitled and what became of them."""
    given = request.POST
    ids = [n for n in map(whole, given.getlist("include")) if n is not None]
    claims.establish_entitlement(
        persons=[
            claims.Person(
                party_id=n, relation=given.get(f"relation-{n}", ""), fate=given.get(f"fate-{n}", ""),
                has_heirs=given.get(f"lonely-{n}") != "on", through=whole(given.get(f"through-{n}")),
                receiver_id=whole(given.get(f"receiver-{n}")),
            )
            for n in ids
        ],
        note=given.get("note", ""), insured_has_heirs=given.get("insured_lonely") != "on", **told,
    )  # fmt: skip
    return _("份额已按法律算出，由另一位同事复核。")


@_act("beneficiaries")
def confirm(request: HttpRequest, told: dict[str, Any]) -> str:
    """Another person confirms who is entitled."""
    claims.confirm_entitlement(entitlement_id=_number(request.POST.get("entitlement")), **told)
    return _("受益人认定已生效，赔款按此分别支付。")


# -- other policies and insurers -------------------------------------------------------------------


@_act("coordination")
def note_elsewhere(request: HttpRequest, told: dict[str, Any]) -> str:
    """Another insurer's settlement note."""
    given = request.POST
    claims.note_paid_elsewhere(
        insurer=given.get("insurer", ""), note_number=given.get("note_number", ""),
        amount=_amount(given.get("amount")), evidence=_paper(request), **told,
    )  # fmt: skip
    return _("已登记并重新理算。")


@_act("coordination")
def withdraw_elsewhere(request: HttpRequest, told: dict[str, Any]) -> str:
    """A note was wrong."""
    claims.withdraw_paid_elsewhere(note_id=_number(request.POST.get("note")), **told)
    return _("已作废并重新理算。")


@_act("coordination")
def order_policies(request: HttpRequest, told: dict[str, Any]) -> str:
    """The order that the insured chose."""
    numbered = [
        (whole(request.POST.get(f"place-{n}")) or 99, n)
        for n in (whole(text) for text in request.POST.getlist("claims"))
        if n is not None and request.POST.get(f"place-{n}")
    ]
    claims.choose_policy_order(claim_ids=[n for _place, n in sorted(numbered)], **told)
    return _("顺序已记录。")


@_act("coordination")
def coordinate(request: HttpRequest, told: dict[str, Any]) -> str:
    """Calculate with all that was paid before."""
    paid = claims.coordinate(**told)
    return _("已按他处先赔付 {paid} 元重新理算。").format(paid=paid)


# -- day sixty, money back -------------------------------------------------------------------------


@_act("money-back")
def state_instalment(request: HttpRequest, told: dict[str, Any]) -> str:
    """What can be determined, for day sixty."""
    given = request.POST
    due_on = claims.state_undisputed_part(
        amount=_amount(given.get("amount")), reason=given.get("reason", ""), **told
    )
    return _("已记录；{day} 前还没有核定的，自动先行给付。").format(day=due_on.isoformat())


@_act("money-back")
def propose_recovery(request: HttpRequest, told: dict[str, Any]) -> str:
    """Money is to come back."""
    given = request.POST
    claims.propose_recovery(
        from_party=_number(given.get("party")), amount=_amount(given.get("amount")),
        cause=given.get("cause", ""), reason=given.get("reason", ""), **told,
    )  # fmt: skip
    return _("追回已提出，由另一位同事批准。")


@_act("money-back")
def decide_recovery(request: HttpRequest, told: dict[str, Any]) -> str:
    """Another person approves or refuses."""
    given = request.POST
    approve = given.get("approve") == "yes"
    claims.decide_recovery(
        recovery_id=_number(given.get("recovery")), approve=approve,
        answer=given.get("answer", ""), **told,
    )  # fmt: skip
    return _("已批准，付款部门开始追回。") if approve else _("已决定不予追回。")


# -- agreements ------------------------------------------------------------------------------------


@_act("agreements")
def ask_agreement(request: HttpRequest, told: dict[str, Any]) -> str:
    """Something for the customer to sign."""
    given = request.POST
    claims.ask_agreement(
        kind=given.get("kind", ""), terms=given.get("terms", ""),
        amount=_amount(given.get("amount")) if given.get("amount") else None,
        lines=_lines(given.get("lines", "")) if given.get("kind") == "REPAYMENT" else (),
        recovery_id=whole(given.get("recovery")), **told,
    )  # fmt: skip
    return _("已发给客户，签名后会在这里显示。")


@_act("agreements")
def withdraw_agreement(request: HttpRequest, told: dict[str, Any]) -> str:
    """It is not to be signed any more."""
    given = request.POST
    claims.withdraw_agreement(
        agreement_id=_number(given.get("agreement")), reason=given.get("reason", ""), **told
    )
    return _("已收回。")


def _lines(text: str) -> list[tuple[date, Decimal]]:
    """A day and an amount a line. :raises BadAgreement: anything else."""
    read = []
    for line in text.split("\n"):
        parts = line.split()
        if not parts:
            continue
        if len(parts) != 2:
            raise claims.BadAgreement(_("各期每行写一个日期和一个金额"))
        read.append((_day(parts[0]), _amount(parts[1])))
    return read


# -- team ------------------------------------------------------------------------------------------


@_act("team")
def give_part(request: HttpRequest, told: dict[str, Any]) -> str:
    """A part of the case to a colleague."""
    given = request.POST
    claims.give_part(area=given.get("area", ""), staff_id=_number(given.get("staff")), **told)
    return _("已分派。")


@_act("team")
def finish_part(request: HttpRequest, told: dict[str, Any]) -> str:
    """One's own part is done."""
    given = request.POST
    claims.finish_part(area=given.get("area", ""), result=given.get("result", ""), **told)
    return _("这一部分已办结，结果写入共用记录。")


@_act("team")
def note_and_call(request: HttpRequest, told: dict[str, Any]) -> str:
    """A line in the shared log that calls colleagues."""
    given = request.POST
    claims.note_and_call(
        note=claims.Note(kind=given.get("kind", ""), text=given.get("text", "")),
        staff_ids=[n for n in map(whole, given.getlist("staff")) if n is not None], **told,
    )  # fmt: skip
    return _("已记下，并通知了提到的同事。")


@_act("team")
def seen(request: HttpRequest, told: dict[str, Any]) -> str:
    """One has seen what one was called for."""
    claims.answer_mentions(**told)
    return _("已标记为看过。")


@_act("team")
def order_care(request: HttpRequest, told: dict[str, Any]) -> str:
    """Help before the decision."""
    given = request.POST
    claims.order_care(
        care=claims.Care(
            kind=given.get("kind", ""), words=given.get("words", ""),
            provider_id=whole(given.get("provider")),
            amount=_amount(given.get("amount")) if given.get("amount") else None,
        ),
        **told,
    )  # fmt: skip
    return _("协助已安排。")


@_act("team")
def approve_advance(request: HttpRequest, told: dict[str, Any]) -> str:
    """Another person approves an advance of costs."""
    given = request.POST
    approve = given.get("approve") == "yes"
    claims.approve_advance(
        care_id=_number(given.get("care")),
        approve=approve,
        outcome=given.get("outcome", ""),
        **told,
    )
    return _("垫付已批准并发起付款。") if approve else _("垫付没有批准。")


@_act("team")
def finish_care(request: HttpRequest, told: dict[str, Any]) -> str:
    """What came of the help."""
    given = request.POST
    claims.finish_care(care_id=_number(given.get("care")), outcome=given.get("outcome", ""), **told)
    return _("协助结果已记录。")


@_act("team")
def part_claims(request: HttpRequest, told: dict[str, Any]) -> str:
    """A merged report stands by itself again."""
    claims.part_claims(reason=request.POST.get("reason", ""), **told)
    return _("已拆分，资料已退回，单独审核。")


def _paper(request: HttpRequest, kind: str = "OTHER") -> claims.Paper | None:
    file = request.FILES.get("file")
    return claims.Paper(kind, file.name or "", file.read()) if file else None


def _amount(text: str | None) -> Decimal:
    try:
        return yuan((text or "").replace(",", "").strip())
    except ValueError:
        raise claims.BadAmount from None


def _number(text: str | None) -> int:
    number = whole(text)
    if number is None:
        raise Invalid(_("请选择一项"))
    return number


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat((text or "").strip())
    except ValueError:
        raise Invalid(_("请填写日期，例如 2026-03-01")) from None
