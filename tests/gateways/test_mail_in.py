"""Incoming mail over a real socket: kept before it is answered, machines told from people, bounces from letters."""

import re
import smtplib
import socket
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yilu.gateways import mail_in

OURS = "0123456789abcdef0123456789abcdef"


def mail(text="谢谢，款已收到。", **headers):
    message = EmailMessage()
    told = {
        "Message-ID": "<m1@example.com>",
        "From": "林 <Lin@Example.com>",
        "To": "service@yilu.example",
        "Subject": "回复",
    }
    for name, value in {**told, **{n.replace("_", "-"): v for n, v in headers.items()}}.items():
        if value:
            message[name] = value
    message.set_content(text)
    return message


def read(message, return_path="lin@example.com"):
    return mail_in.read_mail(message.as_bytes(), return_path)


def test_reads_who_wrote_what_and_which_of_ours_it_answers():
    read_ = read(
        mail("好的，谢谢\n\n在 2026年11月22日 写道：\n> 您好", In_Reply_To=f"<{OURS}@yilu.example>")
    )
    assert (read_.sender, read_.subject, read_.text) == ("lin@example.com", "回复", "好的，谢谢")
    assert (read_.answers, read_.is_automatic) == (OURS, False)


PIECES = ["<script", "</script>", "<STYLE", "</style>", "<", ">", " ", "<b>", "林", "a", "\n", "İ"]


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_of_a_page_the_words_between_its_tags_are_kept(page):
    """As the plain pattern says it, which would begin to search anew at every tag."""
    plain = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL | re.IGNORECASE)
    assert mail_in._words_of(page) == plain


@pytest.mark.parametrize("piece", ["<script ", "<style", "<", "<script></style>"])
def test_a_page_that_never_ends_its_tags_holds_nobody_up(piece):
    """With the plain pattern this takes a day."""
    message = mail()
    message.set_content(f"<p>您好</p>{piece * 100_000}", subtype="html")
    assert read(message).text.startswith("您好")


def test_parts_within_parts_without_end_are_refused():
    nested = "Content-Type: text/plain\r\n\r\nhi\r\n"
    for n in range(1100):
        nested = f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n{nested}\r\n--b{n}--\r\n"
    told = f"From: a@example.com\r\nMessage-ID: <1@example.com>\r\n{nested}"
    with pytest.raises(mail_in.Unreadable):
        mail_in.read_mail(told.encode(), "a@example.com")


def test_files_that_came_with_it_are_unpacked_and_its_words_stay_its_words():
    message = mail("请看附件")
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="病历.pdf")
    message.add_attachment(b"", maintype="image", subtype="png", filename="empty.png")
    for n in range(20):
        message.add_attachment(b"x", maintype="text", subtype="x", filename=f"{n}")
    read_ = read(message)
    assert (read_.text, len(read_.files)) == ("请看附件", 10)
    assert (read_.files[0].name, read_.files[0].content) == ("病历.pdf", b"%PDF-1.4")


@pytest.mark.parametrize(
    ("headers", "return_path"),
    [({"Auto_Submitted": "auto-replied"}, "a@b"), ({"Auto_Submitted": "auto-generated; x=1"}, "a@b"),
     ({"Precedence": "bulk"}, "a@b"), ({"List_Id": "<x>"}, "a@b"), ({}, ""), ({}, "<>")],
)  # fmt: skip
def test_what_a_machine_wrote_is_marked(headers, return_path):
    assert read(mail(**headers), return_path).is_automatic
    assert not read(mail(Auto_Submitted="no")).is_automatic


def test_a_delivery_report_names_the_message_that_came_back():
    report = (
        "From: MAILER-DAEMON@example.com\r\nMessage-ID: <r@example.com>\r\nSubject: failure\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\nMIME-Version: 1.0\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nsorry\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
        "Final-Recipient: rfc822; lin@example.com\r\nAction: {action}\r\nStatus: 5.1.1\r\n\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <"
        + OURS
        + "@yilu.example>\r\n\r\n--b--\r\n"
    )
    assert mail_in.read_mail(report.format(action="failed").encode(), "").bounced == OURS
    assert mail_in.read_mail(report.format(action="delayed").encode(), "").bounced == ""


@pytest.mark.parametrize(
    "content", [b"", b"\x00\xff" * 50, b"From: nobody\r\n\r\nx", b"From: a@b\r\n\r\nx"]
)
def test_refuses_what_is_no_mail(content):
    with pytest.raises(mail_in.Unreadable):
        mail_in.read_mail(content, "a@b")


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@pytest.mark.parametrize(("scheme", "client"), [("lmtp", smtplib.LMTP), ("smtp", smtplib.SMTP)])
def test_answers_yes_only_when_it_is_kept(scheme, client):
    kept, trouble = [], []

    def keep(each):
        if trouble:
            raise trouble.pop()
        kept.append(each)

    port = free_port()
    with mail_in.Sink(f"{scheme}://127.0.0.1:{port}", keep), client("127.0.0.1", port) as line:
        line.send_message(mail(), "lin@example.com", "service@yilu.example")
        trouble.append(RuntimeError("no database"))
        with pytest.raises(smtplib.SMTPException) as refused:
            line.send_message(mail(), "lin@example.com", "service@yilu.example")
        line.send_message(mail(Subject="第二封"), "lin@example.com", "service@yilu.example")
    assert "451" in str(refused.value)
    assert [each.subject for each in kept] == ["回复", "第二封"]
