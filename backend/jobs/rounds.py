"""Rounds: each looks every few seconds for rows that are due on the Clock, so that a moved demo clock works at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import structlog
from prometheus_client import Counter

from backend.services.appointment_round import appointment_round
from backend.services.erasure import erase_due
from backend.services.exporting import make_copies
from backend.services.mailing import send_due_mails
from backend.services.parts import Parts
from backend.services.payment_window import close_overdue, query_open_orders, remind_of_payment
from backend.services.reconciling import reconcile_bills
from backend.services.refunds import ask_for_refunds
from backend.services.reminding import remind
from backend.services.retention import delete_doomed
from backend.services.template_mailing import make_asked_templates
from backend.services.waiting import count_waiting_times
from backend.services.watching import notice_stalls

DONE: Final = Counter("gongju_worker_done", "Rows that a round of the worker dealt with", ["round"])
FAILED: Final = Counter("gongju_worker_failed", "Rounds of the worker that failed", ["round"])
log = structlog.get_logger()


@dataclass(frozen=True)
class Round:
    """One kind of work; a failure is logged, the next turn tries again."""

    work: Callable[[Parts], Awaitable[int]]
    every_s: float


ROUNDS: Final[Mapping[str, Round]] = MappingProxyType(
    {
        "payment_window": Round(close_overdue, 3),
        "payment_reminders": Round(remind_of_payment, 5),
        "reminders": Round(remind, 5),
        "payment_queries": Round(query_open_orders, 2),
        "bills": Round(reconcile_bills, 30),
        "waiting_times": Round(count_waiting_times, 600),
        "stalls": Round(notice_stalls, 60),
        "refunds": Round(ask_for_refunds, 3),
        "templates": Round(make_asked_templates, 1),
        "mails": Round(send_due_mails, 1),
        "appointments": Round(appointment_round, 2),
        "erasures": Round(erase_due, 3),
        "copies": Round(make_copies, 3),
        "doomed_objects": Round(delete_doomed, 5),
    }
)


async def run_for_ever(parts: Parts, name: str, one: Round) -> None:
    """Work, and rest only when nothing was due; cancelling it stops it between two rows."""
    while True:
        done = 0
        try:
            done = await one.work(parts)
            DONE.labels(name).inc(done)
        except Exception as error:
            FAILED.labels(name).inc()
            log.error("round_failed", round=name, error=type(error).__name__)
        # A round that found something is followed by another one soon: there may be more.
        await asyncio.sleep(one.every_s if not done else min(one.every_s, 0.5))
