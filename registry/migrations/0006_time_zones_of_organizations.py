"""Organisations have time zones; those that there are go by the installation's until one is chosen (N-H3)."""

from django.db import migrations, models

OWN = models.CharField(
    "time zone of its own",
    blank=True,
    choices=[
        ("Europe/Kaliningrad", "Kaliningrad time (Moscow −1)"),
        ("Europe/Moscow", "Moscow time"),
        ("Europe/Samara", "Samara time (Moscow +1)"),
        ("Asia/Yekaterinburg", "Yekaterinburg time (Moscow +2)"),
        ("Asia/Omsk", "Omsk time (Moscow +3)"),
        ("Asia/Krasnoyarsk", "Krasnoyarsk time (Moscow +4)"),
        ("Asia/Irkutsk", "Irkutsk time (Moscow +5)"),
        ("Asia/Yakutsk", "Yakutsk time (Moscow +6)"),
        ("Asia/Vladivostok", "Vladivostok time (Moscow +7)"),
        ("Asia/Magadan", "Magadan time (Moscow +8)"),
        ("Asia/Kamchatka", "Kamchatka time (Moscow +9)"),
    ],
    default="",
    max_length=40,
)


class Migration(migrations.Migration):
    dependencies = [("registry", "0005_declined_names_of_chair_and_operator")]

    operations = [
        migrations.AddField("organization", "time_zone", OWN.clone()),
        migrations.AddField("historicalorganization", "time_zone", OWN.clone()),
        migrations.AddField("organization", "zone", models.CharField(default="", editable=False, max_length=40)),
    ]
