"""The process that tells pages there is news: who is let in, and what they are told."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from yilu.kernel.refs import Ref
from yilu.web.common import push
from yilu.web.push import hub as hubs
from yilu.web.push.app import Push
from yilu.web.push.topics import topics_of

OURS = b"http://127.0.0.1:8000"


class Browser:
    """One connection, as the server's side of ASGI shows it."""

    def __init__(self, app, query="", *, path="/push", method="GET", headers=()):
        self.app = app
        self.scope = {
            "type": "http", "method": method, "path": path, "query_string": query.encode(),
            "headers": [*headers],
        }  # fmt: skip
        self.status, self.headers, self.body = 0, {}, b""
        self.stuck = False
        self.left = asyncio.Event()
        self.ended = False

    async def open(self):
        self.task = asyncio.create_task(self.app(self.scope, self._receive, self._send))
        await settle()
        return self

    async def leave(self):
        self.left.set()
        await self.task

    async def _receive(self):
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message):
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], dict(message["headers"])
            return
        while self.stuck:
            await asyncio.sleep(0)
        self.body += message["body"]
        self.ended = not message.get("more_body")


async def settle():
    for _ in range(8):
        await asyncio.sleep(0)


def ticket(*topics, whom="party:5"):
    return "ticket=" + push.ticket(*topics, for_whom=whom)


def run(story):
    async def told():
        app = Push(hubs.Hub(now=lambda: app_clock.now), reads=False)
        await story(app)

    app_clock = SimpleNamespace(now=0.0)
    asyncio.run(told())


class TestWhoIsLetIn:
    @pytest.mark.parametrize(
        "query", ["", "ticket=", "ticket=forged", "ticket=a:b:c", "ticket=%00", "topic=party:5"]
    )
    def test_nobody_without_a_ticket_of_ours(self, query):
        async def story(app):
            browser = await Browser(app, query).open()
            assert (browser.status, len(app.hub)) == (403, 0)

        run(story)

    def test_nobody_with_an_expired_one(self):
        import time_machine

        async def story(app):
            with time_machine.travel("2026-11-20T04:00:00Z") as clock:
                old = ticket("party:5")
                clock.shift(1801)
                assert (await Browser(app, old).open()).status == 403

        run(story)

    def test_a_ticket_opens_its_own_topics_only(self):
        async def story(app):
            given = ticket("party:5", "claim:9")
            assert (await Browser(app, f"{given}&topic=party:6").open()).status == 403
            assert (await Browser(app, f"{given}&topic=claim:9&topic=seat:1").open()).status == 403
            narrow = await Browser(app, f"{given}&topic=claim:9").open()
            app.hub.publish(1, frozenset({"party:5"}))
            app.hub.publish(2, frozenset({"claim:9"}))
            await settle()
            assert narrow.status == 200
            assert b"claim:9" in narrow.body
            assert b"party:5" not in narrow.body

        run(story)

    def test_no_page_but_ours_and_no_other_way(self):
        async def story(app):
            good = ticket("party:5")
            foreign = [(b"origin", b"https://elsewhere.example")]
            assert (await Browser(app, good, headers=foreign).open()).status == 403
            assert (await Browser(app, good, method="POST").open()).status == 405
            assert (await Browser(app, good, path="/push/x").open()).status == 404
            ours = await Browser(app, good, headers=[(b"origin", OURS)]).open()
            assert ours.headers[b"access-control-allow-origin"] == OURS
            assert b"access-control-allow-credentials" not in ours.headers

        run(story)

    def test_no_socket_even_with_a_good_ticket(self):
        async def story(app):
            said = []

            async def send(message):
                said.append(message)

            scope = Browser(app, ticket("party:5")).scope | {"type": "websocket"}
            await app(scope, None, send)
            assert said == [{"type": "websocket.close", "code": 1003}]
            assert len(app.hub) == 0

        run(story)

    def test_one_person_holds_only_so_many(self, monkeypatch):
        monkeypatch.setattr(hubs, "EACH_MAX", 2)

        async def story(app):
            first = await Browser(app, ticket("party:5")).open()
            await Browser(app, ticket("party:5")).open()
            assert (await Browser(app, ticket("party:5")).open()).status == 503
            assert (await Browser(app, ticket("party:6", whom="party:6")).open()).status == 200
            await first.leave()
            assert (await Browser(app, ticket("party:5")).open()).status == 200

        run(story)


class TestWhatTheyAreTold:
    def test_numbers_only_and_only_of_their_own(self):
        async def story(app):
            lin = await Browser(app, ticket("party:5")).open()
            zhou = await Browser(app, ticket("party:6", whom="party:6")).open()
            app.hub.publish(41, frozenset({"party:5", "claim:7", "board:contact"}))
            await settle()
            assert lin.body.endswith(b"id: 41\ndata: party:5\n\n")
            assert b"id: 41" not in zhou.body

        run(story)

    def test_who_comes_back_hears_what_was_missed_once(self):
        async def story(app):
            for number in range(1, 6):
                app.hub.publish(number, frozenset({"party:5"}))
            back = await Browser(app, ticket("party:5"), headers=[(b"last-event-id", b"3")]).open()
            assert back.body.count(b"data: party:5") == 1
            assert b"id: 5" in back.body
            current = await Browser(app, ticket("party:5") + "&after=5").open()
            assert b"data:" not in current.body

        run(story)

    def test_who_was_away_too_long_reads_everything_anew(self):
        async def story(app):
            app.hub.publish(900, frozenset({"party:6"}))
            back = await Browser(app, ticket("party:5") + "&after=12").open()
            assert b"data: *" in back.body
            for odd in ("x", "-1", "9" * 30):
                assert (
                    await Browser(app, ticket("party:5") + f"&after={odd}").open()
                ).status == 200

        run(story)

    def test_a_page_made_before_something_happened_hears_of_it(self):
        async def story(app):
            app.hub.publish(7, frozenset({"party:5"}))
            heard = []

            async def write(body):
                heard.append(body)

            line = app.hub.join(write, topics=["party:5"], for_whom="party:5", ends=1e12)
            app.hub.catch_up(line, last_event=None, since=0.0)
            await settle()
            assert heard == [b"id: 7\ndata: party:5\n\n"]
            app.hub.catch_up(line, last_event=None, since=5.0)
            await settle()
            assert len(heard) == 1

        run(story)

    def test_a_slow_reader_is_let_go_and_holds_nobody_up(self, monkeypatch):
        monkeypatch.setattr(hubs, "QUEUE_MAX", 4)

        async def story(app):
            slow = await Browser(app, ticket("party:5")).open()
            quick = await Browser(app, ticket("party:5")).open()
            slow.stuck = True
            for number in range(1, 12):
                app.hub.publish(number, frozenset({"party:5"}))
                await settle()
            assert (len(app.hub), app.hub.slow) == (1, 1)
            assert b"id: 11\n" in quick.body
            assert slow.task.done()

        run(story)

    def test_a_heartbeat_carries_how_far_we_are_and_ends_old_tickets(self):
        async def story(app):
            app.hub._began = -1.0
            browser = await Browser(app, ticket("party:5")).open()
            app.hub.publish(77, frozenset({"party:6"}))
            app.hub.beat()
            await settle()
            assert browser.body.endswith(b"id: 77\n\n")
            app.hub._now = lambda: 1e12
            app.hub.beat()
            await settle()
            assert browser.ended

        run(story)

    def test_stopping_ends_every_stream_in_order(self):
        async def story(app):
            browser = await Browser(app, ticket("party:5")).open()
            app.hub.stop()
            await settle()
            assert browser.ended
            assert len(app.hub) == 0

        run(story)


def _event(**given):
    base = {
        "kind": "claims.claim_reported", "about": Ref("claim", 9), "party_id": 5,
        "actor": Ref("party", 5), "facts": {},
    }  # fmt: skip
    return SimpleNamespace(**{**base, **given})


def test_an_event_belongs_to_its_customer_and_its_thing():
    assert topics_of(_event()) == {"claim:9", "party:5"}


def test_a_contact_event_belongs_to_seat_board_and_conversation():
    event = _event(
        kind="contact.offered", about=Ref("conversation", 3), party_id=None,
        actor=Ref("system", 1), facts={"seat_id": 8, "conversation_id": 3, "waited": "12"},
    )  # fmt: skip

    assert topics_of(event) == {"conversation:3", "seat:8", "board:contact"}


def test_an_offer_of_a_journey_belongs_to_who_is_offered_it():
    assert "offer:5" in topics_of(_event(kind="journeys.continuation_offered"))
