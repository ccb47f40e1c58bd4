"""Building the catalogue from plain documents, checking it as a whole and naming every fault at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from functools import partial
from typing import Any, Final, TypeVar

from backend.domain import catalogue as c
from backend.domain.case import Stage
from backend.domain.catalogue_values import force as _force
from backend.domain.catalogue_values import number as _number
from backend.domain.catalogue_values import origin as _origin
from backend.domain.catalogue_values import text as _text
from backend.domain.catalogue_values import texts as _texts
from backend.domain.conditions import AllOf, Condition, OneOf, read_condition
from backend.domain.eligibility_reading import check_eligibility, read_eligibility
from backend.domain.errors import CatalogueFaulty, MonthWrong
from backend.domain.months import Month
from backend.domain.profile import BusinessType
from backend.domain.quiet_hours import QuietHours, beijing_moment
from backend.domain.reminders import Anchor, ReminderRule, Reminders
from backend.domain.renewal import MailDelivery, Renewals

T = TypeVar("T")
DOCUMENTS: Final = ("catalogue", "materials", "conditions", "notices", "fees", "districts", "rules", "eligibility")
_CASE_FACTS: Final = frozenset({"business", "stage", "district", "degree", "title", "children", "oldest_child"})
_FAULTS: Final = (KeyError, TypeError, ValueError, AttributeError, MonthWrong, IndexError)


class Reader:
    """Collects faults while reading, so that one run names them all."""

    def __init__(self, documents: Mapping[str, Mapping[str, Any]]) -> None:
        self.documents = documents
        self.faults: list[str] = []

    def document(self, name: str) -> Mapping[str, Any]:
        found = self.documents.get(name)
        if isinstance(found, Mapping):
            return found
        self.faults.append(f"{name}: missing or not a mapping")
        return {}

    def part(self, where: str, read: Callable[[], T]) -> T | None:
        """Read one part; a fault is noted with its place and the part is left out."""
        try:
            return read()
        except _FAULTS as error:
            reason = f"no {error}" if isinstance(error, KeyError) else (str(error) or type(error).__name__)
            self.faults.append(f"{where}: {reason}")
            return None

    def rows(self, name: str, key: str, read: Callable[[Mapping[str, Any], Mapping[str, Any]], T]) -> list[T]:
        """Every row of a document's list; a row is named by its code, version or place."""
        document = self.document(name)
        raw = document.get(key)
        if not isinstance(raw, Sequence) or isinstance(raw, str):
            self.faults.append(f"{name}.{key}: not a list")
            return []
        found: list[T] = []
        for at, row in enumerate(raw):
            where = f"{name}.{key}[{row.get('code', row.get('version', at)) if isinstance(row, Mapping) else at}]"
            one = self.part(where, lambda row=row: read(row, document))  # type: ignore[misc]
            if one is not None:
                found.append(one)
        return found


def read_catalogue(documents: Mapping[str, Mapping[str, Any]]) -> c.Catalogue:
    """Raises `CatalogueFaulty` naming every fault."""
    reader = Reader(documents)
    reader.faults += [f"{name}: no such document is known" for name in documents if name not in DOCUMENTS]
    materials = reader.rows("materials", "materials", _material)
    questions = reader.rows("conditions", "questions", _question)
    districts = reader.rows("districts", "districts", _district)
    notices = reader.rows("notices", "notices", _notice)
    fee = reader.part("fees", lambda: _fee(reader.document("fees")))
    rules = _rules(reader)
    eligibility = reader.part("eligibility", lambda: read_eligibility(reader.document("eligibility")))
    version = reader.part("catalogue.version", lambda: _text(reader.document("catalogue")["version"]))
    categories = tuple(reader.document("materials").get("categories") or ())
    by_business = {business: notice for businesses, notice in notices for business in businesses}
    _check_codes(reader, materials, questions, districts)
    _check_references(reader, materials, questions, districts, categories)
    reader.faults += [f"notices: none for {one.value}" for one in BusinessType if one not in by_business]
    if eligibility is not None:
        options = {one.code: frozenset(option.code for option in one.options) for one in questions}
        reader.faults += check_eligibility(eligibility, options, frozenset(one.code for one in districts))
    if reader.faults or not (fee and eligibility and version):
        raise CatalogueFaulty(faults=tuple(reader.faults))
    return c.Catalogue(
        version=version,
        materials={one.code: one for one in materials},
        categories=categories,
        questions={one.code: one for one in questions},
        notices=by_business,
        fee=fee,
        districts={one.code: one for one in districts},
        eligibility=eligibility,
        agency=_text(reader.document("catalogue").get("agency", "")),
        **rules,
    )


def _rules(reader: Reader) -> dict[str, Any]:
    """Every part of `rules` under the name that the catalogue has for it; a part that nobody reads is a fault."""
    document = reader.document("rules")
    readers: dict[str, Callable[[Any], Any]] = {
        "pay_window": _pay_window,
        "retirement": _retirement,
        "reminders": _reminders,
        "waiting_time": lambda raw: _numbers(c.WaitingTimeRule, raw, "latest_cases", "within_d", "fewest_cases"),
        "stalls": lambda raw: _numbers(c.StallLimits, raw, "case_h", "message_h", "mail_h", "file_h"),
        "thresholds": _thresholds,
        "renewals": Renewals.of_document,
        "delivery": MailDelivery.of_document,
        "reject_reasons": lambda raw: tuple(_text(one) for one in raw),
    }
    unread = set(document) - set(readers) - {"effective_from", "last_verified"}
    reader.faults += [f"rules.{name}: not known" for name in sorted(unread)]
    return {name: reader.part(f"rules.{name}", partial(_named, document, name, read)) for name, read in readers.items()}


def _named(document: Mapping[str, Any], name: str, read: Callable[[Any], T]) -> T:
    return read(document[name])


def _material(row: Mapping[str, Any], document: Mapping[str, Any]) -> c.Material:
    low, high = (_number(end) for end in row["files"])
    if high < max(low, 1):
        raise ValueError("files: the most is less than the least")
    own = {BusinessType(name): raw for name, raw in row.get("when_for", {}).items()}
    general = read_condition(row["when"]) if "when" in row else None
    marks = {BusinessType(name): c.Mark(mark) for name, mark in row["marks"].items()}
    always = {business for business, raw in own.items() if raw == "always"}
    conditions = {business: read_condition(raw) for business, raw in own.items() if raw != "always"}
    if general is not None:
        conditions |= {business: general for business in marks if business not in own}
    for business, mark in marks.items():
        if mark is c.Mark.WHEN and business not in conditions:
            raise ValueError(f"{business.value} is marked `when` without a condition")
    if always & conditions.keys():
        raise ValueError("always and a condition for the same business")
    pages = _texts(row.get("pages"))
    if pages and len(pages) != low:
        raise ValueError("pages: as many as the least number of files")
    return c.Material(
        code=_text(row["code"]),
        name=_text(row["name"]),
        category=_text(row["category"]),
        marks=marks,
        conditions=conditions,
        template=c.TemplateKind(row.get("template", "none")),
        files_min=low,
        files_max=high,
        per_child=bool(row.get("per_child", False)),
        many_pages=bool(row.get("many_pages", False)),
        from_photo=bool(row.get("from_photo", False)),
        hint=_text(row.get("hint", "")),
        origin=_origin(row, document),
        force=_force(row, document),
        pages=pages,
        has_sample=bool(row.get("sample", True)),
        sample_first=row.get("sample") == "first",
    )


def _question(row: Mapping[str, Any], document: Mapping[str, Any]) -> c.ConditionQuestion:
    kind = _text(row.get("kind", "choice"))
    options = tuple(
        c.ConditionOption(
            _text(one["code"]),
            _text(one["label"]),
            _texts(one.get("aliases")),
            _text(one.get("notice", "")),
            _texts(one.get("opens")),
        )
        for one in row.get("options", ())
    )
    if kind in ("choice", "multi_choice") and len(options) < 2:
        raise ValueError("a choice needs two options")
    if len({option.code for option in options}) != len(options):
        raise ValueError("an option's code appears twice")
    return c.ConditionQuestion(
        code=_text(row["code"]),
        question=_text(row["question"]),
        label=_text(row["label"]),
        derived=bool(row.get("derived", False)),
        group=_number(row["group"]),
        kind=kind,
        options=options,
        ask_when=read_condition(row["ask_when"]) if "ask_when" in row else None,
        hint=_text(row.get("hint", "")),
        asked_of={BusinessType(name): c.Need(need) for name, need in row.get("asked_of", {"NEW": "required"}).items()},
        fact=_text(row.get("fact", "")),
        check=c.DayCheck(row.get("check", "")),
        names=_texts(row.get("names")),
    )


def _district(row: Mapping[str, Any], document: Mapping[str, Any]) -> c.District:
    return c.District(
        code=_text(row["code"]),
        name=_text(row["name"]),
        gb_code=_text(row["gb_code"]),
        aliases=_texts(row.get("aliases")),
        ask_aliases=_texts(row.get("ask_aliases")),
        legacy_names=_texts(row.get("legacy_names")),
        employer_conditions=_text(row.get("employer_conditions", "")),
        extra_items=_texts(row.get("extra_items")),
        origin=_origin(row, document),
    )


def _notice(row: Mapping[str, Any], document: Mapping[str, Any]) -> tuple[tuple[BusinessType, ...], c.Notice]:
    buttons = {_text(code): _text(label) for code, label in row["buttons"].items()}
    if set(buttons) != {"yes", "unsure", "no"}:
        raise ValueError("buttons: yes, unsure and no are needed")
    notice = c.Notice(
        version=_text(row["version"]),
        title=_text(row["title"]),
        summary=_text(row["summary"]),
        paragraphs=_texts(row["paragraphs"]),
        buttons=buttons,
        origin=_origin(row, document),
        force=_force(row, document),
    )
    return tuple(BusinessType(name) for name in row["businesses"]), notice


def _fee(document: Mapping[str, Any]) -> c.Fee:
    prices = _prices(document["by_business"])
    if missing := [one.value for one in BusinessType if one not in prices]:
        raise ValueError(f"no price for {', '.join(missing)}")
    agreed = {_text(code): _prices(raw) for code, raw in (document.get("by_employer") or {}).items()}
    return c.Fee(_text(document["name"]), _text(document["covers"]), prices, agreed)


def _prices(raw: Mapping[str, Any]) -> dict[BusinessType, int]:
    return {BusinessType(name): _number(fen, least=1) for name, fen in raw.items()}


def _pay_window(raw: Mapping[str, Any]) -> c.PayWindow:
    anchor = _text(raw["anchor"])
    if anchor not in ("submit", "create"):
        raise ValueError("anchor: submit or create")
    reminders = tuple(_number(one, least=1) for one in raw["reminders_before_end_min"])
    return c.PayWindow(_number(raw["hours"], least=1), anchor, reminders, _number(raw["prepay_valid_min"], least=1))


def _retirement(raw: Mapping[str, Any]) -> c.Retirement:
    ages = {_text(gender): _number(age, least=1) for gender, age in raw["proposal_age_years"].items()}
    if set(ages) != {"男", "女"}:
        raise ValueError("proposal_age_years: 男 and 女 are needed")
    rows = tuple(row for step in raw["steps"] for row in _steps(step))
    return c.Retirement(ages, rows)


def _steps(raw: Mapping[str, Any]) -> tuple[c.RetirementRow, ...]:
    """A month later for every so many months of birth, until the highest age."""
    first, base, top = Month.parse(raw["first_born"]), _number(raw["base_months"]), _number(raw["up_to_months"])
    width = _number(raw["births_per_step"], least=1)
    return tuple(
        c.RetirementRow(_text(raw["gender"]), first.plus(width * at), base + at + 1) for at in range(max(top - base, 0))
    )


def _reminders(raw: Mapping[str, Any]) -> Reminders:
    quiet = QuietHours(**{name: _time(raw["quiet"][name]) for name in ("begins", "ends", "resumes", "ahead")})
    if quiet.include(_moment(quiet.resumes)) or quiet.include(_moment(quiet.ahead)):
        raise ValueError("quiet: resumes and ahead must lie in the day")
    return Reminders(
        rules=tuple(_reminder_rule(row) for row in raw["rules"]),
        quiet=quiet,
        day_at=_time(raw["day_at"]),
        validity_years={BusinessType(name): _number(years, least=1) for name, years in raw["validity_years"].items()},
        draft_kept_d=_number(raw["draft_kept_d"], least=1),
        leave_employer_d=_number(raw["leave_employer_d"], least=1),
    )


def _reminder_rule(row: Mapping[str, Any]) -> ReminderRule:
    rule = ReminderRule(
        code=_text(row["code"]),
        stages=frozenset(Stage(one) for one in row["stages"]),
        anchor=Anchor(row["anchor"]),
        after_h=tuple(_number(one, least=1) for one in row.get("after_h", ())),
        before_d=tuple(_number(one) for one in row.get("before_d", ())),
    )
    counts_days = rule.anchor in (Anchor.DUE_ON, Anchor.VALID_UNTIL, Anchor.READY_ON, Anchor.LEFT_ON)
    if bool(rule.before_d) is not counts_days or bool(rule.after_h) is counts_days:
        raise ValueError(f"{rule.code}: before_d for a day, after_h for a moment")
    return rule


def _time(value: Any) -> time:
    return time.fromisoformat(_text(value))


def _moment(at: time) -> datetime:
    return beijing_moment(date(2000, 1, 1), at)


def _numbers(row_type: Callable[..., T], raw: Mapping[str, Any], *names: str) -> T:
    if unknown := set(raw) - set(names):
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
    return row_type(**{name: _number(raw[name], least=1) for name in names})


def _thresholds(raw: Mapping[str, Any]) -> c.Thresholds:
    names = c.Thresholds.__dataclass_fields__
    if unknown := set(raw) - set(names):
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
    return c.Thresholds(**{name: _number(raw[name]) for name in names})


def _check_codes(
    reader: Reader,
    materials: list[c.Material],
    questions: list[c.ConditionQuestion],
    districts: list[c.District],
) -> None:
    lists: dict[str, list[str]] = {
        "materials": [one.code for one in materials],
        "questions": [one.code for one in questions],
        "districts": [one.code for one in districts],
    }
    for name, codes in lists.items():
        reader.faults += [f"{name}: {code} appears twice" for code in sorted({x for x in codes if codes.count(x) > 1})]


def _check_references(
    reader: Reader,
    materials: list[c.Material],
    questions: list[c.ConditionQuestion],
    districts: list[c.District],
    categories: tuple[str, ...],
) -> None:
    """Conditions test facts that exist with values that exist; categories and extra items are known."""
    options = {one.code: {option.code for option in one.options} for one in questions if one.options}
    declared = set(_texts(reader.document("conditions").get("declared_facts")))
    codes = {one.code for one in materials}
    facts = {one.code for one in questions} | declared | _CASE_FACTS | {f"district_asks_{code}" for code in codes}
    facts |= {f"{one.fact}_{option.code}" for one in questions if one.fact for option in one.options}
    options["district"] = {one.code for one in districts}
    options["business"] = {one.value for one in BusinessType}
    for material in materials:
        if material.category not in categories:
            reader.faults.append(f"materials[{material.code}]: category {material.category} is not listed")
        for condition in material.conditions.values():
            _check_condition(reader, f"materials[{material.code}]", condition, facts, options)
    for question in questions:
        if question.ask_when:
            _check_condition(reader, f"questions[{question.code}]", question.ask_when, facts, options)
    for district in districts:
        reader.faults += [f"districts[{district.code}]: no item {x}" for x in district.extra_items if x not in codes]


def _check_condition(
    reader: Reader, where: str, condition: Condition, facts: set[str], options: Mapping[str, set[str]]
) -> None:
    branches = (condition,) if isinstance(condition, AllOf) else condition.branches
    for name, test in (pair for branch in branches for pair in branch.tests):
        if name not in facts:
            reader.faults.append(f"{where}: no fact {name}")
        elif isinstance(test, OneOf) and name in options and (wrong := test.values - options[name]):
            reader.faults.append(f"{where}: {name} has no value {', '.join(sorted(wrong))}")
