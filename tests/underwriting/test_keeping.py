"""How long an unfinished application and a recording are kept, who is told, and what is forgotten."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest

from tests import make
from tests.retention.sweep import read_all, swept
from tests.underwriting.story import Story, customer, insurer, plan
from tests.web.signing import signed_in
from yilu.journal import operations as journal
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.facts import REGISTRY
from yilu.kernel.refs import Ref
from yilu.messaging.models import Message
from yilu.obligations import queries as obligations
from yilu.people import queries as persons
from yilu.policies import operations as policies
from yilu.underwriting import catalogue, storage
from yilu.underwriting import operations as underwriting
from yilu.underwriting.models import Application
from yilu.underwriting.queries import recordings
from yilu.underwriting.rules import recording as rules
from yilu.work.models import Item

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def told(template: str) -> int:
    return Message.objects.filter(template=f"underwriting.{template}").count()


class TestUnfinished:
    def test_the_customer_is_told_before_it_ends_and_once_more_when_it_has(self) -> None:
        story = Story(insurer())
        days = catalogue.keeping()
        early = story.at + (days.draft_days - days.remind_days) * DAY - DAY
        assert underwriting.remind_of_drafts(at=early) == 0
        assert underwriting.remind_of_drafts(at=early + DAY) == 1
        assert underwriting.remind_of_drafts(at=early + DAY) == 0
        over = story.at + days.draft_days * DAY
        assert underwriting.expire_applications(at=over).did == 1
        assert (told("draft_ends"), told("draft_expired"), told("expired")) == (1, 1, 0)

    def test_what_was_told_in_it_is_forgotten_with_its_history(self) -> None:
        office = insurer()
        story, kept = Story(office), Story(office)
        kept.submitted()
        kept.do(underwriting.withdraw)
        story.identified().planned().declared().afforded().confirmed()
        story.do(underwriting.withdraw)
        days = catalogue.keeping().forget_days
        assert underwriting.forget_unfinished(at=story.at + (days - 1) * DAY) == 0
        late = story.at + days * DAY
        assert underwriting.forget_unfinished(at=late) == 1
        assert underwriting.forget_unfinished(at=late) == 0
        row = story.row
        assert (row.answers, row.suitability, row.draft, row.notices.count()) == ({}, {}, {}, 0)
        history = Application.pgh_event_model.objects.filter(pgh_obj_id=row.pk)
        assert history.count() > 0
        assert all(each.answers == {} for each in history)
        assert kept.row.answers  # it was submitted: its answers are evidence
        assert row.product_version_id
        assert Event.objects.filter(kind="underwriting.answers_forgotten").count() == 1


STEPS = ("IDENTITY", "WARNING", "EXPLAIN", "ANSWER", "SIGN")


class Sale:
    """A recorded sale at the counter to a customer of more than sixty years."""

    def __init__(self) -> None:
        self.office = insurer()
        self.access, clerk = make.colleague(self.office, "COUNTER")
        me = customer(self.office, born=date(1964, 1, 1))
        self.story = Story(
            self.office, holder_id=me, channel="COUNTER", actor=clerk, access=self.access, product="whole-life",
        )  # fmt: skip
        self.story.me, self.told = clerk, {"access": self.access}
        wanted = plan(sum_insured=Decimal(100_000), pay_years=5, with_social_insurance=False)
        self.story.do(
            underwriting.choose_plan, plan=wanted, seen=self.story.price(wanted), **self.told
        )

    def record(self, step: str, content: bytes = b"", sha256: str = "") -> None:
        self.story.do(
            underwriting.record_step, step=step, sha256=sha256, content=content, **self.told
        )

    def recorded(self) -> Sale:
        for step in STEPS[:4]:
            self.record(step, f"film of {step}".encode())
        self.record("SIGN", sha256="f" * 64)  # kept elsewhere
        return self


class TestRecording:
    def test_files_are_kept_sealed_and_held_against_their_digests(self) -> None:
        sale = Sale()
        film = b"film of IDENTITY"
        with pytest.raises(underwriting.OtherRecording):
            sale.record("IDENTITY", film, sha256="0" * 64)
        with pytest.raises(underwriting.RecordingTooLarge):
            sale.record("IDENTITY", b"0" * (20 * 1024 * 1024 + 1))
        assert sale.story.row.recording.steps == []
        sale.recorded()
        checker, _ = make.colleague(sale.office, "UNDERWRITER")
        seen = recordings.recording_page(sale.story.id, checker, sale.story.at)
        assert [step.file for step in seen.steps] == ["KEPT"] * 4 + ["ELSEWHERE"]
        assert seen.steps[0].sha256 == hashlib.sha256(film).hexdigest()
        assert (seen.unbroken, seen.row.check_state) == (True, "WAITING")
        assert recordings.recorded_file(sale.story.id, "IDENTITY", checker) == film
        key = sale.story.row.recording.steps[0]["file"]
        assert film not in (storage.drawer._folder / key).read_bytes()
        storage.drawer.put(b"another film", key)
        assert (
            recordings.recording_page(sale.story.id, checker, sale.story.at).steps[0].file
            == "ALTERED"
        )
        with pytest.raises(recordings.UnknownRecording):
            recordings.recorded_file(sale.story.id, "IDENTITY", checker)
        storage.drawer.remove(key)
        assert (
            recordings.recording_page(sale.story.id, checker, sale.story.at).steps[0].file == "GONE"
        )
        stranger, _ = make.colleague(make.office(), "UNDERWRITER")
        with pytest.raises(recordings.UnknownRecording):
            recordings.recording_page(sale.story.id, stranger, sale.story.at)

    def test_a_checker_finds_it_on_the_page_and_says_what_is_wrong(self) -> None:
        sale = Sale().recorded()
        checker, actor = make.colleague(sale.office, "UNDERWRITER")
        browser = signed_in(actor)
        page = browser.get("/staff/recordings").content.decode()
        assert f"/staff/recordings/{sale.story.id}" in page
        here = f"/staff/recordings/{sale.story.id}"
        assert "摘要链完整" in browser.get(here).content.decode()
        assert browser.get(f"{here}/IDENTITY").content == b"film of IDENTITY"
        browser.post(f"{here}/check", {"passed": "no", "finding": ""})
        assert sale.story.row.recording.check_state == "WAITING"
        browser.post(f"{here}/check", {"passed": "no", "finding": "没有说明退保损失"})
        browser.post(f"{here}/check", {"passed": "yes"})
        assert sale.story.row.recording.check_state == "FIXED"
        counted = recordings.share(checker, sale.story.at)
        assert (counted.finished, counted.drawn, counted.checked, counted.wanted) == (1, 1, 1, 30)

    def test_a_check_is_due_before_the_cooling_off_period_ends(self) -> None:
        sale = Sale().recorded()
        story = sale.story
        story.me = Ref("party", story.holder_id)
        story.identified().declared().afforded().confirmed().signed()
        assert story.do(underwriting.submit).outcome == "ACCEPT"
        row = story.paid()
        last = day_of(story.at) + 15 * DAY

        item = Item.objects.get(queue_id="underwriting.recording")
        assert day_of(item.due_at) == last

        def due(at):
            found = obligations.list_clocks(row.ref, at)
            return next(c for c in found if c.code == "law.recording_checked")

        assert (due(story.at).state, day_of(due(story.at).due_at)) == ("RUNNING", last)
        boss, actor = make.colleague(sale.office, "UNDERWRITER")
        story.do(underwriting.check_recording, passed=True, finding="", access=boss, actor=actor)
        assert due(story.at).state == "MET"

    def test_whoever_sold_does_not_check(self) -> None:
        sale = Sale().recorded()
        both = make.staff(sale.office, "UNDERWRITER")
        Application.objects.filter(pk=sale.story.id).update(prepared_by=f"staff:{both}")
        with pytest.raises(underwriting.OwnRecording):
            underwriting.check_recording(
                application_id=sale.story.id, passed=True, finding="", at=sale.story.at,
                access=persons.staff_access(both), actor=Ref("staff", both),
            )  # fmt: skip
        assert sale.story.row.recording.check_state == "WAITING"


@pytest.mark.django_db(transaction=True)
class TestKeeping:
    """保险法 87, 可回溯管理办法 13: by the contract, whatever else is open."""

    def test_it_is_kept_ten_years_after_the_contract_and_then_its_files_are_gone(self) -> None:
        sale = Sale().recorded()
        policy = issued(sale)
        end(policy.id, date(2027, 3, 1), sale.story.at)
        key = sale.story.row.recording.steps[0]["file"]
        assert forgotten(sale, date(2032, 3, 2)) == 0  # the shorter term is nothing to it
        assert forgotten(sale, date(2037, 3, 1)) == 0
        assert sale.story.row.recording.keep_until == date(2037, 3, 1)
        assert forgotten(sale, date(2037, 3, 2)) == 1
        assert forgotten(sale, date(2037, 3, 2)) == 0
        kept = sale.story.row.recording
        assert not storage.drawer.has(key)
        assert [step["file"] for step in kept.steps] == [""] * 5
        assert rules.unbroken(kept.steps, kept.chain)  # what was recorded stays proven
        (event,) = Event.objects.filter(kind="underwriting.recording_forgotten")
        facts = orjson.loads(event.facts) if isinstance(event.facts, str) else event.facts
        assert facts == {"steps": 5, "kept_until": "2037-03-01", "why": "CONTRACT"}

    def test_it_stays_while_the_contract_goes_on(self) -> None:
        sale = Sale().recorded()
        issued(sale)
        assert forgotten(sale, date(2040, 1, 1)) == 0
        assert sale.story.row.recording.keep_until == date(2050, 1, 1)
        checker, _ = make.colleague(sale.office, "UNDERWRITER")
        page = recordings.recording_page(sale.story.id, checker, sale.story.at)
        assert page.kept.until is None
        assert [reason.why for reason in page.kept.reasons] == ["IN_FORCE"]

    def test_a_dispute_keeps_it_while_it_is_open_and_two_years_longer(self) -> None:
        """办法 13: a complaint in the ninth year changes nothing, one in the last does, and stays longer than two."""
        sale = Sale().recorded()
        policy = issued(sale)
        end(policy.id, date(2027, 3, 1), sale.story.at)
        said(sale, "complaints.received", date(2034, 1, 1), concerns="")
        said(sale, "complaints.closed", date(2034, 2, 1))
        assert forgotten(sale, date(2037, 3, 1)) == 0
        said(sale, "complaints.received", date(2037, 2, 1), number=2, concerns="")
        assert forgotten(sale, date(2040, 2, 1)) == 0
        said(sale, "complaints.closed", date(2040, 6, 1), number=2)
        assert forgotten(sale, date(2042, 6, 1)) == 0
        assert forgotten(sale, date(2042, 6, 2)) == 1

    def test_an_application_that_came_to_nothing_keeps_it_five_years(self) -> None:
        sale = Sale().recorded()
        sale.story.do(underwriting.withdraw, **sale.told)
        checker, _ = make.colleague(sale.office, "UNDERWRITER")
        page = recordings.recording_page(sale.story.id, checker, sale.story.at)
        assert page.kept.until == date(2031, 11, 18)
        assert forgotten(sale, date(2031, 11, 18)) == 0
        assert forgotten(sale, date(2031, 11, 19)) == 1

    def test_nothing_goes_before_everything_that_happened_is_known(self) -> None:
        sale = Sale().recorded()
        sale.story.do(underwriting.withdraw, **sale.told)
        late = noon(sale, date(2040, 1, 1))
        assert underwriting.forget_recordings(at=late).did == 0
        read_all(late - DAY)
        assert underwriting.forget_recordings(at=late).did == 0
        read_all(late)
        assert underwriting.forget_recordings(at=late).did == 1


def noon(sale: Sale, on: date) -> datetime:
    return sale.story.at.replace(year=on.year, month=on.month, day=on.day)


def forgotten(sale: Sale, on: date) -> int:
    return swept(underwriting.forget_recordings, noon(sale, on))


def issued(sale: Sale) -> Any:
    """The contract the sale came to: whole life, longer than a year."""
    policy = make.policy(
        sale.office, holder_id=sale.story.row.holder_id, product_code="whole-life", with_social_insurance=False
    )  # fmt: skip
    Application.objects.filter(pk=sale.story.id).update(policy_id=policy.id, state="ISSUED")
    return policy


def end(policy_id: int, on: date, at: datetime) -> None:
    policies.terminate_policy(
        policy_id=policy_id, ending="SURRENDERED", on=on, actor=Ref("staff", 1), at=at
    )


def said(sale: Sale, kind: str, on: date, number: int = 1, **facts: Any) -> None:
    """A complaint of the holder's, as complaints tells of it."""
    given = {
        "office_id": sale.office, "channel": "PHONE", "business": "SALES", "reason": "OTHER", "owner_id": 1,
        "major": False, **facts,
    } if kind.endswith("received") else {"content": "YES"}  # fmt: skip
    told = tx.use_case(journal.record)
    told(
        REGISTRY[kind](**given), about=Ref("complaint", number), actor=Ref("staff", 1), at=noon(sale, on),
        party=sale.story.row.holder_id,
    )  # fmt: skip
