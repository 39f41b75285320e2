"""Which papers an application needs is a list of standards now: no part of how a wording is sold."""

import hashlib
import json

from django.db import migrations


def part_with_papers(apps, schema_editor):
    """Leave the papers out of what was published beside each wording, and out of its digest."""
    for row in apps.get_model("products", "Offering").objects.all():
        if row.content.pop("papers", None) is None:
            continue
        text = json.dumps(row.content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        row.digest = hashlib.sha256(text.encode()).hexdigest()
        row.save(update_fields=["content", "digest"])


class Migration(migrations.Migration):
    dependencies = [("products", "0003_end_of_sale")]
    operations = [migrations.RunPython(part_with_papers, migrations.RunPython.noop)]
