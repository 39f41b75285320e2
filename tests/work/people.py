"""Staff as the work room sees them: plain access, no rows needed."""

from decimal import Decimal

from yilu.people.queries import Access, Grant

HANGZHOU, WENZHOU = 11, 12


def staff(staff_id: int, role: str = "ASSESSOR", *offices: int) -> Access:
    grant = Grant(
        role=role, office_ids=frozenset(offices or {HANGZHOU}), amount_limit=Decimal("50000.00")
    )
    return Access(
        staff_id=staff_id, username=f"s{staff_id}", name="", office_id=HANGZHOU, session_epoch=0,
        grants=(grant,),
    )  # fmt: skip
