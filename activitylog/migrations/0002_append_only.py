from django.db import migrations

from activitylog import triggers


class Migration(migrations.Migration):
    dependencies = [("activitylog", "0001_initial")]

    operations = [
        migrations.RunPython(
            lambda apps, editor: triggers.install(editor.connection),
            lambda apps, editor: triggers.remove(editor.connection),
        )
    ]
