"""What a member of staff does on the pages of a hard case: each button one operation."""

from __future__ import annotations

from collections import ChainMap
from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yilu.claims import operations as claims
from yilu.claims.operations import deceit, unlapsing
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.common.templatetags.yilu import full_day
from yilu.web.staff import hard_facts, hard_team
from yilu.web.staff.hard import show_page
from yilu.web.staff.hard_buttons import Buttons, amount_of, day_of, number_of, paper_of
from yilu.web.staff.page import access_of

BUTTONS = Buttons()
_ALL = ChainMap(BUTTONS, hard_team.BUTTONS, hard_facts.BUTTONS)


@require_POST
@staff_only(right="claims.view")
def act(request: HttpRequest, claim_id: int, name: str) -> HttpResponse:
    """Carry out one operation and come back to its page with a word, or with the refusal."""
    if name not in _ALL:
        raise Http404
    place, function = _ALL[name]
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


@BUTTONS.on("investigation")
def plan_step(request: HttpRequest, told: dict[str, Any]) -> str:
    """Add a step to the plan."""
    given = request.POST
    due = day_of(given.get("due_on")) if given.get("due_on") else None
    claims.plan_step(
        step=claims.Step(
            kind=given.get("kind", ""), task=given.get("task", ""), owner_id=number_of(given.get("owner")),
            due_at=timezone.make_aware(datetime.combine(due, time(18))) if due else None,
        ),
        **told,
    )  # fmt: skip
    return _("步骤已安排，负责人会在自己的工作里看到。")


@BUTTONS.on("investigation")
def settle_step(request: HttpRequest, told: dict[str, Any]) -> str:
    """The result of a step with its proof."""
    given = request.POST
    claims.settle_step(
        step_id=number_of(given.get("step")), result=given.get("result", ""),
        finding=given.get("finding", ""), receipt=given.get("receipt", ""),
        evidence=paper_of(request), **told,
    )  # fmt: skip
    return _("结果已记录。")


@BUTTONS.on("investigation")
def drop_step(request: HttpRequest, told: dict[str, Any]) -> str:
    """A step is not needed."""
    given = request.POST
    claims.drop_step(step_id=number_of(given.get("step")), reason=given.get("finding", ""), **told)
    return _("步骤已取消。")


@BUTTONS.on("investigation")
def report(request: HttpRequest, told: dict[str, Any]) -> str:
    """The investigator's report."""
    given = request.POST
    claims.report_investigation(
        finding=given.get("finding", ""), report=given.get("report", ""), **told
    )
    return _("报告已提交，由另一位同事作结论。")


@BUTTONS.on("investigation")
def conclude(request: HttpRequest, told: dict[str, Any]) -> str:
    """Another person's conclusion."""
    given = request.POST
    claims.conclude_investigation(
        finding=given.get("finding", ""), conclusion=given.get("conclusion", ""), **told
    )
    return _("调查已有结论，赔案回到审核。")


# -- rescission ------------------------------------------------------------------------------------


@BUTTONS.on("rescission")
def note_ground(request: HttpRequest, told: dict[str, Any]) -> str:
    """We know of a ground: thirty days run, premiums are held."""
    given = request.POST
    claims.note_ground_for_rescission(
        ground=given.get("ground", "").strip(), note=given.get("note", ""),
        known_on=day_of(given.get("known_on")) if given.get("known_on") else None, **told,
    )  # fmt: skip
    return _("已记录知悉；三十日开始计算，保单暂停收费。")


@BUTTONS.on("rescission")
def rescind_fraud(request: HttpRequest, told: dict[str, Any]) -> str:
    """The contract is to be rescinded for the fraud that was decided."""
    deceit.propose_rescission_for_fraud(reason=request.POST.get("reason", ""), **told)
    return _("已提出，由另一位有复核权限的同事决定；保单暂停收费。")


@BUTTONS.on("rescission")
def rescind(request: HttpRequest, told: dict[str, Any]) -> str:
    """Rescind, or let the right go."""
    given = request.POST
    claims.decide_rescission(
        knowledge_id=number_of(given.get("knowledge")), rescind=given.get("rescind") == "yes",
        reason=given.get("reason", ""), fault=given.get("fault", ""), **told,
    )  # fmt: skip
    return _("解除权处理结果已记录。")


# -- appraisal -------------------------------------------------------------------------------------


@BUTTONS.on("appraisal")
def order_appraisal(request: HttpRequest, told: dict[str, Any]) -> str:
    """Ask an institution."""
    given = request.POST
    claims.order_appraisal(
        institution=given.get("institution", ""), licence=given.get("licence", ""),
        question=given.get("question", ""), **told,
    )  # fmt: skip
    return _("已委托鉴定，三十日内取得意见。")


@BUTTONS.on("appraisal")
def record_appraisal(request: HttpRequest, told: dict[str, Any]) -> str:
    """The institution's opinion, item by item."""
    given = request.POST
    rows = zip(given.getlist("code"), given.getlist("part"), given.getlist("grade"), strict=False)
    outcome = claims.record_appraisal(
        appraisal_id=number_of(given.get("appraisal")), assessed_on=day_of(given.get("assessed_on")),
        findings=[
            claims.Finding(code=code.strip(), part=part, grade=whole(grade) or 0)
            for code, part, grade in rows
            if code.strip()
        ],
        report_number=given.get("report_number", ""), evidence=paper_of(request, "DISABILITY_REPORT"),
        **told,
    )  # fmt: skip
    return _("已录入，综合为 {grade} 级，由另一位同事核对。").format(grade=outcome.grade)


@BUTTONS.on("appraisal")
def settle_appraisal(request: HttpRequest, told: dict[str, Any]) -> str:
    """Another person accepts it or not."""
    given = request.POST
    claims.settle_appraisal(
        appraisal_id=number_of(given.get("appraisal")), accept=given.get("accept") == "yes",
        reason=given.get("reason", ""), **told,
    )  # fmt: skip
    return _("核对结果已记录。")


# -- beneficiaries ---------------------------------------------------------------------------------


@BUTTONS.on("beneficiaries")
def declared_death(request: HttpRequest, told: dict[str, Any]) -> str:
    """A court's judgment."""
    given = request.POST
    day = claims.record_declared_death(
        says=claims.CourtSays(
            judgment=claims.Judgment(
                missing_on=day_of(given.get("missing_on")), judged_on=day_of(given.get("judged_on")),
                by_accident=given.get("by_accident") == "on", impossible=given.get("impossible") == "on",
            ),
            court=given.get("court", ""), case_number=given.get("case_number", ""),
            evidence=paper_of(request, "DEATH_CERTIFICATE"),
        ),
        **told,
    )  # fmt: skip
    return _("已登记，视为死亡之日是 {day}。").format(day=full_day(day.died_on))


@BUTTONS.on("beneficiaries")
def person_returned(request: HttpRequest, told: dict[str, Any]) -> str:
    """The declared person came back."""
    given = request.POST
    asked = claims.record_return(
        returned_on=day_of(given.get("returned_on")), revoked_number=given.get("revoked_number", ""),
        **told,
    )  # fmt: skip
    if asked:
        return _("已登记；对每位收款人提出了追回，请另一位同事批准。")
    return _("已登记，请核定赔案。")


@BUTTONS.on("misstated")
def state_age(request: HttpRequest, told: dict[str, Any]) -> str:
    """Establish the insured's true date of birth."""
    given, file = request.POST, request.FILES.get("file")
    claims.state_misstated_age(
        true_birth=day_of(given.get("true_birth")), reason=given.get("reason", ""),
        evidence=claims.Paper("ID_CARD", file.name or "", file.read()) if file else None, **told,
    )  # fmt: skip
    return _("已登记，请另一位同事复核；复核前不影响理算。")


@BUTTONS.on("misstated")
def answer_age(request: HttpRequest, told: dict[str, Any]) -> str:
    """Confirm it, or send it back."""
    given = request.POST
    way = claims.confirm_misstated_age(
        finding_id=number_of(given.get("finding")), agrees=given.get("agrees") == "yes",
        answer=given.get("answer", ""), **told,
    )  # fmt: skip
    return _("已复核：按认定办理。") if way else _("已退回。")


@BUTTONS.on("cover")
def state_lapse(request: HttpRequest, told: dict[str, Any]) -> str:
    """Say that the contract was suspended by a mistake."""
    given = request.POST
    unlapsing.state_mistaken_lapse(
        ground=given.get("ground", ""), reason=given.get("reason", ""), **told
    )
    return _("已登记，请另一位同事复核；复核前保单不变。")


@BUTTONS.on("cover")
def answer_lapse(request: HttpRequest, told: dict[str, Any]) -> str:
    """Confirm it, or send it back."""
    given = request.POST
    stands = unlapsing.confirm_mistaken_lapse(
        finding_id=number_of(given.get("finding")), agrees=given.get("agrees") == "yes",
        answer=given.get("answer", ""), **told,
    )  # fmt: skip
    return (
        _("已更正：保单效力从未中断，投保人会收到通知；赔案已重新理算。")
        if stands
        else _("已退回。")
    )


@BUTTONS.on("beneficiaries")
def returned_policy(request: HttpRequest, told: dict[str, Any]) -> str:
    """What becomes of the contract of somebody who came back."""
    given = request.POST
    outcome = claims.decide_returned_policy(
        revive=given.get("revive") == "yes", reason=given.get("reason", ""), **told
    )
    if outcome == "REVIVED":
        return _("保单已恢复效力；到期未交的保险费从停交之日起补交。")
    return _("已记录：保单不恢复。")


@BUTTONS.on("beneficiaries")
def share_account(request: HttpRequest, told: dict[str, Any]) -> str:
    """Set another beneficiary's own account, as they asked."""
    given = request.POST
    claims.correct_account(
        account_id=number_of(given.get("account")), for_party=number_of(given.get("party")),
        reason=given.get("reason", ""), **told,
    )  # fmt: skip
    return _("账户已登记，等待的部分已安排付款。")


@BUTTONS.on("beneficiaries")
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


@BUTTONS.on("beneficiaries")
def confirm(request: HttpRequest, told: dict[str, Any]) -> str:
    """Another person confirms who is entitled."""
    claims.confirm_entitlement(entitlement_id=number_of(request.POST.get("entitlement")), **told)
    return _("受益人认定已生效，赔款按此分别支付。")


# -- other policies and insurers -------------------------------------------------------------------


@BUTTONS.on("coordination")
def note_elsewhere(request: HttpRequest, told: dict[str, Any]) -> str:
    """Another insurer's settlement note."""
    given = request.POST
    claims.note_paid_elsewhere(
        insurer=given.get("insurer", ""), note_number=given.get("note_number", ""),
        amount=amount_of(given.get("amount")), evidence=paper_of(request), **told,
    )  # fmt: skip
    return _("已登记并重新理算。")


@BUTTONS.on("coordination")
def withdraw_elsewhere(request: HttpRequest, told: dict[str, Any]) -> str:
    """A note was wrong."""
    claims.withdraw_paid_elsewhere(note_id=number_of(request.POST.get("note")), **told)
    return _("已作废并重新理算。")


@BUTTONS.on("coordination")
def order_policies(request: HttpRequest, told: dict[str, Any]) -> str:
    """The order that the insured chose."""
    numbered = [
        (whole(request.POST.get(f"place-{n}")) or 99, n)
        for n in (whole(text) for text in request.POST.getlist("claims"))
        if n is not None and request.POST.get(f"place-{n}")
    ]
    claims.choose_policy_order(claim_ids=[n for _place, n in sorted(numbered)], **told)
    return _("顺序已记录。")


@BUTTONS.on("coordination")
def coordinate(request: HttpRequest, told: dict[str, Any]) -> str:
    """Calculate with all that was paid before."""
    paid = claims.coordinate(**told)
    return _("已按他处先赔付 {paid} 元重新理算。").format(paid=paid)


# -- day sixty, money back -------------------------------------------------------------------------


@BUTTONS.on("money-back")
def state_instalment(request: HttpRequest, told: dict[str, Any]) -> str:
    """What can be determined, for day sixty."""
    given = request.POST
    due_on = claims.state_undisputed_part(
        amount=amount_of(given.get("amount")), reason=given.get("reason", ""), **told
    )
    return _("已记录；{day} 前还没有核定的，自动先行给付。").format(day=full_day(due_on))


@BUTTONS.on("money-back")
def propose_recovery(request: HttpRequest, told: dict[str, Any]) -> str:
    """Money is to come back."""
    given = request.POST
    claims.propose_recovery(
        from_party=number_of(given.get("party")), amount=amount_of(given.get("amount")),
        cause=given.get("cause", ""), reason=given.get("reason", ""), **told,
    )  # fmt: skip
    return _("追回已提出，由另一位同事批准。")


@BUTTONS.on("money-back")
def decide_recovery(request: HttpRequest, told: dict[str, Any]) -> str:
    """Another person approves or refuses."""
    given = request.POST
    approve = given.get("approve") == "yes"
    claims.decide_recovery(
        recovery_id=number_of(given.get("recovery")), approve=approve,
        answer=given.get("answer", ""), **told,
    )  # fmt: skip
    return _("已批准，付款部门开始追回。") if approve else _("已决定不予追回。")


# -- interest for late payment ---------------------------------------------------------------------


@BUTTONS.on("late")
def late_interest(request: HttpRequest, told: dict[str, Any]) -> str:
    """Pay interest for so many days, or for none with a reason."""
    given = request.POST
    days = whole(given.get("days"))
    paid = claims.decide_late_interest(
        late_id=number_of(given.get("late")), days=-1 if days is None else days,
        reason=given.get("reason", ""), account_id=whole(given.get("account")), **told,
    )  # fmt: skip
    if paid is None:
        return _("已记录：不支付逾期利息，理由已留存。")
    return _("逾期利息已安排付款，通知书和短信会告诉客户怎样计算。")
