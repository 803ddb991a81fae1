"""Words by which a message says what it is to an earlier one, and words that only look so."""

from __future__ import annotations

import pytest

from records.extracts import Extract
from records.filings import Submission
from tests.filing_values import COORDINATOR, extract, file, message, summary

DEEDS = "10月9日，我院举办重阳节文艺演出，走访慰问独居老人22人，送去慰问品22份。"
QUOTED = "\n-----原始邮件-----\n发件人: 院办<kn@qq.com>\n主题: 静安养老院敬老月总结\n\n总结见附件。"


def submitted(subject: str, body: str, *extracts: Extract, sender: str = "kn@qq.com") -> Submission:
    """The best suggestion for that mail, with a report attached unless other files are given."""
    papers = extracts or (extract("总结.docx", summary("静安养老院")),)
    found = file(message(subject, body, sender), *papers).submissions
    assert found, "it should be a report"
    return found[0]


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("更正：静安养老院敬老月总结", "请查收。"),
        ("【更正】静安养老院总结", ""),
        ("静安养老院敬老月总结（更正版）", "见附件"),
        ("静安养老院敬老月总结（重发）", "见附件"),
        ("重新报送静安养老院敬老月总结", "见附件"),
        ("回复：静安养老院总结", "更正见附件，谢谢。"),
        ("静安养老院总结", "请以此为准。"),
        ("静安养老院总结", "请以今天发的这份为准，昨天的作废。"),
        ("静安养老院总结", "以本邮件附件为准。"),
        ("静安养老院总结", "前次报送的数据有误，请查收。"),
        ("静安养老院总结", "上午发的附件打不开，现重发。"),
        ("静安养老院总结", "刚才发错附件了，这份才是。"),
        ("静安养老院总结", "不好意思，附件发错了，重新发一下。"),
        ("静安养老院总结", "10月30日报送的总结中慰问人数写错了，请更正。"),
        ("静安养老院总结", "修改后的总结见附件。"),
        ("静安养老院总结", "再发一遍，怕领导没收到。"),
        ("静安养老院总结", "特此更正，给您添麻烦了。"),
        ("静安养老院总结", "替换之前的那份。"),
        ("静安养老院总结", "上一封请忽略。"),
        ("静安养老院总结", "补充更正：慰问人数应为126人，完整总结见附件。"),
        ("静安养老院总结", "漏了附件，现重新发送完整的总结。"),
        ("Summary (corrected)", "静安养老院：please ignore the previous mail."),
    ],
)
def test_a_message_says_that_it_corrects_or_repeats(subject: str, body: str) -> None:
    """更正, 重发, 以此为准 in all their wordings, whichever date they name."""
    found = submitted(subject, body)
    assert found.sign == "correction"
    assert any(one.for_ == "correction" and one.text for one in found.evidence)


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("静安养老院敬老月总结", "见附件"),
        ("静安养老院敬老月总结", "请查收，如附件打不开请告知，我们重发。"),
        ("静安养老院敬老月总结", "如有错误请退回，我们及时更正。"),
        ("静安养老院敬老月总结", "附件能打开吗？需要重新报送吗？"),
        ("静安养老院敬老月总结", "内容以附件为准。"),
        ("静安养老院敬老月总结", "请以盖章扫描件为准。"),
        ("静安养老院敬老月总结", "无需重新报送纸质件。"),
        ("静安养老院修订应急预案", DEEDS + "修订完善应急预案1个，更正标识3处。静安养老院"),
        ("静安养老院重新发放慰问品", DEEDS + "重新发放宣传册200份，组织老人重新报名。静安养老院"),
        ("静安养老院隐患排查", DEEDS + "10月12日上午检查发现消防台账数据有误2处，当场更正。静安养老院"),
        ("静安养老院文艺演出", DEEDS + "演出替代了原定的座谈会，上次活动中提到的问题已经解决。静安养老院"),
        ("静安养老院设备更新情况", DEEDS + "修正后的流程已上墙，以优质服务为准则。静安养老院"),
        ("静安养老院废旧药品作废药处理", DEEDS + "集中处理过期药。静安养老院"),
    ],
)
def test_words_of_the_work_are_no_correction(subject: str, body: str) -> None:
    """修订预案, 重新发放, 数据有误 tell of what was done; 如打不开 and questions only of what might be."""
    papers = () if DEEDS not in body else (extract("1.jpg"),)
    assert submitted(subject, body, *papers).sign == ""


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("静安养老院敬老月照片（补报）", "补报活动照片。"),
        ("静安养老院敬老月总结", "附件漏发，现补发。"),
        ("静安养老院敬老月总结", "刚才忘记添加附件，现补上。"),
        ("补充材料：静安养老院", "补充签到表一份。"),
        ("静安养老院敬老月总结", "漏传了统计表，补传一份。"),
        ("补发照片", "补发照片，请以盖章件为准。静安养老院"),
    ],
)
def test_a_supplement_is_no_correction(subject: str, body: str) -> None:
    """补发, 漏发 bring what an earlier one lacked: they add and replace nothing."""
    assert submitted(subject, body).sign == "supplement"


def test_the_last_version_is_a_sign_of_its_own() -> None:
    """定稿 and 盖章版 count where the words are alike, so they are told from 更正."""
    assert submitted("静安养老院敬老月总结（最终版）", "见附件").sign == "version"
    assert submitted("静安养老院", "见附件", extract("总结-盖章扫描件.pdf", summary("静安养老院"))).sign == "version"
    assert submitted("静安养老院敬老月总结", "见附件").sign == ""


def test_a_correction_in_the_file_name_or_in_what_is_passed_on_counts() -> None:
    """A coordinator who forwards a correction forwards a correction."""
    renamed = extract("静安养老院总结（更正）.docx", summary("静安养老院"))
    assert submitted("静安养老院", "见附件", renamed).sign == "correction"
    passed_on = submitted("转发：静安养老院总结", "请以这份为准" + QUOTED, sender=COORDINATOR)
    assert passed_on.sign == "correction"
    inner = submitted("转发：静安养老院总结", "请收" + QUOTED.replace("主题: ", "主题: 更正："), sender=COORDINATOR)
    assert inner.sign == "correction"
    assert submitted("转发：静安养老院总结", "请收" + QUOTED, sender=COORDINATOR).sign == ""


@pytest.mark.parametrize(
    ("body", "partial"),
    [
        ("更正：慰问人数应为130人，其余不变。", True),
        ("更正：静安养老院敬老月总结中义诊场次应为3场。", True),
        ("更正后的总结见附件，以此为准。", False),
    ],
)
def test_a_correction_of_some_figures_is_told_from_a_whole_one(body: str, partial: bool) -> None:
    """其余不变, or a note without a paper: what it does not state stands as it was."""
    attached = (extract("总结.docx", summary("静安养老院")),) if "附件" in body else ()
    sent = message("更正：静安养老院敬老月总结", body + "静安养老院", "kn@qq.com")
    found = file(sent, *attached).submissions
    assert [(one.sign, one.partial) for one in found[:1]] == [("correction", partial)]
