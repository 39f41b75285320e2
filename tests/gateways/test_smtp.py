"""E-mail against a small mail server of the test's own, over a real socket."""

import socketserver
import threading
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest

from yilu.gateways import smtp

NOON = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)


class _Handler(socketserver.StreamRequestHandler):
    def handle(self):
        say = lambda text: self.wfile.write(text.encode() + b"\r\n")  # noqa: E731
        say("220 test")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                say("250 test")
            elif verb == b"RCPT":
                say(self.server.answers.get("RCPT", "250 ok"))
            elif verb == b"DATA":
                say("354 go on")
                content = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    content += part
                self.server.heard.append(content)
                say(self.server.answers.get("DATA", "250 taken"))
            elif verb == b"QUIT":
                say("221 bye")
                return
            else:
                say("250 ok")


@pytest.fixture
def server():
    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), _Handler) as running:
        running.heard, running.answers = [], {}
        threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
        yield running
        running.shutdown()


def mail(to="lin@example.com", **given):
    return smtp.Mail(
        **{
            "key": "abc123",
            "to": to,
            "subject": "赔款已到账",
            "text": "您好，一切顺利。",
            "at": NOON,
            **given,
        }
    )


def outgoing(server):
    return smtp.MailServer(f"smtp://127.0.0.1:{server.server_address[1]}", "service@yilu.example")


def test_hands_over_a_message_under_our_own_id(server):
    assert outgoing(server).send(mail()) == "<abc123@yilu.example>"

    message = message_from_bytes(server.heard[0], policy=policy.default)
    assert message["Message-ID"] == "<abc123@yilu.example>"
    assert message["Subject"] == "赔款已到账"
    assert message["To"] == "lin@example.com"
    assert message.get_content().strip() == "您好，一切顺利。"
    assert (message["Auto-Submitted"], message["In-Reply-To"]) == ("auto-generated", None)
    outgoing(server).send(mail(answers="<m1@example.com>"))
    outgoing(server).send(mail(answers="<m1@example.com>\r\nBcc: <x@y>"))
    answer, forged = (message_from_bytes(each, policy=policy.default) for each in server.heard[1:])
    assert (answer["In-Reply-To"], answer["Auto-Submitted"]) == ("<m1@example.com>", None)
    assert (forged["In-Reply-To"], forged["Bcc"]) == (None, None)


@pytest.mark.parametrize("answers", [{"RCPT": "450 busy"}, {"DATA": "451 later"}])
def test_a_passing_refusal_is_tried_later(server, answers):
    server.answers |= answers
    with pytest.raises(smtp.TryLater):
        outgoing(server).send(mail())


@pytest.mark.parametrize("answers", [{"RCPT": "550 nobody here"}, {"DATA": "554 no"}])
def test_a_final_refusal_will_not_work(server, answers):
    server.answers |= answers
    with pytest.raises(smtp.WillNotWork):
        outgoing(server).send(mail())


def test_a_server_that_is_away_is_tried_later():
    with pytest.raises(smtp.TryLater):
        smtp.MailServer("smtp://127.0.0.1:1", "a@b.example").send(mail())


@pytest.mark.parametrize(
    "given",
    [
        {"to": "nobody"},
        {"to": "a@b.example\r\nBcc: c@d.example"},
        {"subject": "x\r\nBcc: c@d.example"},
    ],
)
def test_an_address_or_subject_that_is_none_will_not_work(server, given):
    with pytest.raises(smtp.WillNotWork):
        outgoing(server).send(mail(**given))
    assert server.heard == []


def test_refuses_a_url_that_is_none():
    with pytest.raises(ValueError, match="YILU_SMTP_URL"):
        smtp.MailServer("http://x", "a@b.example").send(mail())
