"""Invented offices with rosters full of names that are easily mistaken for each other, and what their units did."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from filing.files.roster import read_roster
from filing.notice.reading import read_notice
from records.campaigns import CampaignContext
from records.units import Unit
from tests.filing_values import COORDINATOR, NOTICE, OTHER_NOTICE, ROSTER


@dataclass(frozen=True, slots=True)
class Office:
    """Two campaigns over one roster, and the words that reports on each use."""

    key: str
    issuer: str  # as units address it
    contexts: tuple[CampaignContext, ...]
    deeds: tuple[tuple[str, ...], ...]  # by campaign, one sentence an activity; {n} is a number
    themes: tuple[str, ...]
    strangers: tuple[str, ...]  # on no roster, though their names look alike
    ambiguous: tuple[str, ...] = ()  # that two units share

    @property
    def units(self) -> tuple[Unit, ...]:
        """The roster's units."""
        return self.contexts[0].roster.units

    def unit(self, code: str) -> Unit:
        """The unit of that code."""
        found = self.contexts[0].roster.unit(code)
        assert found is not None
        return found

    def parent_of(self, unit: Unit) -> Unit | None:
        """The unit that it belongs to by the roster."""
        return next((one for one in self.units if unit.parent and unit.parent in (one.code, *one.names)), None)


def _notice(issuer: str, theme: str, items: tuple[str, ...], due: str) -> str:
    marks = "一二三四五"
    listed = "\n".join(f"（{marks[at]}）{item}" for at, item in enumerate(items))
    return (
        f"{issuer}\n关于组织开展2025年“{theme}”活动的通知\n\n各有关单位：\n\n"
        f"决定组织开展2025年“{theme}”活动，现将有关事项通知如下：\n\n一、活动时间\n2025年10月1日—10月31日\n\n"
        f"二、活动内容\n{listed}\n\n三、有关要求\n请各单位于2025年{due}前将活动总结报送至{issuer}"
        f"（邮箱：report@example.com），活动照片、信息及时报送。\n\n{issuer}\n2025年9月22日\n"
    )


def _roster(rows: str) -> str:
    """Rows of ``name|aliases|former names|code of the parent``; every second unit has an address of its own."""
    prefix, *lines = rows.strip().splitlines()
    table = ["code,name,category,aliases,emails,former_names,parent"]
    for at, line in enumerate(lines, 1):
        name, aliases, former, parent = (*line.split("|"), "", "", "")[:4]
        code = f"{prefix}{at:02d}"
        email = f"{code.lower()}@163.com" if at % 2 else ""
        table.append(f'{code},{name},单位,"{aliases}",{email},{former},{parent}')
    return "\n".join(table) + "\n"


_SCHOOLS = _roster("""E
滨河市青河区第一中学|青河一中;Qinghe No. 1 Middle School
滨河市青河区第二中学|青河二中;Qinghe No. 2 Middle School
滨河市青河区第十一中学|青河十一中;Qinghe No. 11 Middle School
滨河市青河区第十二中学|青河十二中
滨河市青河区第一中学北校区|一中北校区||E01
滨河市青河区第一小学|青河一小
滨河市青河区第十一小学|青河十一小
滨河市青河区实验小学|青河实小;Qinghe Experimental Primary School
滨河市青河区实验小学附属幼儿园|实小附属幼儿园||E08
滨河市青河区实验中学|
滨河市青河区实验幼儿园|青河实幼
滨河市青河区第二实验小学|青河二实小
滨河市青河区柳林镇中心小学|柳林中心小学
滨河市青河区柳林镇中心幼儿园|柳林中心幼儿园
滨河市青河区柳林镇初级中学|柳林初中
滨河市青河区柳林镇中心小学李集教学点|李集教学点||E13
滨河市青河区双桥镇中心小学|双桥中心小学
滨河市青河区双桥镇杨庄小学|
滨河市青河区柳林镇杨庄小学|
滨河市青河区育才学校||滨河市青河区第五小学
滨河市青河区育才小学|
滨河市青河区育英小学|
滨河市青河区育英中学|
滨河市青河区外国语学校|青河外校;Qinghe Foreign Language School
滨河市青河区外国语学校附属小学|外校附小||E24
滨河市青河区职业教育中心|青河职教中心|滨河市青河区职业中学
滨河市青河区特殊教育学校|青河特校
滨河市青河区教师进修学校|
滨河市青河区阳光幼儿园|
滨河市青河区阳光宝贝幼儿园|
滨河市青河区金太阳幼儿园|
滨河市青河区金太阳双语幼儿园|Qinghe Golden Sun Bilingual Kindergarten
滨河市青河区枫林国际学校|Qinghe Maple Wood International School
""")
_VILLAGES = _roster("""T
石门县白鹤镇人民政府|白鹤镇
石门县黄龙镇人民政府|黄龙镇
石门县城关街道办事处|城关街道
石门县白鹤镇新民村村民委员会|白鹤镇新民村||T01
石门县黄龙镇新民村村民委员会|黄龙镇新民村||T02
石门县白鹤镇东风村村民委员会|白鹤镇东风村||T01
石门县黄龙镇东风社区居民委员会|黄龙镇东风社区||T02
石门县城关街道东风社区居民委员会|城关街道东风社区||T03
石门县白鹤镇白鹤村村民委员会|白鹤镇白鹤村||T01
石门县黄龙镇上河村村民委员会|||T02
石门县黄龙镇下河村村民委员会|||T02
石门县黄龙镇河口村村民委员会|||T02
石门县黄龙镇大河口村村民委员会|||T02
石门县城关街道北门社区居民委员会|北门社区||T03
石门县城关街道南门社区居民委员会|南门社区||T03
石门县白鹤镇农业综合服务中心|||T01
石门县白鹤镇综合文化服务中心|||T01
石门县白鹤镇中心小学|白鹤中心小学
石门县国有白鹤林场|白鹤林场
石门县太平乡人民政府|太平乡
石门县太平乡太平村村民委员会|||T20
石门县太平乡和平村村民委员会|||T20
石门县南坪镇人民政府|南坪镇|石门县南坪乡人民政府
石门县南坪镇和平村村民委员会|||T23
石门县南坪镇红星村村民委员会||石门县南坪乡红星村村民委员会|T23
石门县白鹤镇红星村村民委员会|||T01
石门县白鹤镇金星村村民委员会|||T01
石门县南坪镇红旗村村民委员会|||T23
石门县水利服务中心|县水利中心
石门县自来水有限责任公司|县自来水公司|石门县自来水厂
""")
_CLINICS = _roster("""H
云溪区第一人民医院|云溪一院;Yunxi First People's Hospital
云溪区第二人民医院|云溪二院
云溪区第十一人民医院|云溪十一院
云溪区人民医院|区人民医院;Yunxi People's Hospital
云溪区人民医院北院区|区医院北院区||H04
云溪区中医院|区中医院
云溪区中西医结合医院|
云溪区妇幼保健院|云溪妇幼|云溪区妇幼保健所
云溪区康宁医院|
云溪区康宁康复医院|
云溪区康宁精神病医院|
云溪区康宁护理院|
云溪区桃花街道社区卫生服务中心|桃花社卫中心
云溪区桃花街道社区卫生服务中心托育园|桃花托育园||H13
云溪区桃花街道城东社区卫生服务站|城东卫生服务站||H13
云溪区杏林街道社区卫生服务中心|杏林社卫中心
云溪区杏林街道城东社区卫生服务站|||H16
云溪区石鼓镇中心卫生院|石鼓卫生院|云溪区石鼓乡卫生院
云溪区石鼓镇石桥村卫生室|||H18
云溪区沙河镇石桥村卫生室|||H21
云溪区沙河镇卫生院|沙河卫生院
云溪区沙河镇卫生院五里分院|五里分院||H21
云溪区仁爱医院|Yunxi Ren'ai Hospital|云溪区仁爱门诊部
云溪区仁爱口腔医院|
云溪区仁和医院|
云溪区仁和堂中医门诊部|
云溪区疾病预防控制中心|云溪疾控
云溪区卫生健康综合行政执法大队|区卫生执法大队
云溪区急救中心|云溪120
云溪区血液管理中心|
云溪区爱尚口腔门诊部|
云溪区爱尚口腔门诊部万达店|爱尚口腔万达店||H31
云溪区小脚丫托育园|
云溪区小脚印托育园|
云溪区小天使托育中心|
云溪区新天使托育中心|
""")
_FIRMS = _roster("""F
江陵市恒远建设集团有限公司|恒远集团;Jiangling Hengyuan Construction Group Co., Ltd.
江陵市恒远建筑工程有限公司|恒远建筑||F01
江陵市恒远物业服务有限公司|恒远物业|江陵市恒达物业管理有限公司|F01
江陵市恒远物业服务有限公司城东分公司|恒远物业城东分公司||F03
江陵市恒信物业服务有限公司|恒信物业
江陵市长兴机械制造有限公司|长兴机械;Jiangling Changxing Machinery Co., Ltd.
江陵市长兴机电设备有限公司|长兴机电
江陵市长新机械制造有限公司|
江陵市新华印刷厂|
江陵市新华纸业有限公司|新华纸业
江陵市第一建筑工程公司|市一建
江陵市第二建筑工程公司|市二建
江陵市第十一建筑工程公司|
江陵市公共交通总公司|市公交公司
江陵市公共交通总公司第一分公司|公交一公司||F14
江陵市公共交通总公司第二分公司|公交二公司||F14
江陵市城市建设投资有限公司|市城投;Jiangling Urban Construction Investment Co., Ltd.
江陵市城市建设投资有限公司水务分公司|城投水务||F17
江陵市水务集团有限公司|市水务集团|江陵市自来水总公司
江陵市天河化工有限责任公司|天河化工
江陵市天河新材料科技股份有限公司|天河新材
江陵市天合化工有限责任公司|
江陵市金桥大酒店|金桥酒店
江陵市金桥商务酒店|
江陵市粮食储备库|
江陵市城东粮食储备库|
江陵市燃气有限公司|市燃气公司
江陵市城北燃气有限公司|
江陵市瑞丰食品有限公司|瑞丰食品;Jiangling Ruifeng Food Co., Ltd.
江陵市瑞丰农业发展有限公司|瑞丰农业
""")
_COURTS = _roster("""J
青岩县司法局城关司法所|城关司法所
青岩县司法局龙潭司法所|龙潭司法所
青岩县司法局龙泉司法所|龙泉司法所
青岩县司法局大龙潭司法所|大龙潭司法所
青岩县公安局城关派出所|城关派出所
青岩县公安局龙潭派出所|龙潭派出所
青岩县人民法院|县法院
青岩县人民法院龙潭人民法庭|龙潭法庭||J07
青岩县人民检察院|县检察院
青岩县公证处|
青岩县法律援助中心|县法援中心
青岩县龙潭镇人民政府|龙潭镇
青岩县龙泉镇人民政府|龙泉镇
青岩县龙潭镇中心小学|龙潭中心小学
青岩县龙潭镇中学|龙潭中学
青岩县龙潭镇龙潭社区居民委员会|龙潭社区||J12
青岩县龙潭镇桥头村村民委员会|||J12
青岩县龙泉镇桥头村村民委员会|||J13
青岩县市场监督管理局|县市场监管局|青岩县工商行政管理局
青岩县市场监督管理局龙潭市场监督管理所|龙潭市场监管所||J19
青岩县卫生健康局|县卫健局|青岩县卫生和计划生育局
青岩县教育局|县教育局
青岩县教育局教研室|县教研室||J22
青岩县税务局第一税务所|第一税务所
青岩县税务局第二税务所|第二税务所
青岩县供电公司|
青岩县供电公司龙潭供电所|龙潭供电所||J26
青岩县明德律师事务所|明德律所
青岩县明德商务咨询有限公司|
青岩县弘正律师事务所|弘正律所
""")
_CARE = """S15,东湖区东门社区卫生服务中心,卫生,东门社卫中心,,,
S16,东湖区晚晴养老服务中心,养老机构,晚晴养老中心;East Lake Wanqing Care Home,wq@qq.com,东湖区晚晴托老所,
S17,东湖区晚情养老院,养老机构,,,,
S18,东湖区大桥街道办事处,街道,大桥街道,dq@qq.com,,
S19,东湖区大桥街道综合养老服务中心,养老机构,,,,大桥街道
"""


def _office(
    key: str,
    issuer: str,
    roster: str,
    campaigns: tuple[tuple[str, str, tuple[str, ...]], ...],
    strangers: str,
    ambiguous: tuple[str, ...] = (),
    notices: tuple[str, ...] = (),
) -> Office:
    """``campaigns`` are (theme, notice or "", deeds)."""
    asked = [
        notices[at] if notices else _notice(issuer, theme, tuple(_ITEMS[theme]), due)
        for at, (theme, due, _) in enumerate(campaigns)
    ]
    contexts = []
    for notice in asked:
        campaign = read_notice(notice)
        units = read_roster(roster.encode(), "units.csv", campaign.id)
        contexts.append(CampaignContext(campaign, units, coordinators=(COORDINATOR,)))
    themes = tuple(theme for theme, _, _ in campaigns)
    deeds = tuple(told for _, _, told in campaigns)
    return Office(key, issuer, tuple(contexts), deeds, themes, tuple(strangers.split()), ambiguous)


_ITEMS = {
    "校园安全月": (
        "应急演练。各校要组织一次地震或消防应急疏散演练。",
        "安全讲座。邀请民警、交警到校开展交通安全、防诈骗讲座。",
        "隐患排查。对校舍、食堂、校车开展安全隐患排查整治。",
    ),
    "书香校园": (
        "经典诵读。举办经典诵读比赛。",
        "图书漂流。设立图书漂流角，开展图书交换。",
        "亲子共读。组织家长开展亲子共读。",
    ),
    "村庄清洁月": (
        "清理垃圾。组织村民清理房前屋后垃圾、沟渠淤泥。",
        "宣传引导。张贴宣传标语，发放倡议书。",
        "庭院评比。开展美丽庭院评比活动。",
    ),
    "森林防火宣传月": (
        "防火巡查。组织护林员开展防火巡查。",
        "扑火演练。组织森林扑火应急演练。",
        "防火宣传。悬挂防火横幅，发放防火宣传单。",
    ),
    "健康素养宣传月": (
        "健康义诊。组织医护人员到社区、学校开展义诊。",
        "健康讲座。开展慢性病防治健康讲座。",
        "科普宣传。发放健康素养宣传册，制作宣传栏。",
    ),
    "医疗质量提升月": (
        "质量检查。开展病历质量检查。",
        "技能竞赛。举办护理操作技能竞赛。",
        "患者回访。开展出院患者满意度回访。",
    ),
    "质量月": (
        "质量培训。组织职工参加全面质量管理培训。",
        "质量攻关。开展质量管理小组攻关。",
        "质量检查。开展产品和服务质量检查。",
    ),
    "职工安康月": (
        "职工体检。组织职工健康体检。",
        "职工运动会。举办职工趣味运动会。",
        "送温暖。走访慰问困难职工。",
    ),
    "宪法宣传月": (
        "宪法宣讲。组织宪法宣讲进机关、进学校、进乡村。",
        "法律咨询。设立咨询台，提供法律咨询服务。",
        "模拟法庭。举办模拟法庭和旁听庭审活动。",
    ),
    "政务服务提升月": (
        "窗口整改。整改办事窗口存在的问题。",
        "流程优化。优化办事流程，减少办事材料。",
        "满意度测评。开展群众满意度测评。",
    ),
}
_DEEDS = {
    "校园安全月": (
        "10月12日组织应急疏散演练1次，全校{n}人参加。",
        "10月15日邀请民警到校开展交通安全讲座2场，{n}名学生听讲。",
        "对校舍、食堂开展安全隐患排查，发现隐患{n}处，均已整改。",
    ),
    "书香校园": (
        "举办了经典诵读比赛，{n}名学生参加。",
        "设立图书漂流角{n}个，开展了图书交换。",
        "组织{n}名家长开展了亲子共读。",
    ),
    "村庄清洁月": (
        "组织村民{n}人次清理了房前屋后垃圾和沟渠淤泥。",
        "张贴宣传标语{n}条，发放了倡议书。",
        "开展了美丽庭院评比，评出{n}户。",
    ),
    "森林防火宣传月": (
        "组织护林员开展防火巡查{n}次。",
        "组织森林扑火应急演练1次，{n}人参加。",
        "悬挂防火横幅{n}条，发放了防火宣传单。",
    ),
    "健康素养宣传月": (
        "组织医护人员到社区开展义诊，服务群众{n}人次。",
        "开展慢性病防治健康讲座，{n}人听讲。",
        "发放健康素养宣传册{n}份，制作了宣传栏。",
    ),
    "医疗质量提升月": (
        "开展了病历质量检查，抽查病历{n}份。",
        "举办护理操作技能竞赛，{n}名护士参加。",
        "开展出院患者满意度回访{n}人次。",
    ),
    "质量月": (
        "组织职工{n}人参加了全面质量管理培训。",
        "开展质量管理小组攻关，完成课题{n}项。",
        "开展了产品和服务质量检查{n}次。",
    ),
    "职工安康月": (
        "组织职工{n}人进行了健康体检。",
        "举办了职工趣味运动会，{n}人参加。",
        "走访慰问困难职工{n}户。",
    ),
    "宪法宣传月": (
        "组织宪法宣讲进机关、进学校{n}场。",
        "设立咨询台，提供法律咨询{n}人次。",
        "举办了模拟法庭活动，{n}人旁听。",
    ),
    "政务服务提升月": (
        "整改了办事窗口存在的问题{n}个。",
        "优化办事流程{n}项，减少了办事材料。",
        "开展了群众满意度测评，回收问卷{n}份。",
    ),
    "敬老月": (
        "组织走访慰问独居、高龄老年人{n}人，送去了慰问品。",
        "组织志愿者为老年人开展义诊、理发，服务{n}人次。",
        "举办了重阳节文艺演出，{n}人观看。",
    ),
    "养老机构消防安全月": (
        "组织职工{n}人学习了灭火器使用方法。",
        "组织火灾疏散演练1次，{n}人参加。",
        "对厨房、配电房进行了火灾隐患排查，整改{n}处。",
    ),
}


def _pair(first: str, second: str) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    return ((first, "11月5日", _DEEDS[first]), (second, "11月15日", _DEEDS[second]))


@cache
def offices() -> dict[str, Office]:
    """All offices by key."""
    made = (
        _office(
            "schools", "滨河市青河区教育局", _SCHOOLS, _pair("校园安全月", "书香校园"),
            (
                "青河区第三中学 白河区第一中学 青河区实验小学南湖分校 青河区金太阳艺术幼儿园 "
                "双桥镇初级中学 青河区育英幼儿园 滨河市第一中学 青河区第二十一中学 柳林镇李集小学"
            ),
            ("杨庄小学",),
        ),
        _office(
            "villages", "石门县农业农村局", _VILLAGES, _pair("村庄清洁月", "森林防火宣传月"),
            (
                "白鹤镇新华村 太平乡红星村 小河口村 大庸县白鹤镇人民政府 黄龙镇综合文化服务中心 "
                "城关街道西门社区 石门县国有黄龙林场"
            ),
            ("新民村", "红星村", "东风社区", "和平村"),
        ),
        _office(
            "care", "滨海市东湖区民政局", ROSTER + _CARE, _pair("敬老月", "养老机构消防安全月"),
            (
                "夕阳红养老院城北分院 西湖区康宁老年公寓 东湖区金康宁老年公寓 桂花镇中心卫生院 "
                "东湖区第三社会福利院"
            ),
            ("东门社区",), (NOTICE, OTHER_NOTICE),
        ),
        _office(
            "clinics", "云溪区卫生健康委员会", _CLINICS, _pair("健康素养宣传月", "医疗质量提升月"),
            (
                "云溪区第三人民医院 云溪区康宁中医医院 云溪区人民医院南院 云溪市人民医院 "
                "桃花街道城西社区卫生服务站 云溪区爱尚口腔门诊部江北店 云溪区仁爱妇产医院 "
                "石鼓镇五里村卫生室 云溪区小天才托育中心"
            ),
            ("城东社区卫生服务站", "石桥村卫生室"),
        ),
        _office(
            "firms", "江陵市国有资产监督管理委员会", _FIRMS, _pair("质量月", "职工安康月"),
            (
                "江陵市恒远物业服务有限公司城西分公司 江陵市恒远装饰工程有限公司 江陵市长兴汽车有限公司 "
                "江陵市第三建筑工程公司 江陵市天河医药有限公司 襄州市瑞丰食品有限公司 "
                "江陵市公共交通总公司第三分公司"
            ),
        ),
        _office(
            "courts", "青岩县司法局", _COURTS, _pair("宪法宣传月", "政务服务提升月"),
            (
                "青岩县司法局龙湾司法所 青岩县公安局龙泉派出所 青岩县人民法院龙泉人民法庭 "
                "龙潭镇柏树村村民委员会 青岩县正义律师事务所 黔阳县龙潭镇人民政府 青岩县龙泉镇中心小学"
            ),
            ("桥头村",),
        ),
    )  # fmt: skip
    return {office.key: office for office in made}


SEEN = ("schools", "villages", "care")
UNSEEN = ("clinics", "firms", "courts")
