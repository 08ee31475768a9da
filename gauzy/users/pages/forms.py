from typing import Any

from django import forms


class PasswordForm(forms.Form):
    """A new password, typed twice."""

    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "autofocus": True}),
        strip=False,
        max_length=200,
    )
    repetition = forms.CharField(
        label="Password again", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False
    )

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if "password" in values and values.get("repetition") != values["password"]:
            self.add_error("repetition", "The two passwords differ.")
        return values
