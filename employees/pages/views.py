"""Where the link of an invite leads a browser. Opening it changes nothing: mail programs open links by themselves."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from employees import selectors, services
from employees.exceptions import InvalidInvite
from employees.models import Invite
from employees.pages.forms import AcceptForm
from gauzy.exceptions import DomainError


class InvitePage(View):
    """Accept an invite, or decline it; every link that is no good gets the same page."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            invite = selectors.find_invite_by_token(token)
        except InvalidInvite as refusal:
            return _refuse(request, refusal)
        return _offer(
            request, invite, AcceptForm(initial={"first_name": invite.first_name, "last_name": invite.last_name})
        )

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            invite = selectors.find_invite_by_token(token)
            if "reject" in request.POST:
                services.reject_invite(token=token)
                return _page(request, "done", message="You declined the invite.")
            return self._accept(request, invite, token)
        except InvalidInvite as refusal:
            return _refuse(request, refusal)

    def _accept(self, request: HttpRequest, invite: Invite, token: str) -> HttpResponse:
        form = AcceptForm(request.POST)
        if not form.is_valid():
            return _offer(request, invite, form, status=400)
        try:
            services.accept_invite(token=token, **form.cleaned_data, proven_user_id=_signed_in(request))
        except InvalidInvite:
            raise
        except DomainError as refusal:
            form.show(refusal)
            return _offer(request, invite, form, status=400)
        return _page(request, "done", message=f"Welcome to {invite.organization.name}.")


def _signed_in(request: HttpRequest) -> Any:
    return request.user.pk if isinstance(request.user, AbstractBaseUser) else None


def _offer(request: HttpRequest, invite: Invite, form: AcceptForm, *, status: int = 200) -> HttpResponse:
    return _page(request, "invite", invite=invite, form=form, status=status)


def _refuse(request: HttpRequest, refusal: InvalidInvite) -> HttpResponse:
    return _page(request, "refused", message=refusal.message, status=400)


def _page(request: HttpRequest, name: str, *, status: int = 200, **values: Any) -> HttpResponse:
    folder = "employees/pages" if name == "invite" else "users/pages"
    response = render(request, f"{folder}/{name}.html", values, status=status)
    response["Referrer-Policy"] = "no-referrer"  # the address holds a secret
    response["Cache-Control"] = "no-store"
    return response
