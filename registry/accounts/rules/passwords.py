"""Password validators with our own help texts (U-2)."""

from __future__ import annotations

from django.contrib.auth.password_validation import CommonPasswordValidator, UserAttributeSimilarityValidator
from django.utils.translation import gettext as _


class NotLikeItsOwner(UserAttributeSimilarityValidator):
    """Refuses passwords similar to the holder's name, login or e-mail."""

    def get_help_text(self) -> str:
        return _("The password must not resemble your name, login or e-mail.")


class NotCommon(CommonPasswordValidator):
    """Refuses common passwords."""

    def get_help_text(self) -> str:
        return _("The password must not be one of those that many people use.")
