"""The refusals of WeChat Pay v3, with their HTTP status, code, text and the number that ends the Request-ID (C.8)."""

from __future__ import annotations

from typing import Final

STATUS: Final[dict[str, int]] = {
    "PARAM_ERROR": 400,
    "INVALID_REQUEST": 400,
    "APPID_MCHID_NOT_MATCH": 400,
    "MCH_NOT_EXISTS": 400,
    "ORDER_CLOSED": 400,
    "NO_STATEMENT_EXIST": 400,
    "STATEMENT_CREATING": 400,
    "SIGN_ERROR": 401,
    "NO_AUTH": 403,
    "OUT_TRADE_NO_USED": 403,
    "RULE_LIMIT": 403,
    "NOT_ENOUGH": 403,
    "TRADE_ERROR": 403,
    "ORDERPAID": 403,
    "ORDER_NOT_EXIST": 404,
    "RESOURCE_NOT_EXISTS": 404,
    "FREQUENCY_LIMITED": 429,
    "RATELIMIT_EXCEEDED": 429,
    "SYSTEM_ERROR": 500,
    "BANK_ERROR": 500,
    "OPENID_MISMATCH": 500,
}
NUMBERS: Final[dict[str, str]] = {
    "ORDER_NOT_EXIST": "268512771",
    "FREQUENCY_LIMITED": "268447840",
    "PARAM_ERROR": "268435461",
    "ORDERPAID": "268449538",
    "ORDER_CLOSED": "268447914",
    "SIGN_ERROR": "268443699",
    "APPID_MCHID_NOT_MATCH": "268445527",
}
REENTRY: Final = "268498688"


class PayError(Exception):
    """One refusal. `detail` is the `detail` object of the body; `breaks_rule` names a rule that the caller broke."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        detail: dict[str, object] | None = None,
        number: str = "",
        breaks_rule: str = "",
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.detail = code, message, detail
        self.status = STATUS[code]
        self.number = number or NUMBERS.get(code, "268435456")
        self.breaks_rule = breaks_rule

    def as_json(self) -> dict[str, object]:
        body: dict[str, object] = {"code": self.code, "message": self.message}
        return {**body, "detail": self.detail} if self.detail else body


def bad_field(field: str, issue: str, value: object = None, *, location: str = "body") -> PayError:
    """PARAM_ERROR that names the field as the platform does."""
    shown = value if isinstance(value, (str, int, float, bool)) else None
    detail: dict[str, object] = {"field": field, "value": shown, "issue": issue, "location": location}
    return PayError("PARAM_ERROR", f"输入源“{field}”校验失败：{issue}", detail=detail, breaks_rule="pay_parameter")
