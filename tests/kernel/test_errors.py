"""A refusal's sentence can be said in another language, figures and all."""

from datetime import date

from yilu.kernel.errors import Refusal, Sentence, said

ENGLISH = {
    "保单已于 {on} 终止，{why}": "The policy ended on {on}: {why}",
    "退保": "surrendered",
    "无法办理": "Cannot be done",
}


def translate(text):
    return ENGLISH.get(text, text)


def test_a_sentence_is_its_filled_text():
    sentence = Sentence("保单已于 {on} 终止，{why}", on=date(2026, 3, 4), why="退保")

    assert sentence == "保单已于 2026-03-04 终止，退保"
    assert str(Refusal(sentence)) == "保单已于 2026-03-04 终止，退保"


def test_a_sentence_is_translated_with_the_texts_inside_it():
    sentence = Sentence("保单已于 {on} 终止，{why}", on=date(2026, 3, 4), why="退保")

    assert (
        said(Refusal(sentence).message, translate) == "The policy ended on 2026-03-04: surrendered"
    )


def test_a_plain_text_is_translated_as_it_is():
    assert said(Refusal.message, translate) == "Cannot be done"
