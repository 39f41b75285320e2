"""保全大厅: everything one may ask of a policy, shelf by shelf, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yilu.documents import queries as documents
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, Refusal
from yilu.kernel.refs import Ref
from yilu.letters import operations as letter_operations
from yilu.letters import queries as letters
from yilu.payments import queries as payments
from yilu.policies import queries as policies
from yilu.servicing import operations as servicing
from yilu.servicing import queries
from yilu.video import operations as video
from yilu.web.common import access
from yilu.web.common.asking import FILE_MAX, Ask, begin
from yilu.web.common.files import pdf, shown
from yilu.web.common.moments import moment_of
from yilu.web.common.numbers import whole
from yilu.web.customer import going_on, pages

_WORTH = {"MONEY", "END"}
"""Shelves of the hall where the value says which policy to choose."""


@access.customers_only
@require_safe
def hall(request: HttpRequest) -> HttpResponse:
    """Every kind on its shelf; ``?policy=`` those of one policy. Nothing is folded away (E42)."""
    me, chosen = pages.me(request), None
    groups, closed = queries.hall(), tuple[queries.HallKind, ...]()
    if (policy_id := whole(request.GET.get("policy"))) is not None:
        chosen = policies.get_for_party(policy_id, me.id)
        shelf = queries.shelf_of(chosen, queries.CUSTOMER, day_of(timezone.now()))
        groups, closed = shelf.groups, shelf.closed
    page = {
        "groups": groups, "policy": chosen, "closed": closed, "open": _open(me),
        "to_agree": queries.list_to_agree(me.id),
    }  # fmt: skip
    return pages.show(request, "servicing/hall", page, tab="home")


@access.customers_only
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """我的办理: what one asked for, and what waits for one's consent."""
    me = pages.me(request)
    page = {
        "requests": queries.list_for_customer(me.id), "to_agree": queries.list_to_agree(me.id),
    }  # fmt: skip
    return pages.show(request, "servicing/mine", page, tab="me")


@access.customers_only
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, kind: str) -> HttpResponse:
    """What a kind asks: first which policy, where there are several; then the form."""
    me, now = pages.me(request), timezone.now()
    policy_id = whole(request.GET.get("policy"))
    chosen = queries.kind_named(kind)
    if chosen.about_policy and policy_id is None:
        found = queries.policies_for(kind, policies.list_for_party(me.id), day_of(now))
        open_ones = [each.policy for each in found if not each.reason]
        if len(open_ones) != 1 or "choose" in request.GET:
            return _choose(request, chosen, found, day_of(now))
        policy_id = open_ones[0].id
    begun = begin(
        request, kind, party_id=me.id, policy_id=policy_id, door=queries.CUSTOMER, actor=me, at=now,
        kept=lambda id: queries.get_for_customer(id, me.id, now),
    )  # fmt: skip
    if begun.request_id is not None:
        return redirect("customer:service_request", begun.request_id)
    form = begun.form
    if begun.refusal is not None:
        going_on.failed(request, begun.refusal, journey="servicing", kind=kind, policy_id=policy_id)
    elif request.method != "POST" and "request" not in request.GET:
        filled = going_on.restored(me, "servicing", kind, policy_id)
        form = Ask(begun.asked, me.id, filled) if filled else form
    page = {
        "asked": begun.asked, "form": form, "refusal": begun.refusal, "policy_id": policy_id,
        "hotline": settings.HOTLINE,
        "account_url": f"{reverse('customer:add_account')}?next={request.get_full_path()}",
        **going_on.frame(request, watch=begun.refusal is not None),
    }  # fmt: skip
    return pages.show(request, "servicing/ask", page, tab="home", status=begun.status)


def _choose(
    request: HttpRequest, kind: queries.Kind, found: Sequence[queries.PolicyFor], today: date
) -> HttpResponse:
    """Which policy: those it can be asked for; of the others, why not."""
    open_ones = [each.policy for each in found if not each.reason]
    values = policies.values_of([p.id for p in open_ones], today) if kind.group in _WORTH else {}
    page = {
        "kind": kind, "policies": [(p, values.get(p.id)) for p in open_ones],
        "closed": [each for each in found if each.reason],
    }  # fmt: skip
    return pages.show(request, "servicing/policy", page, tab="home")


@access.customers_only
@require_safe
def request_page(request: HttpRequest, request_id: int) -> HttpResponse:
    """One request: what it costs or pays, to be confirmed; afterwards how far it is."""
    return _show(request, request_id)


def _show(
    request: HttpRequest, request_id: int, refusal: Refusal | None = None, *, stuck: bool = False
) -> HttpResponse:
    me, now = pages.me(request), timezone.now()
    asked_of_me, answers = False, set[str]()
    try:
        found = queries.get_for_customer(request_id, me.id, now)
    except servicing.RequestNotFound:
        found, asked_of_me = queries.get_for_second_party(request_id, me.id, now), True
        answers = {each.answer for each in found.agreements if each.mine}
    quoted = None
    if found.editable and not asked_of_me:
        try:
            quoted = servicing.quote_request(request_id=request_id, actor=me, at=now)
        except Refusal as refused:
            refusal, stuck = refusal or refused, True
        found = queries.get_for_customer(request_id, me.id, now)
    blocked = quoted is not None and bool(quoted.blocked)
    if stuck and refusal is not None and not blocked:
        going_on.failed(request, refusal, journey="servicing", kind=found.kind, about=found.ref)
    page = {
        "request_": found, "quoted": quoted, "refusal": refusal, "asked_of_me": asked_of_me,
        "wards": [a.name for a in found.agreements if a.mine and a.party_id != me.id],
        "my_answer": next((a for a in ("WAITING", "DECLINED", "AGREED") if a in answers), ""),
        "identity_wait": policies.identity_wait_of(me.id, day_of(now)) if found.awaits_identity else None,
        "debit": _debit(found), "steps": queries.STEPS, "needs": queries.needs(found, now), "ways": queries.WAYS,
        "hotline": settings.HOTLINE,
        **going_on.frame(request, watch=stuck or (blocked and not found.way), about=found.ref),
    }  # fmt: skip
    return pages.show(request, "servicing/request", page, tab="me", status=pages.status_of(refusal))


def _debit(found: queries.RequestView) -> payments.CollectionView | None:
    """The debit of a card the customer chose, while it is under way: nothing is asked of them."""
    if found.state != "WAITING_MONEY" or found.collected_at or not found.collection_id:
        return None
    asked = payments.get_collection(found.collection_id)
    return asked if asked.is_under_way else None


@access.customers_only
@require_POST
def act(request: HttpRequest, request_id: int, name: str) -> HttpResponse:
    """One step: confirm, code, verify, phone_code, phone_verify, paper, continue, withdraw, agree_code, agree, decline."""
    doing = _ACTS.get(name)
    if doing is None:
        raise Http404
    me = pages.me(request)
    try:
        said = doing(request, request_id, me)
    except servicing.RequestNotFound:
        raise
    except Refusal as refused:
        return _show(request, request_id, refused, stuck=name == "confirm")
    if name in {"confirm", "agree"}:
        about = Ref("servicing_request", request_id)
        video.note_signed(about=about, party_id=me.id, at=timezone.now())
    messages.success(request, said)
    return redirect("customer:service_request", request_id)


def _confirm(request: HttpRequest, request_id: int, me: Ref) -> str:
    state = servicing.confirm_request(
        request_id=request_id, digest=request.POST.get("digest", ""), actor=me, at=timezone.now()
    )
    return {
        "DONE": gettext("办理完成。"),
        "CONFIRMED": gettext("已提交，已通知需要同意的人，请他们在各自手机上确认。"),
        "WAITING_MONEY": gettext("已提交，款项办理中。"),
    }.get(state, gettext("已提交，资料审核中。"))


def _code(request: HttpRequest, request_id: int, me: Ref) -> str:
    servicing.send_code(
        request_id=request_id, actor=me, at=timezone.now(), address=access.address(request)
    )
    return gettext("验证码已发送到您登录的手机号。")


def _verify(request: HttpRequest, request_id: int, me: Ref) -> str:
    servicing.verify_code(
        request_id=request_id, code=request.POST.get("code", ""), actor=me, at=timezone.now()
    )
    return gettext("身份已核对，请确认提交。")


def _phone_code(request: HttpRequest, request_id: int, me: Ref) -> str:
    servicing.send_code_to_new_phone(request_id=request_id, actor=me, at=timezone.now())
    return gettext("验证码已发送到新手机号。")


def _phone_verify(request: HttpRequest, request_id: int, me: Ref) -> str:
    servicing.verify_new_phone(
        request_id=request_id, code=request.POST.get("code", ""), actor=me, at=timezone.now()
    )
    return gettext("新手机号已验证。")


def _paper(request: HttpRequest, request_id: int, me: Ref) -> str:
    files = request.FILES.getlist("files")
    if not files:
        raise Invalid(gettext("请先拍照或选择文件"))
    for n, file in enumerate(files, start=1):
        servicing.add_papers(
            request_id=request_id, filename=file.name or "photo.jpg",
            content=file.read(FILE_MAX + 1), actor=me, at=timezone.now(), last=n == len(files),
        )  # fmt: skip
    return gettext("资料已收到。")


def _continue(request: HttpRequest, request_id: int, me: Ref) -> str:
    servicing.continue_with(
        request_id=request_id, way=request.POST.get("way", ""), wish=request.POST.get("wish", ""),
        appointed_at=moment_of(request.POST.get("appointed_at", "")), actor=me, at=timezone.now(),
    )  # fmt: skip
    return gettext("已安排，工作人员会按您填写的内容接着办，不用重新填写。")


def _withdraw(request: HttpRequest, request_id: int, me: Ref) -> str:
    servicing.withdraw_request(request_id=request_id, actor=me, at=timezone.now())
    return gettext("已撤回，没有任何变更。")


def _agree(request: HttpRequest, request_id: int, me: Ref) -> str:
    servicing.confirm_as_second_party(
        request_id=request_id, code=request.POST.get("code", ""), actor=me, at=timezone.now()
    )
    return gettext("您已同意。")


def _agree_code(request: HttpRequest, request_id: int, me: Ref) -> str:
    servicing.send_agreement_code(
        request_id=request_id, actor=me, at=timezone.now(), address=access.address(request)
    )
    return gettext("验证码已发送到您登录的手机号。")


def _decline(request: HttpRequest, request_id: int, me: Ref) -> str:
    servicing.decline_as_second_party(request_id=request_id, actor=me, at=timezone.now())
    return gettext("您已选择不同意，没有任何变更。")


_ACTS: dict[str, Callable[[HttpRequest, int, Ref], str]] = {
    "confirm": _confirm, "code": _code, "verify": _verify, "phone_code": _phone_code,
    "phone_verify": _phone_verify, "paper": _paper, "continue": _continue, "withdraw": _withdraw,
    "agree": _agree, "agree_code": _agree_code, "decline": _decline,
}  # fmt: skip


@access.customers_only
@require_safe
def file(request: HttpRequest, request_id: int, upload_id: int) -> HttpResponse:
    """One of the papers handed in."""
    me = pages.me(request)
    found = queries.get_for_customer(request_id, me.id, timezone.now())
    view = next((u for u in found.uploads if u.id == upload_id), None)
    if view is None:
        raise servicing.RequestNotFound
    content, media_type = documents.open_file(upload_id)
    return shown(content, media_type, view.filename)


@access.customers_only
@require_safe
def letter(request: HttpRequest, request_id: int, letter_id: int) -> HttpResponse:
    """One of the letters about it."""
    me = pages.me(request)
    found = queries.get_for_customer(request_id, me.id, timezone.now())
    if letter_id not in {each.id for each in found.letters}:
        raise servicing.RequestNotFound
    opened = letters.open_letter(letter_id)
    letter_operations.mark_delivered(letter_id=letter_id, proof="APP", actor=me, at=timezone.now())
    return pdf(opened.content, opened.filename)


def _open(me: Ref) -> list[queries.RequestRow]:
    return [r for r in queries.list_for_customer(me.id, limit=20) if r.open]
