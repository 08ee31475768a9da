"""Where the links in mails lead a browser. Opening one changes nothing: mail programs open links by themselves."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from gauzy.users import services
from gauzy.users.exceptions import InvalidLink, WeakPassword
from gauzy.users.pages.forms import PasswordForm


class SetPasswordPage(View):
    def get(self, request: HttpRequest, user_id: UUID, token: str) -> HttpResponse:
        return _page(request, "set_password", form=PasswordForm())

    def post(self, request: HttpRequest, user_id: UUID, token: str) -> HttpResponse:
        form = PasswordForm(request.POST)
        if not form.is_valid():
            return _page(request, "set_password", form=form, status=400)
        try:
            services.set_password_with_link(user_id=user_id, token=token, password=form.cleaned_data["password"])
        except WeakPassword as error:
            form.add_error("password", error.fields["password"])
            return _page(request, "set_password", form=form, status=400)
        except InvalidLink as error:
            return _page(request, "refused", message=error.message, status=400)
        return _page(request, "done", message="Your password is set.")


class VerifyEmailPage(View):
    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return _page(request, "verify_email")

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            services.verify_email(token=token)
        except InvalidLink as error:
            return _page(request, "refused", message=error.message, status=400)
        return _page(request, "done", message="Your e-mail address is verified.")


def _page(request: HttpRequest, name: str, *, status: int = 200, **values: Any) -> HttpResponse:
    response = render(request, f"users/pages/{name}.html", values, status=status)
    response["Referrer-Policy"] = "no-referrer"  # the address holds a secret
    response["Cache-Control"] = "no-store"
    return response
