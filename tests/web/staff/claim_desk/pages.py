"""Where the desk is, and what is read off its page."""

import re

from yilu.claims.models import Claim


def address(claim: int, act: str = "") -> str:
    return f"/staff/claims/{claim}" + (f"/{act}" if act else "")


def digest_on(page) -> str:
    return re.search(r'name="digest" value="([0-9a-f]+)"', page.content.decode())[1]


def main_of(page) -> str:
    return re.search(r"<main.*</main>", page.content.decode(), re.DOTALL)[0]


def state_of(claim: int) -> str:
    return Claim.objects.get(pk=claim).state
