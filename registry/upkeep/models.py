"""Signs of life of workers and backups."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SignOfLife(models.Model):
    """The last time when a worker ran, or a backup was written. Names neither people nor computers."""

    #: `worker:` with the worker's number, or `backup`.
    name = models.CharField(_("name"), max_length=80, unique=True)
    at = models.DateTimeField(_("moment"))

    class Meta:
        verbose_name = _("sign of life")
        verbose_name_plural = _("signs of life")

    def __str__(self) -> str:
        return self.name
