"""Numbers, dates and words: vectors of the field dictionary and properties."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.extract.moments import full_year, read_spans
from nlu.extract.numbers import chinese_number, id_check_character, is_id_number, is_tax_number, tax_check_character
from nlu.extract.reading import read

TODAY = date(2026, 11, 21)
MONTHS = st.tuples(st.integers(1990, 2026), st.integers(1, 12))


def get(text: str, field: str) -> str | None:
    return read(text, today=TODAY).get(field)


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014", "110229198807150030", "220101198501013344", "130102199208201214"])
def test_published_id_numbers_are_valid(number: str) -> None:
    assert is_id_number(number, today=TODAY) == (number != "440524188001010014")  # born 1880: older than anybody who applies


@pytest.mark.parametrize("number", ["110119199002290016", "130102199208201215", "990102199208201214", "13010219920820121"])
def test_wrong_id_numbers_are_refused(number: str) -> None:
    assert not is_id_number(number, today=TODAY)


@given(st.sampled_from(["110101", "220101", "440524", "510104"]), st.dates(date(1950, 1, 1), date(2008, 1, 1)), st.integers(0, 999))
def test_an_id_number_never_becomes_a_value(area: str, born: date, serial: int) -> None:
    first = f"{area}{born:%Y%m%d}{serial:03d}"
    number = first + id_check_character(first)
    values = read(f"我的身份证是{number}，麻烦了", today=TODAY).values
    assert any(v.field == "secret_typed" and v.value == "id_number" for v in values)
    assert not any(number[6:] in v.value or number in v.value for v in values)


@pytest.mark.parametrize("code", ["91110108551385082Q", "91110105MA0X5A9MF0", "91110105MA0QRCW7H0"])
def test_published_tax_numbers_are_valid(code: str) -> None:
    assert is_tax_number(code) and get(f"税号{code}", "tax_no") == code


@given(st.text(alphabet="0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=17, max_size=17))
def test_every_tax_number_with_its_check_character_is_valid_and_no_other(first: str) -> None:
    right = tax_check_character(first)
    assert is_tax_number(first + right)
    assert not is_tax_number(first + ("A" if right != "A" else "B"))


@pytest.mark.parametrize(
    "text",
    ["138 1234 5678", "138-1234-5678", "+86 13812345678", "电话一三八一二三四五六七八", "手机号幺三八一二三四五六七八", "１３８１２３４５６７８", "(+86)138.1234.5678"],
)
def test_a_phone_number_in_any_dress(text: str) -> None:
    assert get(text, "phone") == "13812345678"


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["{}", "手机{}。", "我的号码是 {} 谢谢", "+86{}"]))
def test_a_phone_number_survives_any_sentence(number: str, sentence: str) -> None:
    assert get(sentence.format(number), "phone") == number


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_phone_number_spoken_digit_by_digit_is_the_same(number: str) -> None:
    assert get("".join("零一二三四五六七八九"[int(d)] for d in number), "phone") == number


@given(
    st.lists(st.from_regex(r"[a-z][a-z0-9_]{2,8}@(qq|163|gmail)\.com", fullmatch=True), min_size=1, max_size=4, unique=True),
    st.sampled_from([";", "；", ",", "，", "、", " ", "\n", "和", " 还有"]),
)
def test_addresses_are_found_whatever_stands_between_them(addresses: list[str], separator: str) -> None:
    assert get(separator.join(addresses), "emails") == ";".join(addresses)


@given(MONTHS, st.sampled_from(["{y}.{m}", "{y}年{m}月", "{y}-{m:02d}", "{y}/{m}", "{y}{m:02d}", "{y}年{m}月份"]))
def test_a_month_in_every_form_is_the_same_month(month: tuple[int, int], form: str) -> None:
    y, m = month
    spans = read_spans(form.format(y=y, m=m), today=TODAY)
    assert [span.first.as_month() for span in spans] == [f"{y}-{m:02d}"]


@given(MONTHS, MONTHS, st.sampled_from(["-", "~", "—", "到", "至", " - "]), st.sampled_from(["{y}.{m}", "{y}年{m}月"]))
def test_a_range_in_every_form_is_the_same_range(a: tuple[int, int], b: tuple[int, int], separator: str, form: str) -> None:
    first, last = sorted((a, b))
    text = separator.join(form.format(y=y, m=m) for y, m in (first, last))
    values = read(f"{text}吉林大学本科", today=TODAY)
    assert (values.get("start"), values.get("end")) == ("%d-%02d" % first, "%d-%02d" % last)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2006.9-2010.6", [("2006-09", "2010-06")]), ("08级", [("2008", None)]), ("18年9月", [("2018-09", None)]), ("2018年4月至今", [("2018-04", "OPEN")]),
     ("2018.4-现在", [("2018-04", "OPEN")]), ("去年六月", [("2025-06", None)]), ("2018年3月到9月", [("2018-03", "2018-09")]), ("12-15在清华", [("2012", "2015")]),
     ("06.9-10.6", [("2006-09", "2010-06")]), ("二零零六年九月到二零一零年六月", [("2006-09", "2010-06")]), ("200609-201006", [("2006-09", "2010-06")]),
     ("有3年经验，干了12年", []), ("2021.05.08", [("2021-05", None)]), ("上个月", [("2026-10", None)])],
)
def test_dates_as_people_write_them(text: str, expected: list[tuple[str, str | None]]) -> None:
    spans = read_spans(text, today=TODAY)
    assert [(s.first.as_month(), s.last.as_month() if s.last else None) for s in spans] == expected


def test_a_relative_month_is_asked_back() -> None:
    assert [v.confirm for v in read("去年六月毕业的", today=TODAY).values if v.field == "end"] == [True]


@given(st.integers(0, 99))
def test_two_digits_are_a_year_at_most_ten_ahead(two: int) -> None:
    year = full_year(two, today=TODAY)
    assert year % 100 == two and TODAY.year - 90 <= year <= TODAY.year + 10


@pytest.mark.parametrize(("text", "number"), [("十", 10), ("十一", 11), ("二十三", 23), ("一百二十", 120), ("3", 3)])
def test_chinese_numbers(text: str, number: int) -> None:
    assert chinese_number(text) == number


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [("延庆县", "district", "延庆区"), ("公司在宣武区", "district", "西城区"), ("密云县", "district", "密云区"), ("亦庄", "district", "北京经济技术开发区"),
     ("选2", "option", "2"), ("第二个", "option", "2"), ("就第二个时间", "option", "2"), ("选B", "option", "2"), ("删掉第二段", "ordinal", "2"),
     ("删掉最后一段", "ordinal", "-1"), ("改一下手机号", "field", "phone"), ("学习经历重填", "section", "education"), ("往上一点", "direction", "up"),
     ("再大一点", "direction", "bigger"), ("续前怎么弄", "business_type", "RENEW"), ("我跳槽了", "business_type", "EMPLOYER"),
     ("加孩子", "business_type", "DEPENDANT"), ("搬家了要变更地址", "business_type", "ADDRESS"), ("更新学历信息", "business_type", "GENERAL"),
     ("我是第一次办", "business_type", "NEW"), ("单身证明去哪开", "material_item", "FA03"), ("月薪1.9万", "money", "19000"),
     ("党员", "political", "中共党员"), ("满族", "ethnicity", "满族"), ("农村户口", "hukou_nature", "农业"), ("集体户", "hukou_kind", "集体户"),
     ("没有职称", "title", "无"), ("单号GJ20260315-00042", "case_no", "GJ20260315-00042"), ("去年有两个月个税是0", "C_TAX_ZERO", "有"),
     ("我要办居住证", "topic", "residence_permit"), ("积分落户怎么算", "topic", "points_settlement"), ("密码是abc12345", "secret_typed", "password")],
)
def test_words_with_a_meaning(text: str, field: str, value: str) -> None:
    assert value in read(text, today=TODAY).all(field)


def test_the_work_residence_permit_is_not_the_residence_permit() -> None:
    assert get("我要办工作居住证", "topic") is None


@given(st.text(max_size=120))
def test_nothing_that_can_be_typed_breaks_the_reading(text: str) -> None:
    for value in read(text, today=TODAY).values:
        assert 0 <= value.start <= value.end
