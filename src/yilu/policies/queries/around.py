"""Who stands around a person by their contracts: whom they insure, who insures them, who inherits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from yilu.kernel import masks, tx

MOST = 50


@dataclass(frozen=True, slots=True)
class Around:
    """
    Somebody around a person (关系人): ``is_to_them`` are INSURED, HOLDER, BENEFICIARY on a shared policy.

    ``covered`` says whether a policy in force insures them.
    """

    party_id: int
    masked_name: str
    birth_date: date | None
    is_to_them: tuple[str, ...]
    covered: bool
    kinds: tuple[str, ...]


_AROUND = """
    with mine as (
        select id, holder_id, insured_id from policies_policy
         where holder_id = %(party)s::bigint
        union
        select id, holder_id, insured_id from policies_policy
         where insured_id = %(party)s::bigint
    ), near(id, role) as (
        select insured_id, 'INSURED' from mine where insured_id <> %(party)s::bigint
        union
        select holder_id, 'HOLDER' from mine where holder_id <> %(party)s::bigint
        union
        select b.party_id, 'BENEFICIARY' from policies_beneficiary b join mine on mine.id = b.policy_id
         where b.party_id is not null and b.party_id <> %(party)s::bigint
    ), each(id, roles) as (select id, array_agg(role order by role desc) from near group by id)
    select each.id, n.name, n.birth_date, each.roles,
           array(select distinct r.kind from policies_policy p
                   join products_productversion v on v.id = p.product_version_id
                   join products_product r on r.id = v.product_id
                  where p.insured_id = each.id and p.state in ('IN_FORCE', 'GRACE'))
      from each
      -- One look-up a person: a join would read the whole table of customers for a family of five.
      cross join lateral (select p.name, p.birth_date from people_party p where p.id = each.id limit 1) n
     order by each.id
     limit %(most)s::int
"""


def people_around(party_id: int) -> tuple[Around, ...]:
    """The people on somebody's policies; one statement. The asker's right is the caller's."""
    rows = tx.rows(_AROUND, {"party": party_id, "most": MOST})
    return tuple(
        Around(id, masks.mask_name(name), born, tuple(roles), bool(kinds), tuple(kinds))
        for id, name, born, roles, kinds in rows
    )
