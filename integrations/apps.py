from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "integrations"

    def ready(self) -> None:
        from gauzy import eventbus as bus
        from gauzy.notifications.kinds import register_kind
        from gauzy.tenancy.roles import register_role_permissions
        from gauzy.tenancy.subjects import of_tenant, register_subject
        from integrations import handlers
        from integrations.choices import ENDPOINT_DISABLED, SYNC_FAILED
        from integrations.models import Integration, RepositoryLink, WebhookEndpoint
        from integrations.roles import PERMISSIONS
        from integrations.services.chores import forget_old, request_due_syncs

        bus.connect(handlers)
        bus.add_chore(request_due_syncs, every=60)
        bus.add_chore(forget_old, every=600)
        register_kind(SYNC_FAILED, "A sync with another system failed")
        register_kind(ENDPOINT_DISABLED, "A webhook endpoint was disabled")
        register_role_permissions(PERMISSIONS)
        register_subject("integration", of_tenant(Integration))
        register_subject("repository_link", of_tenant(RepositoryLink))
        register_subject("webhook_endpoint", of_tenant(WebhookEndpoint))
