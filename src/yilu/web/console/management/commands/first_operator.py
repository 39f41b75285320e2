"""``yilu first_operator``: the head office and its first member of staff, who takes on all others."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import UTC, datetime
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from yilu.kernel.errors import Refusal
from yilu.kernel.refs import SYSTEM
from yilu.people import operations as people
from yilu.people import queries


class Command(BaseCommand):
    """For a new installation only: whoever may take on staff takes on the next."""

    help = "Opens the head office and takes on the first operator; asks for the password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--office", required=True, metavar="NAME", help="name of the head office"
        )
        parser.add_argument("--username", required=True)
        parser.add_argument("--name", required=True, help="the person's own name")

    def handle(self, *args: Any, office: str, username: str, name: str, **options: Any) -> None:
        heads = [each.id for each in queries.list_offices() if each.level == "HEAD"]
        if heads and queries.list_colleagues(heads[0], "people.staff"):
            raise CommandError(_("已有系统运行人员：请由其在“员工与角色”中添加。"))
        password = getpass(_("密码："))
        if password != getpass(_("再输入一次：")):
            raise CommandError(_("两次输入的密码不同。"))
        told: dict[str, Any] = {"actor": SYSTEM, "at": datetime.now(UTC)}
        try:
            totp = self._take_on(heads, office, username, name, password, told)
        except Refusal as refused:
            raise CommandError(f"{refused.message} {refused.hint}".strip()) from None
        self.stdout.write(_("总公司已设立，%(username)s 可以登录。") % {"username": username})
        self.stdout.write(_("请用动态口令应用添加（只显示这一次）：%(uri)s") % {"uri": totp.uri})
        self.stdout.write(_("备用码：%(codes)s") % {"codes": " ".join(totp.recovery_codes)})

    @staticmethod
    def _take_on(
        heads: list[int], office: str, username: str, name: str, password: str, told: dict[str, Any]
    ) -> people.TotpSetUp:
        office_id = (heads or [people.open_office(code="HQ", name=office, level="HEAD", **told)])[0]
        staff_id = people.hire_staff(
            username=username, name=name, office_id=office_id, password=password, **told
        )
        people.grant_role(staff_id=staff_id, role="OPERATOR", office_id=office_id, **told)
        return people.set_up_totp(staff_id=staff_id, **told)
