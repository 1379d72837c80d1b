"""What a password must be, in the words of the registry instead of the framework's (U-2)."""

from __future__ import annotations

from django.contrib.auth.password_validation import CommonPasswordValidator, UserAttributeSimilarityValidator
from django.utils.translation import gettext as _


class NotLikeItsOwner(UserAttributeSimilarityValidator):
    """Nothing that a colleague would try first."""

    def get_help_text(self) -> str:
        return _("The password must not resemble your name, login or e-mail.")


class NotCommon(CommonPasswordValidator):
    """Nothing from the lists that are tried first."""

    def get_help_text(self) -> str:
        return _("The password must not be one of those that many people use.")
