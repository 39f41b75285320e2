"""An answer as it is shipped, and the one that a clause of a product gives."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

REVIEW_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Entry:
    """A question, other ways to ask it, the answer, and what it rests on."""

    code: str
    topic: str
    asked: str
    phrasings: tuple[str, ...]
    answer: str
    source: str
    quote: str = ""
    product: str = ""

    @property
    def digest(self) -> str:
        """Changes when anything of it does."""
        parts = (self.asked, *self.phrasings, self.answer, self.source, self.quote)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def of_clause(
    *, product: str, name: str, number: str, title: str, text: str, version: str
) -> Entry:
    """The answer that a clause of a product gives, in the clause's own words."""
    short = name.split("（", maxsplit=1)[0].removesuffix("保险")
    return Entry(
        code=f"product.{product}.{number}",
        topic="PRODUCT",
        product=product,
        asked=f"{name}的{title}是怎么规定的？",
        phrasings=(f"{name}{title}", f"{short}的{title}是什么", f"{short}{title}怎么算"),
        answer=text,
        source=f"《{name}》条款 {number}",
        quote=f"{title}：{text}（{version} 版）",
    )
