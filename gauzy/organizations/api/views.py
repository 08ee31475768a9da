from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from gauzy.organizations import selectors, services
from gauzy.organizations.api.serializers import (
    OrganizationInput,
    OrganizationOutput,
    OrganizationSettingsInput,
    OrganizationSettingsOutput,
)
from gauzy.organizations.models import Organization
from gauzy.rest.views import View, ViewSet
from gauzy.tenancy.roles import ADMINS, MEMBERS


class OrganizationViewSet(ViewSet):
    """The tenant's organizations."""

    roles = {"list": MEMBERS, "create": ADMINS, "retrieve": MEMBERS, "partial_update": ADMINS}
    inputs = {"create": OrganizationInput, "partial_update": OrganizationInput}
    outputs = dict.fromkeys(roles, OrganizationOutput)
    conditional = ("create", "retrieve", "partial_update")
    ordering = "name"
    orderings = {"created_at": "id", "name": "name"}

    def resource(self, *, organization_id: UUID) -> QuerySet[Organization]:
        return selectors.organizations().filter(pk=organization_id)

    def list(self, request: Request) -> Response:
        return self.page(selectors.organizations())

    def create(self, request: Request) -> Response:
        return self.reply(services.create_organization(**self.read()))

    def retrieve(self, request: Request, organization_id: UUID) -> Response:
        return self.reply(selectors.get_organization(organization_id))

    def partial_update(self, request: Request, organization_id: UUID) -> Response:
        return self.reply(services.update_organization(organization_id=organization_id, values=self.read()))


class OrganizationSettingsView(View):
    """An organization's policies about time."""

    roles = {"get": MEMBERS, "patch": ADMINS}
    inputs = {"patch": OrganizationSettingsInput}
    outputs = dict.fromkeys(roles, OrganizationSettingsOutput)

    def get(self, request: Request, organization_id: UUID) -> Response:
        organization = selectors.get_organization(organization_id)
        return self.reply(selectors.settings_of(organization.id))

    def patch(self, request: Request, organization_id: UUID) -> Response:
        return self.reply(services.update_settings(organization_id=organization_id, values=self.read()))
