"""The one way to the backend: a command with its idempotency key, over kept-alive connections (contract 3)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import aiohttp

from actions.moves import Command

COMMAND_TIMEOUT_S = 4.0
REFUSED_AS_SENSELESS = frozenset({400, 404, 409, 422})


class BackendDown(Exception):
    """The backend did not answer, or answered that it failed; the same command may be sent again."""


@dataclass(frozen=True)
class Outcome:
    """What the backend answered; `senseless` when it could make nothing of the command."""

    say: Sequence[Mapping[str, Any]] = ()
    ask: Mapping[str, Any] | None = None
    files: Sequence[Mapping[str, Any]] = ()
    link: Mapping[str, Any] | None = None
    case: Mapping[str, Any] | None = None
    person: str | None = None
    senseless: bool = False
    raw: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of_answer(cls, body: Mapping[str, Any]) -> Outcome:
        return cls(
            say=tuple(body.get("say") or ()),
            ask=body.get("ask"),
            files=tuple(body.get("files") or ()),
            link=body.get("link"),
            case=body.get("case"),
            person=body.get("person"),
            raw=body,
        )

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(str(part["code"]) for part in self.say)


class Backend:
    """Posts commands; one session per event loop, opened at the first command."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}
        self._session: aiohttp.ClientSession | None = None

    async def command(self, openid: str, command: Command, *, key: str, request_id: str) -> Outcome:
        """Send one command; a repeated key gets the first answer again.

        Raises:
            BackendDown: no answer, or a 5xx.
        """
        url = f"{self._url}/internal/v1/applicants/{quote(openid, safe='')}/commands/{command.name}"
        headers = {"Idempotency-Key": key, "X-Request-Id": request_id, **_about(command)}
        try:
            return await self._post(url, command, headers)
        except aiohttp.ClientConnectionError:
            return await self._post_again(url, command, headers)

    async def _post_again(self, url: str, command: Command, headers: Mapping[str, str]) -> Outcome:
        """A kept-alive connection may have been closed under us; the key makes a second try harmless."""
        try:
            return await self._post(url, command, headers)
        except aiohttp.ClientConnectionError as error:
            raise BackendDown(type(error).__name__) from None

    async def _post(self, url: str, command: Command, headers: Mapping[str, str]) -> Outcome:
        try:
            async with self._open_session().post(url, json=dict(command.body), headers=headers) as response:
                if response.status == 200:
                    return Outcome.of_answer(await response.json())
                if response.status in REFUSED_AS_SENSELESS:
                    return Outcome(senseless=True)
                raise BackendDown(f"status {response.status}")
        except asyncio.TimeoutError:
            raise BackendDown("timeout") from None

    async def is_up(self) -> bool:
        try:
            async with self._open_session().get(f"{self._url}/healthz") as response:
                return response.status == 200
        except (aiohttp.ClientError, asyncio.TimeoutError):
            return False

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                headers=self._headers, timeout=aiohttp.ClientTimeout(total=COMMAND_TIMEOUT_S)
            )
        return self._session


def _about(command: Command) -> dict[str, str]:
    """An answer meant for one case is for no other: the backend compares."""
    return {"X-Case-No": command.case_no} if command.case_no else {}
