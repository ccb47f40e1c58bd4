"""Sentences that operators have published over the files: asked of the backend now and then, used without a restart."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp

EVERY_S = 3.0
TIMEOUT_S = 3.0
PATH = "/internal/v1/texts"
log = logging.getLogger("nlu")

Variations = list[dict[str, Any]]


def laid_over(files: Mapping[str, Variations], published: Mapping[str, Sequence[str]]) -> dict[str, Variations]:
    """The published words with the buttons and links of the variation they stand for; unknown names are left out."""
    found: dict[str, Variations] = {}
    for name, texts in published.items():
        variations = files.get(name)
        if variations and texts:
            found[name] = [
                {**variations[min(at, len(variations) - 1)], "text": text} for at, text in enumerate(texts)
            ]
    return found


class PublishedTexts:
    """Follows the backend's publications; what was known stays while the backend is away."""

    def __init__(self, backend_url: str, token: str) -> None:
        self._url = backend_url.rstrip("/") + PATH
        self._headers = {"Authorization": f"Bearer {token}"}
        self.number = -1

    async def news(self, session: aiohttp.ClientSession, files: Mapping[str, Variations]) -> dict[str, Variations] | None:
        """What is published now, laid over the files; None when that is known already."""
        async with session.get(self._url, params={"after": str(self.number)}, headers=self._headers) as answer:
            answer.raise_for_status()
            told = await answer.json()
        texts = laid_over(files, told["texts"]) if isinstance(told["texts"], dict) else None
        self.number = int(told["number"])
        return texts

    async def follow(self, spoken: Any) -> None:
        """For ever: put what is published into `spoken.published` (`nlu.wording.OperatorTexts`)."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S)) as session:
            while True:
                try:
                    texts = await self.news(session, spoken.responses)
                    if texts is not None:
                        spoken.published = texts
                except (aiohttp.ClientError, asyncio.TimeoutError, LookupError, ValueError, TypeError, AttributeError) as error:
                    log.info("published texts: %s", type(error).__name__)
                await asyncio.sleep(EVERY_S)
