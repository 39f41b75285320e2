"""Publish the wordings that stand in the catalogue."""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, Refusal
from yilu.kernel.refs import SYSTEM, Ref
from yilu.products import rules
from yilu.products.events import VersionPublished
from yilu.products.models import Product, ProductVersion
from yilu.products.terms import Terms

CATALOGUE = Path(__file__).parent / "catalogue"


class BadWording(Invalid):
    """The wording cannot be published; ``problems`` says where and why, one sentence each."""

    code = "bad_wording"
    message = "产品条款有误，未发布"
    hint = "请按所列位置逐项修改后重新发布。"

    def __init__(self, file: str, problems: tuple[str, ...]) -> None:
        self.problems = tuple(f"{file} {problem}" for problem in problems)
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


def read_wording(path: Path) -> Terms:
    """
    Read and judge one terms.toml without publishing it.

    :raises BadWording: naming the file, each place and the reason, in Chinese.
    """
    name = f"{path.parent.name}/{path.name}"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise BadWording(name, (f"不是有效的 TOML 文件：{problem}",)) from None
    terms, problems = rules.read_terms(table)
    if terms is not None:
        problems = rules.judge(terms)
        if terms.code != path.parent.name:
            problems += (rules.Problem("code", f"要与文件夹同名：{path.parent.name}"),)
    if problems or terms is None:
        raise BadWording(name, tuple(str(problem) for problem in problems))
    return terms


@tx.use_case
def load_catalogue(*, folder: Path = CATALOGUE, actor: Ref = SYSTEM, at: datetime) -> Loaded:
    """
    Publish every wording of the catalogue that is not published yet; twice is once.

    All or nothing: one bad wording publishes none.

    :raises BadWording: naming every problem of every file.
    :raises WordingAlreadyPublished: if a file changed under a published version's name.
    """
    wordings: list[Terms] = []
    problems: list[str] = []
    for path in sorted(folder.glob("*/terms.toml")):
        try:
            wordings.append(read_wording(path))
        except BadWording as bad:
            problems += bad.problems
    if problems:
        raise BadWording("catalogue:", tuple(problems))
    published = [f"{t.code} {t.version}" for t in wordings if _publish(t, actor=actor, at=at)]
    return Loaded(tuple(published), len(wordings) - len(published))


@tx.use_case
def publish_wording(*, path: Path, actor: Ref, at: datetime) -> int:
    """
    Publish one wording, closing the version sold before it; the product version's id.

    :raises BadWording: see ``read_wording``. :raises WordingAlreadyPublished: it may not change.
    """
    terms = read_wording(path)
    _publish(terms, actor=actor, at=at)
    return int(
        ProductVersion.objects.values_list("id", flat=True).get(
            product__code=terms.code, version=terms.version
        )
    )


def digest_of(plain: dict[str, Any]) -> str:
    """SHA-256 over the canonical JSON of a wording."""
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _publish(terms: Terms, *, actor: Ref, at: datetime) -> bool:
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
        return False
    open_one = ProductVersion.objects.filter(product=product, valid_to__isnull=True).first()
    if open_one is not None:
        if terms.valid_from <= open_one.valid_from:
            raise BadWording(
                terms.code, (f"valid_from：要晚于现行版本的生效日 {open_one.valid_from}",)
            )
        ProductVersion.objects.filter(pk=open_one.pk).update(valid_to=terms.valid_from)
    if product.name != terms.name:
        Product.objects.filter(pk=product.pk).update(name=terms.name)
    made = ProductVersion.objects.create(
        product=product, version=terms.version, valid_from=terms.valid_from, name=terms.name,
        terms=plain, digest=digest, published_at=at,
    )  # fmt: skip
    journal.record(
        VersionPublished(product=terms.code, version=terms.version, digest=digest),
        about=Ref("product_version", made.pk),
        actor=actor,
        at=at,
    )
    return True
