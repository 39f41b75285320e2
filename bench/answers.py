"""The chat's first line: how soon it answers, and how often the best answer is the right one."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import bench
from yilu.knowledge.rules.confidence import Model, curve_of

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
BASELINE = 0.904
"""Of BM25 on characters and pairs on the labelled paraphrases, as our notes measured it."""
OWN = Path(__file__).with_name("answers_of_ours.tsv")


@bench.measure("contact.answer", unit="ms", at_most=300)
def answer() -> bench.Value:
    """A customer's question through the whole operation: kept, looked up, answered, committed. The slowest."""
    from yilu.contact import operations as contact
    from yilu.kernel.refs import Ref

    party_id = _insurer_with_answers()
    me = Ref("party", party_id)
    began = time.perf_counter()
    chat = contact.open_chat(party_id=party_id, actor=me, at=AT)
    contact.ask(conversation_id=chat, text="理赔要多久？", actor=me, at=AT)
    first = 1000 * (time.perf_counter() - began)
    took: list[float] = []
    for text, _code in _own():
        began = time.perf_counter()
        contact.ask(conversation_id=chat, text=text, actor=me, at=AT)
        took.append(1000 * (time.perf_counter() - began))
    took.sort()
    bench.also(
        "contact.answer_cold", first, "ms", at_most=300,
        note="the very first question of a process: the index is read and built, the chat is opened",
    )  # fmt: skip
    return bench.Value(
        took[-1],
        note=f"the slowest of {len(took)}, offline, committed; median {took[len(took) // 2]:.1f} ms",
    )


@bench.measure("contact.answer_top1", unit="share", at_least=BASELINE + 0.001)
def top1() -> bench.Value:
    """The public insurance questions: a paraphrase must find its own among 3,769."""
    from yilu.knowledge.rules.ranking import Index

    folder = bench.data_folder("questions")
    rows = (folder / "insurance_faq_corpus.tsv").read_text(encoding="utf-8").splitlines()[1:]
    known = {line.split("\t")[0]: key for key, line in enumerate(rows)}
    asked = _paraphrases(folder / "insurance_pairs_dev.tsv", known)
    index = Index()
    for text, key in known.items():
        index.put(key, (text,))
    began = time.perf_counter()
    found = [[hit.key for hit in index.search(text, 5)] for text, _key in asked]
    each = 1000 * (time.perf_counter() - began) / len(asked)
    right = sum(hits[:1] == [key] for hits, (_text, key) in zip(found, asked, strict=True))
    near = sum(key in hits for hits, (_text, key) in zip(found, asked, strict=True))
    plain = _plain_bm25(known, asked)
    bench.also(
        "contact.answer_top5", near / len(asked), "share",
        note=f"the right one among five; {each:.1f} ms a question, no library",
    )  # fmt: skip
    return bench.Value(
        right / len(asked),
        note=f"{len(asked)} labelled paraphrases of {len(known)} questions; the same without synonyms and "
        f"nearest phrasing {plain:.3f}; the list of synonyms was written with these pairs in sight",
    )


@bench.measure("contact.answer_own", unit="share", at_least=0.85)
def own() -> bench.Value:
    """Our own questions, written apart from the phrasings: is the best answer the right one?"""
    from yilu.knowledge import shipped
    from yilu.knowledge.rules.ranking import Index

    index, known, model = Index(), shipped.entries(), shipped.model()
    for key, entry in enumerate(known):
        index.put(key, (entry.asked, *entry.phrasings), entry.answer)
    asked = _own()
    chances, right, near = [], [], []
    for text, code in asked:
        hits = index.search(text)
        codes = [known[hit.key].code for hit in hits]
        chances.append(model.chance(index.evidence(text, hits)))
        right.append(codes[:1] == [code])
        near.append(code in codes)
    _say_curve(model, chances, right)
    strangers = [model.chance(index.evidence(t, index.search(t))) for t in shipped.strangers()]
    (given,) = curve_of(chances, right, [model.sure])
    offered = sum(model.offer <= chance < model.sure for chance in chances) / len(asked)
    bench.also(
        "contact.answer_sure", given.precision, "share", at_least=model.least_sure,
        note=f"of those given without asking back ({given.coverage:.2f} of all; {offered:.2f} are offered "
        f"three); of {len(strangers)} questions we have nothing on, "
        f"{sum(c >= model.sure for c in strangers)} were answered all the same",
    )  # fmt: skip
    bench.also(
        "contact.answer_coverage", given.coverage, "share",
        note=f"given without asking back at the limit {model.sure}, set on other questions to keep "
        f"{model.least_sure:.0%} right",
    )  # fmt: skip
    return bench.Value(
        sum(right) / len(asked),
        note=f"{len(asked)} questions, {len(known)} entries; among the three {sum(near) / len(asked):.2f}",
    )


def _say_curve(model: Model, chances: Sequence[float], right: Sequence[bool]) -> None:
    """Precision and coverage on the held-out questions, at the limit and around it."""
    limits = sorted({0.4, 0.5, 0.6, 0.7, 0.8, 0.9, model.sure})
    for point in curve_of(chances, right, limits):
        bench.also(
            f"contact.answer_curve_{round(100 * point.limit):02d}", point.precision, "share",
            note=f"right of those given from {point.limit}, {point.coverage:.2f} of all"
            + (" (the limit in use)" if point.limit == model.sure else ""),
        )  # fmt: skip


def _own() -> list[tuple[str, str]]:
    lines = OWN.read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return [(text, code) for text, code in pairs]


def _paraphrases(path: Path, known: dict[str, int]) -> list[tuple[str, int]]:
    asked = []
    for line in path.read_text(encoding="utf-8").splitlines():
        pair, _tab, label = line.rpartition("\t")
        one, _sep, other = pair.partition("[SEP]")
        if label != "1":
            continue
        for text, its in ((one, other), (other, one)):
            if its in known and text not in known:
                asked.append((text, known[its]))
                break
    return asked


def _plain_bm25(known: dict[str, int], asked: Sequence[tuple[str, int]]) -> float:
    """What characters and pairs alone reach on the very same pairs."""
    from yilu.knowledge.rules import ranking, text

    found, nearest = text.synonyms, ranking.NEAREST
    import re

    text.synonyms = lambda: ({}, re.compile("(?!)"))  # type: ignore[assignment]
    ranking.NEAREST = 0.0
    try:
        index = ranking.Index()
        for question, key in known.items():
            index.put(key, (question,))
        right = sum(index.search(q, 1)[0].key == key for q, key in asked)
    finally:
        text.synonyms, ranking.NEAREST = found, nearest
    return right / len(asked)


def _insurer_with_answers() -> int:
    from bench.insurer import insurer
    from yilu.kernel.refs import SYSTEM, Ref
    from yilu.knowledge import operations as knowledge
    from yilu.people import queries as people

    office = insurer()
    from bench import payments

    party_id, _account = payments._beneficiary()
    from yilu.people import operations

    staff_id = operations.hire_staff(
        username="bench.knowledge", name="知识", office_id=office, actor=SYSTEM, at=AT
    )
    operations.grant_role(
        staff_id=staff_id, role="STANDARDS_EDITOR", office_id=office, amount_limit=None,
        actor=SYSTEM, at=AT,
    )  # fmt: skip
    knowledge.load_catalogue(AT)
    knowledge.adopt_shipped(
        access=people.staff_access(staff_id), actor=Ref("staff", staff_id), at=AT
    )
    return party_id
