"""Every exception that a caller may see becomes a problem here, and only here gets its HTTP status."""

from collections.abc import Mapping
from http import HTTPStatus
from math import ceil
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, ValidationError
from django.http import Http404
from rest_framework import exceptions as drf
from rest_framework.response import Response

from gauzy.exceptions import Conflict, DomainError, Forbidden, Invalid, NotFound, TooOften, Unauthenticated
from gauzy.rest.conditions import PreconditionFailed
from gauzy.rest.idempotency import KeyReused
from gauzy.rest.problems import MEDIA_TYPE, flatten, problem

STATUSES: Mapping[type[DomainError], int] = {
    Invalid: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    PreconditionFailed: 412,
    KeyReused: 422,
    TooOften: 429,
}


def problem_response(error: Exception, _: Mapping[str, Any]) -> Response | None:
    """Return the answer to an exception in a view, or None for one that is a bug (500, with a traceback in the log)."""
    body = _describe(error)
    if body is None:
        return None
    headers = _headers(error, body["status"])
    return Response(body, status=body["status"], headers=headers, content_type=MEDIA_TYPE)


def _describe(error: Exception) -> dict[str, Any] | None:
    if isinstance(error, RequestDataTooBig):
        return problem(status=413, code="too_large", title="The request is too large.")
    if isinstance(error, SuspiciousOperation):
        return problem(status=400, code="bad_request", title="The request is malformed.")
    if (refusal := _as_domain_error(error)) is not None:
        return _of_domain_error(refusal)
    if isinstance(error, drf.APIException):
        title = f"{HTTPStatus(error.status_code).phrase}."
        return problem(status=error.status_code, code=error.default_code, title=title, detail=str(error.detail))
    return None


def _as_domain_error(error: Exception) -> DomainError | None:
    """Return our own word for what Django and DRF say; what they tell about hidden things is dropped."""
    match error:
        case DomainError():
            return error
        case drf.ValidationError():
            return Invalid(fields=flatten(error.detail))
        case ValidationError():
            return Invalid(fields=flatten(_detail_of(error)))
        case Http404() | drf.NotFound():
            return NotFound()
        case PermissionDenied() | drf.PermissionDenied():
            return Forbidden()
    return None


def _of_domain_error(error: DomainError) -> dict[str, Any]:
    status = next((STATUSES[cls] for cls in type(error).__mro__ if cls in STATUSES), 400)
    title = type(error).message
    return problem(status=status, code=error.code, title=title, detail=error.message, errors=error.fields)


def _detail_of(error: ValidationError) -> Any:
    return error.message_dict if hasattr(error, "error_dict") else error.messages


def _headers(error: Exception, status: int) -> dict[str, str]:
    if status == 401:
        return {"WWW-Authenticate": "Bearer"}
    if (wait := getattr(error, "wait", None)) is not None:
        return {"Retry-After": str(ceil(wait))}
    return {}
