"""The way from Rasa to the action server: kept-alive connections, and only what our actions read of the tracker."""

from __future__ import annotations

from typing import Any

import aiohttp
from rasa.utils.endpoints import ClientResponseError, EndpointConfig, concat_url

ACTION_TIMEOUT_S = 8.0
# A tracker's events are history that our actions do not read; the rest of the wire format is left as it is.
LEFT_OUT = frozenset({"events"})


class KeptAliveEndpoint(EndpointConfig):
    """An action endpoint whose session lives as long as its process (stock Rasa opens one for every call)."""

    _kept: aiohttp.ClientSession | None = None

    @classmethod
    def like(cls, stock: EndpointConfig) -> KeptAliveEndpoint:
        where = (stock.url, stock.params, stock.headers, stock.basic_auth, stock.token, stock.token_name)
        return cls(*where, **stock.kwargs)

    def session(self) -> aiohttp.ClientSession:
        if self._kept is None or self._kept.closed:
            self._kept = aiohttp.ClientSession(
                headers=self.headers, timeout=aiohttp.ClientTimeout(total=ACTION_TIMEOUT_S, sock_connect=1.0)
            )
        return self._kept

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Any | None:
        """Call the action server; a connection that was closed under us is opened once more (commands have keys).

        Raises:
            ClientResponseError: an answer other than 2xx, as stock Rasa raises it.
        """
        url = concat_url(self.url or "", subpath)
        body = _slim(kwargs["json"])
        try:
            return await self._call(url, body)
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
            return await self._call(url, body)

    async def _call(self, url: str, body: dict[str, Any]) -> Any:
        async with self.session().post(url, json=body) as response:
            if response.status >= 400:
                raise ClientResponseError(response.status, response.reason or "", await response.text())
            return await response.json()

    async def close(self) -> None:
        if self._kept is not None:
            await self._kept.close()


def _slim(call: dict[str, Any]) -> dict[str, Any]:
    tracker = {name: value for name, value in call["tracker"].items() if name not in LEFT_OUT}
    return {**call, "tracker": {**tracker, "events": []}}
