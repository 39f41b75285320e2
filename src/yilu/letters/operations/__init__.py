"""Every change to a letter: ordered, issued, failed, delivered."""

from yilu.letters.operations.issuing import WrongFacts, issue

__all__ = ["WrongFacts", "issue"]
