"""The admin as people use it."""

from typing import Any

from django.contrib import admin
from django.test import Client
from django.urls import reverse

from gauzy.tenancy.middleware import TENANT_KEY
from gauzy.tenancy.models import Membership
from gauzy.users.models import User
from tests.factories.platform import session_client


def desk_of(membership: Membership, *, enforce_csrf_checks: bool = False) -> Client:
    return session_client(membership, enforce_csrf_checks=enforce_csrf_checks)


def desk_of_superuser(user: User, tenant_id: Any = None) -> Client:
    """Return the superuser's browser, in a tenant if one is given."""
    client = Client()
    client.force_login(user, backend="gauzy.users.backends.EmailBackend")
    if tenant_id:
        session = client.session
        session[TENANT_KEY] = str(tenant_id)
        session.save()
    return client


def every_list() -> dict[str, str]:
    """Return the address of every list of the admin, by model."""
    return {
        model._meta.label: reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model in admin.site._registry
    }


def model_named(label: str) -> Any:
    return next(model for model in admin.site._registry if model._meta.label == label)


def page_of(row: Any) -> str:
    """Return the address of a row's page."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=(row.pk,))


def text_of(response: Any) -> str:
    return str(response.content.decode())
