"""Reading and judging a product's wording: pure, no database."""

from yilu.products.rules.judging import judge
from yilu.products.rules.reading import Problem, read_terms, to_plain

__all__ = ["Problem", "judge", "read_terms", "to_plain"]
