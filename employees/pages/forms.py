from django import forms

from gauzy.exceptions import DomainError


class AcceptForm(forms.Form):
    """Who the person is, and the password that they have or want."""

    first_name = forms.CharField(
        max_length=100, required=False, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        max_length=100, required=False, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        strip=False,
        max_length=200,
        required=False,
        help_text="If you have an account, its password; otherwise choose one.",
    )

    def show(self, refusal: DomainError) -> None:
        """Put a refusal beside the fields it names, else beside the password."""
        for field, messages in (refusal.fields or {"password": [refusal.message]}).items():
            self.add_error(field if field in self.fields else None, messages)
