"""The answers to the seven checks stand with standards from now on, for every kind of version; with their history."""

from django.db import migrations

MOVE = """
do $$
begin
    if to_regclass('public.journeys_prelaunchanswer') is not null then
        insert into standards_prelaunchanswer (id, subject, check_code, passed, evidence, by, at)
        select id, 'journey_version:' || version_id, check_code, passed, evidence, by, at
          from journeys_prelaunchanswer;
        perform setval(pg_get_serial_sequence('standards_prelaunchanswer', 'id'), max(id))
           from standards_prelaunchanswer having max(id) is not null;
        insert into standards_prelaunchanswerevent (pgh_created_at, pgh_label, pgh_obj_id, id,
               subject, check_code, passed, evidence, by, at)
        select pgh_created_at, pgh_label, pgh_obj_id, id, 'journey_version:' || version_id,
               check_code, passed, evidence, by, at
          from journeys_prelaunchanswerevent order by pgh_id;
    end if;
end $$
"""
TIDY = """
drop function if exists pgtrigger_before_change_update_aa7b5();
drop function if exists pgtrigger_before_delete_delete_859eb();
"""
"""What kept the history of the table that is gone."""


class Migration(migrations.Migration):
    dependencies = [("journeys", "0008_here_now"), ("standards", "0006_prelaunch_answers")]

    operations = [
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="prelaunchanswerevent", name="pgh_obj"),
        migrations.RemoveField(model_name="prelaunchanswerevent", name="version"),
        migrations.DeleteModel(name="PrelaunchAnswer"),
        migrations.DeleteModel(name="PrelaunchAnswerEvent"),
        migrations.RunSQL(TIDY, migrations.RunSQL.noop),
    ]
