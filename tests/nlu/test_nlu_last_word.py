"""Of several values of one field the one that is meant; nothing of other people, other things or longer words."""

from __future__ import annotations

from datetime import date

import pytest

from nlu.classify.rules import certain_intent
from nlu.extract.reading import Reading, read

TODAY = date(2026, 11, 21)


def heard(text: str, asked: str | None = None) -> Reading:
    return read(text, today=TODAY, asked=asked)


@pytest.mark.parametrize(
    ("asked", "text", "value"),
    [
        ("ethnicity", "我爸是满族，我跟我妈，汉族", "汉族"),
        ("ethnicity", "我妈是回族我随我爸，汉族", "汉族"),
        ("ethnicity", "我爸是汉族，我妈是壮族，我随我妈", "壮族"),
        ("ethnicity", "以前报的汉族，后来改成土家族了", "土家族"),
        ("ethnicity", "我和我老婆都是汉族", "汉族"),
        ("political", "大学是共青团员，现在是群众", "群众"),
        ("political", "去年还是预备党员，现在转正成中共党员了", "中共党员"),
        ("political", "我老公是党员，我是群众", "群众"),
        ("political", "中共党员", "中共党员"),
        ("marital", "离婚了，去年又结婚了", "已婚"),
        ("marital", "离过一次，又结了", "已婚"),
        ("marital", "离过一次", "离婚"),
        ("hukou_nature", "原来是农业户口，后来转成非农业户口了", "城镇"),
        ("hukou_nature", "以前农业后来统一改居民了", "居民"),
        ("hukou_nature", "我老婆是农业户口，我是城镇户口", "城镇"),
        ("hukou_kind", "以前是集体户口，买房后变成家庭户口了", "家庭户"),
        ("hukou_place", "老家安徽的，户口读书迁到南京了，江苏省南京市栖霞区", "江苏省南京市栖霞区"),
        ("hukou_place", "我爱人北京户口，我是河北保定户口", "河北保定"),
        ("hukou_place", "户口想迁到北京，现在在河南省郑州市金水区", "河南省郑州市金水区"),
        ("phone", "旧号13500001111停用了，现在用13600002222", "13600002222"),
        ("phone", "现在用13600002222，旧号13500001111停用了", "13600002222"),
        ("phone", "13500001111换成13600002222了", "13600002222"),
        ("job", "刚开始是助理，后来升了主管", "主管"),
        ("job", "先做出纳，现在是会计", "会计"),
    ],
)
def test_of_several_values_the_one_that_holds_counts(asked: str, text: str, value: str) -> None:
    assert heard(text, asked).all(asked) == (value,)


@pytest.mark.parametrize(
    ("asked", "text"),
    [("hukou_place", "我老公北京户口"), ("phone", "我爱人是北京户口"), ("ethnicity", "我老婆是回族"), ("political", "我爸是党员"), ("marital", "我老公北京户口"),
     ("C_SPOUSE", "老公没有北京户口"), ("C_SPOUSE", "老公不是北京户口，跟我一起办")],
)
def test_what_is_told_of_others_is_nobodys_own(asked: str, text: str) -> None:
    told = heard(text, asked)
    assert not any(told.get(name) for name in ("hukou_place", "ethnicity", "political", "hukou_nature"))


@pytest.mark.parametrize("text", ["老公没有北京户口", "老婆不在北京", "爱人没工作"])
def test_a_spouse_who_lacks_something_is_not_dead(text: str) -> None:
    assert heard(text).get("marital") is None


@pytest.mark.parametrize(
    "text", ["澳大利亚", "在澳大利亚读的", "做过中大型项目", "我是人大代表", "住北大街那边", "南大街附近", "西湖大学旁边", "上海大众", "去过东南亚"]
)
def test_a_short_name_inside_a_longer_word_is_no_school(text: str) -> None:
    known = {"澳门大学", "中山大学", "中国人民大学", "北京大学", "南京大学", "湖南大学", "中国海洋大学", "东南大学"}
    assert not known & set(heard(text, "country").all("school") + heard(text).all("school"))


@pytest.mark.parametrize(("text", "school"), [("北大", "北京大学"), ("在澳大读的", "澳门大学"), ("中大毕业", "中山大学"), ("我在北大学的法律", "北京大学")])
def test_a_short_name_by_itself_is_still_a_school(text: str, school: str) -> None:
    assert heard(text, "school").get("school") == school


def test_the_country_of_a_school_abroad_is_the_one_named() -> None:
    told = heard("在悉尼读的，澳大利亚", "country")
    assert (told.get("country"), told.get("school")) == ("澳大利亚", None)


@pytest.mark.parametrize(
    ("asked", "text", "month"),
    [("start", "11年秋天入学，9月份", "2011-09"), ("end", "2019年底，12月", "2019-12"), ("start", "2018年，3月", "2018-03"), ("end", "2020年毕业，大概6月份吧", "2020-06")],
)
def test_a_bare_month_after_a_year_is_of_the_same_moment(asked: str, text: str, month: str) -> None:
    told = heard(text, asked)
    assert (told.all(asked), len(told.entries)) == ((month,), 1)


def test_a_month_with_a_role_of_its_own_stays_apart() -> None:
    assert "2015-07" not in heard("2015年毕业，7月入职示例科技有限公司", "employer").all("end")


@pytest.mark.parametrize(
    ("asked", "text", "value"),
    [
        ("job", "护士长", "护士长"),
        ("job", "中学语文老师", "中学语文老师"),
        ("job", "小学数学老师", "小学数学老师"),
        ("job", "我是初中英语老师", "初中英语老师"),
        ("employer", "毕业先在中铁十六局干了三年", "中铁十六局"),
        ("employer", "2015年7月到2018年6月在中建三局", "中建三局"),
        ("major", "学会计的", "会计"),
        ("major", "读金融学的", "金融学"),
        ("major", "学前教育", "学前教育"),
        ("major", "专业就是会计", "会计"),
        ("major", "专业是英语（商务方向）", "英语（商务方向）"),
        ("major", "学的是法学（知识产权方向）", "法学（知识产权方向）"),
    ],
)
def test_a_name_is_read_whole_and_alone(asked: str, text: str, value: str) -> None:
    assert heard(text, asked).all(asked) == (value,)


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("我老公北京户口", "已有工居证或京籍"),
        ("爱人是京籍", "已有工居证或京籍"),
        ("她已经有工作居住证了", "已有工居证或京籍"),
        ("老婆跟我一起办，她在北京上班", "随往·在京就业"),
        ("一起随往，她有工作", "随往·在京就业"),
        ("她全职在家带娃，一起随往", "随往·未就业"),
        ("老公没工作，跟我一起办", "随往·未就业"),
        ("不带配偶", "不随往"),
        ("不用带老婆", "不随往"),
        ("我自己办，不跟老公一起", "不随往"),
    ],
)
def test_what_is_told_of_the_spouse_is_one_of_the_options(text: str, option: str) -> None:
    assert heard(text, "C_SPOUSE").get("C_SPOUSE") == option


@pytest.mark.parametrize(("text", "value"), [("小时候改过一次", "是"), ("换过一次", "是"), ("从来没改过", "否")])
def test_a_name_that_was_changed_once_is_told_without_the_word_name(text: str, value: str) -> None:
    assert heard(text, "C_NAME_CHANGED").get("C_NAME_CHANGED") == value


@pytest.mark.parametrize("asked", ["employer", "C_NAME_CHANGED"])
@pytest.mark.parametrize("text", ["我们公司去年改过名", "单位前年改过名字"])
def test_the_new_name_of_a_company_is_not_the_applicants(text: str, asked: str) -> None:
    assert heard(text, asked).get("C_NAME_CHANGED") is None


@pytest.mark.parametrize("text", ["疫情公司倒闭了，待业", "因为公司倒闭了", "当时公司裁员"])
def test_a_company_without_a_name_is_no_employer(text: str) -> None:
    assert set(heard(text, "gap").all("employer")) <= {"待业"}


@pytest.mark.parametrize("text", ["统招的，正常考的大学", "自己考的研究生"])
def test_who_passed_for_a_university_tells_of_no_professional_title(text: str) -> None:
    assert heard(text, "study_identity").get("C_TITLE") is None


def test_to_be_married_again_is_an_answer_and_no_command() -> None:
    assert certain_intent(heard("离过一次，又结了", "marital")) == "inform"
