"""`kill -9` in the middle of a sync with Upwork: no time lost and none doubled."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.chaos.conftest import closed
from tests.chaos.stage import Postgres, Stage, signed_in
from tests.chaos.waiting import eventually
from tests.support.private_redis import PrivateRedis
from tests.support.upwork_api import UpworkApi

pytestmark = [pytest.mark.chaos, pytest.mark.celery, pytest.mark.postgres, pytest.mark.redis]

CONTRACT = "41000001"
TODAY = datetime.now(UTC).date()


@pytest.fixture(scope="module")
def upwork() -> Iterator[UpworkApi]:
    with UpworkApi() as api:
        yield api


@pytest.fixture(scope="module")
def stage(
    postgres: Postgres, redis: PrivateRedis, upwork: UpworkApi, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    addresses = {"UPWORK_URL": upwork.base_url, "UPWORK_API_URL": f"{upwork.base_url}/graphql"}
    yield from closed(postgres.stage(tmp_path_factory.mktemp("stage"), redis, **addresses))


def test_a_worker_killed_while_it_reads_a_diary(stage: Stage, upwork: UpworkApi) -> None:
    server, worker, reached = stage.server(), stage.worker(), threading.Event()
    upwork.put_contract(CONTRACT, startDate=f"{TODAY - timedelta(days=28)}T00:00:00+0000")
    for days in (28, 25, 15, 5):
        upwork.work(CONTRACT, TODAY - timedelta(days=days), "09:00", "09:10", "11:00")
    connected: dict[str, str] = json.loads(stage.manage("connect_upwork", stage.tenant_id, upwork.user["email"]))
    server.wait_until_ready()

    def hold(receiver: Any, to: Any) -> None:
        reached.set()
        receiver.closing.wait(60)
        to.close_connection = True

    # Who we are, contracts, their freelancer's mail, no more contracts, the diary's first ten days; its second.
    upwork.faults = [*[upwork.as_ever] * 5, hold]
    with signed_in(server) as api:
        api.post(f"/integrations/{connected['integration_id']}/sync")
    assert reached.wait(60), stage.report()
    worker.close()
    seen = "SELECT state, pages, created, unchanged, conflicts FROM integrations_syncrun"
    assert stage.ledger.rows(seen) == [("running", 3, 5, 0, 0)]
    stage.worker()
    eventually("nothing is owed any more", stage.ledger.is_settled, stage.report)
    assert stage.ledger.rows(seen) == [("done", 5, 9, 0, 0)]
    logs = stage.ledger.rows("SELECT started_at FROM timetracking_timelog WHERE deleted_at IS NULL")
    assert len(logs) == len(set(logs)) == len(stage.ledger.events("timetracking.time_log_created")) == 8
    assert len(upwork.asked("Contracts")) == 2, "the pages before were not asked for again"
    for event in ("integration_sync", "upwork_sync"):
        assert len(stage.ledger.events(f"integrations.{event}")) == 1
