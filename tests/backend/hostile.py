"""What nobody types by chance: hostile texts and values, and bodies made of them for any request of the contract."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from hypothesis import strategies as st
from pydantic import BaseModel

TEXTS: Final = (
    "",
    " ",
    "\t\r\n",
    "\x00",
    "电话\x00号",
    "\x07\x1b[31m红",
    "\u202e文字反过来",
    "\u200b\u200d\ufeff",
    "👨‍👩‍👧‍👦" * 20,
    "Ｚａｌｇｏ\u0301\u0301\u0301",
    "１３８００１３８０００",
    "一三八零零一三八零零零",
    "13800138000；" * 40,
    "'; DROP TABLE cases; --",
    '"><script>alert(1)</script>',
    "{{7*7}} {0} {case_no} %s %(name)s ${x}",
    "#{1+1} <%= 1 %> \\u0000 \\x00",
    "=HYPERLINK(1)",
    "../../etc/passwd",
    "C_PATH",
    "__class__",
    "null",
    "NaN",
    "-1",
    "0",
    "99999999999999999999999999",
    "1e309",
    "2026-02-30",
    "0000-00-00",
    "9999-12-31",
    "2026年13月",
    "2026.13-2025.1",
    "OPEN",
    "yes",
    "是的呢" * 400,
    "长" * 4000,
    "长" * 4001,
    "a@b;c@d；@；a@" + "x" * 300 + ".cn",
    "a@example.com\r\nBcc: b@example.com",
    "\ud800",
)
THINGS: Final = (None, True, False, 0, -1, 1.5, 10**30, -(10**30), [], {}, [[]], {"a": {}}, ["x"] * 70)


UNSTORABLE: Final = tuple(one for one in TEXTS if "\x00" in one or "\ud800" in one or len(one) > 4000)


def bodies(model: type[BaseModel], *, meant: Mapping[str, Sequence[str]]) -> st.SearchStrategy[dict[str, Any]]:
    """Bodies for `model`: mostly of the right types with hostile contents, sometimes of wrong ones or with more fields.

    `meant` are values by field that name something real: other people's ids, codes, fields.
    """
    shaped = _shaped(model, meant, is_wild=False)
    wild = _shaped(model, meant, is_wild=True)
    odd = st.tuples(shaped, st.sampled_from(["unknown", "__proto__", "字段"]), st.sampled_from(THINGS)).map(
        lambda told: {**told[0], told[1]: told[2]}
    )
    return st.one_of(shaped, shaped, shaped, shaped, shaped, wild, odd)


def _shaped(
    model: type[BaseModel], meant: Mapping[str, Sequence[str]], *, is_wild: bool
) -> st.SearchStrategy[dict[str, Any]]:
    fields = {
        name: _value(one.annotation, meant.get(name, ()), meant, is_wild=is_wild)
        for name, one in model.model_fields.items()
    }
    needed = {name: value for name, value in fields.items() if model.model_fields[name].is_required()}
    optional = {name: value for name, value in fields.items() if name not in needed}
    return st.fixed_dictionaries(needed, optional=optional)


def _value(
    annotation: Any, known: Sequence[str], meant: Mapping[str, Sequence[str]], *, is_wild: bool
) -> st.SearchStrategy[Any]:
    fitting = _fitting(annotation, known, meant, is_wild=is_wild)
    return st.one_of(fitting, st.sampled_from(THINGS), st.sampled_from(UNSTORABLE)) if is_wild else fitting


def _fitting(
    annotation: Any, known: Sequence[str], meant: Mapping[str, Sequence[str]], *, is_wild: bool
) -> st.SearchStrategy[Any]:
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _fitting(args[0], known, meant, is_wild=is_wild)
    if origin in (Union, types.UnionType):
        return st.one_of(*(_fitting(one, known, meant, is_wild=is_wild) for one in args))
    if origin is Literal:
        return st.sampled_from([*args, *args, "NOTHING"] if is_wild else args)
    if origin is list:
        return st.lists(_fitting(args[0], known, meant, is_wild=is_wild), min_size=0 if is_wild else 1, max_size=4)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _shaped(annotation, meant, is_wild=is_wild)
    if annotation is bool:
        return st.booleans()
    if annotation is int:
        return st.sampled_from([0, 1, 2, 5, 100, *([-1, 101, 1001, 2**31, 2**63] if is_wild else [-1])])
    if annotation is type(None):
        return st.none()
    return _text(known)


def _text(known: Sequence[str]) -> st.SearchStrategy[str]:
    """Something that names what exists, a hostile text, or any text at all."""
    hostile = st.sampled_from([one for one in TEXTS if one not in UNSTORABLE])
    letters = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
    anything = [hostile, hostile, st.text(letters, max_size=20)]
    return st.one_of(st.sampled_from(known), st.sampled_from(known), *anything) if known else st.one_of(*anything)
