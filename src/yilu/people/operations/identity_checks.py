"""Who somebody is, checked (身份核实, 反洗钱法 29-31): by the register, or by people who saw the original."""

from __future__ import annotations

from datetime import date, datetime

from yilu.journal import operations as journal
from yilu.kernel import identity as identities
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, NotAllowed, NotFound, Refusal
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.people import events
from yilu.people.models import IdentityCheck, Party
from yilu.people.operations.party_changes import change_particulars
from yilu.people.operations.party_checks import BadParticulars
from yilu.people.queries.identity_checks import IN_REGISTER
from yilu.people.queries.parties import Identity, get_party, opened, see_party
from yilu.people.rules.rights import Access

CHECK = "people.check_identity"


class IdentityDiffers(Refusal):
    """The document shows another number than our records."""

    code = "identity_differs"
    message = _("证件上的号码与档案里的不一致")
    hint = _("请再对照原件核对一遍。确是档案有误的，先为客户更正证件信息，再登记核实。")


class DocumentExpired(Invalid):
    """A document past its last day proves nothing."""

    code = "document_expired"
    message = _("证件已过有效期")
    hint = _("请客户出示有效证件；正在换领的，可用临时身份证。")


class NothingToConfirm(NotFound):
    """No check of this number waits for a second look."""

    code = "nothing_to_confirm"
    message = _("没有待复核的身份核实")
    hint = _("可能已经复核，或者登记机关已经答复。请刷新页面。")


class SecondLookByAnother(NotAllowed):
    """Nobody bears out what they recorded themselves."""

    code = "second_look_by_another"
    message = _("同一人不能既核对又复核")
    hint = _("请交由另一位同事对照证件复印件复核。")


@tx.step
def have_identity_checked(party_id: int) -> None:
    """Have the register asked about somebody's name and number soon after commit; twice does no harm."""
    journal.defer(CHECK, party_id=party_id)


@tx.step
def ask_register_where_it_can_tell(party_id: int) -> bool:
    """Have the register asked soon after commit; False where only an original tells who somebody is."""
    known = get_party(party_id)
    if not known.masked_identity or known.identity_kind not in IN_REGISTER:
        return False
    have_identity_checked(party_id)
    return True


@tx.use_case
def ask_register(*, party_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """
    A colleague has the register asked about a customer they may see.

    :raises PartyNotFound: for a stranger. :raises NotAllowed: without the right.
    :raises BadParticulars: no number is known, or none the register knows of.
    """
    seen = see_party(access, party_id)
    access.require("people.register", office_id=seen.office_id)
    if not seen.masked_identity or seen.identity_kind not in IN_REGISTER:
        raise BadParticulars(_("登记机关查不到这位客户，请核对证件原件"))
    have_identity_checked(party_id)


@tx.use_case
def record_register_answer(
    *, party_id: int, asked: Identity, matched: bool, receipt: str, at: datetime
) -> bool:
    """
    Keep what the register says about a name and number; whether it changed anything.

    An answer about particulars that have changed since is about nobody. A yes bears out an original that
    was seen; a no is people's to look into.
    """
    party = _locked(party_id)
    if party is None or (party.name, opened(party, "identity")) != (asked.name, asked.number):
        return False
    latest = _latest(party_id)
    if latest is not None and _answered(latest, receipt, day_of(at)):
        return False
    state = "STANDS" if matched else "NOT_MATCHED"
    if not matched:
        _end(party_id, "STANDS")
    if latest is not None and latest.state == "WAITING":
        latest.state, latest.receipt = state, receipt
        latest.save(update_fields=["state", "receipt"])
    else:
        latest = IdentityCheck.objects.create(
            party_id=party_id, how="REGISTER", state=state, document=asked.kind, receipt=receipt,
            recorded_by=str(SYSTEM), recorded_at=at,
        )  # fmt: skip
    _say(latest, matched, SYSTEM, at)
    return True


@tx.use_case
def record_original_seen(
    *, party_id: int, document: str, number: str, valid_to: date | None, access: Access, actor: Ref,
    at: datetime,
) -> int:  # fmt: skip
    """
    A colleague saw the original (核对证件原件); the check's id. It counts once the register or another
    colleague bears it out: whoever types a number does not vouch for it alone.

    ``number`` is read off the document: kept where none was known, else it must be the one we have.
    ``valid_to`` None: the document is for good.

    :raises PartyNotFound: for a stranger. :raises NotAllowed: without the right.
    :raises IdentityDiffers, DocumentExpired, BadParticulars, AlreadyRegistered: as they say.
    """
    seen = see_party(access, party_id)
    access.require("people.register", office_id=seen.office_id)
    if valid_to is not None and valid_to < day_of(at):
        raise DocumentExpired
    party = Party.objects.select_for_update(of=("self",)).get(pk=party_id)
    known = opened(party, "identity")
    if not known:
        told = {"identity_kind": document, "identity_number": number}
        if not number.strip():
            raise BadParticulars(_("请填写证件号码"))
        change_particulars(party_id=party_id, changes=told, actor=actor, at=at)
    elif (party.identity_kind, known) != (document, _read(document, number, day_of(at))):
        raise IdentityDiffers
    _end(party_id, "WAITING")
    made = IdentityCheck.objects.create(
        party_id=party_id, how="ORIGINAL", state="WAITING", document=document, valid_to=valid_to,
        recorded_by=str(actor), recorded_at=at,
    )  # fmt: skip
    journal.record(
        events.IdentitySeen(check_id=made.pk, document=document),
        about=Ref("party", party_id), actor=actor, at=at, party=party_id,
    )  # fmt: skip
    have_identity_checked(party_id)
    return made.pk


@tx.use_case
def confirm_original_seen(*, party_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """
    Another colleague bears out the original that was seen (复核): papers the register does not know.

    :raises PartyNotFound: for a stranger. :raises NotAllowed: without the right.
    :raises NothingToConfirm: nothing waits. :raises SecondLookByAnother: the same person.
    """
    seen = see_party(access, party_id)
    access.require("people.register", office_id=seen.office_id)
    _locked(party_id)
    latest = _latest(party_id)
    if latest is None or latest.state != "WAITING":
        raise NothingToConfirm
    if latest.recorded_by == str(actor):
        raise SecondLookByAnother
    latest.state, latest.confirmed_by, latest.confirmed_at = "STANDS", str(actor), at
    latest.save(update_fields=["state", "confirmed_by", "confirmed_at"])
    _say(latest, True, actor, at)


def _answered(latest: IdentityCheck, receipt: str, today: date) -> bool:
    """Whether the check stands in date, or the register has said this very no."""
    if latest.state == "STANDS":
        return latest.valid_to is None or latest.valid_to >= today
    return latest.state == "NOT_MATCHED" and latest.receipt == receipt


def _end(party_id: int, state: str) -> None:
    IdentityCheck.objects.filter(party_id=party_id, state=state).update(state="OVER")


def _say(check: IdentityCheck, matched: bool, actor: Ref, at: datetime) -> None:
    journal.record(
        events.IdentityChecked(check_id=check.pk, how=check.how, matched=matched),
        about=Ref("party", check.party_id), actor=actor, at=at, party=check.party_id,
    )  # fmt: skip


def _locked(party_id: int) -> Party | None:
    living = Party.objects.filter(pk=party_id, merged_into=None, erased_at=None)
    return living.select_for_update(of=("self",)).first()


def _latest(party_id: int) -> IdentityCheck | None:
    return IdentityCheck.objects.filter(party_id=party_id).order_by("-id").first()


def _read(kind: str, number: str, today: date) -> str:
    try:
        return identities.read_identity(kind, number, today=today).number
    except identities.Malformed as problem:
        raise BadParticulars(str(problem)) from None
