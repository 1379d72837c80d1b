"""What a stored file may be for."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class FilePurpose(TextChoices):
    """Why a file is kept; decides who may open it and when it goes."""

    PHOTO = "photo", _("photograph")
    CONSENT_SCAN = "consent_scan", _("scan of a signed consent")
    IMPORT_SOURCE = "import_source", _("uploaded list")
    JOB_RESULT = "job_result", _("result of a job")
    ATTACHMENT = "attachment", _("scan of a paper")
