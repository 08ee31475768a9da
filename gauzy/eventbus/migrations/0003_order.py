"""Ordered deliveries: their key, and a number drawn while the publisher holds the key's lock."""

from django.db import migrations, models


def make_sequence(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE SEQUENCE eventbus_order")


def drop_sequence(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP SEQUENCE eventbus_order")


class Migration(migrations.Migration):
    dependencies = [("eventbus", "0002_storage")]
    operations = [
        migrations.AddField("delivery", "ordering_key", models.CharField(max_length=120, null=True)),
        migrations.AddField("delivery", "order_number", models.BigIntegerField(null=True)),
        migrations.AddIndex(
            "delivery",
            models.Index(
                condition=models.Q(("ordering_key__isnull", False)),
                fields=["handler", "ordering_key", "order_number"],
                name="eventbus_delivery_order",
            ),
        ),
        migrations.RunPython(make_sequence, drop_sequence),
    ]
