"""What we use of Unfold, which ships no types: each class under the type of the Django class it extends."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, cast

from unfold.decorators import action
from unfold.enums import ActionVariant

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite
    from django.contrib.admin import ModelAdmin as _ModelAdmin
    from django.contrib.admin.forms import AdminAuthenticationForm as AuthenticationForm
    from django.core.paginator import Paginator
    from django.forms import Form as DialogForm

    ModelAdmin = _ModelAdmin[Any]
    InfinitePaginator = Paginator[Any]
else:
    from unfold.admin import ModelAdmin
    from unfold.forms import AuthenticationForm
    from unfold.forms import BaseDialogForm as DialogForm
    from unfold.paginator import InfinitePaginator
    from unfold.sites import UnfoldAdminSite as AdminSite

__all__ = [
    "AdminSite",
    "AuthenticationForm",
    "DialogForm",
    "InfinitePaginator",
    "ModelAdmin",
    "dialog_action",
    "page_action",
]

F = TypeVar("F", bound=Callable[..., Any])


def dialog_action(
    *,
    label: str,
    question: str,
    icon: str,
    permissions: Sequence[str],
    form: type[DialogForm] | None = None,
    variant: str = "default",
) -> Callable[[F], F]:
    """Declare an action of an object's page: `(self, request, form, object_id)`, to be named in `actions_detail`.

    The button opens a dialog; only its POST, with a CSRF token, runs the function (Unfold's plain actions run on GET).
    """
    dialog = {"title": label, "description": question, "form_class": form, "form_submit_text": label}
    decorator = action(
        description=label, icon=icon, permissions=list(permissions), variant=ActionVariant(variant), dialog=dialog
    )
    return cast("Callable[[F], F]", decorator)


def page_action(*, label: str, icon: str, permissions: Sequence[str], path: str) -> Callable[[F], F]:
    """Declare a page that a button above a list opens: `(self, request)`, to be named in `actions_list`.

    It must change nothing on GET.
    """
    return cast("Callable[[F], F]", action(description=label, icon=icon, permissions=list(permissions), url_path=path))
