"""Hard cases for a visitor: a death to take to its heirs, and one of each kind on its way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from demo import agreements, papers
from demo.cast import OFFICE, person, sent_to_review, who
from demo.claims import Chronicle
from yilu.care import operations as care
from yilu.claims import operations as claims
from yilu.claims import queries
from yilu.kernel.days import day_of
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.years import add_years
from yilu.people import queries as people
from yilu.policies import operations as policies
from yilu.work import operations as work


def tell(chronicle: Chronicle) -> dict[str, Any]:
    """Tell them all; what the demo's page says about the death and about what was signed."""
    told = _death(chronicle)
    for story in (
        _hurt_hand,
        _under_investigation,
        _several_hands,
        _checked,
        _helpers,
        _passer_by,
        _older,
    ):
        _try(story, chronicle)
    for name, signed in (("settled", agreements.settled), ("came_back", agreements.came_back)):
        try:
            told[name] = signed(chronicle)
        except (Refusal, LookupError) as reason:
            print(f"    {name}: {reason}")
    return told


def _try(story: Callable[[Chronicle], None], chronicle: Chronicle) -> None:
    try:
        story(chronicle)
    except (Refusal, LookupError) as reason:
        print(f"    {story.__name__}: {reason}")


def _death(chronicle: Chronicle) -> dict[str, Any]:
    """A father dies; his wife reports; a son died before him and left a child; his mother lives."""
    today = day_of(chronicle.past.now)
    wife, phone = person(chronicle, 1, "江晚晴", ages=(50, 52))
    insured, _phone = person(chronicle, 2, "方远山", ages=(52, 55))
    _party, _phone = person(chronicle, 3, "方舟", ages=(28, 30))
    _party, _phone = person(chronicle, 4, "方小禾", date(today.year - 9, 5, 1))
    _party, _phone = person(chronicle, 5, "何秀兰", ages=(75, 79))
    policy = policies.issue_policy(
        new=policies.NewPolicy(
            product_code="term-life", holder_id=wife, insured_id=insured,
            office_id=chronicle.world.offices[OFFICE], effective_on=date(today.year - 3, 3, 1),
            sum_insured=Decimal(200_000), premium=Decimal("480.00"), pay_years=20,
        ),
        actor=SYSTEM, at=chronicle.past.now,
    )  # fmt: skip
    died_on = today - timedelta(days=12)
    [account] = people.list_accounts(wife)
    made = claims.report_claim(
        report=claims.Report(
            policy_number=policy.number, claimant_id=wife, claim_type="DEATH", loss_date=died_on,
            channel="APP", request_key="demo-hard-death", account_id=account.id,
            loss=claims.Loss(passing=claims.Passing(died_on=died_on)),
        ),
        actor=Ref("party", wife), at=chronicle.past.now,
    )  # fmt: skip
    registrar = who(chronicle, "li.zhu")
    claims.send_to_review(claim_id=made.claim_id, reason="家属已到柜面，资料边审边补", **registrar)
    chen = who(chronicle, "chen.he")
    claims.calculate_claim(claim_id=made.claim_id, chosen=claims.Chosen(), **chen)
    claims.order_care(
        claim_id=made.claim_id,
        care=claims.Care(kind="VISIT", words="上门慰问家属，说明所需资料"),
        **chen,
    )
    return {
        "claim_id": made.claim_id, "number": made.number, "wife": "江晚晴", "phone": phone,
        "son": "方舟", "grandchild": "方小禾", "mother": "何秀兰",
    }  # fmt: skip


def _hurt_hand(chronicle: Chronicle) -> None:
    """A broken joint and a scarred face, both of the tenth grade: together the ninth, for a reviewer to check."""
    hurt_on = chronicle.today - timedelta(days=95)
    customer, told = sent_to_review(
        chronicle, "accident", "DISABILITY", on=hurt_on, why="鉴定意见待出，先行审核",
        loss=claims.Loss(cause="ACCIDENT", event_on=hurt_on),
    )  # fmt: skip
    made = claims.order_appraisal(
        **told,
        institution="钱塘司法鉴定所",
        licence="330104001",
        question="右上肢及面部伤残等级评定",
    )
    claims.record_appraisal(
        **told, appraisal_id=made, assessed_on=chronicle.today, report_number="钱司鉴〔2026〕18号",
        findings=[
            claims.Finding(code="7.3-13", part="右腕", grade=10),
            claims.Finding(code="8.1-18", part="面部", grade=10),
        ],
        evidence=claims.Paper("DISABILITY_REPORT", "鉴定意见书.pdf", papers.discharge_pdf(
            customer.person.name, hurt_on, chronicle.today, seed=7_001)),
    )  # fmt: skip


def _in_review(chronicle: Chronicle, *more: str) -> queries.ClaimCard:
    """A claim of Zhejiang that waits at a desk, or in one of the other states."""
    access = people.staff_access(chronicle.world.staff["zhu.guan"])
    for state in ("REVIEW", *more):
        for card in queries.list_for_staff(access, states=(state,)).claims:
            if card.claim_type != "DEATH":
                return card
    fell_on = chronicle.today - timedelta(days=9)
    _customer, told = sent_to_review(
        chronicle, "accident", "ACCIDENT", on=fell_on, why="事故经过与病历的记载不一致",
        loss=claims.Loss(cause="ACCIDENT", event_on=fell_on), offices=access.office_ids,
    )  # fmt: skip
    return queries.progress(told["claim_id"], told["at"]).card


def _older(chronicle: Chronicle) -> None:
    """A hospital's papers say that somebody was older than was told: one has established it, one confirms."""
    ill_on = chronicle.today - timedelta(days=20)
    customer, told = sent_to_review(
        chronicle, "critical-illness", "CRITICAL_ILLNESS", on=ill_on,
        loss=claims.Loss(diagnoses=(claims.Diagnosis(condition="CANCER", confirmed_on=ill_on),)),
        why="病案首页的出生日期与投保单不一致",
    )  # fmt: skip
    claims.calculate_claim(**told, chosen=claims.Chosen())
    claims.state_misstated_age(
        **told, true_birth=add_years(customer.person.birth_date, -6),
        reason="住院病案首页与户口簿所载出生日期比投保单早六年",
    )  # fmt: skip


def _passer_by(chronicle: Chronicle) -> None:
    """Somebody else was hurt and demands less than the claim comes to: a decision will divide it."""
    hurt_on = chronicle.today - timedelta(days=12)
    customer, told = sent_to_review(
        chronicle, "accident", "ACCIDENT", on=hurt_on, why="事故伤及他人，先核对第三方的要求",
        loss=claims.Loss(cause="ACCIDENT", event_on=hurt_on),
    )  # fmt: skip
    passer_by, _phone = person(chronicle, 6, "路遥知")
    accounts = people.list_accounts(passer_by)
    registrar, may = chronicle.colleague("claims.register", customer.office_id)
    third = care.enter_third_party(
        claim_id=told["claim_id"], party_id=passer_by, relation="INJURED", demand=Decimal(600),
        access=may, actor=registrar, at=told["at"],
    )  # fmt: skip
    checked = {name: told[name] for name in ("access", "actor", "at")}
    care.verify_third_party(third_party_id=third, account_id=accounts[0].id, **checked)
    second, access = chronicle.colleague(
        "claims.assess", customer.office_id, unlike=told["actor"].id
    )
    consent = papers.discharge_pdf(customer.person.name, hurt_on, chronicle.today, seed=7_101)
    care.pay_third_party_directly(
        third_party_id=third, consent=claims.Paper("OTHER", "直接付款同意书.pdf", consent),
        access=access, actor=second, at=told["at"],
    )  # fmt: skip


def _under_investigation(chronicle: Chronicle) -> None:
    """A plan half done: the hospital visited, an outside firm asked."""
    card = _in_review(chronicle)
    claims.open_investigation(
        claim_id=card.id, reason="HOSPITAL_RECORDS", question="住院记录与票据是否一致",
        **who(chronicle, "zhu.guan"),
    )  # fmt: skip
    cha = who(chronicle, "cha.shi")
    owner = chronicle.world.staff["cha.shi"]
    for kind, task in (
        ("HOSPITAL", "到住院部核对病历首页和医嘱"),
        ("THIRD_PARTY", "核对外省就诊记录"),
    ):
        step = claims.plan_step(
            claim_id=card.id, step=claims.Step(kind=kind, task=task, owner_id=owner), **cha
        )
        if kind == "HOSPITAL":
            claims.settle_step(
                claim_id=card.id,
                step_id=step,
                result="SUPPORTS",
                finding="病历、医嘱与票据一致",
                **cha,
            )


def _several_hands(chronicle: Chronicle) -> None:
    """Parts in several hands, a colleague called, a hospital asked for help."""
    card = _in_review(chronicle, "SUPPLEMENT", "SECOND_REVIEW", "INVESTIGATING")
    lead = who(chronicle, "zhu.guan")
    staff = chronicle.world.staff
    for area, name in (("MEDICAL", "chen.he"), ("CONTACT", "gu.wen"), ("MONEY", "fu.he")):
        claims.give_part(claim_id=card.id, area=area, staff_id=staff[name], **lead)
    claims.note_and_call(
        claim_id=card.id, note=claims.Note(kind="NOTE", text="外购药的处方请再看一眼，金额较大。"),
        staff_ids=[staff["chen.he"]], **lead,
    )  # fmt: skip
    claims.order_care(
        claim_id=card.id,
        care=claims.Care(
            kind="HOSPITAL", words="请住院部协助尽快出具费用清单",
            provider_id=chronicle.world.providers["H330001"],
        ),
        **who(chronicle, "gu.wen"),
    )  # fmt: skip


def _checked(chronicle: Chronicle) -> None:
    """Some weeks of decisions drawn, and half of them graded."""
    now = chronicle.past.now
    claims.draw_quality_checks(since=now - timedelta(days=40), at=now)
    reviewers = ("fu.he", "zhu.guan", "guang.fu", "shu.fu")
    grades = (
        ("GOOD", ()),
        ("FINE", ()),
        ("FAULTS", ("REASONS",)),
        ("FINE", ()),
        ("FAULTS", ("PAPERS",)),
    )
    for name in reviewers:
        told = who(chronicle, name)
        for n, check in enumerate(queries.quality.checks(told["access"], waiting=True)[::2]):
            grade, faults = grades[n % len(grades)]
            try:
                claims.grade_check(
                    check_id=check.id, grade=grade, faults=faults,
                    finding="结论说明过于简单，请写清依据。" if faults else "", **told,
                )  # fmt: skip
            except Refusal:
                continue  # one's own decision


def _helpers(chronicle: Chronicle) -> None:
    """Guangdong helps Zhejiang with bills that a person must confirm."""
    told = who(chronicle, "zhu.guan")
    for name in ("guang.he", "shu.he"):
        work.set_helper(
            queue="documents.verify", staff_id=chronicle.world.staff[name], daily_max=20, **told
        )
