"""What screens may know of the recomputation of money."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.apps import apps
from django.db.models import Q, QuerySet

from yilu.audit import rules
from yilu.audit.models import MoneyDifference, MoneyRun
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.people.queries import Access

KINDS = {**rules.KINDS, **rules.POLICY_KINDS}
SCOPES = (MoneyRun.Scope.CLAIMS.value, MoneyRun.Scope.POLICIES.value)


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A recording that belongs to no policy, with the file of it that is not as it was kept."""

    about: Ref
    place: str
    expected: str
    actual: str


@dataclass(frozen=True, slots=True)
class RunView:
    """
    One recomputation of every claim, or of the books of every policy; or one reading of recordings, of the
    days from ``first_on`` to ``last_on``, with the ``files`` read.
    """

    id: int
    scope: str
    state: str
    looked_at: int
    total: int
    amount: Decimal
    differences: int
    started_by: str
    started_at: datetime
    finished_at: datetime | None
    first_on: date | None = None
    last_on: date | None = None
    files: int = 0
    unplaced: tuple[Unplaced, ...] = ()

    @property
    def percent(self) -> int:
        """How far it is, 0 to 100."""
        return min(100, self.looked_at * 100 // self.total) if self.total else 100


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """
    A figure that was not confirmed, with why it was looked at, in Chinese.

    ``subject`` is the claim or the policy with its number, ``about`` what was done there (a servicing
    request with its own ``about_number``, an order of premiums), where it was something. ``party_id`` is
    a policy's holder.
    """

    id: int
    scope: str
    subject: Ref
    number: str
    party_id: int | None
    kind: str
    label: str
    about: Ref | None
    about_number: str
    place: str
    expected: str
    actual: str
    state: str
    found_at: datetime
    explanation: str
    ended_by: str
    ended_at: datetime | None

    @property
    def gap(self) -> Decimal | None:
        """How far apart two amounts are: above zero too much, below too little; None where they are none."""
        try:
            return Decimal(self.actual) - Decimal(self.expected)
        except InvalidOperation:
            return None


def latest_run(scope: str = SCOPES[0]) -> RunView | None:
    """The latest run of a scope, finished or not; how many there are in all is not counted."""
    run = MoneyRun.objects.filter(scope=scope).order_by("-id").first()
    return _run(run, 0) if run is not None else None


def list_runs(access: Access, limit: int = 14) -> tuple[RunView, ...]:
    """The latest runs. :raises NotAllowed: without audit.money."""
    access.require("audit.money")
    runs = list(MoneyRun.objects.order_by("-id")[:limit])
    return tuple(_run(run, _total(run)) for run in runs)


def _total(run: MoneyRun) -> int:
    """What there is to look at; of a run that is over nobody asks."""
    if run.scope == MoneyRun.Scope.FILES:
        return run.total
    return how_many(run.scope) if run.finished_at is None else 0


def how_many(scope: str) -> int:
    """About how many claims or policies a run looks at."""
    counted = {
        "CLAIMS": "select count(*) from claims_claim where benefit_amount is not null",
        "POLICIES": "select count(*) from policies_policy",
    }
    return int(tx.rows(counted[scope])[0][0])


def list_differences(
    access: Access, *, scope: str = "", only_open: bool = True, after: int | None = None,
    limit: int = 50,
) -> tuple[DifferenceView, ...]:  # fmt: skip
    """
    Differences of the asker's offices, latest first, before ``after``; of one scope, or of both.

    :raises NotAllowed: without audit.money.
    """
    found = _visible(access)
    if scope:
        found = found.filter(policy__isnull=scope == "CLAIMS")
    if only_open:
        found = found.filter(state=MoneyDifference.State.OPEN)
    if after is not None:
        found = found.filter(pk__lt=after)
    return _views(found.order_by("-pk")[:limit])


def get_difference(access: Access, difference_id: int) -> DifferenceView | None:
    """One of them; None where there is none, or it is another office's. :raises NotAllowed: as above."""
    return next(iter(_views(_visible(access).filter(pk=difference_id))), None)


def count_open(access: Access) -> dict[str, int]:
    """How many wait in each scope. :raises NotAllowed: without audit.money."""
    waiting = _visible(access).filter(state=MoneyDifference.State.OPEN)
    return {
        "CLAIMS": waiting.filter(policy__isnull=True).count(),
        "POLICIES": waiting.filter(policy__isnull=False).count(),
    }


@dataclass(frozen=True, slots=True)
class Booking:
    """One booking of a policy's ledger, as evidence beside a difference: what went into which account."""

    on: date
    label: str
    about: Ref
    amounts: tuple[tuple[str, Decimal], ...]


ACCOUNTS = (
    "customer", "suspense", "premium", "late_interest", "loan", "loan_interest", "survival", "dividend",
    "benefit", "refund", "fee",
)  # fmt: skip
"""Where a cent of a policy can be: the columns of its ledger."""


def bookings(access: Access, difference_id: int, limit: int = 60) -> tuple[Booking, ...]:
    """
    The latest bookings of the policy of a difference, the newest first; none of a claim.

    :raises NotAllowed: without audit.money.
    """
    found = _visible(access).filter(pk=difference_id, policy__isnull=False).first()
    if found is None:
        return ()
    ledger = apps.get_model("policies", "LedgerEntry")
    kinds = dict(ledger._meta.get_field("kind").flatchoices)
    labels = {field.name: str(field.verbose_name) for field in ledger._meta.fields}
    names = [labels[each] for each in ACCOUNTS]
    rows = tx.rows(
        f"""
        select "on", kind, about, {", ".join(ACCOUNTS)} from policies_ledgerentry
         where policy_id = %s::bigint order by id desc limit %s::int
        """,
        [found.policy_id, limit],
    )
    return tuple(
        Booking(
            row[0], str(kinds.get(row[1], row[1])), Ref.parse(row[2]),
            tuple((name, amount) for name, amount in zip(names, row[3:], strict=True) if amount),
        )
        for row in rows
    )  # fmt: skip


def numbers_of(subjects: Iterable[Ref]) -> dict[Ref, str]:
    """The numbers of claims and policies, for the console, which has every right."""
    wanted = set(subjects)
    return {
        Ref(kind, id): number
        for kind, id, number in tx.rows(
            """
            select 'claim', id, number from claims_claim where id = any(%s::bigint[])
             union all
            select 'policy', id, number from policies_policy where id = any(%s::bigint[])
            """,
            [[s.id for s in wanted if s.kind == kind] for kind in ("claim", "policy")],
        )
    }


def _visible(access: Access) -> QuerySet[MoneyDifference]:
    access.require("audit.money")
    offices = access.offices_for("audit.money")
    return MoneyDifference.objects.select_related("claim", "policy").filter(
        Q(claim__office_id__in=offices) | Q(policy__office_id__in=offices)
    )


def _views(found: Iterable[MoneyDifference]) -> tuple[DifferenceView, ...]:
    rows = list(found)
    requests = _request_numbers([row.about for row in rows])
    return tuple(_view(row, requests) for row in rows)


def _view(d: MoneyDifference, requests: dict[Ref, str]) -> DifferenceView:
    of = d.claim or d.policy
    assert of is not None
    about = Ref.parse(d.about) if d.about and d.about != str(d.subject) else None
    return DifferenceView(
        d.pk, "CLAIMS" if d.claim_id else "POLICIES", d.subject, of.number,
        d.policy.holder_id if d.policy else None, d.kind, KINDS.get(d.kind, d.kind), about, requests.get(about, "") if about else "", d.place,
        d.expected, d.actual, d.state, d.found_at, d.explanation, d.ended_by, d.ended_at,
    )  # fmt: skip


def _request_numbers(about: Sequence[str]) -> dict[Ref, str]:
    refs = [Ref.parse(each) for each in about if each.startswith("servicing_request:")]
    return {
        Ref("servicing_request", id): number or ""
        for id, number in tx.rows(
            "select id, number from servicing_request where id = any(%s::bigint[])",
            [[ref.id for ref in refs]],
        )
    }


def _run(run: MoneyRun, total: int) -> RunView:
    return RunView(
        run.pk, run.scope, run.state, run.looked_at, total, run.amount, run.differences,
        run.started_by, run.started_at, run.finished_at, run.first_on, run.last_on, run.files,
        tuple(
            Unplaced(Ref.parse(each["about"]), each["place"], each["expected"], each["actual"])
            for each in run.unplaced
        ),
    )  # fmt: skip
