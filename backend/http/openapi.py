"""The OpenAPI page of the internal API, made from the request models, so that it cannot say anything else."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from pydantic.json_schema import models_json_schema

from backend.http import models as m

_REF: Final = "#/components/schemas/{model}"
_APPLICANT: Final = "/internal/v1/applicants/{openid}"
_ERROR: Final = {
    "description": "A refusal",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
}
_REFUSALS: Final = ("400", "401", "403", "404", "409", "410", "413", "422", "429", "503")

# method, path, request model, needs a key, success status
_CALLS: Final[tuple[tuple[str, str, type[m.Request] | None, bool, str], ...]] = (
    ("get", f"{_APPLICANT}/files/{{file_id}}", None, False, "200"),
    ("post", "/internal/v1/links/redeem", m.RedeemLink, False, "200"),
    ("post", "/internal/v1/captchas", None, False, "200"),
    ("get", "/internal/v1/consents/{page}", None, False, "200"),
    ("get", "/internal/v1/texts", None, False, "200"),
    ("post", f"{_APPLICANT}/bind", m.Bind, False, "200"),
    ("get", f"{_APPLICANT}/binding-offer", None, False, "200"),
    ("post", f"{_APPLICANT}/binding-offer", m.ConfirmOffer, False, "200"),
    ("post", f"{_APPLICANT}/password/code", m.AskResetCode, False, "200"),
    ("post", f"{_APPLICANT}/password", m.SetPassword, False, "200"),
    ("post", f"{_APPLICANT}/credentials", m.GiveCredentials, False, "200"),
    ("get", f"{_APPLICANT}/overview", None, False, "200"),
    ("get", f"{_APPLICANT}/data", None, False, "200"),
    ("get", f"{_APPLICANT}/data/copy/{{number}}", None, False, "200"),
    ("get", f"{_APPLICANT}/photo", None, False, "200"),
    ("post", f"{_APPLICANT}/photo/crop", m.Crop, False, "200"),
    ("get", f"{_APPLICANT}/materials", None, False, "200"),
    ("post", f"{_APPLICANT}/materials/{{item}}/files", m.ItemFiles, False, "200"),
    ("post", f"{_APPLICANT}/pay/prepare", m.Empty, False, "200"),
    ("post", f"{_APPLICANT}/pay/check", m.Empty, False, "200"),
    ("post", f"{_APPLICANT}/contacted", m.Contacted, False, "200"),
)


@cache
def openapi() -> dict[str, Any]:
    """The whole page."""
    used = {model for _, _, model, _, _ in _CALLS if model} | set(m.COMMAND_BODIES.values()) | {m.FileMeta}
    ordered = sorted(used, key=lambda model: model.__name__)
    _, schemas = models_json_schema([(model, "validation") for model in ordered], ref_template=_REF)
    paths: dict[str, Any] = {}
    for method, path, model, needs_key, status in _CALLS:
        paths.setdefault(path, {})[method] = _operation(path, model, needs_key=needs_key, status=status)
    for name, model in m.COMMAND_BODIES.items():
        path = f"{_APPLICANT}/commands/{name}"
        paths[path] = {"post": _operation(path, model, needs_key=True, status="200")}
    paths[f"{_APPLICANT}/files"] = {"post": _file_operation()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Gongju internal API", "version": "1"},
        "security": [{"service": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"service": {"type": "http", "scheme": "bearer"}},
            "schemas": {**schemas["$defs"], "Error": _error_schema()},
        },
    }


def _operation(path: str, model: type[m.Request] | None, *, needs_key: bool, status: str) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "parameters": _parameters(path, needs_key=needs_key),
        "responses": {status: {"description": "Done"}, **dict.fromkeys(_REFUSALS, _ERROR)},
    }
    if model is not None:
        content = {"application/json": {"schema": {"$ref": _REF.format(model=model.__name__)}}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _file_operation() -> dict[str, Any]:
    operation = _operation(f"{_APPLICANT}/files", None, needs_key=True, status="201")
    schema = {
        "type": "object",
        "required": ["meta", "file"],
        "properties": {"meta": {"type": "string"}, "file": {"type": "string", "contentMediaType": "image/jpeg"}},
    }
    operation["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": schema}}}
    return operation


def _parameters(path: str, *, needs_key: bool) -> list[dict[str, Any]]:
    patterns = {
        "openid": "^[A-Za-z0-9_-]{1,64}$",
        "file_id": "^[a-z0-9_]{1,64}$",
        "item": "^[A-Z0-9]{1,16}$",
        "page": "^[A-Za-z0-9_-]{1,64}$",
    }
    found = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": pattern}}
        for name, pattern in patterns.items()
        if f"{{{name}}}" in path
    ]
    if needs_key:
        schema = {"type": "string", "pattern": "^[A-Za-z0-9:_-]{1,200}$"}
        found.append({"name": "Idempotency-Key", "in": "header", "required": True, "schema": schema})
    return found


def _error_schema() -> dict[str, Any]:
    error = {
        "type": "object",
        "required": ["code", "message", "facts"],
        "properties": {"code": {"type": "string"}, "message": {"type": "string"}, "facts": {"type": "object"}},
    }
    return {"type": "object", "required": ["error"], "properties": {"error": error}}
