"""
Take a picture of every page of the running demo, at phone and desktop width.

    make demo                                     in one terminal
    .venv/bin/python tools/screenshots.py         in another; ONLY=customer for one door

Pictures go to ``build/screenshots``. What a page says on the browser's console, a page wider than its
screen, and an answer of 500 are told at the end, and make the exit code 1.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yilu.site.settings")
# The pictures are taken from this thread, in which the browser keeps an event loop of its own.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

SIZES = {"phone": (390, 844), "desktop": (1280, 800)}
HEIGHT_MAX = 6000


@dataclass(frozen=True)
class Page:
    """A page to look at: its door, the name of its picture, where it is, and as whom."""

    door: str
    name: str
    path: str
    who: Any = None
    large: bool = False
    english: bool = False


@dataclass
class Camera:
    """A browser and what it noticed."""

    base: str
    folder: Path
    browser: Any
    noticed: list[str] = field(default_factory=list)

    def take(self, page: Page, size: str) -> None:
        """One picture of one page."""
        width, height = SIZES[size]
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN"
        )
        try:
            context.add_cookies(self._cookies(page))
            tab = context.new_page()
            where = f"{page.door}/{page.name}-{size}"
            tab.on(
                "console",
                lambda m: self._hear(where, m) if m.type in {"error", "warning"} else None,
            )
            tab.on("pageerror", lambda e: self.noticed.append(f"{where}: {e}"))
            answer = tab.goto(self.base + page.path, wait_until="load")
            tab.wait_for_timeout(250)
            if answer is None or answer.status >= 500:
                self.noticed.append(f"{where}: HTTP {answer.status if answer else '?'}")
            wider = tab.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            if wider > 0:
                self.noticed.append(f"{where}: {wider} px wider than the screen")
            tall = min(tab.evaluate("document.documentElement.scrollHeight"), HEIGHT_MAX)
            tab.set_viewport_size({"width": width, "height": max(tall, height)})
            target = self.folder / page.door / f"{page.name}-{size}.png"
            target.parent.mkdir(parents=True, exist_ok=True)
            tab.screenshot(path=target)
        finally:
            context.close()

    def _hear(self, where: str, message: Any) -> None:
        if "favicon" not in message.text:
            self.noticed.append(f"{where}: console says {message.text[:200]}")

    def _cookies(self, page: Page) -> list[dict[str, str]]:
        cookies = []
        if page.who is not None:
            cookies.append({"name": "yilu_session", "value": _session(page.who), "url": self.base})
        if page.large:
            cookies.append({"name": "yilu_type", "value": "large", "url": self.base})
        if page.english:
            cookies.append({"name": "django_language", "value": "en", "url": self.base})
        return cookies


def main() -> int:
    """Take the pictures; say what was noticed."""
    parser = argparse.ArgumentParser(description="pictures of every page of the running demo")
    parser.add_argument("--url", default=os.environ.get("YILU_PUBLIC_URL", "http://127.0.0.1:8000"))
    parser.add_argument(
        "--only", default=os.environ.get("ONLY", ""), help="a door, or part of a name"
    )
    options = parser.parse_args()
    chromium = find_chromium()
    if chromium is None:
        print("No Chromium was found; set YILU_CHROMIUM to one. No pictures were taken.")
        return 2
    _set_up()
    from playwright.sync_api import sync_playwright

    folder = ROOT / "build" / "screenshots"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        camera = Camera(options.url.rstrip("/"), folder, browser)
        wanted = [p for p in pages() if options.only in f"{p.door}/{p.name}"]
        for number, page in enumerate(wanted, 1):
            for size in SIZES:
                camera.take(page, size)
            print(f"\r{number}/{len(wanted)} {page.door}/{page.name:<40}", end="", flush=True)
        browser.close()
    print(f"\n{len(wanted) * len(SIZES)} pictures in {folder.relative_to(ROOT)}")
    for line in camera.noticed:
        print(f"! {line}")
    return 1 if camera.noticed else 0


def find_chromium() -> str | None:
    """The Chromium to drive: YILU_CHROMIUM, the machine's, or playwright's own."""
    import shutil

    if named := os.environ.get("YILU_CHROMIUM"):
        return named
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if found := shutil.which(name):
            return found
    own = sorted(Path.home().glob(".cache/ms-playwright/chromium-*/chrome-linux*/chrome"))
    return str(own[-1]) if own else None


def _set_up() -> None:
    """Stand beside the running demo: its database, its secrets."""
    os.environ.setdefault("YILU_DEMO", "1")
    if not os.environ.get("DATABASE_URL"):
        from yilu.site import local, postgres

        os.environ["DATABASE_URL"] = postgres.local(local.folder()).url
    import django

    django.setup()


def _session(who: Any) -> str:
    """A session for somebody, as signing in would make it."""
    from tests.web.signing import signed_in

    return str(signed_in(who).cookies["yilu_session"].value)


# -- Which pages ---------------------------------------------------------------------------------


def pages() -> Iterator[Page]:
    """Every page, found out from what the demo insurer has."""
    yield from _public()
    yield from _customer()
    yield from _counter()
    yield from _staff()


def _public() -> Iterator[Page]:
    from yilu.letters.models import IssuedLetter

    yield Page("public", "welcome", "/")
    yield Page("public", "welcome-large", "/", large=True)
    yield Page("public", "welcome-english", "/", english=True)
    for name in ("help", "verify", "pledges", "evidence"):
        yield Page("public", name, f"/{name}")
    letter = IssuedLetter.objects.filter(state="ISSUED").order_by("pk").first()
    if letter is not None:
        yield Page("public", "verify-by-code", f"/verify/{letter.code}")
        yield Page("public", "verify-unaltered", f"/verify?sha256={letter.sha256}")
    yield Page("public", "verify-unknown", "/verify?sha256=0")
    yield Page("public", "not-found", "/nothing-here")
    for door in ("c", "agent", "staff"):
        yield Page("public", f"sign-in-{door}", f"/{door}/sign-in")


def _customer() -> Iterator[Page]:
    from yilu.claims.models import Claim, Offer
    from yilu.kernel.refs import Ref
    from yilu.people.models import Party
    from yilu.policies.models import Policy

    for state in Claim.objects.order_by().values_list("state", flat=True).distinct():
        claim = Claim.objects.filter(state=state).order_by("pk").first()
        who = Ref("party", claim.claimant_id)
        yield Page("customer", f"claim-{state.lower()}", f"/c/claims/{claim.pk}", who)
    claim = Claim.objects.filter(state__in=["COLLECTING", "REPORTED"]).order_by("pk").first()
    claim = claim or Claim.objects.order_by("pk").first()
    who, at = Ref("party", claim.claimant_id), f"/c/claims/{claim.pk}"
    policy = Policy.objects.filter(insured_id=claim.insured_id).order_by("pk").first()
    for name, path in {
        "home": "/", "claims": "/c/claims", "documents": f"{at}/documents", "account": f"{at}/account",
        "withdraw": f"{at}/withdraw", "policy": f"/c/policies/{policy.pk}", "report-1": "/c/report?choose=1",
        "report-2": f"/c/report?policy={policy.pk}", "report-3": f"/c/report?policy={policy.pk}&type=MEDICAL",
        "messages": "/c/messages", "me": "/c/me", "accounts": "/c/me/accounts",
        "add-account": "/c/me/accounts/add", "privacy": "/c/privacy",
    }.items():  # fmt: skip
        yield Page("customer", name, path, who)
    yield Page("customer", "home-large", "/", who, large=True)
    yield Page("customer", "claim-large", at, who, large=True)
    yield Page("customer", "claim-english", at, who, english=True)
    paid = Claim.objects.filter(state__in=["PAID", "CLOSED"], outcome="PAID").order_by("pk").first()
    if paid is not None:
        payee = Ref("party", paid.claimant_id)
        yield Page("customer", "rate", f"/c/claims/{paid.pk}/rate", payee)
        yield Page("customer", "appeal", f"/c/claims/{paid.pk}/appeal", payee)
        with_files = Claim.objects.filter(pk=paid.pk).values_list("pk", flat=True)[0]
        yield Page("customer", "documents-full", f"/c/claims/{with_files}/documents", payee)
    if (offer := Offer.objects.filter(state="OPEN").order_by("pk").first()) is not None:
        yield Page("customer", "offer", f"/c/offers/{offer.pk}", Ref("party", offer.party_id))
        yield Page("customer", "home-offer", "/", Ref("party", offer.party_id))
    new = Party.objects.filter(signs_in=True).exclude(pk__in=Policy.objects.values("insured_id"))
    if (nobody := new.exclude(pk__in=Policy.objects.values("holder_id")).first()) is not None:
        empty = Ref("party", nobody.pk)
        for name, path in {"home": "/", "claims": "/c/claims", "messages": "/c/messages"}.items():
            yield Page("customer", f"{name}-empty", path, empty)


def _counter() -> Iterator[Page]:
    from yilu.kernel.refs import Ref
    from yilu.policies.models import Policy

    policy = Policy.objects.filter(agent__isnull=False, state="IN_FORCE").order_by("pk").first()
    if policy is None:
        return
    who = Ref("agent", policy.agent_id)
    customer = f"/agent/customers/{policy.insured_id}"
    yield Page("counter", "customers", "/agent/", who)
    yield Page("counter", "nobody-found", "/agent/?q=查无此人", who)
    yield Page("counter", "customer", customer, who)
    yield Page("counter", "report-1", f"{customer}/report", who)
    yield Page("counter", "report-2", f"{customer}/report?policy={policy.pk}", who)


def _staff() -> Iterator[Page]:
    """The links of the side navigation, as each of some roles sees them, and a claim's desk."""
    from django.test import Client
    from tests.web.signing import signed_in

    from yilu.claims.models import Claim
    from yilu.kernel.refs import Ref
    from yilu.people.models import StaffRole

    seen: set[str] = set()
    for role in (
        "TEAM_LEAD",
        "ASSESSOR",
        "PAYMENTS",
        "STANDARDS_EDITOR",
        "OPERATOR",
        "SERVICE_MANAGER",
    ):
        held = StaffRole.objects.filter(role=role).order_by("pk").first()
        if held is None:
            continue
        who = Ref("staff", held.staff_id)
        client: Client = signed_in(who)
        home = client.get("/staff/", headers={"host": "127.0.0.1"}).content.decode()
        for path in ["/staff/", *re.findall(r'class="nav-link" href="([^"]+)"', home)]:
            if path not in seen:
                seen.add(path)
                name = path.strip("/").replace("/", "-").replace("?", "-") or "staff"
                yield Page("staff", name, path, who)
        if role == "TEAM_LEAD":
            for state in ("REVIEW", "PAID", "SECOND_REVIEW", "DECLINED", "SUPPLEMENT"):
                claim = Claim.objects.filter(state=state).order_by("pk").first()
                if claim is not None:
                    yield Page("staff", f"desk-{state.lower()}", f"/staff/claims/{claim.pk}", who)


if __name__ == "__main__":
    raise SystemExit(main())
