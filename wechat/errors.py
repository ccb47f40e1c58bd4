"""What can go wrong between us and WeChat; no message carries a token, an openid or anybody's text."""

from __future__ import annotations

from typing import Final

BUSY: Final = frozenset({-1, 45009, 45011})
"""Error codes that say: not now (reference B.2)."""


class WeChatError(Exception):
    """The root of the kit's errors."""


class BadSignature(WeChatError):
    """The request does not come from WeChat, or somebody changed it on the way."""


class BadPush(WeChatError):
    """The push is signed but cannot be read; `reason` is a word for logs and metrics."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class WeChatUnavailable(WeChatError):
    """WeChat cannot be reached or answered with something that is no answer; try again later."""


class WeChatRefused(WeChatError):
    """WeChat answered with an error code (reference B.2)."""

    def __init__(self, errcode: int) -> None:
        super().__init__(f"WeChat answered errcode {errcode}")
        self.errcode = errcode


class TokenRefused(WeChatUnavailable):
    """A fresh access token is refused as well: somebody has to look at the account's credentials."""


class PayError(Exception):
    """The root of the payment errors."""


class PayUnavailable(PayError):
    """WeChat Pay cannot be reached, or its answer cannot be trusted; repeat with the same numbers."""


class PayRefused(PayError):
    """WeChat Pay refused the call; `code` is its error code, such as `ORDERPAID`."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"WeChat Pay answered {status} {code}")
        self.status = status
        self.code = code


class BadNotification(PayError):
    """A payment callback that is not genuine, stale or unreadable; `reason` is a word for logs and metrics."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
