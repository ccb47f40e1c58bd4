"""ID numbers, credit codes, phones, e-mails, months, words for list entries: what is accepted and what is refused."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.catalogue import Catalogue
from backend.domain.districts import district_in, read_district
from backend.domain.emails import is_email, read_emails
from backend.domain.enums import ETHNICITIES, POLITICAL, read_country, read_enum
from backend.domain.errors import (
    DomainError,
    EmailsTooMany,
    EmailWrong,
    IdNumberOld,
    IdNumberWrong,
    MonthNeeded,
    MonthWrong,
    NotAnAnswer,
    PhoneWrong,
    TaxNumberWrong,
    UnknownOption,
)
from backend.domain.free_text import read_free_text
from backend.domain.masks import mask_email, mask_id_number, mask_name, mask_phone
from backend.domain.months import Month, Period, read_month, uncovered
from backend.domain.numbers import (
    credit_check_character,
    id_check_character,
    read_credit_code,
    read_id_number,
    read_phone,
)

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("number", "gender", "born"),
    [
        ("11010519491231002X", "女", date(1949, 12, 31)),
        ("440524188001010014", "男", None),
        ("110229198807150030", "男", date(1988, 7, 15)),
        ("220101198501013344", "女", date(1985, 1, 1)),
        ("130102199208201214", "男", date(1992, 8, 20)),
        ("11010519491231002x", "女", date(1949, 12, 31)),
    ],
)
def test_a_right_id_number_tells_sex_and_birth_date(number: str, gender: str, born: date | None) -> None:
    checked = read_id_number(number, today=TODAY)
    assert (checked.gender, checked.birth_date) == (gender, born or date(1880, 1, 1))


@pytest.mark.parametrize(
    "number", ["110119199002290016", "990101198501013344", "22010119850101334", "2201011985010133445"]
)
def test_a_wrong_id_number_is_refused(number: str) -> None:
    with pytest.raises(IdNumberWrong):
        read_id_number(number, today=TODAY)


def test_a_number_of_the_first_generation_is_refused_by_its_own_name() -> None:
    with pytest.raises(IdNumberOld):
        read_id_number("220101850101334", today=TODAY)


@given(st.sampled_from(["11010519491231002X", "130102199208201214"]), st.integers(0, 16), st.integers(1, 9))
def test_changing_any_digit_breaks_an_id_number(number: str, at: int, by: int) -> None:
    other = number[:at] + str((int(number[at]) + by) % 10) + number[at + 1 :]
    with pytest.raises(IdNumberWrong):
        read_id_number(other, today=TODAY)


@given(st.dates(date(1930, 1, 1), date(2010, 12, 31)), st.integers(0, 999))
def test_every_number_with_its_own_check_character_passes(born: date, serial: int) -> None:
    first = f"220101{born:%Y%m%d}{serial:03d}"
    checked = read_id_number(first + id_check_character(first), today=TODAY)
    assert checked.birth_date == born
    assert checked.gender == ("男" if serial % 2 else "女")
    assert checked.number not in repr(checked)


@pytest.mark.parametrize(
    "code", ["91110108551385082Q", "91110105MA0X5A9MF0", "91110105MA0QRCW7H0", "91110108551385082q"]
)
def test_a_right_credit_code_passes_also_when_its_check_is_zero(code: str) -> None:
    assert read_credit_code(code) == code.upper()


@pytest.mark.parametrize("code", ["0" * 18, "001101050000000008", "9100000000000000XX", "9１110105MA0X5A9MF0"])
def test_a_code_of_no_office_or_no_place_is_none(code: str) -> None:
    with pytest.raises(TaxNumberWrong):
        read_credit_code(code)


@given(st.from_regex(r"[159NY][1239][1-6][0-9]{5}[0-9ABCDEFGHJKLMNPQRTUWXY]{9}", fullmatch=True))
def test_exactly_one_check_character_fits_a_credit_code(first: str) -> None:
    right = credit_check_character(first)
    assert read_credit_code(first + right)
    for other in "0123456789ABCDEFGHJKLMNPQRTUWXY":
        if other != right:
            with pytest.raises(TaxNumberWrong):
                read_credit_code(first + other)


@pytest.mark.parametrize(
    "text",
    [
        "13321212121",
        "133 2121 2121",
        "+86 133-2121-2121",
        "8613321212121",
        "一三三二一二一二一二一",
        "１３３２１２１２１２１",
    ],
)
def test_a_phone_is_understood_however_it_is_written(text: str) -> None:
    assert read_phone(text) == "13321212121"


@pytest.mark.parametrize("text", ["12345678901", "1332121212", "133212121211", "座机", ""])
def test_another_number_is_no_phone(text: str) -> None:
    with pytest.raises(PhoneWrong):
        read_phone(text)


@pytest.mark.parametrize("separator", ["; ", "；", ",", "，", "、", " ", "\n"])
def test_addresses_are_split_at_any_separator(separator: str) -> None:
    assert read_emails(f"a@qq.com{separator}b@163.com", limit=5) == ("a@qq.com", "b@163.com")


def test_repeated_addresses_count_once_whatever_the_case_of_the_domain() -> None:
    assert read_emails("a@QQ.com;a@qq.com", limit=1) == ("a@qq.com",)


@pytest.mark.parametrize("text", ["a@", "a@b", "a b", "", "a@x..com", "@x.com", "a@" + "x" * 260 + ".com"])
def test_what_cannot_be_an_address_is_refused(text: str) -> None:
    with pytest.raises(EmailWrong):
        read_emails(text, limit=5)


def test_more_addresses_than_allowed_are_refused() -> None:
    with pytest.raises(EmailsTooMany):
        read_emails("a@x.cn b@x.cn c@x.cn", limit=2)


@pytest.mark.parametrize(
    "text", ["2018.9", "2018年9月", "18年9月", "2018-09", "2018/9", "201809", "2018年09月01日", "2018 9"]
)
def test_a_month_is_understood_however_it_is_written(text: str) -> None:
    assert read_month(text, today=TODAY) == Month(2018, 9)


def test_a_two_digit_year_of_the_last_century_is_understood() -> None:
    assert read_month("98年9月", today=TODAY) == Month(1998, 9)


@pytest.mark.parametrize("text", ["2018", "18年", "08级"])
def test_a_year_alone_asks_for_its_month(text: str) -> None:
    with pytest.raises(MonthNeeded):
        read_month(text, today=TODAY)


@pytest.mark.parametrize("text", ["2018-13", "昨天", "", "2018-00", "12"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises((MonthWrong, MonthNeeded)):
        read_month(text, today=TODAY)


@given(st.integers(1950, 2100), st.integers(1, 12), st.integers(-600, 600))
def test_adding_months_and_taking_them_away_comes_back(year: int, month: int, by: int) -> None:
    begin = Month(year, month)
    assert begin.plus(by).plus(-by) == begin
    assert begin.plus(by).ordinal - begin.ordinal == by
    assert Month.parse(str(begin)) == begin


MONTHS = st.integers(0, 120).map(lambda offset: Month(2000, 1).plus(offset))
PERIODS = st.lists(st.tuples(MONTHS, st.integers(0, 40)).map(lambda p: Period(p[0], p[0].plus(p[1]))), max_size=6)


@given(PERIODS, MONTHS)
def test_uncovered_months_are_exactly_those_that_a_set_of_months_lacks(periods: list[Period], since: Month) -> None:
    covered = {at for period in periods for at in range(period.start.ordinal, period.end.ordinal + 1)}
    last = max((period.start.ordinal for period in periods), default=since.ordinal)
    expected = [at for at in range(since.ordinal, last) if at not in covered]
    found = uncovered(periods, since=since)
    assert [at for gap in found for at in range(gap.start.ordinal, gap.end.ordinal + 1)] == expected
    assert all(one.end.plus(1) < two.start for one, two in pairwise(found))


@pytest.mark.parametrize(
    ("name", "text", "entry"),
    [
        ("ethnicity", "汉", "汉族"),
        ("ethnicity", "满族", "满族"),
        ("political", "党员", "中共党员"),
        ("political", "团员", "共青团员"),
        ("marital", "离异", "离婚"),
        ("marital", "单身", "未婚"),
        ("hukou_kind", "集体户口", "集体户"),
        ("study_identity", "统招", "全日制学生"),
        ("study_identity", "自考", "自学考试"),
        ("level", "硕士", "硕士研究生"),
    ],
)
def test_everyday_words_mean_entries_of_a_list(name: str, text: str, entry: str) -> None:
    assert read_enum(name, text) == entry


def test_the_lists_have_all_their_entries() -> None:
    assert len(ETHNICITIES) == 58
    assert len(set(ETHNICITIES)) == 58
    assert len(POLITICAL) == 13


@given(st.text(max_size=8))
def test_no_word_breaks_a_list(text: str) -> None:
    for name in ("ethnicity", "political", "marital", "hukou_kind", "level"):
        try:
            read_enum(name, text)
        except UnknownOption as error:
            assert error.choices


def test_regions_and_countries_have_short_names() -> None:
    assert (read_country("香港"), read_country("英国"), read_country("国内")) == ("中国香港", "英国", "中国")


@pytest.mark.parametrize(
    ("text", "code", "legacy"),
    [
        ("延庆县", "yanqing", "延庆县"),
        ("延庆", "yanqing", ""),
        ("110119", "yanqing", ""),
        ("密云县", "miyun", "密云县"),
        ("崇文区", "dongcheng", "崇文区"),
        ("宣武", "xicheng", ""),
        ("亦庄", "jingkai", ""),
        ("北京市海淀区", "haidian", ""),
    ],
)
def test_old_and_short_names_of_districts_are_known(catalogue: Catalogue, text: str, code: str, legacy: str) -> None:
    found = read_district(text, catalogue.districts)
    assert (found.code, found.legacy_name) == (code, legacy)


def test_a_place_inside_a_district_is_to_be_confirmed(catalogue: Catalogue) -> None:
    assert read_district("望京", catalogue.districts).to_confirm


def test_an_address_names_its_district(catalogue: Catalogue) -> None:
    found = district_in("延庆县示例街1号", catalogue.districts)
    assert found is not None
    assert found.name == "延庆区"


@pytest.mark.parametrize(
    "text",
    [
        "谢谢",
        "好的",
        "上一步",
        "转人工",
        "高中专业填啥？",
        "我初中也要填吗",
        "烦死了",
        "垃圾系统",
        "嗯嗯",
        "123",
        "?",
        "https://x.cn",
        "岗位写经理行吗",
    ],
)
def test_talk_is_no_answer_to_a_free_text_question(text: str) -> None:
    with pytest.raises(NotAnAnswer):
        read_free_text(text, shortest=1, longest=60)


@pytest.mark.parametrize(
    "text",
    [
        "长春市第十一高中",
        "吉林大学",
        "University of Manchester",
        "后端开发",
        "示例控股有限公司",
        "经理",
        "朝阳区建国路88号",
    ],
)
def test_names_are_answers(text: str) -> None:
    assert read_free_text(text, shortest=2, longest=60) == text


@given(st.text(max_size=80))
def test_no_text_breaks_the_reading_of_free_text(text: str) -> None:
    try:
        assert read_free_text(text, shortest=1, longest=60)
    except DomainError as error:
        assert text.strip() not in str(error) or not text.strip() or text.strip() in error.code


def test_masks_never_show_the_whole() -> None:
    assert mask_id_number("220101198501013345") == "2201*****3345"
    assert mask_phone("13321212121") == "133****2121"
    assert mask_email("zhang@example.com") == "z***@example.com"
    assert mask_name("王小明") == "王**"


def test_an_address_that_begins_an_encoded_word_is_refused() -> None:
    """A mailer could read other recipients out of it."""
    assert not is_email("=?utf-8?q?a@b.cn=2C@example.com")
    assert not is_email("=?utf-8?q?a?=@example.com")
