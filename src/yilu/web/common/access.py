"""
Who is asking. A door asks ``current(request)``, or lets one of the decorators insist.

A browser's session names one person: a customer, an agent or a member of staff. It carries the
number of that person's session epoch: raising it (sign out everywhere, a changed phone or password)
ends every session at once. Providers' systems carry a token instead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_noop as _

from yilu.kernel.errors import NotAllowed, Refusal
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.people.queries import Access, AgentAccess, ProviderView

View = Callable[..., HttpResponse]

WHO, EPOCH, SINCE, SEEN = "who", "epoch", "since", "seen"
IDLE = {"staff": timedelta(minutes=30), "agent": timedelta(hours=2), "party": timedelta(hours=12)}
"""How long somebody may be silent and stay signed in."""
LONGEST = {"staff": timedelta(hours=12), "agent": timedelta(hours=24), "party": timedelta(days=7)}
"""How long a session lasts however busy it is."""
SEEN_STEP = timedelta(minutes=1)
"""How exactly silence is measured: a session is written at most this often."""
SIGN_IN_PAGES = {
    "staff": ("staff:sign_in", "/staff/sign-in"),
    "party": ("customer:sign_in", "/c/sign-in"),
    "agent": ("counter:sign_in", "/agent/sign-in"),
}
OWN_ACCOUNT = ("staff:own_account", "/staff/account")
"""Where a member of staff chooses a password: the only page while theirs is a one-time one."""
_KEPT = "_yilu_principal"
_RIGHT = "_yilu_right"


class SignInNeeded(Refusal):
    """Nobody is signed in, or the session ended."""

    code = "sign_in_needed"
    message = _("请先登录")
    hint = _("登录后即可继续办理。")
    status = 401


class PasswordDue(Refusal):
    """Somebody works with a one-time password."""

    code = "password_due"
    message = _("请先设置自己的密码")
    hint = _("一次性密码只用于第一次登录。")
    status = 403


class BadToken(Refusal):
    """A system called without a token of ours, or with one that no longer works."""

    code = "bad_token"
    message = _("访问令牌无效")
    hint = _("请核对令牌；如已更换，请使用新的令牌。")
    status = 401


@dataclass(frozen=True, slots=True)
class Principal:
    """
    The person or system asking: what operations take as ``actor``, and what they may do.

    ``access`` is given for staff, ``agent`` for agents, ``provider`` for a hospital's system.
    """

    ref: Ref
    name: str
    access: Access | None = None
    agent: AgentAccess | None = None
    provider: ProviderView | None = None

    @property
    def kind(self) -> str:
        """staff, agent, party or provider."""
        return self.ref.kind


def current(request: HttpRequest) -> Principal | None:
    """Who is asking, read once a request in one statement beside the session; None if nobody."""
    if not hasattr(request, _KEPT):
        setattr(request, _KEPT, _from_session(request))
    return cast("Principal | None", getattr(request, _KEPT))


def party_id(request: HttpRequest) -> int:
    """The customer asking. :raises SignInNeeded: if it is nobody or somebody else."""
    principal = current(request)
    if principal is None or principal.kind != "party":
        raise SignInNeeded()
    return principal.ref.id


def sign_in(request: HttpRequest, who: Ref, *, at: datetime) -> None:
    """Begin a session for somebody whose sign-in has just been checked; the old one ends."""
    person = people.find_signed_in(who)
    if person is None:
        raise SignInNeeded()
    request.session.flush()
    request.session.cycle_key()
    request.session[WHO] = str(who)
    request.session[EPOCH] = person.session_epoch
    request.session[SINCE] = request.session[SEEN] = int(at.timestamp())
    request.session.set_expiry(int(LONGEST[who.kind].total_seconds()))
    rotate_token(request)
    _forget(request)


def sign_out(request: HttpRequest) -> None:
    """End this browser's session."""
    request.session.flush()
    _forget(request)


def address(request: HttpRequest) -> str:
    """
    The network address asking, for rate limits.

    Behind ``settings.PROXIES`` proxies of our own it is what the outermost of them saw; whatever
    further addresses a caller writes into the header are not believed.
    """
    proxies = int(getattr(settings, "PROXIES", 0))
    seen = str(request.META.get("REMOTE_ADDR", ""))
    if proxies:
        told = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
        seen = told[-proxies] if len(told) >= proxies and told[-proxies] else seen
    return seen


def provider_of(request: HttpRequest) -> ProviderView | None:
    """Whose system calls, by its ``Authorization: Bearer`` token; None if no token of ours."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        return None
    return people.find_provider_by_token(token.strip())


def customers_only(view: View) -> View:
    """Only for a signed-in customer; others are led to the sign-in and back."""
    return _only("party", view)


def agents_only(view: View) -> View:
    """Only for a signed-in agent in office."""
    return _only("agent", view)


def staff_only(right: str | None = None, *, password_due: bool = False) -> Callable[[View], View]:
    """
    Only for signed-in staff, with a right held anywhere if one is named.

    Whether the right is held over the very office and amount is for the view to ask. Somebody who came in
    with a one-time password is led to where they choose their own; that page says ``password_due``.
    """

    def decorate(view: View) -> View:
        return _only("staff", view, right, password_due=password_due)

    return decorate


def providers_only(view: View) -> View:
    """Only for a provider's system with its token; answers 401 otherwise. Mark it csrf_exempt."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        provider = provider_of(request)
        if provider is None:
            raise BadToken()
        setattr(
            request,
            _KEPT,
            Principal(Ref("provider", provider.id), provider.name, provider=provider),
        )
        return view(request, *args, **kwargs)

    return checked


def where_to_sign_in(kind: str) -> str:
    """The sign-in page of a door."""
    name, otherwise = SIGN_IN_PAGES[kind]
    try:
        return reverse(name)
    except NoReverseMatch:
        return otherwise


def way_on(request: HttpRequest, otherwise: str) -> str:
    """Where the person wanted to go before signing in, if that is a page of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else otherwise


def _only(kind: str, view: View, right: str | None = None, *, password_due: bool = False) -> View:
    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        principal = current(request)
        if principal is None or principal.kind != kind:
            return _ask_to_sign_in(request, kind)
        if not password_due and principal.access and principal.access.password_due:
            return _lead_to(request, *OWN_ACCOUNT)
        if right is not None and not (principal.access and principal.access.may(right)):
            raise NotAllowed()
        return view(request, *args, **kwargs)

    setattr(checked, _RIGHT, right)
    return checked


def right_asked(view: Callable[..., object]) -> str | None:
    """The right a view asks for before anything else, so that nobody is led where they may not go."""
    right: str | None = getattr(view, _RIGHT, None)
    return right


def _ask_to_sign_in(request: HttpRequest, kind: str) -> HttpResponse:
    if wants_json(request):
        raise SignInNeeded()
    page = where_to_sign_in(kind)
    back = request.get_full_path() if request.method in {"GET", "HEAD"} else ""
    if request.headers.get("HX-Request"):
        # A part of a page cannot become a sign-in form: the whole page goes there, and comes back
        # to where it was.
        back = _path_of(request.headers.get("HX-Current-URL", ""))
        response = HttpResponse(status=204)
        response["HX-Redirect"] = _with_next(page, back)
        return response
    return HttpResponseRedirect(_with_next(page, back))


def _lead_to(request: HttpRequest, name: str, otherwise: str) -> HttpResponse:
    """There, before anything else."""
    if wants_json(request):
        raise PasswordDue()
    try:
        place = reverse(name)
    except NoReverseMatch:
        place = otherwise
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = place
        return response
    return HttpResponseRedirect(place)


def wants_json(request: HttpRequest) -> bool:
    """Whether a machine is asking: the API, a webhook, or a caller that accepts JSON only."""
    return request.path.startswith(("/api/", "/hooks/")) or request.headers.get(
        "Accept", ""
    ).startswith("application/json")


def _with_next(page: str, back: str) -> str:
    return f"{page}?{urlencode({'next': back})}" if back else page


def _path_of(url: str) -> str:
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _from_session(request: HttpRequest) -> Principal | None:
    session = request.session
    text = session.get(WHO)
    if not text:
        return None
    who, now = Ref.parse(text), timezone.now()
    since, seen = (
        datetime.fromtimestamp(session.get(key, 0), tz=now.tzinfo) for key in (SINCE, SEEN)
    )
    if now - seen > IDLE[who.kind] or now - since > LONGEST[who.kind]:
        sign_out(request)
        return None
    principal, epoch = _read(who)
    if principal is None or epoch != session.get(EPOCH):
        sign_out(request)
        return None
    if now - seen > SEEN_STEP:
        session[SEEN] = int(now.timestamp())
    return principal


def _read(who: Ref) -> tuple[Principal | None, int]:
    try:
        if who.kind == "staff":
            access = people.staff_access(who.id)
            return Principal(who, access.name, access=access), access.session_epoch
        if who.kind == "agent":
            agent = people.agent_access(who.id)
            return Principal(who, agent.name, agent=agent), agent.session_epoch
    except NotAllowed:
        return None, -1
    person = people.find_signed_in(who)
    return (Principal(who, person.name), person.session_epoch) if person else (None, -1)


def _forget(request: HttpRequest) -> None:
    if hasattr(request, _KEPT):
        delattr(request, _KEPT)
