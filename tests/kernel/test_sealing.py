"""What sealing promises: only the right key in the right place opens, and an altered value never."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yilu.kernel import sealing

PLACE = "people_party.phone"
OLD, NEW = "1:old-secret-old-secret", "2:new-secret-new-secret"


@pytest.fixture(params=["AES-GCM", "SM4-GCM"])
def cipher(request, settings):
    settings.SEALING_CIPHER = request.param
    return request.param


@given(st.text(max_size=200))
def test_seal_opens_again_to_the_same_text(text):
    assert sealing.unseal(sealing.seal(text, PLACE), PLACE) == text


def test_seal_opens_again_under_either_cipher(cipher):
    sealed = sealing.seal("110101199001011234", PLACE)

    assert sealed[0] == sealing.CIPHERS[cipher]
    assert len(sealed) == 18 + sealing.OVERHEAD_BYTES == 48
    assert sealing.unseal(sealed, PLACE) == "110101199001011234"
    assert sealing.unseal(memoryview(sealed), PLACE) == "110101199001011234"


def test_seal_never_gives_the_same_bytes_twice(cipher):
    assert len({sealing.seal("13812345678", PLACE) for _ in range(50)}) == 50


def test_unseal_refuses_another_place(cipher):
    sealed = sealing.seal("13812345678", PLACE)

    with pytest.raises(sealing.CannotUnseal):
        sealing.unseal(sealed, "people_party.email")


@given(st.binary(min_size=1, max_size=60), st.integers(min_value=0), st.integers(1, 255))
def test_unseal_refuses_every_altered_byte(content, place, change):
    sealed = bytearray(sealing.seal_bytes(content, PLACE))
    sealed[place % len(sealed)] ^= change

    with pytest.raises(sealing.CannotUnseal):
        sealing.unseal_bytes(bytes(sealed), PLACE)


@given(st.binary(max_size=29))
def test_unseal_refuses_what_is_too_short(content):
    with pytest.raises(sealing.CannotUnseal):
        sealing.unseal_bytes(content, PLACE)


def test_unseal_does_not_repeat_what_it_could_not_open(cipher):
    sealed = bytearray(sealing.seal("13812345678", PLACE))
    sealed[-1] ^= 1

    with pytest.raises(sealing.CannotUnseal) as caught:
        sealing.unseal(bytes(sealed), PLACE)

    assert "138" not in str(caught.value)


def test_a_new_key_seals_while_the_old_one_still_opens(settings, cipher):
    settings.SEALING_KEY = OLD
    old = sealing.seal("张三", PLACE)
    settings.SEALING_KEY = f"{NEW} {OLD}"
    new = sealing.seal("张三", PLACE)

    assert sealing.unseal(old, PLACE) == sealing.unseal(new, PLACE) == "张三"
    assert sealing.is_outdated(old)
    assert not sealing.is_outdated(new)
    assert new[:2] == sealing.newest_prefix() == bytes((sealing.CIPHERS[cipher], 2))


def test_a_key_that_left_the_ring_no_longer_opens(settings):
    settings.SEALING_KEY = OLD
    sealed = sealing.seal("张三", PLACE)
    settings.SEALING_KEY = NEW

    with pytest.raises(sealing.CannotUnseal, match="key 1"):
        sealing.unseal(sealed, PLACE)


def test_another_secret_under_the_same_id_does_not_open(settings):
    settings.SEALING_KEY = OLD
    sealed = sealing.seal("张三", PLACE)
    settings.SEALING_KEY = "1:quite-another-secret"

    with pytest.raises(sealing.CannotUnseal):
        sealing.unseal(sealed, PLACE)


def test_changing_the_cipher_leaves_what_was_sealed_before_readable(settings):
    settings.SEALING_CIPHER = "AES-GCM"
    sealed = sealing.seal("张三", PLACE)
    settings.SEALING_CIPHER = "SM4-GCM"

    assert sealing.unseal(sealed, PLACE) == "张三"
    assert sealing.is_outdated(sealed)


def test_a_bare_secret_is_key_one_and_may_later_be_listed_as_such(settings):
    settings.SEALING_KEY = "a-bare-secret-of-some-length"
    sealed = sealing.seal("张三", PLACE)
    settings.SEALING_KEY = f"{NEW},1:a-bare-secret-of-some-length"

    assert sealing.unseal(sealed, PLACE) == "张三"


@pytest.mark.parametrize(
    "ring",
    [
        "short",
        "1:first-secret-first 1:other-secret-other",
        "0:secret-secret-secret",
        "300:secret-secret-secret",
    ],
)
def test_a_ring_that_cannot_be_right_is_refused_at_once(settings, ring):
    settings.SEALING_KEY = ring

    with pytest.raises(ValueError, match="SEALING_KEY"):
        sealing.seal("x", PLACE)


def test_an_unknown_cipher_is_refused_at_once(settings):
    settings.SEALING_CIPHER = "ROT13"

    with pytest.raises(ValueError, match="AES-GCM, SM4-GCM"):
        sealing.seal("x", PLACE)


def test_blind_index_is_the_same_for_equal_texts_and_tells_domains_apart():
    one = sealing.blind_index("+8613812345678", "phone")

    assert one == sealing.blind_index("+8613812345678", "phone")
    assert one != sealing.blind_index("+8613812345678", "account")
    assert one != sealing.blind_index("+8613812345679", "phone")
    assert len(one) == sealing.INDEX_LENGTH


def test_blind_indexes_find_what_was_indexed_before_the_rotation(settings):
    settings.SEALING_KEY = OLD
    before = sealing.blind_index("+8613812345678", "phone")
    settings.SEALING_KEY = f"{NEW} {OLD}"

    assert sealing.blind_index("+8613812345678", "phone") != before
    assert sealing.blind_indexes("+8613812345678", "phone") == [
        sealing.blind_index("+8613812345678", "phone"),
        before,
    ]
    assert sealing.blind_index("x", "phone").startswith(sealing.newest_index_prefix())


def test_keyed_digests_keep_matching_through_a_rotation(settings):
    settings.SEALING_KEY = OLD
    [kept] = sealing.keyed_digests("123456", "one-time code")
    settings.SEALING_KEY = f"{NEW} {OLD}"

    assert kept in sealing.keyed_digests("123456", "one-time code")
    assert kept not in sealing.keyed_digests("123457", "one-time code")
