"""The process that holds an exchange: what it needs, and that contact hears it like any other."""

from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from tests import make
from yilu.contact.models import Call
from yilu.gateways.calls import Answer, CallEvent
from yilu.gateways.calls.drivers import driver
from yilu.web.console.contact_house import ContactHouse

SECRET = "a secret of the exchange that is long"


@pytest.mark.parametrize("name", ["asterisk_ari", "freeswitch_esl"])
def test_an_exchange_that_is_not_set_up_says_what_is_missing(settings, name):
    settings.EXCHANGE_URL, settings.EXCHANGE_SECRET = "", SECRET
    assert driver(name) is None
    with pytest.raises(CommandError, match="YILU_EXCHANGE_URL"):
        call_command("exchange", driver=name)
    settings.EXCHANGE_URL = "http://127.0.0.1:8006"
    assert driver(name).name == name
    with pytest.raises(CommandError, match=r"YILU_(ARI|ESL)_"):
        call_command("exchange", driver=name)
    settings.EXCHANGE_SECRET = "short"
    with pytest.raises(ValueError, match="YILU_EXCHANGE_SECRET"):
        driver(name)


def test_only_known_exchanges_can_be_held():
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("exchange", driver="carrier_pigeon")


@pytest.mark.django_db(transaction=True)
def test_contact_hears_a_call_of_an_exchange_once_and_refuses_what_is_none():
    make.office(level="HEAD")
    house = ContactHouse("asterisk_ari")

    def tell(kind, call="1700000000.1"):
        return house.hear(CallEvent(kind, call, kind, datetime.now(UTC), caller="13800138077"))

    verbs = tell("offered")
    assert isinstance(verbs[0], Answer)
    assert tell("offered") == verbs
    assert Call.objects.get().driver == "asterisk_ari"
    with pytest.raises(LookupError):
        tell("digits", "1700000000.2")
    house.living(["1700000000.1", "1700000000.2"])
    tell("released")
    with pytest.raises(LookupError):
        tell("digits")
