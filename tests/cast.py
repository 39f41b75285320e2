"""
The cast: the same few people in every story, made through operations.

投保人 Lin and her child 被保险人 Lin junior are customers of branch A and of agent Wei. Agent Qian
belongs to branch B. Chen assesses claims in branch A, Bai in branch B; Luo works in branch A without
any role. 路人 Zhou is a customer of branch B who has nothing to do with the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tests import make, shelf
from yilu.kernel.refs import Ref
from yilu.people import queries
from yilu.people.queries import Access

LIN_PHONE = "13812345678"
LIN_NAME = "林女士"
WEI_PHONE = "13900000001"
ZHOU_PHONE = "13787654321"
CHEN_PASSWORD = "correct horse battery"
CHEN_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@dataclass(frozen=True)
class Cast:
    """Ids of everybody, and refs of those who act."""

    head: int
    branch_a: int
    branch_b: int
    lin: int
    lin_junior: int
    zhou: int
    wei: int
    qian: int
    chen: int
    bai: int
    luo: int

    @property
    def as_lin(self) -> Ref:
        return Ref("party", self.lin)

    @property
    def as_zhou(self) -> Ref:
        return Ref("party", self.zhou)

    @property
    def as_wei(self) -> Ref:
        return Ref("agent", self.wei)

    @property
    def as_qian(self) -> Ref:
        return Ref("agent", self.qian)

    @property
    def as_chen(self) -> Ref:
        return Ref("staff", self.chen)

    @property
    def as_bai(self) -> Ref:
        return Ref("staff", self.bai)

    @property
    def as_luo(self) -> Ref:
        return Ref("staff", self.luo)

    @property
    def chens_access(self) -> Access:
        return queries.staff_access(self.chen)

    @property
    def bais_access(self) -> Access:
        return queries.staff_access(self.bai)


def assemble() -> Cast:
    """Make everybody."""
    return shelf.scene(_assemble)


def _assemble() -> Cast:
    head = make.head_office()
    branch_a = make.office(name="甲分公司")
    branch_b = make.office(name="乙分公司")
    wei = make.agent(branch_a, name="魏代理", phone=WEI_PHONE)
    qian = make.agent(branch_b, name="钱代理")
    return Cast(
        head=head,
        branch_a=branch_a,
        branch_b=branch_b,
        wei=wei,
        qian=qian,
        lin=make.party(
            branch_a, name=LIN_NAME, phone=LIN_PHONE, agent_id=wei, email="lin@example.com"
        ),
        lin_junior=make.party(
            branch_a,
            name="林小朋友",
            phone=LIN_PHONE,
            agent_id=wei,
            identity_number=make.resident_id(date(2018, 5, 1), "MALE"),
        ),
        zhou=make.party(branch_b, name="周路人", phone=ZHOU_PHONE, agent_id=qian),
        chen=make.staff(
            branch_a,
            "ASSESSOR",
            username="chen",
            name="陈审核",
            password=CHEN_PASSWORD,
            totp_secret=CHEN_SECRET,
        ),
        bai=make.staff(branch_b, "ASSESSOR", username="bai", name="白审核"),
        luo=make.staff(branch_a, username="luo", name="罗无权"),
    )
