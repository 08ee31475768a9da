"""The form in front of the admin."""

from typing import Any

from django.forms import ValidationError

from gauzy.exceptions import TooOften
from gauzy.site.unfolded import AuthenticationForm


class SignInForm(AuthenticationForm):
    """Django's, which also says when somebody has to wait: to everybody alike, whether there is such a user or not."""

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except TooOften as refusal:
            raise ValidationError(refusal.message, code=refusal.code) from refusal
