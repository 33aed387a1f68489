"""A worker of Quay's at a queue of the table `queueitem` (contract section 8), with the peewee that Quay pins.

For every line that it reads it tries to claim an item, and prints its id, or null. Times are those of the caller.
"""

import json
import sys
import uuid
from datetime import datetime, timedelta

from peewee import BooleanField, CharField, DateTimeField, IntegerField, Model, TextField, fn
from playhouse.db_url import connect

database = connect(sys.argv[1])
NAMES = f"{sys.argv[2]}/%"


class QueueItem(Model):
    queue_name = CharField()
    body = TextField()
    available_after = DateTimeField()
    available = BooleanField()
    processing_expires = DateTimeField(null=True)
    retries_remaining = IntegerField()
    state_id = CharField()

    class Meta:
        database = database


def claim(now):
    candidates = QueueItem.select(QueueItem.id).where(
        QueueItem.queue_name**NAMES,
        QueueItem.available_after <= now,
        (QueueItem.available == True) | (QueueItem.processing_expires <= now),  # noqa: E712
        QueueItem.retries_remaining > 0,
    )
    item = QueueItem.select().where(QueueItem.id.in_(candidates.limit(50))).order_by(fn.Random()).first()
    if item is None:
        return {"found": False}
    claimed = (
        QueueItem.update(
            available=False,
            processing_expires=now + timedelta(hours=3),
            retries_remaining=QueueItem.retries_remaining - 1,
            state_id=str(uuid.uuid4()),
        )
        .where(QueueItem.id == item.id, QueueItem.state_id == item.state_id)
        .execute()
    )
    return {"found": True, "claimed": item.id if claimed == 1 else None}


for line in sys.stdin:
    print(json.dumps(claim(datetime.fromisoformat(line.strip()))), flush=True)
