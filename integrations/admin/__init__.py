"""Integrations in the admin; importing this registers them."""

from integrations.admin.framework import IntegrationAdmin, SyncRunAdmin

__all__ = ["IntegrationAdmin", "SyncRunAdmin"]
