from typing import Any

from django import forms

from gauzy.organizations.selectors import organizations
from gauzy.site.fields import email_field, long_text_field, time_zone_field
from gauzy.site.forms import ServiceForm
from gauzy.site.unfolded import DialogForm

_TIME_ZONE = {"empty": "That of the organization", "help_text": "Days and weeks are counted in it."}


class EmployeeForm(ServiceForm):
    time_zone = time_zone_field(**_TIME_ZONE)


class NewEmployeeForm(EmployeeForm):
    email = email_field(
        max_length=254,
        label="E-mail",
        help_text="Who has no account yet gets one, and a welcome mail with a link to set a password.",
    )


class EndForm(DialogForm):
    reason = long_text_field(
        max_length=500, required=False, help_text="Kept with the employment; shown to those who may see it."
    )


class ImportForm(forms.Form):
    organization_id: Any = forms.ModelChoiceField(queryset=None, label="Organization")
    file = forms.FileField(label="CSV file", widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}))
    atomic = forms.BooleanField(required=False, label="All or nothing: one refused line undoes the rest")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organization_id"]
        field.queryset = found = organizations().order_by("name")
        field.initial = found.first()
