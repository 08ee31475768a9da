"""The event bus: typed events over Django signals, stored with the change they speak of, delivered by workers.

from gauzy import eventbus as bus
from gauzy.eventbus import Event, event, handles
"""

from gauzy.eventbus.after_commit import committed
from gauzy.eventbus.catalogue import catalogue
from gauzy.eventbus.chores import add_chore
from gauzy.eventbus.connecting import connect
from gauzy.eventbus.declaring import event
from gauzy.eventbus.event import PERSONAL, Action, AnyEvent, Change, Event, PlatformEvent
from gauzy.eventbus.event_type import EventType
from gauzy.eventbus.exceptions import BusError, LeaseLost, Permanent, Retry, Scope, Skip
from gauzy.eventbus.handler import Run, handles, handles_every_event
from gauzy.eventbus.metadata import Delivered, Metadata, Window
from gauzy.eventbus.publishing import publish, publish_many, withdraw

__all__ = [
    "PERSONAL",
    "Action",
    "AnyEvent",
    "BusError",
    "Change",
    "Delivered",
    "Event",
    "EventType",
    "LeaseLost",
    "Metadata",
    "Permanent",
    "PlatformEvent",
    "Retry",
    "Run",
    "Scope",
    "Skip",
    "Window",
    "add_chore",
    "catalogue",
    "committed",
    "connect",
    "event",
    "handles",
    "handles_every_event",
    "publish",
    "publish_many",
    "withdraw",
]
