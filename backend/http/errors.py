"""Which HTTP status a refusal has: one table by code (contracts.md 0); what is not in it is a 409."""

from __future__ import annotations

import json
import traceback
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import structlog
from aiohttp import web
from pydantic import ValidationError

from backend.domain.errors import DomainError, ValueRefused
from runtime.web import error_response

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
log = structlog.get_logger()

CONFLICT: Final = 409
STATUSES: Final[Mapping[str, int]] = MappingProxyType(
    {
        "notification_refused": 400,
        "link_of_another": 403,
        "link_unknown": 404,
        "file_unknown": 404,
        "file_missing": 404,
        "case_unknown": 404,
        "item_unknown": 404,
        "link_expired": 410,
        "link_used": 410,
        "export_gone": 410,
        "unknown_field": 422,
        "file_refused": 422,
        "wrong_password": 422,
        "captcha_needed": 422,
        "captcha_wrong": 422,
        "locked": 422,
        "terms_needed": 422,
        "code_wrong": 422,
        "password_weak": 422,
        "proof_wrong": 422,
        "change_not_confirmed": 422,
        "offer_gone": 410,
        "consent_needed": 422,
        "crop_outside": 422,
        "photo_too_small": 422,
        "too_soon": 429,
        "payment_unavailable": 503,
        "storage_unavailable": 503,
    }
)


class Malformed(Exception):
    """The request is not what the contract says; `reason` names the place, never the value."""

    def __init__(self, reason: str, *, code: str = "malformed", status: int = 422) -> None:
        super().__init__(reason)
        self.code = code
        self.status = status


def status_of(error: DomainError) -> int:
    return STATUSES.get(error.code, 422 if isinstance(error, ValueRefused) else CONFLICT)


@web.middleware
async def errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every failure under /internal has the one shape; what nobody foresaw is logged once, without the request."""
    if not request.path.startswith("/internal/"):
        return await handler(request)
    try:
        return await handler(request)
    except DomainError as error:
        return error_response(status_of(error), error.code, type(error).__name__, error.facts())
    except Malformed as error:
        return error_response(error.status, error.code, str(error))
    except ValidationError as error:
        places = ", ".join(".".join(map(str, fault["loc"])) or "body" for fault in error.errors(include_input=False))
        return error_response(422, "malformed", f"malformed: {places}")
    except (json.JSONDecodeError, UnicodeError):
        return error_response(422, "malformed", "the body is not JSON")
    except web.HTTPException as error:
        return error_response(error.status, error.reason.lower().replace(" ", "_"), error.reason)
    except Exception as error:
        # The texts of a database's errors hold values; where it happened is enough to find it.
        where = [f"{Path(one.filename).name}:{one.lineno}" for one in traceback.extract_tb(error.__traceback__)]
        log.error("internal_call_failed", error=type(error).__name__, where=where[-6:])
        return error_response(500, "internal", "see the log")
