"""Publish the wordings that stand in the catalogue."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, Refusal
from yilu.kernel.refs import SYSTEM, Ref
from yilu.products import rules
from yilu.products.actuarial.tables import Key, Rates
from yilu.products.events import VersionPublished
from yilu.products.models import Offering as OfferingRow
from yilu.products.models import Product, ProductVersion, RateTable
from yilu.products.offering import Offering
from yilu.products.rules.offers import FILES
from yilu.products.terms import Terms

CATALOGUE = Path(__file__).parent.parent / "catalogue"
BANK = CATALOGUE / "questions.toml"
"""The questions that the questionnaires of several products share (题库)."""


class BadWording(Invalid):
    """The wording cannot be published; ``problems`` says where (file, line, place) and why, one sentence each."""

    code = "bad_wording"
    message = "产品条款有误，未发布"
    hint = "请按所列位置逐项修改后重新发布。"

    def __init__(self, file: str, problems: tuple[str, ...]) -> None:
        between = "" if file.endswith("/") else " "
        self.problems = tuple(f"{file}{between}{problem}" for problem in problems)
        super().__init__("产品条款有误，未发布：" + "；".join(self.problems))


class WordingAlreadyPublished(Refusal):
    """A published version is never changed."""

    code = "wording_already_published"
    message = "该版本的条款已经发布，内容不可再改"
    hint = "请改用新的版本号 version 和新的生效日 valid_from。"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading the catalogue did: versions published now, and how many stood already."""

    published: tuple[str, ...]
    unchanged: int


@dataclass(frozen=True, slots=True)
class Folder:
    """What one folder of the catalogue says: a wording and, where it is sold, how (产品文件夹)."""

    terms: Terms
    offering: Offering | None
    rates: dict[Key, Rates]


def read_folder(folder: Path) -> Folder:
    """
    Read and judge a product's folder whole, without publishing it.

    A folder with a wording alone is a product not sold to single persons.

    :raises BadWording: naming each file, each place and the reason, in Chinese.
    """
    terms = read_wording(folder / "terms.toml")
    there = [name for name in FILES if (folder / f"{name}.toml").exists()]
    if not there:
        return Folder(terms, None, {})
    if missing := [name for name in FILES if name not in there]:
        raise BadWording(f"{folder.name}/", tuple(f"缺少文件 {name}.toml" for name in missing))
    files = {name: _table(folder / f"{name}.toml") for name in FILES}
    offering, problems = rules.read_offering(terms, files, _table(BANK))
    rates: dict[Key, Rates] = {}
    if offering is not None:
        problems = rules.judge_offering(terms, offering)
        if not problems:
            rates, problems = rules.make_tables(terms, offering.pricing)
    if problems or offering is None:
        raise BadWording(
            f"{folder.name}/", tuple(_pointed(folder, problem) for problem in problems)
        )
    return Folder(terms, offering, rates)


_TOML_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        name = f"{path.parent.name}/{path.name}"
        at = _TOML_PLACE.search(str(problem))
        line = f"第 {at[1]} 行第 {at[2]} 列 " if at else ""
        reason = _TOML_PLACE.sub("", str(problem)).strip()
        raise BadWording(name, (f"{line}不是有效的 TOML 文件：{reason}",)) from None


def read_wording(path: Path) -> Terms:
    """
    Read and judge one terms.toml without publishing it.

    :raises BadWording: naming the file, each place and the reason, in Chinese.
    """
    name = f"{path.parent.name}/{path.name}"
    terms, problems = rules.read_terms(_table(path))
    if terms is not None:
        problems = rules.judge(terms)
        if terms.code != path.parent.name:
            problems += (rules.Problem("code", f"要与文件夹同名：{path.parent.name}"),)
    if problems or terms is None:
        text = path.read_text(encoding="utf-8")
        raise BadWording(name, tuple(_with_line(text, p.place, p.reason) for p in problems))
    return terms


def _with_line(text: str, place: str, reason: str) -> str:
    """Where and why, with the line of the file where it is known."""
    line = rules.line_of(text, place)
    return f"第 {line} 行 {place}：{reason}" if line else f"{place}：{reason}"


def _pointed(folder: Path, problem: rules.Problem) -> str:
    """What is wrong beside the wording: the file stands before the place."""
    file, _, place = problem.place.partition(" ")
    path = folder / file
    if not place or not path.is_file():
        return str(problem)
    return f"{file} {_with_line(path.read_text(encoding='utf-8'), place, problem.reason)}"


@tx.use_case
def load_catalogue(*, folder: Path = CATALOGUE, actor: Ref = SYSTEM, at: datetime) -> Loaded:
    """
    Publish every wording of the catalogue that is not published yet; twice is once.

    All or nothing: one bad wording publishes none. A version that would begin before the end of a
    sale that two people ended brings nothing back.

    :raises BadWording: naming every problem of every file.
    :raises WordingAlreadyPublished: if a file changed under a published version's name.
    """
    read: list[Folder] = []
    problems: list[str] = []
    for path in sorted(folder.glob("*/terms.toml")):
        try:
            read.append(read_folder(path.parent))
        except BadWording as bad:
            problems += bad.problems
    if problems:
        raise BadWording("catalogue:", tuple(problems))
    published = [
        f"{each.terms.code} {each.terms.version}"
        for each in read
        if _publish(each, actor=actor, at=at)
    ]
    return Loaded(tuple(published), len(read) - len(published))


@tx.use_case
def publish_wording(*, path: Path, actor: Ref, at: datetime) -> int:
    """
    Publish one wording and what lies beside it, closing the version sold before; its id.

    :raises BadWording: see ``read_folder``. :raises WordingAlreadyPublished: it may not change.
    """
    folder = read_folder(path.parent)
    terms = folder.terms
    _publish(folder, actor=actor, at=at)
    made = ProductVersion.objects.filter(product__code=terms.code, version=terms.version).first()
    if made is None:
        raise BadWording(terms.code, ("valid_from：产品已经停售，要再销售须写停售以后的生效日",))
    return made.pk


def digest_of(plain: Any) -> str:
    """SHA-256 over the canonical JSON of a wording, or of what is published beside it."""
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _publish(folder: Folder, *, actor: Ref, at: datetime) -> bool:
    """
    Whether it was published now; not what stands, nor what would bring back a product taken off sale.

    Beside an earlier version it is sold from its ``valid_from``, or from today where that is past.
    """
    terms = folder.terms
    plain = rules.to_plain(terms)
    digest = digest_of(plain)
    product, _ = Product.objects.get_or_create(
        code=terms.code, defaults={"number": terms.number, "name": terms.name, "kind": terms.kind}
    )
    product = Product.objects.select_for_update(of=("self",)).get(pk=product.pk)
    earlier = ProductVersion.objects.filter(product=product, version=terms.version).first()
    if earlier is not None:
        if earlier.digest != digest:
            raise WordingAlreadyPublished(
                f"{terms.name} {terms.version} 的条款已经发布，内容不可再改"
            )
        _offer(earlier.pk, folder, at=at)
        return False
    newest = ProductVersion.objects.filter(product=product).order_by("-valid_from").first()
    sold_from = terms.valid_from
    if newest is not None:
        written = date.fromisoformat(newest.terms["valid_from"])
        if terms.valid_from <= written:
            raise BadWording(terms.code, (f"valid_from：要晚于现行版本的生效日 {written}",))
        # Nobody was sold a wording before it was published: until then the present one was.
        sold_from = max(terms.valid_from, day_of(at), newest.valid_from + timedelta(days=1))
        if newest.valid_to is not None and terms.valid_from < newest.valid_to <= sold_from:
            return False
        # One taken off sale earlier stays so; a later last day gives way to the new wording.
        if newest.valid_to is None or newest.valid_to > sold_from:
            ProductVersion.objects.filter(pk=newest.pk).update(valid_to=sold_from)
    if product.name != terms.name:
        Product.objects.filter(pk=product.pk).update(name=terms.name)
    made = ProductVersion.objects.create(
        product=product, version=terms.version, valid_from=sold_from, name=terms.name,
        terms=plain, digest=digest, published_at=at,
    )  # fmt: skip
    _offer(made.pk, folder, at=at)
    journal.record(
        VersionPublished(product=terms.code, version=terms.version, digest=digest),
        about=Ref("product_version", made.pk),
        actor=actor,
        at=at,
    )
    return True


def _offer(version_id: int, folder: Folder, *, at: datetime) -> None:
    """Publish how a version is sold, with its rate tables; what stands may not change."""
    if folder.offering is None:
        return
    content = rules.to_plain(folder.offering)
    digest = digest_of(content)
    stands = OfferingRow.objects.filter(pk=version_id).values_list("digest", flat=True).first()
    if stands is not None:
        if stands != digest:
            raise WordingAlreadyPublished(
                f"{folder.terms.name} {folder.terms.version} 的投保资料已经发布，内容不可再改"
            )
        return
    OfferingRow.objects.create(
        product_version_id=version_id,
        content=content,
        digest=digest,
        asked=digest_of(content["questions"]),
        published_at=at,
    )
    RateTable.objects.bulk_create(
        RateTable(
            product_version_id=version_id,
            sex=key.sex,
            pay_years=key.pay_years,
            years=key.years,
            premiums={str(age): _cents(rate) for age, rate in rates.premiums.items()},
            values={str(age): [_cents(v) for v in line] for age, line in rates.values.items()},
            paid_up={str(age): [_cents(v) for v in line] for age, line in rates.paid_up.items()},
        )
        for key, rates in folder.rates.items()
    )


def _cents(amount: Decimal) -> int:
    return int(amount.scaleb(2))
