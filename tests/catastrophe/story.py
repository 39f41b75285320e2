"""A storm in one branch, with customers, and somebody who leads."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import count

import time_machine

from tests import make
from tests.make import NOON
from yilu.catastrophe import jobs, queries
from yilu.catastrophe import operations as catastrophe
from yilu.catastrophe.models import CasualtyRow

_keys = count(1)
LATER = NOON + timedelta(minutes=5)


class Story:
    """The cast of a disaster; every step goes through operations."""

    def __init__(self):
        make.standards_in_force()
        self.head = make.head_office()
        self.office = make.office(parent_id=self.head)
        self.lead, self.actor = make.colleague(self.head, "SERVICE_MANAGER")

    def declare(self, **given):
        told = {
            "name": "7·21特大暴雨", "kind": "RAINSTORM", "level": "II", "place": "北京市房山区",
            "occurred_at": NOON - timedelta(hours=3), "office_id": self.head,
            "request_key": f"key-{next(_keys)}",
        }  # fmt: skip
        access, actor = given.pop("access", self.lead), given.pop("actor", self.actor)
        new = catastrophe.NewEvent(**{**told, **given})
        return catastrophe.declare_event(new=new, access=access, actor=actor, at=NOON)

    def customer(self, name="王晓明", born=date(1985, 6, 15), product="accident", **given):
        number = make.resident_id(born, "MALE", "33")
        party_id = make.party(self.office, name=name, identity_number=number)
        if product:
            make.policy(
                self.office, holder_id=party_id, product_code=product,
                sum_insured=Decimal(100_000), premium=Decimal("160.00"), **given,
            )  # fmt: skip
        return party_id, number

    def bring(self, event_id, text, filename="名单.csv"):
        """Import a list and let the worker read it; its id."""
        list_id = catastrophe.import_list(
            event_id=event_id, filename=filename, content=text.encode(), source="应急管理局通报",
            access=self.lead, actor=self.actor, at=LATER,
        )  # fmt: skip
        with time_machine.travel(LATER, tick=False):
            jobs.read_list(list_id=list_id)
        return list_id

    def rows(self, list_id):
        return list(CasualtyRow.objects.filter(sheet_id=list_id).order_by("line"))

    def confirm(self, row, party_id, reason="", at=LATER):
        return catastrophe.confirm_row(
            row_id=row.pk,
            party_id=party_id,
            reason=reason,
            access=self.lead,
            actor=self.actor,
            at=at,
        )

    def affected(self, event_id, name="王晓明", born=date(1985, 6, 15), condition="受伤", **given):
        """A confirmed customer of an event: their affected id and party id."""
        party_id, number = self.customer(name, born, **given)
        list_id = self.bring(
            event_id, f"姓名,身份证号,状态\n{name},{number[:14]}****,{condition}\n"
        )
        return self.confirm(self.rows(list_id)[0], party_id), party_id

    def page(self, event_id):
        return queries.event_page(event_id, self.lead)
