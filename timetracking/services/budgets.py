from uuid import UUID

from django.db import transaction

from gauzy import eventbus as bus
from timetracking.events import ProjectBudgetReachedEvent
from timetracking.exceptions import ProjectNotFound
from timetracking.models import Project
from timetracking.selectors.budgets import has_budget, reached_threshold
from timetracking.services.shared import locked


@transaction.atomic
def check_budget(*, project_id: UUID) -> None:
    """Announce a threshold of the budget when it is reached; once, unless the spending falls below it in between."""
    if not has_budget(project_id):
        return
    project = locked(Project, project_id, ProjectNotFound)
    reached = reached_threshold(project)
    if reached == project.budget_reached:
        return
    rises = reached > project.budget_reached
    project.budget_reached = reached
    project.save(update_fields=["budget_reached"])
    if rises:
        bus.publish(
            ProjectBudgetReachedEvent(project_id=project.id, organization_id=project.organization_id, percent=reached)
        )
