from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from gauzy.analytics import services
from gauzy.analytics.models import DailyCount
from gauzy.eventbus import Delivered
from gauzy.eventbus.ids import uuid7
from tests.analytics.test_services import created

WORKERS, ROUNDS = 4, 10


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_workers_that_count_the_same_in_other_orders_neither_deadlock_nor_lose() -> None:
    batch = [created(uuid7()) for _ in range(50)]
    together = Barrier(WORKERS)

    def work(mine: list[Delivered]) -> None:
        try:
            for _ in range(ROUNDS):
                together.wait(timeout=30)
                services.count_events(mine)
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as workers:
        orders = [batch[start::2] + batch[1 - start :: 2] for start in (0, 1)] * (WORKERS // 2)
        for finished in [workers.submit(work, order) for order in orders]:
            finished.result()
    assert set(DailyCount.objects.values_list("count", flat=True)) == {WORKERS * ROUNDS}
    assert DailyCount.objects.count() == len(batch)
