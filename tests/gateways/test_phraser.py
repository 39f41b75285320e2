"""The service that phrases answers may be slow, wrong or away."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from yilu.gateways import phraser


class Stub(BaseHTTPRequestHandler):
    """Answers what it was told to."""

    def do_POST(self):
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, self.headers["Authorization"], told))
        status, body = self.server.answer
        if status is None:  # says nothing, ever
            self.server.hold.wait(5)
            return
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        pass


@pytest.fixture
def stub():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Stub)
    server.asked, server.hold = [], threading.Event()
    server.answer = (200, said("换一种说法"))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.hold.set()
    server.shutdown()
    server.server_close()


def said(text):
    return json.dumps({"choices": [{"message": {"content": text}}]}).encode()


def service(stub):
    return phraser.ChatCompletions(f"http://127.0.0.1:{stub.server_port}/v1/", "key", "some-model")


def test_gives_what_it_says_and_is_shown_no_more_than_answer_and_question(stub):
    assert service(stub).phrase(question="多久", answer="三十日") == "换一种说法"
    ((path, key, told),) = stub.asked
    assert (path, key, told["model"]) == ("/v1/chat/completions", "Bearer key", "some-model")
    assert "三十日" in told["messages"][1]["content"]


@pytest.mark.parametrize(
    "answer", [(500, b""), (200, b"no json"), (200, b"{}"), (200, b'{"choices": []}'), (401, b"{}")]
)
def test_nothing_comes_of_nonsense(stub, answer):
    stub.answer = answer
    assert service(stub).phrase(question="x", answer="y") is None


def test_is_left_alone_after_some_failures(stub):
    stub.answer = (500, b"")
    asked = service(stub)
    for _ in range(phraser.FAILURES_MAX + 2):
        assert asked.phrase(question="x", answer="y") is None
    assert len(stub.asked) == phraser.FAILURES_MAX
    asked.breaker.rests_until = 0.0
    stub.answer = (200, said("好了"))
    assert asked.phrase(question="x", answer="y") == "好了"


def test_is_not_waited_for(stub, monkeypatch):
    monkeypatch.setattr(phraser, "TIMEOUT_SECONDS", 0.05)
    stub.answer = (None, b"")
    assert service(stub).phrase(question="x", answer="y") is None


def test_is_off_unless_set_up(settings):
    settings.PHRASER_URL = ""
    assert phraser.phraser() is None
    settings.PHRASER_URL, settings.PHRASER_KEY = "http://127.0.0.1:1/v1", "k"
    assert phraser.phraser() is phraser.phraser()
