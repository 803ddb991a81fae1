"""What a person reads in each of the notices in tests/notices/: the truth that the reader is held to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

NOTICES = Path(__file__).with_name("notices")


@dataclass(frozen=True)
class Due:
    """A requirement as a person would note it; ``due`` is local time to the minute, None where no date is told."""

    kind: str
    due: str | None
    required: bool = True
    what: str = ""  # words that must stand in it
    only: tuple[str, ...] = ()  # categories


@dataclass(frozen=True)
class Case:
    """One notice's truth."""

    file: str
    id: str
    title: str
    issuer: str
    issued_on: str
    period: tuple[str, str] | None
    addressees: int
    dues: tuple[Due, ...]
    activities: tuple[str, ...]  # how their titles begin
    number: str | None = None
    theme: str = ""
    voluntary: tuple[str, ...] = ()
    own_periods: tuple[tuple[str, str, str], ...] = ()
    mailboxes: tuple[str, ...] = ()
    contacts: tuple[tuple[str, str], ...] = ()
    measures: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The notice."""
        return (NOTICES / f"{self.file}.txt").read_text("utf-8")


def weekly(kind: str, *days: str, hour: str = "23:59", what: str = "") -> tuple[Due, ...]:
    """One requirement for each of ``days``."""
    return tuple(Due(kind, f"{day}T{hour}", what=what) for day in days)


def day(text: str) -> date:
    """A date out of ISO 8601."""
    return date.fromisoformat(text)


_SAMPLE = Case(
    file="2025-safety-month-notice",
    id="2025-anquan-shengchan-yue",
    title="重庆市渝北区卫生健康委员会关于开展2025年全区卫生健康系统“安全生产月”活动的通知",
    issuer="重庆市渝北区卫生健康委员会",
    issued_on="2025-05-26",
    period=("2025-05-30", "2025-06-30"),
    theme="人人讲安全、个个会应急—查找身边安全隐患",
    addressees=3,
    dues=(
        Due("summary", "2025-06-30T23:59", what="活动总结"),
        Due("material", None, required=False, what="视频、图片、文字等资料"),
    ),
    activities=(
        "深入宣传贯彻习近平总书记关于安全生产",
        "组织参加2025年全市“安全生产月”启动仪式",
        "组织开展“安全宣传咨询日”活动",
        "组织参加“安全隐患我查找”网络知识答题活动",
        "组织参加“查找身边隐患",
        "组织开展“安全隐患排查和消除隐患演练”行动",
        "持续推进安全宣传“五进”工作",
    ),
    voluntary=("4", "5"),
    own_periods=(("5", "2025-06-01", "2025-12-31"),),
    mailboxes=("00000000@qq.com",),
    contacts=(("安稳办值班室", "00000000"),),
)

CASES = (
    _SAMPLE,
    Case(
        file="education-fire-week",
        id="2025-119-xiaofang-anquan-xuanchuan-jiaoyu-yue",
        title="云溪区教育局关于组织开展2025年“119”消防安全宣传教育月活动的通知",
        issuer="云溪区教育局",
        number="云教安〔2025〕17号",
        issued_on="2025-10-22",
        period=("2025-11-01", "2025-11-30"),
        theme="全民消防、生命至上",
        addressees=4,
        dues=(
            Due("summary", "2025-12-05T17:30", what="活动总结及图片", only=("公办学校",)),
            Due("summary", "2025-12-08T17:00", what="活动总结及图片", only=("民办教育机构",)),
        ),
        activities=(
            "开展消防安全“开学一课”",
            "组织疏散逃生演练",
            "开展火灾隐患自查自改",
            "举办消防主题绘画和征文比赛",
            "参观消防科普教育基地",
        ),
        voluntary=("4",),
        mailboxes=("yxq_anquan@example.com",),
        contacts=(("周老师", "0000-00000021"),),
    ),
    Case(
        file="civil-affairs-winter-care",
        id="2025-handong-songwen-nuan",
        title="青石县民政局青石县残疾人联合会关于开展2025年“寒冬送温暖”专项救助行动的通知",
        issuer="青石县民政局、青石县残疾人联合会",
        number="青民发〔2025〕41号",
        issued_on="2025-11-25",
        period=("2025-12-01", "2026-03-15"),
        addressees=4,
        dues=(
            Due("material", "2025-12-03T23:59", what="联络员名单"),
            *weekly("material", "2025-12-25", "2026-01-25", "2026-02-25", what="工作进展"),
            Due("summary", "2026-03-20T23:59", what="专项行动工作总结"),
        ),
        activities=("开展街面巡查救助", "开展入户走访探视", "开展养老机构安全检查", "鼓励社会力量参与"),
        voluntary=("4",),
        mailboxes=("qsmz@example.com", "qscl@example.org"),
        contacts=(("社会救助科陈某", "00000031"), ("县残联罗某", "00000032")),
    ),
    Case(
        file="health-worldaidsday",
        id="2025-shijie-aizi-bingri",
        title="关于做好2025年“世界艾滋病日”宣传活动的通知",
        issuer="江州市疾病预防控制局",
        issued_on="2025-11-14",
        period=("2025-11-21", "2025-12-20"),
        theme="社会共治，终结艾滋，共享健康",
        addressees=4,
        dues=(
            Due("material", "2025-11-30T23:59", what="中期简报", only=("区县",)),
            Due("summary", "2025-12-20T23:59", what="宣传活动总结、活动统计表", only=("区县",)),
            Due("material", None, required=False, what="典型经验"),
        ),
        activities=("举办主题宣传活动", "推进重点人群干预", "开展医疗机构培训", "线上知识竞赛"),
        voluntary=("4",),
        own_periods=(("1", "2025-11-28", "2025-12-01"), ("4", "2025-11-20", "2025-12-31")),
        mailboxes=("jzcdc_hiv@example.com",),
        contacts=(("李某某", "00000041"), ("王某", "00000042")),
        measures=("讲座场次", "免费检测人数", "发放试剂盒数量"),
    ),
    Case(
        file="culture-reading-plan",
        id="2025-shuxiang-jiangzhou",
        title="关于印发《2025年江州市“书香江州”全民阅读季活动方案》的通知",
        issuer="江州市文化和旅游委员会、江州市新闻出版局",
        number="江文旅发〔2025〕9号",
        issued_on="2025-03-28",
        period=("2025-04-01", "2025-11-20"),
        theme="阅读点亮生活",
        addressees=4,
        dues=(
            Due("material", "2025-04-15T23:59", what="活动实施方案", only=("区县", "市图书馆")),
            Due("material", "2025-07-15T23:59", what="阶段性总结", only=("区县", "市图书馆")),
            Due("summary", "2025-11-20T23:59", what="全面总结", only=("区县", "市图书馆")),
        ),
        activities=("启动仪式暨城市书市", "“百姓荐书”推荐活动", "流动图书车进乡村", "阅读推广人培训", "夜间书房开放"),
        voluntary=("5",),
        mailboxes=("whlyw_ggc@example.com",),
        contacts=(("", "00000051"),),
    ),
    Case(
        file="school-hygiene-plain",
        id="2025-tongzhi",
        title="通知",
        issuer="云溪区第三小学",
        issued_on="2025-09-05",
        period=("2025-09-08", "2025-09-26"),
        addressees=1,
        dues=(Due("summary", "2025-09-28T23:59", what="活动总结和照片"),),
        activities=("开展教室大扫除", "开展手卫生", "开展食堂和小卖部食品安全检查", "组织“小手拉大手”家庭卫生日活动"),
        mailboxes=("deyuchu@example.com",),
        contacts=(("德育处", "00000061"),),
    ),
    Case(
        file="market-no-deadline",
        id="2025-tezhong-shebei-anquan-xuanchuan",
        title="关于开展特种设备安全宣传活动的通知",
        issuer="青石县市场监督管理局",
        issued_on="2025-07-01",
        period=None,
        addressees=1,
        dues=(Due("summary", None, what="活动开展情况"),),
        activities=("张贴电梯安全乘用须知", "开展作业人员培训"),
        mailboxes=("tsk@example.com",),
    ),
    Case(
        file="youth-league-sections",
        id="2025-qingchun-zhiyuan-xing",
        title="关于开展“青春志愿行”暑期志愿服务活动的通知",
        issuer="共青团江州市委员会",
        number="江团办发〔2025〕23号",
        issued_on="2025-07-11",
        period=("2025-07-11", "2025-08-31"),
        addressees=2,
        dues=(
            *weekly(
                "material",
                *("2025-07-11", "2025-07-18", "2025-07-25", "2025-08-01"),
                *("2025-08-08", "2025-08-15", "2025-08-22", "2025-08-29"),
                hour="17:00",
                what="活动动态",
            ),
            Due("summary", "2025-09-05T23:59", what="工作总结"),
        ),
        activities=("组织“七彩假期”", "组织文明交通", "组织生态环保", "组织社区助老"),
        mailboxes=("jztw@example.com",),
        contacts=(("宋某", "00000071"), ("胡某", "00000072")),
    ),
    Case(
        file="scan-water-safety",
        id="2025-liuge-yi",
        title="关于开展2025年夏季预防中小学生溺水“六个一”专项行动的通知",
        issuer="云溪区防溺水工作联席会议办公室",
        issued_on="2025-05-30",
        period=("2025-06-01", "2025-09-30"),
        addressees=3,
        dues=(
            *weekly("material", "2025-06-30", "2025-07-31", "2025-08-31", "2025-09-30", what="当月工作开展情况"),
            Due("summary", "2025-09-25T23:59", what="专项行动总结"),
        ),
        activities=(
            "召开一次专题家长会",
            "开展一次隐患大排查",
            "组织一次应急救援演练",
            "落实一支巡护队伍",
            "推送一批提醒信息",
            "举办一场游泳技能培训",
        ),
        voluntary=("6",),
        mailboxes=("yxfns@example.com",),
        contacts=(("江某", "023-00000081"),),
    ),
    Case(
        file="housing-bare-headings",
        id="2026-qiaomen-xingdong",
        title="江州市住房和城乡建设委员会办公室关于开展2026年城镇燃气安全“敲门行动”的通知",
        issuer="江州市住房和城乡建设委员会办公室",
        issued_on="2025-12-12",
        period=("2025-12-20", "2026-02-10"),
        addressees=2,
        dues=(
            *weekly(
                "material",
                *("2025-12-25", "2026-01-01", "2026-01-08", "2026-01-15", "2026-01-22", "2026-01-29", "2026-02-05"),
                hour="12:00",
                what="进度表",
            ),
            Due("summary", "2026-02-15T23:59", what="敲门行动总结"),
        ),
        activities=("入户安检全覆盖", "餐饮场所专项检查", "宣传教育进万家"),
        mailboxes=("ranqi@example.com",),
        contacts=(("高某", "00000091"),),
    ),
    Case(
        file="emergency-joint-relative",
        id="2025-fangzai-jianzai-xuanchuan-zhou",
        title="关于组织开展2025年“防灾减灾宣传周”系列活动的通知",
        issuer="江州市应急管理局、江州市气象局、江州市水利局",
        issued_on="2025-04-22",
        period=("2025-05-10", "2025-05-16"),
        addressees=4,
        dues=(
            Due("material", "2025-04-30T23:59", what="活动方案", only=("区县应急局",)),
            Due("summary", "2025-05-20T23:59", what="活动总结", only=("区县应急局",)),
            Due("summary", "2025-05-21T23:59", what="总结材料", only=("市减灾委成员单位",)),
            Due("material", None, required=False, what="活动信息"),
        ),
        activities=("集中宣传日", "应急避险演练", "风险隐患排查", "科普知识“五进”"),
        mailboxes=("yjj.jz@example.gov.cn",),
        contacts=(("", "00000101"),),
    ),
    Case(
        file="education-rule-of-law",
        id="2025-fazhi-jinxiao-yuan",
        title="关于做好2025年春季学期“法治进校园”活动的通知",
        issuer="江州市教育委员会",
        number="江教基函〔2025〕第3号",
        issued_on="2025-03-03",
        period=("2025-03-01", "2025-06-30"),
        theme="学法守法，护航成长",
        addressees=2,
        dues=(
            Due("material", "2025-05-20T23:59", what="作品"),
            Due("material", "2025-04-10T23:59", what="活动方案"),
            Due("summary", "2025-06-25T23:59", what="活动总结和《法治进校园活动情况统计表》"),
        ),
        activities=("法治副校长讲一堂课", "举办模拟法庭", "法治手抄报评比", "组织参观法治教育基地"),
        voluntary=("4",),
        mailboxes=("jwfzc@example.com",),
        contacts=(("刘某", "023-00000111"),),
    ),
    Case(
        file="village-hygiene",
        id="2025-dongchun-jiai-guowei-shengyun-dong",
        title="关于开展冬春季爱国卫生运动的通知",
        issuer="青石县桃园镇人民政府",
        issued_on="2025-11-18",
        period=("2025-11-20", "2026-02-28"),
        addressees=2,
        dues=(
            *(
                Due("material", f"{on}T23:59", what="进展情况", only=("村（社区）",))
                for on in (
                    *("2025-11-20", "2025-12-05", "2025-12-20", "2026-01-05"),
                    *("2026-01-20", "2026-02-05", "2026-02-20"),
                )
            ),
            Due("summary", "2026-03-05T23:59", what="总结", only=("村（社区）",)),
        ),
        activities=("清理卫生死角", "消除病媒生物孳生地", "开展健康知识宣传", "改善农贸市场环境"),
        mailboxes=("zhen@example.com",),
        contacts=(("老张", "00000121"),),
    ),
    Case(
        file="union-safety-contest",
        id="2025-ankang-bei",
        title="关于开展“安康杯”竞赛活动的预通知",
        issuer="江州市总工会办公室",
        issued_on="2025-02-20",
        period=("2025-01-01", "2025-12-31"),
        addressees=2,
        dues=(
            Due("material", "2025-07-10T23:59", what="半年总结"),
            Due("summary", "2026-01-10T23:59", what="全年总结"),
        ),
        activities=("安全知识竞赛", "班组安全建设", "隐患随手拍", "应急救护培训"),
        mailboxes=("ldb@example.com",),
        measures=("参赛职工人数", "示范班组个数", "随手拍隐患条数", "培训救护员人数"),
    ),
    Case(
        file="care-homes-letter",
        id="2025-zhiliang-tisheng-nian",
        title="云溪区民政局关于报送2025年养老服务“质量提升年”工作情况的函",
        issuer="云溪区民政局",
        issued_on="2025-06-03",
        period=None,
        addressees=1,
        dues=(Due("summary", "2025-06-30T23:59", what="自查报告"),),
        activities=("消防安全自查", "食品安全自查", "服务质量自查"),
        mailboxes=("yanglao@example.com",),
        contacts=(("张某", "00000131"),),
    ),
    Case(
        file="company-safety-plan",
        id="2025-anquan-shengchan-yue",
        title="关于印发《2025年“安全生产月”活动实施方案》的通知",
        issuer="江州市水务集团有限公司安全生产委员会",
        number="水务安委〔2025〕6号",
        issued_on="2025-05-20",
        period=("2025-05-20", "2025-07-05"),
        theme="人人讲安全、个个会应急",
        addressees=2,
        dues=(
            *weekly(
                "material",
                *("2025-05-26", "2025-06-02", "2025-06-09", "2025-06-16", "2025-06-23", "2025-06-30"),
                hour="17:00",
                what="活动开展情况",
            ),
            Due("summary", "2025-07-05T23:59", what="总结报告、影像资料"),
        ),
        activities=("开展“一把手”讲安全公开课", "开展有限空间作业专项整治", "开展管网抢修应急演练", "自选动作"),
        voluntary=("4",),
        mailboxes=("ajb@example.com",),
        contacts=(("安全环保部赵某", ""),),
    ),
    Case(
        file="health-free-clinic-week",
        id="2025-fuwu-baixing-jiankang-xingdong-daxing-yizhen",
        title="青石县卫生健康局关于开展2025年服务百姓健康行动大型义诊活动周的通知",
        issuer="青石县卫生健康局",
        issued_on="2025-09-08",
        period=("2025-09-14", "2025-09-20"),
        addressees=1,
        dues=(
            *(
                Due("material", f"2025-09-{on}T18:00", what="当日义诊信息", only=("县级医院",))
                for on in ("16", "18", "20")
            ),
            Due("summary", "2025-09-22T12:00", what="工作总结"),
        ),
        activities=("集中义诊", "医疗机构义诊", "巡回医疗"),
        mailboxes=("a@example.com", "b@example.com"),
        contacts=(("县卫健局医政股吴某", "00000141"),),
    ),
    replace(_SAMPLE, file="2025-safety-month-scan", theme="人人讲安全、个个会应急一查找身边安全隐患"),
    Case(
        file="education-drowning-week",
        id="2025-zhongxiao-xuesheng-fangni-shuian-quanjiao-yuzhou",
        title="关于开展2025年中小学生防溺水安全教育周活动的通知",
        issuer="渝水区教育体育局办公室",
        issued_on="2025-06-03",
        period=("2025-06-09", "2025-06-13"),
        theme="珍爱生命 预防溺水",
        addressees=2,
        dues=(Due("summary", "2025-06-18T17:30", what="活动小结、现场照片及《活动情况统计表》"),),
        activities=("上好一堂安全课", "观看一部警示片", "发放一封家长信", "开展一次家访"),
        contacts=(("李某", "0790-0000011"), ("王某", "0790-0000012")),
        measures=("家访户数", "签订承诺书份数", "发放家长信数量"),
    ),
    Case(
        file="women-health-joint",
        id="2026-sanba",
        title="关于联合开展2026年“三八”妇女健康关爱行动的通知",
        issuer="XX县卫生健康局、XX县教育局、XX县妇女联合会",
        issued_on="2026-02-12",
        period=("2026-02-25", "2026-03-26"),
        addressees=4,
        dues=(
            *weekly("material", "2026-02-28", "2026-03-15", what="工作信息"),
            Due("summary", "2026-03-31T23:59", what="行动总结"),
        ),
        activities=("妇女“两癌”免费筛查", "健康大讲堂", "心理关爱热线", "自愿无偿献血"),
        voluntary=("4",),
        mailboxes=("fyg@example.com",),
        contacts=(("周某", "0000021"),),
        measures=("筛查人数", "讲座场次", "服务妇女人次"),
    ),
    Case(
        file="civil-respect-elders-month",
        id="2025-jinglao-yue",
        title="关于开展全省“敬老月”活动的通知",
        issuer="民政厅办公厅",
        number="〔2025〕民办函66号",
        issued_on="2025-09-08",
        period=("2025-10-01", "2025-10-31"),
        theme="敬老爱老助老 老有所为",
        addressees=2,
        dues=(
            Due("material", "2025-09-20T23:59", what="活动方案"),
            Due("material", "2025-10-15T23:59", what="中期进展情况"),
            Due("summary", "2025-11-10T23:59", what="活动总结"),
        ),
        activities=("深化走访慰问", "开展老年优待服务", "举办文化体育活动", "普及智能技术", "加强宣传报道"),
        mailboxes=("llc@example.gov.cn",),
        contacts=(("老龄处孙某", "00000031"),),
    ),
    Case(
        file="hospital-service-table",
        id="2025-fuwu-zhiliang-yue",
        title="关于印发2025年“服务质量月”活动方案的通知",
        issuer="青石县人民医院集团",
        number="青医集〔2025〕33号",
        issued_on="2025-08-25",
        period=("2025-09-01", "2025-09-30"),
        addressees=2,
        dues=(
            Due("material", "2025-09-25T23:59", what="自查报告"),
            Due("summary", "2025-10-08T12:00", what="活动总结"),
        ),
        activities=("晨间问候行动", "病历质量评比", "服务明星评选"),
        mailboxes=("zkk@example.com",),
    ),
    Case(
        file="village-forest-fire",
        id="2025-tongzhi",
        title="通知",
        issuer="桃园村村民委员会",
        issued_on="2025-04-01",
        period=("2025-04-01", "2025-05-31"),
        addressees=1,
        dues=(Due("summary", "2025-06-03T23:59", what="总结"),),
        activities=("每天用喇叭宣传", "在进山路口设卡登记", "清理坟边", "组织应急队员演练"),
    ),
    Case(
        file="quality-month-unnumbered",
        id="2025-zhiliang-yue",
        title="关于开展“质量月”活动的通知",
        issuer="江州市质量协会",
        issued_on="2025-08-20",
        period=("2025-09-01", "2025-09-30"),
        theme="加强全面质量管理 促进质量强国建设",
        addressees=1,
        dues=(Due("summary", "2025-09-30T17:30", what="活动开展情况"),),
        activities=("各单位组织开展质量知识培训", "各单位组织开展质量开放日", "各单位组织开展计量校准惠企服务"),
        mailboxes=("zl@example.com.cn",),
    ),
)
