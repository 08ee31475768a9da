from uuid import uuid4

from django.db import transaction

from gauzy import eventbus as bus
from tests.chaos.jobs.events import Behaviour, JobStartedEvent
from tests.chaos.jobs.models import Job


@transaction.atomic
def start_job(*, behaviour: Behaviour, troubled: str = "") -> Job:
    job = Job.objects.create(id=uuid4())
    bus.publish(JobStartedEvent(job_id=job.id, behaviour=behaviour, troubled=troubled))
    return job
