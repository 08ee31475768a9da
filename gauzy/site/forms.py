"""Forms whose input is judged by services."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from gauzy.exceptions import DomainError

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Any]
else:
    _ModelForm = forms.ModelForm


class ServiceForm(_ModelForm):
    """Checks the form of the input; whether it is allowed, the service says: `refusal` is what it said last time."""

    refusal: ClassVar[DomainError | None] = None

    def validate_unique(self) -> None:
        """Left to the service, which says it in words for people."""

    def validate_constraints(self) -> None:
        """Left to the service, as above."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.refusal:
            show_refusal(self, self.refusal)
        return cleaned


def show_refusal(form: forms.BaseForm, refusal: DomainError) -> None:
    """Put a refusal beside the fields it names, and what names none of the form's fields above the form."""
    errors = list(_placed(form, refusal))
    for field, message in errors or [(None, refusal.message)]:
        form.add_error(field, forms.ValidationError(message, code=refusal.code))


def _placed(form: forms.BaseForm, refusal: DomainError) -> Iterator[tuple[str | None, str]]:
    for name, messages in refusal.fields.items():
        field = next((known for known in (name, name.removesuffix("_id")) if known in form.fields), None)
        yield from ((field, message if field else f"{name}: {message}") for message in messages)
