from datetime import timedelta

import pytest

from tests.documents import papers
from tests.documents.conftest import ANNA, CLAIM, CLERK, NOON
from yilu.documents import operations, queries
from yilu.documents.models import Upload, UploadLink
from yilu.journal.models import Event
from yilu.kernel import tx

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@tx.use_case
def make(items=("INVOICE", "DIAGNOSIS"), expires_at=NOON + DAY):
    return operations.make_upload_link(
        about=CLAIM, party_id=ANNA, items=items, expires_at=expires_at, actor=CLERK, at=NOON
    )


def hand_in(token, kind="INVOICE", at=NOON):
    return operations.hand_in_through_link(
        token=token, kind=kind, filename="a.png", content=papers.picture(), at=at
    )


class TestMakeUploadLink:
    def test_says_what_it_is_for(self):
        link = queries.read_upload_link(make(), at=NOON)
        assert (link.about, link.party_id, link.items) == (CLAIM, ANNA, ("INVOICE", "DIAGNOSIS"))
        assert link.item_labels == ("医疗费用发票", "诊断证明")
        assert Event.objects.get(kind="documents.upload_link_made").subject == str(CLAIM)

    def test_keeps_no_token(self):
        token = make()
        kept = UploadLink.objects.get()
        assert token.partition(":")[0] not in str(vars(kept))

    @pytest.mark.parametrize("wrong", [{"items": ()}, {"expires_at": NOON}])
    def test_refuses_a_link_for_nothing_or_for_ever(self, wrong):
        with pytest.raises(operations.LinkWithoutItems):
            make(**wrong)
        with pytest.raises(operations.UnknownKind):
            make(items=("CAKE",))
        assert not UploadLink.objects.exists()


class TestReadUploadLink:
    def test_refuses_wrong_expired_and_withdrawn_in_the_same_words(self):
        token, withdrawn = make(), make()
        said = set()

        def refused(tried, at=NOON):
            with pytest.raises(queries.UploadLinkNotValid) as refusal:
                queries.read_upload_link(tried, at=at)
            said.add(
                (
                    refusal.value.code,
                    refusal.value.message,
                    refusal.value.hint,
                    refusal.value.status,
                )
            )

        refused("nonsense")
        refused(token[:-2] + "xx")
        refused(token.replace(token[3], "A" if token[3] != "A" else "B", 1))
        refused(token, NOON + DAY)
        UploadLink.objects.order_by("-id").update(withdrawn_at=None)

        @tx.use_case
        def withdraw():
            return operations.withdraw_upload_links(about=CLAIM, at=NOON)

        assert withdraw() == 2
        refused(withdrawn)
        assert len(said) == 1


class TestHandInThroughLink:
    def test_takes_a_file_as_the_customer_it_was_made_for(self):
        upload_id = hand_in(make())
        view = queries.get_upload(upload_id, party_id=ANNA)
        assert view.about == CLAIM
        assert Upload.objects.get().handed_in_by == f"party:{ANNA}"

    def test_refuses_what_the_link_does_not_ask_for(self):
        with pytest.raises(operations.NotAskedFor):
            hand_in(make(items=("DIAGNOSIS",)))
        assert not Upload.objects.exists()

    def test_refuses_after_its_end(self):
        with pytest.raises(queries.UploadLinkNotValid):
            hand_in(make(), at=NOON + DAY)
        assert not Upload.objects.exists()
