"""
What a kind of request is (保全项目): frozen values, and the three functions every kind brings.

A kind lives in ``kinds/<code>.py`` as one ``KIND``. ``check`` refuses with the reason and the way on,
``quote`` says what it costs or pays before anybody confirms, ``apply`` changes the contract through
the steps of lower rooms, inside the confirming transaction. None of them asks for the clock, the
door or the person: all of it is in the ``Case``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson

from yilu.kernel.errors import Refusal
from yilu.kernel.money import ZERO
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.policies.queries import PolicyCard, PolicyRow, Situation

HOLDER, INSURED, BENEFICIARY, GUARDIAN = "HOLDER", "INSURED", "BENEFICIARY", "GUARDIAN"
"""What the asker is to the policy; GUARDIAN acts for a minor or somebody who cannot act."""
HEIR = "HEIR"
"""Somebody who is nothing to the policy yet: asks at the counter alone, where papers are seen."""

ROLES = {
    HOLDER: _("投保人"),
    INSURED: _("被保险人"),
    BENEFICIARY: _("受益人"),
    GUARDIAN: _("监护人"),
    HEIR: _("继承人"),
}

CUSTOMER, AGENT, COUNTER = "CUSTOMER", "AGENT", "COUNTER"
"""The doors: the customer's own page, the agent's mobile counter, the insurer's counter and desk."""

DOORS = frozenset({CUSTOMER, AGENT, COUNTER})

GROUPS = {
    "CONTACT": _("联系方式与个人资料"),
    "PEOPLE": _("保单上的人"),
    "MONEY": _("领钱与借款"),
    "PREMIUM": _("交费与账户"),
    "COVER": _("保障内容"),
    "END": _("退保与终止"),
    "PAPER": _("保单与安全"),
    "SELF": _("授权与账号"),
}
"""The shelves of the hall, in plain words and in the order they are shown; none is hidden (E42)."""

TEXT, LONG, MONEY, COUNT, DATE, CHOICE, YES_NO = (
    "TEXT", "LONG", "MONEY", "COUNT", "DATE", "CHOICE", "YES_NO",
)  # fmt: skip
PHONE, EMAIL, ACCOUNT, SHARES, PERSON, IDENTITY, HEIRS = (
    "PHONE", "EMAIL", "ACCOUNT", "SHARES", "PERSON", "IDENTITY", "HEIRS",
)  # fmt: skip
"""
Kinds of field and what ``form[name]`` holds: TEXT, LONG and CHOICE text; MONEY Decimal; COUNT int;
DATE date; YES_NO bool; PHONE and EMAIL checked text; ACCOUNT the id of one of the asker's own bank
accounts (int); PERSON a customer's id (int), looked up by name and identity number; IDENTITY
an identity number; SHARES a tuple of ``Share``, HEIRS one of ``Heir``. One that is not required and left empty is None.
"""

Form = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Share:
    """A named beneficiary (受益人及份额): a customer's id, the order, the share of one."""

    party_id: int
    ordinal: int
    share: Decimal


@dataclass(frozen=True, slots=True)
class Heir:
    """Somebody else who inherits (其他继承人) and must agree: a customer's id, what they were to the dead."""

    party_id: int
    relation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """
    What a kind is asked about: the policy, who asks and as what, at which door, on which day.

    ``request`` is ``Ref("servicing_request", …)`` once it is kept: the ``about`` of every step.
    ``on`` is the insurer's day of asking. ``verified``: the asker has just proved who they are.
    ``expressed_on``: the day on which all whose word it takes had given it, as far as they have.
    """

    contract: PolicyCard | None
    asker_id: int
    roles: frozenset[str]
    door: str
    on: date
    request: Ref | None = None
    verified: bool = False
    expressed_on: date | None = None

    @property
    def policy(self) -> PolicyCard:
        """The policy; kinds about a person alone (``about_policy=False``) must not ask for it."""
        assert self.contract is not None
        return self.contract

    @property
    def policy_ref(self) -> Ref:
        """What letters and events call the policy."""
        return Ref("policy", self.policy.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """
    One thing to fill in. ``choices`` may depend on the case: (code, label) pairs.

    ``given`` proposes what is known already, so that nobody is asked for what we have (E65).
    ``only_if`` names another field and the value it must have for this one to be asked. ``tells`` says
    what the contract allows, before anybody types; ``must``: a YES_NO that has to be ticked.
    ``roles``: asked of somebody in one of these roles only; empty: of everybody.
    """

    name: str
    label: str
    kind: str = TEXT
    choices: tuple[tuple[str, str], ...] | Callable[[Case], tuple[tuple[str, str], ...]] = ()
    required: bool = True
    help: str = ""
    most: int = 200
    least: Decimal | int | None = None
    given: Callable[[Case], Any] | None = None
    only_if: tuple[str, str] | None = None
    tells: Callable[[Case], str] | None = None
    must: bool = False
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One line of the sum shown before confirming; ``sign`` +1 to the customer, -1 from, 0 tells."""

    label: str
    amount: Decimal
    sign: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """
    What it costs or pays (试算), shown before anybody confirms and bound to the confirmation.

    ``pays_customer`` goes to ``payee_id`` (default: the asker) on ``account_id`` as ``purpose`` (a
    purpose of payments: LOAN, SURRENDER, BENEFIT, REFUND); ``collects`` comes first, from the
    asker's own account or on the pay page. ``refer`` says in plain words why a person looks at it
    before it takes effect; empty: it takes effect at once. ``amount`` is what a person needs
    authority for (default: what is paid).
    """

    effective_on: date
    lines: tuple[QuoteLine, ...] = ()
    pays_customer: Decimal = ZERO
    collects: Decimal = ZERO
    warnings: tuple[str, ...] = ()
    payee_id: int | None = None
    account_id: int | None = None
    purpose: str = "REFUND"
    refer: str = ""
    amount: Decimal | None = None

    @property
    def authority(self) -> Decimal:
        """The amount a person who approves needs authority for."""
        return self.amount if self.amount is not None else self.pays_customer


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """
    What has changed, for the endorsement (批单) and the message: (label, text) rows without numbers
    of accounts or identities, and one sentence.
    """

    rows: tuple[tuple[str, str], ...] = ()
    words: str = ""


Check = Callable[[Case, Form], None]
MakeQuote = Callable[[Case, Form, date], Quote]
Apply = Callable[[Case, Form, Quote, Ref, datetime], Effect]
Condition = Callable[[PolicyRow, Situation], Refusal | None]


def check_nothing(case: Case, form: Form) -> None:
    """For kinds whose fields say it all."""


def costs_nothing(case: Case, form: Form, on: date) -> Quote:
    """For kinds without money, in effect on the day they are confirmed."""
    return Quote(effective_on=on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """
    A kind of request (保全项目).

    ``who``: as what somebody may ask. ``papers``: whether some must be handed in, and so a person
    looks at it; which, says its list in standards (``papers.py``). ``second_party``: who else must agree, on their own phone or
    at the counter: INSURED, or HEIR for everybody its HEIRS field names. ``moves_money``: the
    customer proves again who they are, and what it pays counts towards the day's limit of self-service (``rules.alone``). ``clock``: CHANGE (2/5/5
    working days) or SURRENDER (30 days). ``in_words``: what it does and what happens next.
    """

    code: str
    name: str
    group: str
    in_words: str
    apply: Apply
    who: frozenset[str] = frozenset({HOLDER})
    fields: tuple[Field, ...] = ()
    check: Check = check_nothing
    quote: MakeQuote = costs_nothing
    doors: frozenset[str] = DOORS
    papers: bool = False
    second_party: str | None = None
    moves_money: bool = False
    proves: bool = False  # who asks is proved again although no money moves
    clock: str = "CHANGE"
    about_policy: bool = True
    living_only: bool = True  # the policy must not have ended
    letter: bool = True
    # What a contract must be like for it, told before anybody fills anything in (kinds/fitting.py).
    open_if: tuple[Condition, ...] = ()
    # ``apply`` asks again under the lock all that ``check`` asks: a confirmation asks it once.
    applies_checks: bool = False
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def changes_phone(self) -> bool:
        """Whether a phone is to become the asker's: it proves itself first."""
        return any(field.kind == PHONE for field in self.fields)

    @property
    def gives_back(self) -> bool:
        """Whether value of the contract goes back: the day on which that was asked decides how much."""
        return self.clock == "SURRENDER"


def digest_of(kind: str, form: Mapping[str, Any], quote: Quote) -> str:
    """What a confirmation is bound to: the same request, the same form, the same sums and day."""
    said = {
        "kind": kind,
        "form": form,
        "on": quote.effective_on.isoformat(),
        "lines": [[line.label, str(line.amount), line.sign, line.note] for line in quote.lines],
        "pays": str(quote.pays_customer),
        "collects": str(quote.collects),
        "payee": quote.payee_id,
        "account": quote.account_id,
        "warnings": list(quote.warnings),
    }
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()
