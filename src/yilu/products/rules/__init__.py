"""Reading and judging a product's wording: pure, no database."""

from yilu.products.rules.judging import judge
from yilu.products.rules.reading import Problem, read_terms, to_plain
from yilu.products.rules.words import amount_of, words_of

__all__ = ["Problem", "amount_of", "judge", "read_terms", "to_plain", "words_of"]
