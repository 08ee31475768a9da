from integrations.models.framework import ExternalId, Integration, SyncConflict, SyncRun

__all__ = ["ExternalId", "Integration", "SyncConflict", "SyncRun"]
