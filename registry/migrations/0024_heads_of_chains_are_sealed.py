from typing import Any

from django.db import migrations, models

from registry.evidence import seal


def seal_heads(apps: Any, editor: Any) -> None:
    """Seal the heads as they are: what was changed before cannot be told."""
    chains = apps.get_model("registry", "JournalChain").objects.using(editor.connection.alias)
    for chain in chains.iterator(chunk_size=2000):
        digest = seal("head of a chain", [chain.key, chain.number, chain.digest])
        chains.filter(key=chain.key).update(seal=digest)


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0023_lanes_of_jobs"),
    ]

    operations = [
        migrations.AddField(
            model_name="journalchain",
            name="seal",
            field=models.CharField(default="", max_length=64),
        ),
        migrations.RunPython(seal_heads, migrations.RunPython.noop),
    ]
