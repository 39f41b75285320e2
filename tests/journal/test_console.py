"""The operator's commands."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.journal.happenings import NOON, BellRung, DoorOpened, diary, happen, minutes
from tests.journal.test_verify_log import behind_our_back
from yilu.journal import operations as journal
from yilu.journal import queries
from yilu.journal.models import Reaction
from yilu.kernel.facts import REGISTRY
from yilu.web.console.management.commands import events_catalogue


def run(*arguments: object, **options: object) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command(*map(str, arguments), stdout=out, stderr=err, **options)
    finally:
        run.err = err.getvalue()
    return out.getvalue(), err.getvalue()


@pytest.mark.django_db(transaction=True)
class TestVerify:
    def test_says_that_the_log_is_sound(self):
        happen(BellRung(), BellRung())
        journal.append_leaves(NOON)

        out, _ = run("verify")

        assert "2 个事件，1 个签名检查点" in out
        assert queries.verifier_key() in out

    def test_names_the_altered_event_with_exit_code_1(self):
        happen(BellRung(), BellRung())
        journal.append_leaves(NOON)
        event = queries.recent()[0].id
        behind_our_back("update journal_event set actor = 'staff:1' where id = %s", event)

        with pytest.raises(SystemExit) as ended:
            run("verify")

        assert ended.value.code == 1
        assert f"事件 {event}（第 1 片叶子）的内容被改动" in run.err

    def test_saves_a_checkpoint_and_checks_against_it_later(self, tmp_path):
        kept = tmp_path / "checkpoint"
        happen(BellRung())
        journal.append_leaves(NOON)
        run("verify", "--save", kept)
        happen(BellRung())
        journal.append_leaves(NOON + minutes(1))

        assert "2 个事件" in run("verify", "--checkpoint", kept)[0]

        kept.write_text(kept.read_text().replace("\n1\n", "\n2\n"))
        with pytest.raises(SystemExit):
            run("verify", "--checkpoint", kept)
        with pytest.raises(CommandError):
            run("verify", "--checkpoint", tmp_path / "absent")


@pytest.mark.django_db
class TestDeadLetters:
    def test_says_when_there_are_none(self):
        assert "没有停止的后台处理" in run("dead_letters")[0]

    def test_lists_and_retries(self):
        happen(DoorOpened())
        diary.fails = 1
        journal.run_reactions(NOON)
        Reaction.objects.update(state="DEAD")

        out, _ = run("dead_letters")
        assert "开门  door:1  tests.journal.happenings.welcome" in out

        row = Reaction.objects.get()
        run("dead_letters", "--retry", row.pk)
        row.refresh_from_db()
        assert (row.state, row.attempts) == ("WAITING", 0)
        with pytest.raises(CommandError, match="没有找到"):
            run("dead_letters", "--retry", row.pk)


def test_the_events_catalogue_is_up_to_date():
    call_command("events_catalogue", check=True)


def test_the_events_catalogue_names_every_fact_with_its_fields():
    page = events_catalogue.catalogue()

    for kind, fact in REGISTRY.items():
        if fact.__module__.startswith("yilu."):
            assert f"### `{kind}` {fact.fact_label}" in page
    assert "- `reaction_id`: int" in page
    assert "tests." not in page
