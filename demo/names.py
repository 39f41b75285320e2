"""Fictional people: names, identity numbers, phones and cards that are well-formed and nobody's."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
WEIGHTS = [max(1, 90 - n) for n in range(len(SURNAMES))]
MALE = "伟强磊军勇杰涛明超辉刚健俊峰斌鹏浩宇航博文志国建华平海波林东旭晨阳泽凯瑞嘉睿天佑子轩梓豪一鸣振中永福德全"
FEMALE = "芳娜敏静丽艳娟霞秀兰英华玉梅红雪琳璐颖洁佳欣怡思雨婷慧媛蕾晓燕玲玉珍淑贞子涵诗涵梓萱可馨雅琪月娥春桃"
REGIONS = (
    "330102", "330106", "330108", "330203", "330302", "330402", "310101", "310104", "310115", "320102",
    "320106", "320505", "440103", "440106", "440304", "510104", "510107", "110101", "110105", "420106",
)  # fmt: skip
CARDS = {
    "ICBC": "622202", "ABC": "622848", "BOC": "621661", "CCB": "621700", "BOCOM": "622260",
    "CMB": "622588", "PSBC": "621799", "CIB": "622909",
}  # fmt: skip
_CHECK = "10X98765432"
_FACTORS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class Person:
    """Somebody who does not exist."""

    name: str
    sex: str
    birth_date: date
    identity_number: str
    phone: str
    bank_code: str
    card: str


def person(chance: random.Random, number: int, *, youngest: int = 1, oldest: int = 78) -> Person:
    """The ``number``-th person: the number keeps phone, card and identity number from repeating."""
    sex = chance.choice("MF")
    surname = chance.choices(SURNAMES, WEIGHTS)[0]
    letters = MALE if sex == "M" else FEMALE
    given = "".join(chance.choice(letters) for _ in range(chance.choice((1, 2, 2, 2))))
    days = chance.randrange(youngest * 365, oldest * 365)
    born = date(2026, 6, 30) - timedelta(days=days)
    bank = chance.choice(tuple(CARDS))
    return Person(
        name=surname + given,
        sex=sex,
        birth_date=born,
        identity_number=identity_number(chance.choice(REGIONS), born, sex, number),
        # 1380000xxxx and 1390000xxxx: shaped like mobiles, kept apart for trying things out.
        phone=f"138{number:08d}" if number < 50_000_000 else f"139{number - 50_000_000:08d}",
        bank_code=bank,
        card=card(CARDS[bank], number),
    )


def identity_number(region: str, born: date, sex: str, number: int) -> str:
    """A resident number whose check digit is right."""
    order = number % 500 * 2 + (1 if sex == "M" else 0)
    body = f"{region}{born:%Y%m%d}{order:03d}"
    check = sum(int(d) * f for d, f in zip(body, _FACTORS, strict=True)) % 11
    return body + _CHECK[check]


def card(prefix: str, number: int) -> str:
    """A card number of 19 digits whose check digit is right (Luhn)."""
    body = f"{prefix}{number:012d}"
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return body + str(-total % 10)
