"""WeChat in the phone's browser: OAuth, which tells a page's openid (B.9)."""

from __future__ import annotations

from urllib.parse import urlencode

from wechat.client import WeChatClient
from wechat.errors import WeChatUnavailable


def authorize_url(open_url: str, *, app_id: str, redirect_uri: str, state: str) -> str:
    """Where to send a browser so that it comes back with `code` and `state`; nobody has to tap anything."""
    query = urlencode(
        {
            "appid": app_id,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "scope": "snsapi_base",
            "state": state,
        }
    )
    return f"{open_url.rstrip('/')}/connect/oauth2/authorize?{query}#wechat_redirect"


async def openid_of_code(client: WeChatClient, *, app_id: str, secret: str, code: str) -> str:
    """Who opened the page; a code works once, for 5 minutes.

    Raises:
        WeChatRefused: 40029 for an unknown code, 40163 for a used one, 42003 for an expired one.
        WeChatUnavailable: no usable answer.
    """
    answer = await client.call_without_token(
        "/sns/oauth2/access_token",
        {"appid": app_id, "secret": secret, "code": code, "grant_type": "authorization_code"},
    )
    if openid := answer.get("openid"):
        return str(openid)
    raise WeChatUnavailable("WeChat named no openid")
