from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('renewals', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='renewalcase',
            name='kind',
            field=models.CharField(choices=[('CALL', '缴费失败回访'), ('ADVISE', '续期顾问'), ('END', '复效期满待决定')], max_length=8, verbose_name='类别'),
        ),
        migrations.AlterField(
            model_name='renewalcase',
            name='outcome',
            field=models.CharField(blank=True, choices=[('', '处理中'), ('WILL_PAY', '客户将自行缴费'), ('PAID', '已交费'), ('CHANGED', '已转办保全'), ('NOT_REACHED', '未联系上'), ('LETS_LAPSE', '客户决定不续交'), ('LAPSED', '已失效'), ('ENDED', '已解除合同')], default='', max_length=12, verbose_name='结果'),
        ),
    ]
