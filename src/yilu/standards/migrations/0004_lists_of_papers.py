"""Lists of papers are for more than claims: what a list is for is its subject."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("standards", "0003_figures")]

    operations = [
        pgtrigger.migrations.RemoveTrigger(model_name="checklistversion", name="before_change_update"),
        pgtrigger.migrations.RemoveTrigger(model_name="checklistversion", name="before_delete_delete"),
        migrations.RemoveConstraint(model_name="checklistversion", name="checklist_version_once"),
        migrations.RemoveConstraint(model_name="checklistversion", name="checklist_one_draft"),
        migrations.RenameField("checklistversion", "claim_type", "subject"),
        migrations.RenameField("checklistversionevent", "claim_type", "subject"),
        migrations.AlterField(
            model_name='checklistversion',
            name='subject',
            field=models.CharField(max_length=40, verbose_name='用于'),
        ),
        migrations.AlterField(
            model_name='checklistversionevent',
            name='subject',
            field=models.CharField(max_length=40, verbose_name='用于'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='checklistversion',
            trigger=pgtrigger.compiler.Trigger(name='before_change_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "standards_checklistversionevent" ("author", "effective_from", "effective_to", "guidance", "id", "items", "note", "number", "pgh_created_at", "pgh_label", "pgh_obj_id", "publisher", "revision", "shipped", "state", "subject", "title") VALUES (OLD."author", OLD."effective_from", OLD."effective_to", OLD."guidance", OLD."id", OLD."items", OLD."note", OLD."number", NOW(), \'before_change\', OLD."id", OLD."publisher", OLD."revision", OLD."shipped", OLD."state", OLD."subject", OLD."title"); RETURN NULL;', hash='c4bd1d0ae2a4b8332d1fcc93a685767d9efae077', operation='UPDATE', pgid='pgtrigger_before_change_update_9e119', table='standards_checklistversion', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='checklistversion',
            trigger=pgtrigger.compiler.Trigger(name='before_delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "standards_checklistversionevent" ("author", "effective_from", "effective_to", "guidance", "id", "items", "note", "number", "pgh_created_at", "pgh_label", "pgh_obj_id", "publisher", "revision", "shipped", "state", "subject", "title") VALUES (OLD."author", OLD."effective_from", OLD."effective_to", OLD."guidance", OLD."id", OLD."items", OLD."note", OLD."number", NOW(), \'before_delete\', OLD."id", OLD."publisher", OLD."revision", OLD."shipped", OLD."state", OLD."subject", OLD."title"); RETURN NULL;', hash='4a9324b6f637f6e618169f3333c1dd89c9360c7e', operation='DELETE', pgid='pgtrigger_before_delete_delete_80742', table='standards_checklistversion', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='checklistversion',
            constraint=models.UniqueConstraint(fields=('subject', 'number'), name='checklist_version_once'),
        ),
        migrations.AddConstraint(
            model_name='checklistversion',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'DRAFT')), fields=('subject',), name='checklist_one_draft'),
        ),
    ]
