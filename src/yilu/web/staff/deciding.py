"""What a member of staff does to a claim at the desk: each button one operation (核赔)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yilu.claims import operations as claims
from yilu.documents import queries as documents
from yilu.kernel.errors import Invalid, Refusal
from yilu.kernel.money import yuan
from yilu.kernel.refs import Ref
from yilu.people.queries import Access
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.common.receipt import receipt_in
from yilu.web.staff.desk import show_desk
from yilu.web.staff.page import access_of
from yilu.web.staff.talk_notes import note_in

Act = Callable[[HttpRequest, int, Access, Ref], str]


def _at_the_desk(act: Act) -> Callable[[HttpRequest, int], HttpResponse]:
    """
    A POST that carries out one operation and comes back to the desk with a word about it.

    A refusal shows the desk again, as it is now, with what is wrong and what to do.
    """

    @require_POST
    @staff_only(right="claims.view")
    @wraps(act)
    def view(request: HttpRequest, claim_id: int) -> HttpResponse:
        access = access_of(request)
        try:
            said = act(request, claim_id, access, Ref("staff", access.staff_id))
        except claims.ClaimNotFound:
            raise
        except Refusal as refusal:
            return show_desk(request, claim_id, refusal=refusal)
        messages.success(request, said)
        return redirect("staff:claim", claim_id=claim_id)

    return view


@_at_the_desk
def decide(request: HttpRequest, claim_id: int, access: Access, actor: Ref) -> str:
    """Pay, pay in part or decline, bound to what was on the screen."""
    given = request.POST
    made = claims.decide(
        claim_id=claim_id,
        verdict=claims.Verdict(
            digest=given.get("digest", ""),
            kind=given.get("kind", ""),
            amount=_amount(given.get("amount")) if given.get("kind") == "PARTIAL" else None,
            reason=given.get("reason", "").strip(),
            clauses=tuple(given.getlist("clauses")),
            override_reason=given.get("override_reason", "").strip(),
            fraud=given.get("fraud", ""),
            medical_reason=given.get("medical_reason", ""),
        ),
        access=access,
        actor=actor,
        at=timezone.now(),
    )
    return _("已提交，等待复核。") if made.second else _("已核定，客户会马上收到通知。")


@_at_the_desk
def confirm(request: HttpRequest, claim_id: int, access: Access, actor: Ref) -> str:
    """The second pair of eyes."""
    agrees = request.POST.get("agrees") == "yes"
    claims.confirm_decision(
        claim_id=claim_id, digest=request.POST.get("digest", ""), agrees=agrees,
        reason=request.POST.get("reason", "").strip(), access=access, actor=actor, at=timezone.now(),
    )  # fmt: skip
    return _("复核通过，结论生效。") if agrees else _("已退回审核人。")


@_at_the_desk
def to_review(request: HttpRequest, claim_id: int, access: Access, actor: Ref) -> str:
    """Give the claim to an assessor with the papers that are there (从简办理)."""
    claims.send_to_review(
        claim_id=claim_id, reason=request.POST.get("reason", ""), access=access, actor=actor,
        at=timezone.now(),
    )  # fmt: skip
    return _("已转人工审核，审核人员按现有资料办理。")


@_at_the_desk
def consultant(request: HttpRequest, claim_id: int, access: Access, actor: Ref) -> str:
    """Who accompanies the customer to the end (专属理赔顾问): oneself, or whom the team lead names."""
    claims.assign_consultant(
        claim_id=claim_id, staff_id=whole(request.POST.get("staff")) or access.staff_id,
        access=access, actor=actor, at=timezone.now(),
    )  # fmt: skip
    return _("已登记理赔顾问，请尽快联系客户。")


@_at_the_desk
def calculate(request: HttpRequest, claim_id: int, access: Access, actor: Ref) -> str:
    """Calculate anew with what the person established."""
    claims.calculate_claim(
        claim_id=claim_id,
        chosen=claims.Chosen(
            upheld=tuple(request.POST.getlist("upheld")),
            paid_elsewhere=_amount(request.POST.get("paid_elsewhere") or "0"),
        ),
        access=access, actor=actor, at=timezone.now(),
    )  # fmt: skip
    return _("已重新理算。")


@_at_the_desk
def supplement(request: HttpRequest, claim_id: int, access: Access, actor: Ref) -> str:
    """One notice of everything that is missing."""
    labels = dict(documents.FILE_KINDS)
    missing = [
        claims.Missing(title=labels[kind], kinds=(kind,))
        for kind in request.POST.getlist("kinds")
        if kind in labels
    ]
    if other := request.POST.get("other", "").strip():
        missing.append(claims.Missing(title=other[:60]))
    claims.request_supplement(
        claim_id=claim_id, missing=missing, note=request.POST.get("note", "").strip(), access=access,
        actor=actor, at=timezone.now(),
    )  # fmt: skip
    return _("一次性补充通知已发出；客户收到后时限暂停。")


@_at_the_desk
def notice_arrived(request: HttpRequest, claim_id: int, access: Access, actor: Ref) -> str:
    """The customer has the notice: proof from the counter or the telephone."""
    claims.note_notice_arrival(
        claim_id=claim_id, proof=request.POST.get("proof", ""), access=access, actor=actor,
        at=timezone.now(),
    )  # fmt: skip
    return _("已记录送达，时限从现在起暂停。")


@_at_the_desk
def waive_supplement(request: HttpRequest, claim_id: int, access: Access, actor: Ref) -> str:
    """Go on without what was asked for."""
    claims.waive_supplement(
        claim_id=claim_id, reason=request.POST.get("reason", ""), access=access, actor=actor,
        at=timezone.now(),
    )  # fmt: skip
    return _("不再等待补充资料，继续办理。")


@_at_the_desk
def investigate(request: HttpRequest, claim_id: int, access: Access, actor: Ref) -> str:
    """Have facts verified outside the file."""
    claims.open_investigation(
        claim_id=claim_id, reason=request.POST.get("reason", ""),
        question=request.POST.get("question", ""), helper=request.POST.get("helper", ""),
        access=access, actor=actor, at=timezone.now(),
    )  # fmt: skip
    return _("已转调查。")


@_at_the_desk
def state_complexity(request: HttpRequest, claim_id: int, access: Access, actor: Ref) -> str:
    """Why it is complex: thirty days instead of five working days."""
    claims.state_complexity(
        claim_id=claim_id, reason=request.POST.get("reason", ""),
        words=request.POST.get("words", ""), access=access, actor=actor, at=timezone.now(),
    )  # fmt: skip
    return _("已记下，三十日内核定，并已告知客户。")


@_at_the_desk
def end_investigation(request: HttpRequest, claim_id: int, access: Access, actor: Ref) -> str:
    """Write down what was found."""
    claims.close_investigation(
        claim_id=claim_id, finding=request.POST.get("finding", ""),
        report=request.POST.get("report", ""), access=access, actor=actor, at=timezone.now(),
    )  # fmt: skip
    return _("调查结果已记录，回到审核。")


@_at_the_desk
def note_ground(request: HttpRequest, claim_id: int, access: Access, actor: Ref) -> str:
    """We know of a non-disclosure: thirty days run from now."""
    claims.note_ground_for_rescission(
        claim_id=claim_id, ground=request.POST.get("ground", "").strip(),
        note=request.POST.get("note", ""), access=access, actor=actor, at=timezone.now(),
    )  # fmt: skip
    return _("已记录知悉，三十日解除期限开始计时。")


@_at_the_desk
def decide_rescission(request: HttpRequest, claim_id: int, access: Access, actor: Ref) -> str:
    """Rescind, or let the right go."""
    claims.decide_rescission(
        claim_id=claim_id, knowledge_id=_number(request.POST.get("knowledge_id")),
        rescind=request.POST.get("rescind") == "yes", reason=request.POST.get("reason", ""),
        access=access, actor=actor, at=timezone.now(),
    )  # fmt: skip
    return _("解除权处理结果已记录。")


@_at_the_desk
def undisputed(request: HttpRequest, claim_id: int, access: Access, actor: Ref) -> str:
    """Pay first what can be determined."""
    paid = claims.pay_undisputed_part(
        claim_id=claim_id, amount=_amount(request.POST.get("amount")),
        reason=request.POST.get("reason", ""), access=access, actor=actor, at=timezone.now(),
    )  # fmt: skip
    if paid is None:
        return _(
            "收款人的身份还没有核实，已请登记机关和柜面核对。核实后请再办理一次，现在没有付款。"
        )
    return _("无争议部分已发起先行支付。")


@_at_the_desk
def ex_gratia(request: HttpRequest, claim_id: int, access: Access, actor: Ref) -> str:
    """Pay what is not owed, on one's own authority."""
    claims.grant_ex_gratia(
        claim_id=claim_id, amount=_amount(request.POST.get("amount")),
        reason=request.POST.get("reason", ""), access=access, actor=actor, at=timezone.now(),
    )  # fmt: skip
    return _("通融赔付已记录并发起付款。")


@_at_the_desk
def note(request: HttpRequest, claim_id: int, access: Access, actor: Ref) -> str:
    """A line in the log that all handlers share."""
    claims.write_note(
        claim_id=claim_id, note=note_in(request), access=access, actor=actor, at=timezone.now()
    )
    return _("已记下。")


@_at_the_desk
def tell_progress(request: HttpRequest, claim_id: int, access: Access, actor: Ref) -> str:
    """A sentence for the customer about how their claim stands."""
    claims.tell_progress(
        claim_id=claim_id, words=request.POST.get("words", ""), access=access, actor=actor,
        at=timezone.now(),
    )  # fmt: skip
    return _("已发给客户；下一次进展最迟三个工作日内。")


@_at_the_desk
def send_link(request: HttpRequest, claim_id: int, access: Access, actor: Ref) -> str:
    """Send the customer a signed upload link."""
    kinds = request.POST.getlist("kinds") or [k for k, _label in documents.FILE_KINDS]
    claims.send_upload_link(
        claim_id=claim_id, kinds=kinds, access=access, actor=actor, at=timezone.now()
    )
    return _("上传链接已发送给客户。")


@_at_the_desk
def upload_for(request: HttpRequest, claim_id: int, access: Access, actor: Ref) -> str:
    """Hand in a file that came to the counter, in the customer's place."""
    file = request.FILES.get("file")
    if file is None:
        raise Invalid(_("请选择文件"))
    claims.hand_in_documents(
        claim_id=claim_id,
        papers=[claims.Paper(request.POST.get("kind", ""), file.name or "", file.read())],
        actor=actor, at=timezone.now(), access=access, receipt=receipt_in(request.POST),
    )  # fmt: skip
    return _("已收到，正在识别。")


@_at_the_desk
def withdraw(request: HttpRequest, claim_id: int, access: Access, actor: Ref) -> str:
    """Take the claim back at the claimant's wish."""
    claims.withdraw_claim(
        claim_id=claim_id, reason=request.POST.get("reason", ""), actor=actor, at=timezone.now(),
        access=access,
    )  # fmt: skip
    return _("已按客户意愿撤案。")


@_at_the_desk
def merge(request: HttpRequest, claim_id: int, access: Access, actor: Ref) -> str:
    """Join a second report of the same loss to the first."""
    claims.merge_claims(
        claim_id=claim_id, into_id=_number(request.POST.get("into_id")), access=access, actor=actor,
        at=timezone.now(),
    )  # fmt: skip
    return _("已并案。")


@_at_the_desk
def reopen(request: HttpRequest, claim_id: int, access: Access, actor: Ref) -> str:
    """Go on with a decided claim."""
    claims.reopen_claim(
        claim_id=claim_id, cause=request.POST.get("cause", ""), text=request.POST.get("text", ""),
        actor=actor, at=timezone.now(), access=access,
    )  # fmt: skip
    return _("已重新处理。")


@_at_the_desk
def review_afterwards(request: HttpRequest, claim_id: int, access: Access, actor: Ref) -> str:
    """The verdict on a sampled straight-through claim."""
    claims.review_afterwards(
        claim_id=claim_id, verdict=request.POST.get("verdict", ""),
        finding=request.POST.get("finding", ""), access=access, actor=actor, at=timezone.now(),
    )  # fmt: skip
    return _("抽样复核已完成。")


@_at_the_desk
def correct_account(request: HttpRequest, claim_id: int, access: Access, actor: Ref) -> str:
    """Pay to another account of the payee's own."""
    claims.correct_account(
        claim_id=claim_id, account_id=_number(request.POST.get("account_id")), actor=actor,
        at=timezone.now(), access=access,
    )  # fmt: skip
    return _("收款账户已更正，款项重新发出。")


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
