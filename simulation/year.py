"""
The year: arrivals, desks and the bank as events on one virtual clock, each done by a real operation.

Staff work only in the office's hours, one claim at a time, the most pressing of the real queue first.
What the machine does takes the moment the worker would need. Nothing here decides a claim: the claims
room does.
"""

from __future__ import annotations

import heapq
import itertools
import math
import random
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings

from simulation.designs import Design, Rules
from simulation.office import Office, Person
from yilu.claims import operations as claims
from yilu.claims import queries
from yilu.claims.operations.report import Report
from yilu.gateways import bank
from yilu.gateways.sandbox_bank import FakeBank
from yilu.journal import operations as journal
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.obligations import operations as obligations
from yilu.payments import jobs as payments_jobs
from yilu.payments import operations as payments
from yilu.people import queries as people
from yilu.standards import queries as standards
from yilu.work import operations as work
from yilu.work import queries as waiting

MACHINE_SECONDS = 20
"""What reading an electronic invoice and assessing it takes the worker, generously."""
ROUNDS_MAX = 20
INPATIENT_SHARE = 0.25
"""Share of claims after a stay in hospital; assumed, the same in every design."""
LAST_WAIT = timedelta(days=60)
"""How long after the last report the office still works before the year is closed."""


@dataclass(slots=True)
class Story:
    """What became of one claim, and when."""

    claim_id: int
    reported: datetime
    complete: datetime | None = None
    decided: datetime | None = None
    closed: datetime | None = None
    by_machine: bool = False
    worked: list[tuple[datetime, datetime]] = field(default_factory=list)
    """When somebody had it in hand: from, to."""


@dataclass(slots=True)
class Desk:
    """People who do the same step; the queue is the real one, or the post on the table."""

    queue: str
    staff: list[int | None]
    minutes: float
    free_at: list[datetime] = field(default_factory=list)
    post: deque[int] = field(default_factory=deque)
    busy_minutes: float = 0.0


class Year:
    """One run of one design; deterministic by its seed."""

    def __init__(self, design: Design, office: Office, begins: datetime, seed: int) -> None:
        self.design, self.office, self.begins = design, office, begins
        self.rules: Rules = design.rules
        self.chance = random.Random(seed)  # noqa: S311  (a simulation)
        self.hours = standards.working_time(office.office_id)
        self.now = begins
        self.stories: dict[int, Story] = {}
        self.refused: dict[str, int] = {}
        self.desks = {
            "intake": Desk("", [None] * office.intake, self.rules.intake_minutes),
            "review": Desk("claims.review", [*office.assessors], self.rules.review_minutes),
            "second": Desk("claims.second_review", [*office.seconds], self.rules.second_minutes),
        }
        for desk in self.desks.values():
            desk.free_at = [begins] * len(desk.staff)
        # It answers when we listen, which is the design's minutes after each sending.
        self.bank = FakeBank(
            secret=settings.BANK_SECRET, now=begins.timestamp(), delay=self.rules.bank_minutes * 60
        )
        self.bills: dict[int, dict[str, Any]] = {}
        self._coming: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._looks: set[tuple[str, datetime]] = set()

    # -- the clock ---------------------------------------------------------------------------

    def run(self, say: Callable[[int, int], None]) -> None:
        """Live the whole year; ``say`` hears how many claims have been reported, of how many."""
        count = len(self.office.customers)
        arrivals = list(itertools.islice(self._arrivals(), count))
        for n, (at, person) in enumerate(zip(arrivals, self.office.customers, strict=True), 1):
            self._at(at, lambda n=n, person=person: (self._report(n, person), say(n, count)))
        end = arrivals[-1] + LAST_WAIT
        self._at(self.begins, lambda: self._half_day(end))
        if self.rules.payment_hours:
            self._at(self.begins, lambda: self._payment_round(end))
        with bank.use(self.bank):
            while self._coming:
                at, _, act = heapq.heappop(self._coming)
                self.now = max(self.now, at)
                self.bank.now = self.now.timestamp()
                act()

    def _at(self, at: datetime, act: Callable[[], Any]) -> None:
        heapq.heappush(self._coming, (at, next(self._order), act))

    def _opening(self, at: datetime) -> datetime:
        """The same moment if somebody is in, else when the office opens next."""
        return self.hours.add(at, 1) - timedelta(minutes=1)

    def _arrivals(self) -> Iterator[datetime]:
        day = self.begins.astimezone(self.hours.zone).date()
        while True:
            share = 1.0 if self.hours.is_working_day(day) else self.rules.weekend_share
            for _ in range(_poisson(self.chance, self.rules.claims_per_working_day * share)):
                hour = self.chance.triangular(7.5, 22.5, 10.5)
                moment = datetime.combine(day, time(), self.hours.zone) + timedelta(hours=hour)
                yield moment.astimezone(UTC)
            day += timedelta(days=1)

    # -- the customer ------------------------------------------------------------------------

    def _report(self, n: int, person: Person) -> None:
        local = self.now.astimezone(self.hours.zone).date()
        made = claims.report_claim(
            report=Report(
                policy_number=person.policy_number, claimant_id=person.party_id,
                claim_type="MEDICAL", loss_date=local - timedelta(days=1), channel="APP",
                request_key=f"simulation-{n}", account_id=person.account_id,
            ),
            actor=Ref("party", person.party_id), at=self.now,
        )  # fmt: skip
        self.stories[made.claim_id] = Story(made.claim_id, self.now)
        self.bills[made.claim_id] = self._bill(n)
        days = 0.0
        if self.chance.random() >= self.rules.complete_at_first:
            rounds = self.chance.randint(1, max(1, self.rules.rounds))
            days = sum(self.chance.expovariate(1 / self.rules.customer_days) for _ in range(rounds))
        self._at(self.now + timedelta(days=days), lambda: self._complete(made.claim_id))
        self._let_the_worker_work()

    def _bill(self, n: int) -> dict[str, Any]:
        """A visit, or one time in four a stay in hospital; what the fund left over is spread."""
        stay = self.chance.random() < INPATIENT_SHARE
        own = Decimal(
            round(math.exp(self.chance.gauss(8.4, 0.9) if stay else self.chance.gauss(5.8, 0.7)))
        )
        own = min(max(own, Decimal(60)), Decimal(80_000))
        total = (own * 2).quantize(Decimal("0.01"))
        line = (total / 4).quantize(Decimal("0.01"))
        today = self.now.astimezone(self.hours.zone).date()
        days = {
            "admitted_on": (today - timedelta(days=9)).isoformat(),
            "discharged_on": (today - timedelta(days=1)).isoformat(),
        }
        return {
            "kind": "FISCAL_INPATIENT" if stay else "FISCAL_OUTPATIENT",
            "code": "33060126", "number": f"{n:010d}", "check_code": "a1b2c3",
            "issued_on": (today - timedelta(days=1)).isoformat(), "payer_name": "林客户",
            "payee_name": f"第{n % 40}人民医院", "total": str(total), "fund_paid": str(total - own),
            "visit_kind": "INPATIENT" if stay else "OUTPATIENT", "department": "内科",
            "lines": [
                {"name": f"项目{i}", "category": "A", "amount": str(amount)}
                for i, amount in enumerate((line, line, line, total - 3 * line))
            ],
            **(days if stay else {}),
        }  # fmt: skip

    def _complete(self, claim_id: int) -> None:
        """Complete papers are here: from now on we count."""
        self.stories[claim_id].complete = self.now
        if self.chance.random() < self.rules.by_hand:
            self.desks["intake"].post.append(claim_id)
            self._look("intake")
        else:
            soon = self.now + timedelta(seconds=MACHINE_SECONDS)
            self._at(soon, lambda: self._known(claim_id))

    def _known(self, claim_id: int) -> None:
        """The papers are data: assessed by the claims room, which pays or asks a person."""
        self._try(
            claims.hand_in_invoices, claim_id=claim_id, provider_id=self.office.provider_id,
            invoices=[self.bills.pop(claim_id)], actor=Ref("provider", self.office.provider_id),
            at=self.now,
        )  # fmt: skip
        self._let_the_worker_work()
        for desk in ("review", "second"):
            self._look(desk)

    # -- the staff ---------------------------------------------------------------------------

    def _look(self, name: str) -> None:
        """Whoever is free at this desk takes the next; at night they look when the office opens."""
        opening = self._opening(self.now)
        if opening > self.now:
            if (name, opening) not in self._looks:
                self._looks.add((name, opening))
                self._at(opening, lambda: self._look(name))
            return
        desk = self.desks[name]
        for n, free_at in enumerate(desk.free_at):
            if free_at > self.now:
                continue
            claim_id = self._take(desk, desk.staff[n])
            if claim_id is None:
                return
            undisturbed = self._minutes(desk.minutes)
            until = self.hours.add_exactly(
                self.now, round(undisturbed / self.rules.desk_share * 60_000_000)
            )
            desk.free_at[n] = until
            desk.busy_minutes += undisturbed / self.rules.desk_share
            if story := self.stories.get(claim_id):
                story.worked.append((self.now, until))
            self._at(until, lambda n=n, c=claim_id: self._done(name, c, n))

    def _take(self, desk: Desk, staff_id: int | None) -> int | None:
        if staff_id is None:
            return desk.post.popleft() if desk.post else None
        access = people.staff_access(staff_id)
        me = {"access": access, "actor": Ref("staff", staff_id), "at": self.now}
        try:
            item_id = work.take_next(queue=desk.queue, **me)
        except work.NothingWaiting:
            return None
        return waiting.get_item(item_id, access=access, at=self.now).about.id

    def _minutes(self, mean: float) -> float:
        """How long this one takes: log-normal, with the design's coefficient of variation."""
        sigma = math.sqrt(math.log(1 + self.rules.spread**2))
        return self.chance.lognormvariate(math.log(mean) - sigma**2 / 2, sigma)

    def _done(self, name: str, claim_id: int, n: int) -> None:
        staff_id = self.desks[name].staff[n]
        if staff_id is None:
            self._known(claim_id)
        else:
            access = people.staff_access(staff_id)
            seen = queries.desk(claim_id, access, self.now)
            me = {"access": access, "actor": Ref("staff", staff_id), "at": self.now}
            if name == "second":
                self._try(
                    claims.confirm_decision, claim_id=claim_id, digest=seen.digest, agrees=True,
                    reason="", **me,
                )  # fmt: skip
            else:
                verdict = claims.Verdict(
                    digest=seen.digest, kind="APPROVE", reason="资料齐全，属于保险责任。"
                )
                self._try(claims.decide, claim_id=claim_id, verdict=verdict, **me)
            self._let_the_worker_work()
        for desk in self.desks:
            self._look(desk)

    def _try(self, operation: Callable[..., Any], **told: Any) -> None:
        try:
            operation(**told)
        except Refusal as refusal:
            name = f"{operation.__name__}: {type(refusal).__name__}"
            self.refused[name] = self.refused.get(name, 0) + 1

    # -- the worker and the bank -------------------------------------------------------------

    def _let_the_worker_work(self) -> None:
        for _ in range(ROUNDS_MAX):
            done = journal.run_reactions(at=self.now, limit=500)
            if not self.rules.payment_hours:
                done += self._send_payments()
            if not done:
                return

    def _send_payments(self) -> int:
        sent = payments_jobs.send_due(self.now, limit=500)
        if sent:
            later = self.now + timedelta(minutes=self.rules.bank_minutes, seconds=5)
            self._at(later, self._hear_the_bank)
        return sent

    def _hear_the_bank(self) -> None:
        for body, signature, timestamp in self.bank.notices():
            payments.receive_bank_notice(
                body=body, signature=signature, timestamp=timestamp, at=self.now
            )
        self._let_the_worker_work()

    def _payment_round(self, end: datetime) -> None:
        day = self.now.astimezone(self.hours.zone).date()
        if self.hours.is_working_day(day):
            for text in self.rules.payment_hours:
                at = datetime.combine(day, time.fromisoformat(text), self.hours.zone)
                self._at(at.astimezone(UTC), self._send_payments)
        tomorrow = datetime.combine(day + timedelta(days=1), time(), self.hours.zone)
        if tomorrow.astimezone(UTC) <= end:
            self._at(tomorrow.astimezone(UTC), lambda: self._payment_round(end))

    def _half_day(self, end: datetime) -> None:
        """Clocks are looked at, and everybody looks at their queue."""
        while obligations.tick(self.now):
            pass
        self._let_the_worker_work()
        for desk in self.desks:
            self._look(desk)
        if self.now + timedelta(hours=12) <= end:
            self._at(self.now + timedelta(hours=12), lambda: self._half_day(end))


def _poisson(chance: random.Random, mean: float) -> int:
    """How many arrive on a day (Knuth's product of uniforms; the means here are small)."""
    limit, count, product = math.exp(-mean), 0, chance.random()
    while product > limit:
        count, product = count + 1, product * chance.random()
    return count
