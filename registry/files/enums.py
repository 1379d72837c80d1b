"""Purposes of stored files."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

#: Content type of an uploaded list that a job has read: its sheets are stored instead of the file.
SHEETS = "application/x-registry-sheets"


class FilePurpose(TextChoices):
    """Purpose of a file; decides who may open it and when it is deleted."""

    PHOTO = "photo", _("photograph")
    CONSENT_SCAN = "consent_scan", _("scan of a signed consent")
    IMPORT_SOURCE = "import_source", _("uploaded list")
    JOB_RESULT = "job_result", _("result of a job")
    CARD_PHOTO = "card_photo", _("photograph on an electronic card")
    EXCHANGE = "exchange", _("messages for the bonus programme")
    ATTACHMENT = "attachment", _("scan of a paper")
