"""A customer is invited, let in, connected, lost, resumed; strangers get nowhere."""

import pytest

from tests import make
from tests.documents.papers import picture
from tests.journeys.telling import read
from tests.make import NOON
from tests.video.scene import PHONE, Scene, later
from yilu.documents.models import Upload
from yilu.journal import queries as journal
from yilu.journeys.models import Breakpoint
from yilu.kernel import recall, tx
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.messaging.models import Message
from yilu.people import operations as consents
from yilu.people import queries as people
from yilu.video import operations, queries
from yilu.video.models import IdentityCheck, Invitation, Session, Signal
from yilu.video.operations import ending

pytestmark = pytest.mark.django_db(transaction=True)


def happened(scene):
    return [
        e.kind.removeprefix("video.")
        for e in reversed(journal.timeline(scene.about))
        if e.kind.startswith("video.")
    ]


def row(scene):
    return Session.objects.get(pk=scene.session)


def test_consent_to_be_recorded_stands_and_taken_back_ends_what_is_under_way():
    scene, other = Scene().live(), Scene(about=Ref("claim", 4712)).live()
    assert people.has_consent(scene.party, "RECORDING")

    withdraw = {"party_id": scene.party, "purpose": "RECORDING", "at": later(5)}
    consents.withdraw_consent(actor=Ref("party", scene.party), **withdraw)
    end = tx.use_case(ending.end_unrecorded)
    assert [end(scene.party, at=later(second)) for second in (6, 7)] == [1, 0]

    assert (row(scene).state, row(scene).ending) == ("ENDED", "NOT_AGREED")
    assert row(other).state == "LIVE"
    assert happened(scene)[-1] == "ended"


def test_the_waiting_room_is_the_customers_own_and_any_seat_of_theirs_may_come():
    scene = Scene()
    me, told = Ref("party", scene.party), {"about": scene.about, "at": NOON}
    first = operations.wait(party_id=scene.party, actor=me, **told)
    scene.token = operations.wait(party_id=scene.party, actor=me, **told)
    scene.session = Session.objects.get().pk
    other = make.party(scene.office, phone="13812340088")
    for actor, party in ((Ref("party", other), other), (scene.actor, scene.party)):
        with pytest.raises(operations.InvitationNotValid):
            operations.wait(party_id=party, actor=actor, **told)
    with pytest.raises(operations.InvitationNotValid):
        operations.open_invitation(token=first, digits="", at=NOON, signed_in=me)
    operations.open_invitation(token=scene.token, digits="", at=NOON, signed_in=me)
    operations.sit(session_id=scene.session, **scene.told)
    assert (row(scene).seat_id, happened(scene)) == (scene.access.staff_id, ["waiting"])
    assert queries.open_rooms([scene.about], scene.access) == {scene.about: scene.session}


def test_from_asking_to_the_end_with_a_drop_between():
    scene = Scene().live()
    assert row(scene).state == "LIVE"
    assert operations.drop_silent(at=later(5)) == 0
    scene.seat(later(14))
    assert operations.drop_silent(at=later(20)) == 1, "the customer was silent for 20 seconds"
    (dropped,) = [e for e in journal.timeline(scene.about) if e.kind == "video.dropped"]
    assert (dropped.facts["missing"], dropped.facts["cause"]) == ("CUSTOMER", "VANISHED")
    assert dropped.facts["office_id"] == scene.office
    assert row(scene).state == "DROPPED"
    assert operations.drop_silent(at=later(25)) == 0, "twice is once"
    operations.arrive(token=scene.token, key=scene.key, at=later(30))
    scene.live(later(31))
    assert (row(scene).state, row(scene).connection) == ("LIVE", 2)
    scene.end()
    scene.end()
    assert happened(scene) == [
        "asked",
        "invited",
        "agreed",
        "connected",
        "dropped",
        "resumed",
        "ended",
    ]


def test_asking_twice_is_one_session_and_only_over_ones_own_offices():
    scene = Scene()
    assert scene.ask() == scene.ask()
    elsewhere, actor = make.colleague(make.office(), "ASSESSOR")
    powerless, nobody = make.colleague(scene.office)
    told = {"session_id": scene.session, "at": NOON}
    for access, who, wrong in (
        (elsewhere, actor, operations.SessionNotFound), (powerless, nobody, NotAllowed),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            operations.ask(
                about=Ref("claim", 1),
                party_id=scene.party,
                case_number="",
                access=access,
                actor=who,
                at=NOON,
            )
        for act in (operations.invite, operations.sit, operations.connect, operations.end):
            with pytest.raises(wrong):
                act(access=access, actor=who, **told)
        with pytest.raises(wrong):
            queries.get_for_staff(scene.session, access)
    assert not Invitation.objects.exists()
    assert Session.objects.count() == 1


class TestTheLink:
    def test_it_goes_to_the_customers_phone_and_is_kept_as_a_digest(self):
        scene = Scene()
        scene.ask()
        token = scene.invite()
        (message,) = Message.objects.filter(template="contact.video_invitation")
        assert message.recipient == f"party:{scene.party}"
        secret = token.split(":")[0]
        assert secret not in Invitation.objects.get().secret_index
        assert secret.encode() not in bytes(message.secrets)

    def test_it_opens_in_one_browser_with_the_last_four_digits(self):
        scene = Scene()
        scene.ask()
        scene.invite()
        with pytest.raises(operations.WrongDigits):
            operations.open_invitation(token=scene.token, digits="0000", at=NOON)
        key = operations.open_invitation(token=scene.token, digits=PHONE[-4:], at=NOON)
        with pytest.raises(operations.InvitationNotValid):
            operations.open_invitation(token=scene.token, digits=PHONE[-4:], at=NOON)
        assert queries.read_link(scene.token, key=key, at=NOON).opened
        for token, other in (
            (scene.token, "other"),
            (scene.token, ""),
            (scene.token + "x", key),
            ("", key),
        ):
            with pytest.raises(operations.InvitationNotValid):
                operations.agree(token=token, key=other, agreed=True, at=NOON)
            with pytest.raises(operations.InvitationNotValid):
                queries.read_link(token, key=other, at=NOON)

    def test_five_wrong_tries_end_it_also_for_the_right_digits(self):
        scene = Scene()
        scene.ask()
        scene.invite()
        for _n in range(5):
            with pytest.raises(operations.WrongDigits):
                operations.open_invitation(token=scene.token, digits="0000", at=NOON)
        with pytest.raises(operations.InvitationNotValid):
            operations.open_invitation(token=scene.token, digits=PHONE[-4:], at=NOON)

    def test_a_new_one_ends_the_old_and_all_end_with_time(self):
        scene = Scene()
        scene.ask()
        old, new = scene.invite(), scene.invite()
        with pytest.raises(operations.InvitationNotValid):
            operations.open_invitation(token=old, digits=PHONE[-4:], at=NOON)
        with pytest.raises(operations.InvitationNotValid):
            operations.open_invitation(token=new, digits=PHONE[-4:], at=later(7201))

    def test_somebody_signed_in_as_the_customer_needs_no_digits_and_nobody_else_is_spared_them(
        self,
    ):
        scene = Scene()
        scene.ask()
        scene.invite()
        with pytest.raises(operations.WrongDigits):
            operations.open_invitation(
                token=scene.token, digits="", at=NOON, signed_in=Ref("party", scene.party + 1)
            )
        assert operations.open_invitation(
            token=scene.token, digits="", at=NOON, signed_in=Ref("party", scene.party)
        )


def test_nobody_comes_in_who_has_not_agreed_to_be_recorded():
    scene = Scene()
    scene.ask()
    scene.invite()
    scene.key = operations.open_invitation(token=scene.token, digits=PHONE[-4:], at=NOON)
    told = {"token": scene.token, "key": scene.key, "at": NOON}
    with pytest.raises(operations.NotAgreed):
        operations.agree(agreed=False, **told)
    with pytest.raises(operations.NotAgreed):
        operations.arrive(**told)
    with pytest.raises(operations.NotAgreed):
        scene.customer()
    with pytest.raises(operations.NotAgreed):
        operations.connect(session_id=scene.session, **scene.told)
    assert row(scene).state == "ASKED"


class TestSignals:
    def test_each_hears_the_other_once_and_of_this_connection_only(self):
        scene = Scene().let_in()
        number = operations.connect(session_id=scene.session, **scene.told)
        scene.seat(connection=number, send=["offer"])
        ((at, body),) = scene.customer(connection=0, send=["too old"]).signals
        assert body == "offer"
        assert scene.customer(connection=number, after=at, send=["answer"]).signals == ()
        assert [b for _n, b in scene.seat(connection=number).signals] == ["answer"]
        operations.connect(session_id=scene.session, **scene.told)
        assert not Signal.objects.exists(), "addresses are not kept"

    def test_a_flood_is_refused(self):
        scene = Scene().let_in()
        operations.connect(session_id=scene.session, **scene.told)
        for send in (["x"] * 41, ["x" * 40_000]):
            with pytest.raises(operations.BadSignal):
                scene.customer(send=send)
        assert not Signal.objects.exists()

    def test_a_colleague_waits_until_the_seat_is_empty(self):
        scene = Scene().live()
        other, actor = make.colleague(scene.office, "ASSESSOR")
        told = {"session_id": scene.session, "access": other, "actor": actor}
        with pytest.raises(operations.SeatTaken):
            operations.sit(at=later(3), **told)
        with pytest.raises(operations.NotTheSeat):
            operations.connect(at=later(3), **told)
        operations.sit(at=later(60), **told)
        assert row(scene).seat_id == other.staff_id


def test_leaving_by_ones_own_button_is_no_accident():
    scene = Scene().live()
    for _twice in range(2):
        operations.leave(token=scene.token, key=scene.key, at=later(1))
    (dropped,) = [e for e in journal.timeline(scene.about) if e.kind == "video.dropped"]
    assert dropped.facts["cause"] == "LEFT"
    assert row(scene).state == "DROPPED"


def test_what_nobody_comes_back_to_is_ended_and_its_link_is_dead():
    scene = Scene().live()
    operations.drop_silent(at=later(60))
    assert operations.end_forgotten(at=later(1000)) == 0
    assert operations.end_forgotten(at=later(2000)) == 1
    assert row(scene).ending == "NOT_RESUMED"
    with pytest.raises(operations.InvitationNotValid):
        scene.customer(later(2001))
    assert operations.end_forgotten(at=later(3000)) == 0


@pytest.fixture
def in_force():
    recall.forget_all()
    make.standards_in_force()
    make.journeys_in_force()
    yield
    recall.forget_all()


@pytest.mark.parametrize("vanished", [True, False])
def test_a_customer_who_vanished_is_a_broken_contact_that_somebody_goes_on_with(vanished, in_force):
    scene = Scene().live()
    if vanished:
        operations.drop_silent(at=later(60))
    else:
        operations.leave(token=scene.token, key=scene.key, at=later(1))
    read(later(61))
    found = [(each.kind, each.subject, each.office_id) for each in Breakpoint.objects.all()]
    assert found == ([("DROPPED_CONTACT", str(scene.about), scene.office)] if vanished else [])


class TestIdentity:
    def test_what_was_compared_by_whom_is_kept(self):
        scene = Scene().live()
        operations.compare_identity(
            session_id=scene.session, compared=["ID_CARD", "FACE"], matched=True, **scene.told
        )
        found = IdentityCheck.objects.get()
        assert (found.compared, found.matched, found.by) == (
            ["FACE", "ID_CARD"],
            True,
            str(scene.actor),
        )
        assert "identity_compared" in happened(scene)

    @pytest.mark.parametrize("compared", [[], ["FACE"], ["FACE", "ID_CARD", "AURA"]])
    def test_less_than_face_and_card_is_no_check(self, compared):
        scene = Scene().live()
        with pytest.raises(operations.BadCheck):
            operations.compare_identity(
                session_id=scene.session, compared=compared, matched=True, **scene.told
            )
        assert not IdentityCheck.objects.exists()

    def test_nobody_is_checked_who_is_not_seen(self):
        scene = Scene().let_in()
        with pytest.raises(operations.NotLive):
            operations.compare_identity(
                session_id=scene.session, compared=["FACE", "ID_CARD"], matched=True, **scene.told
            )


class TestPictures:
    def test_a_still_is_handed_in_as_a_document_of_the_case(self):
        scene = Scene().live()
        operations.ask_customer(session_id=scene.session, what="DIAGNOSIS", **scene.told)
        assert scene.customer().wants == "DIAGNOSIS"
        upload = operations.hand_in_picture(
            token=scene.token, key=scene.key, content=picture(), at=NOON
        )
        found = Upload.objects.get(pk=upload)
        assert (found.subject, found.kind, found.handed_in_by) == (
            str(scene.about),
            "DIAGNOSIS",
            f"party:{scene.party}",
        )
        assert row(scene).wants == ""
        with pytest.raises(operations.NotAsked):
            operations.hand_in_picture(token=scene.token, key=scene.key, content=picture(), at=NOON)

    def test_only_what_has_a_name_is_asked_for(self):
        scene = Scene().live()
        with pytest.raises(operations.NotAsked):
            operations.ask_customer(session_id=scene.session, what="SOUL", **scene.told)
        operations.ask_customer(session_id=scene.session, what=queries.SIGN, **scene.told)
        with pytest.raises(operations.NotAsked):
            operations.hand_in_picture(token=scene.token, key=scene.key, content=picture(), at=NOON)
