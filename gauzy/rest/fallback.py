"""Problems for requests that no view of the API answers."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

from gauzy.rest.problems import MEDIA_TYPE, problem


def api_not_found(request: HttpRequest) -> HttpResponse:
    """Answer every path under /api/ that leads nowhere."""
    return _problem(404, "not_found", "Not found.")


def page_not_found(request: HttpRequest) -> HttpResponse:
    """Answer every other path that leads nowhere, with DEBUG as without."""
    return not_found(request, Http404())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _wants_problem(request):
        return _problem(400, "bad_request", "The request is malformed.")
    return defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _wants_problem(request):
        return _problem(403, "forbidden", "You may not do this.")
    return defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _wants_problem(request):
        return api_not_found(request)
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    if _wants_problem(request):
        return _problem(500, "server_error", "Something went wrong here. It is in our log under this request id.")
    return defaults.server_error(request)


def _wants_problem(request: HttpRequest) -> bool:
    return request.path.startswith(("/api/", "/health/"))


def _problem(status: int, code: str, title: str) -> JsonResponse:
    body: dict[str, Any] = problem(status=status, code=code, title=title)
    return JsonResponse(body, status=status, content_type=MEDIA_TYPE)
