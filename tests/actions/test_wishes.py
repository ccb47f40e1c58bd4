"""What was asked for before signing in is done when the talk goes on after the bind page."""

from __future__ import annotations

import asyncio

from actions.backend import Outcome
from actions.reading import Reading
from actions.talk import Standing, Turn


class Backend:
    """Knows nobody until `is_bound`."""

    def __init__(self):
        self.is_bound = False
        self.sent = []

    async def command(self, openid, command, *, key, request_id):
        self.sent.append((command.name, dict(command.body)))
        return Outcome(say=({"code": "done" if self.is_bound else "not_bound", "facts": {}},))


def talk(backend, intent, standing, **entities):
    found = tuple({"entity": name, "value": value} for name, value in entities.items())
    reading = Reading(text="", intent=intent, confidence=1.0, entities=found, exact=True, key="k")
    spoken = asyncio.run(Turn("o1", "action_talk", reading, backend).run(standing))
    return Standing.of_slots({"asked": spoken.standing.asked, "stumbles": spoken.standing.stumbles})


def test_the_business_asked_for_before_signing_in_is_started_afterwards():
    backend = Backend()
    standing = talk(backend, "start_application", Standing.of_slots({}), business_type="RENEW")
    backend.is_bound, backend.sent = True, []
    standing = talk(backend, "resume", standing)
    assert backend.sent == [("start_case", {"business_type": "RENEW"})]
    assert standing.wish is None


def test_who_asked_for_nothing_is_greeted_after_signing_in():
    backend = Backend()
    standing = talk(backend, "start_application", Standing.of_slots({}))
    backend.is_bound, backend.sent = True, []
    talk(backend, "resume", standing)
    assert backend.sent == [("open", {})]


def test_a_wish_outlives_asking_for_another_link():
    backend = Backend()
    standing = talk(backend, "ask_progress", Standing.of_slots({}))
    standing = talk(backend, "bind_account", standing)
    backend.is_bound, backend.sent = True, []
    talk(backend, "resume", standing)
    assert backend.sent == [("progress", {})]


def test_the_words_of_the_expired_page_bring_a_new_link():
    """The page says: 回到聊天，说“再发一次”."""
    backend = Backend()
    reading = Reading(text="再发一次", intent="unknown", confidence=0.1, key="k")
    asyncio.run(Turn("o1", "action_talk", reading, backend).run(Standing.of_slots({"asked": {"form": None}})))
    assert backend.sent == [("resume", {})]
