"""The organisations of the demonstration by name: the public bodies and those who bid."""

from dataclasses import dataclass
from typing import Final

from market.demo.people.kinds import Duty, OrganisationKind, Size
from market.demo.people.places import CITY, DISTRICTS, PROVINCE, Place

ORGAN: Final = "11"
INSTITUTION: Final = "12"
ENTERPRISE: Final = "91"

_QINGHE, _SONGQUAN, _WANGCHAO, _BAILU, _SHIFANG, _WEIXI = DISTRICTS
_D = Duty
_K = OrganisationKind


@dataclass(frozen=True, slots=True)
class Post:
    """A post that one person of the organisation fills."""

    zh: str
    en: str
    duties: tuple[Duty, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """An organisation as written down, before it gets its numbers and its people."""

    kind: OrganisationKind
    register: str
    zh: str
    en: str
    place: Place
    posts: tuple[Post, ...]
    size: Size | None = None
    fields: tuple[str, ...] = ()


def _head(zh: str, en: str) -> Post:
    return Post(zh, en, (_D.LEGAL_REPRESENTATIVE, _D.PERSON_IN_CHARGE))


_OPENING: Final = Post("开标官员", "Opening officer", (_D.OPENING_OFFICER,))
_BIDDING: Final = (
    Post("法定代表人", "Legal representative", (_D.LEGAL_REPRESENTATIVE,)),
    Post("总经理", "General manager", (_D.PERSON_IN_CHARGE,)),
    Post("投标专员", "Bid clerk", (_D.BID_CLERK,)),
)

PUBLIC_BODIES: Final = (
    Script(
        _K.PURCHASER,
        ORGAN,
        "云汀市清河区教育体育局",
        "Qinghe District Education and Sports Bureau of Yunting",
        _QINGHE,
        (
            _head("局长", "Director"),
            Post("采购专员", "Procurement officer", (_D.PROJECT_OFFICER,)),
            Post("采购人代表", "Purchaser's representative", (_D.OWNER_REPRESENTATIVE,)),
            _OPENING,
            Post("抽取见证人", "Draw party", (_D.DRAW_PARTY,)),
        ),
    ),
    Script(
        _K.AGENT,
        ENTERPRISE,
        "云汀砚衡招标代理有限公司",
        "Yunting Yanheng Tendering Agency Co., Ltd.",
        _SONGQUAN,
        (
            _head("总经理", "General manager"),
            Post("项目经理", "Project manager", (_D.AGENT_MANAGER,)),
        ),
        Size.SMALL,
    ),
    Script(
        _K.TRADING_CENTRE,
        INSTITUTION,
        "云汀市公共资源交易中心",
        "Yunting Public Resource Trading Centre",
        CITY,
        (
            _head("主任", "Director"),
            Post("入驻审核员", "Entry checker", (_D.ENTRY_CHECKER,)),
            Post("专家抽取经办人", "Draw operator", (_D.DRAW_OPERATOR,)),
            Post("专家库管理员", "Keeper of the expert register", (_D.REGISTER_KEEPER,)),
            _OPENING,
            Post("系统管理员", "System administrator", (_D.SYSTEM_ADMINISTRATOR,)),
        ),
    ),
    Script(
        _K.SUPERVISOR,
        ORGAN,
        "云汀市财政局",
        "Yunting Finance Bureau",
        CITY,
        (
            _head("局长", "Director"),
            Post("政府采购监督员", "Supervision officer", (_D.SUPERVISION_OFFICER,)),
            Post("抽取监督人", "Draw party", (_D.DRAW_PARTY, _D.SUPERVISION_OFFICER)),
            Post("投诉处理人", "Complaint officer", (_D.COMPLAINT_OFFICER,)),
            _OPENING,
        ),
    ),
    Script(
        _K.COMPETENT_DEPARTMENT,
        ORGAN,
        "云汀市住房和城乡建设局",
        "Yunting Housing and Construction Bureau",
        CITY,
        (
            _head("局长", "Director"),
            Post("审批经办人", "Case officer", (_D.CASE_OFFICER,)),
            Post("招标投标监督员", "Supervision officer", (_D.SUPERVISION_OFFICER,)),
        ),
    ),
    Script(
        _K.NOTARY,
        INSTITUTION,
        "云汀市松泉公证处",
        "Songquan Notary Office of Yunting",
        _SONGQUAN,
        (
            _head("主任公证员", "Head notary"),
            Post("公证员", "Notary", (_D.NOTARY, _D.DRAW_PARTY)),
            _OPENING,
        ),
    ),
    Script(
        _K.WITNESS,
        INSTITUTION,
        "东陆省电子凭证研究院",
        "Donglu Institute of Electronic Evidence",
        PROVINCE,
        (
            _head("院长", "Director"),
            Post("日志见证员", "Keeper of the witness", (_D.WITNESS_KEEPER,)),
            _OPENING,
        ),
    ),
    Script(
        _K.BANK,
        ENTERPRISE,
        "云汀望潮银行股份有限公司",
        "Wangchao Bank of Yunting Co., Ltd.",
        _WANGCHAO,
        (
            _head("行长", "President"),
            Post("托管专员", "Custodian clerk", (_D.CUSTODIAN_CLERK,)),
        ),
        Size.LARGE,
    ),
    Script(
        _K.DESIGNER,
        ENTERPRISE,
        "云汀苇溪建筑设计院有限公司",
        "Weixi Architectural Design Institute of Yunting Co., Ltd.",
        _WEIXI,
        (_head("院长", "Director"),),
        Size.MEDIUM,
        ("A01", "A04"),
    ),
    Script(
        _K.HOLDING,
        ENTERPRISE,
        "东陆槿实控股有限公司",
        "Donglu Jinshi Holding Co., Ltd.",
        _SHIFANG,
        (_head("董事长", "Chair"),),
        Size.LARGE,
    ),
)


def _bidder(zh: str, en: str, place: Place, size: Size, *fields: str) -> Script:
    return Script(_K.BIDDER, ENTERPRISE, zh, en, place, _BIDDING, size, fields)


BIDDERS: Final = (
    _bidder(
        "云汀澄石建设集团有限公司",
        "Yunting Chengshi Construction Group Co., Ltd.",
        _QINGHE,
        Size.LARGE,
        *("A01", "A02", "A03", "A05"),
    ),
    _bidder(
        "云汀槿岚工程有限公司",
        "Yunting Jinlan Engineering Co., Ltd.",
        _SHIFANG,
        Size.MEDIUM,
        *("A01", "A02"),
    ),
    _bidder(
        "东陆槿垣市政建设有限公司",
        "Donglu Jinyuan Municipal Construction Co., Ltd.",
        _SHIFANG,
        Size.MEDIUM,
        *("A02", "A04"),
    ),
    _bidder("清河笛舟建筑有限公司", "Qinghe Dizhou Building Co., Ltd.", _QINGHE, Size.SMALL, "A01"),
    _bidder(
        "云汀岚溪数字技术有限公司",
        "Yunting Lanxi Digital Technology Co., Ltd.",
        _WANGCHAO,
        Size.MEDIUM,
        *("B01", "C01"),
    ),
    _bidder(
        "东陆砚岑软件有限公司", "Donglu Yancen Software Co., Ltd.", _SONGQUAN, Size.SMALL, "C01"
    ),
    _bidder(
        "云汀棠浦智能设备有限公司",
        "Yunting Tangpu Smart Equipment Co., Ltd.",
        _BAILU,
        Size.MEDIUM,
        *("B01", "A05"),
    ),
    _bidder(
        "望潮澈朗医疗器械有限公司",
        "Wangchao Chelang Medical Devices Co., Ltd.",
        _WANGCHAO,
        Size.SMALL,
        "B02",
    ),
    _bidder(
        "松泉禾垣家具有限公司", "Songquan Heyuan Furniture Co., Ltd.", _SONGQUAN, Size.SMALL, "B03"
    ),
    _bidder("白鹭漪帆园林有限公司", "Bailu Yifan Landscaping Co., Ltd.", _BAILU, Size.MICRO, "A06"),
    _bidder(
        "云汀舟穗物业服务有限公司",
        "Yunting Zhousui Property Services Co., Ltd.",
        _QINGHE,
        Size.MEDIUM,
        "C02",
    ),
    _bidder(
        "苇溪筠笙办公设备有限公司",
        "Weixi Yunsheng Office Equipment Co., Ltd.",
        _WEIXI,
        Size.MICRO,
        *("B03", "B01"),
    ),
)

HELD_BY_ONE_HOLDING: Final = (1, 2)
"""The places among `BIDDERS` of the two with a common controller: they may not bid in one lot."""

_EMPLOYERS: Final = (
    ("建设工程质量检测站", "Building Quality Inspection Station", ("A01", "A03", "A05", "C04")),
    ("市政园林养护中心", "Municipal and Parks Maintenance Centre", ("A02", "A04", "A06")),
    ("第二人民医院", "Second People's Hospital", ("B02",)),
    ("数字政务研究所", "Institute of Digital Government", ("B01", "C01")),
    ("机关后勤服务中心", "Office Logistics Centre", ("B03", "C02")),
    ("工程造价咨询中心", "Cost Engineering Centre", ("C03", "C04", "A01")),
    ("审计与法律服务中心", "Centre for Audit and Legal Services", ("C06", "C05")),
)

EMPLOYERS: Final = tuple(
    Script(
        _K.EMPLOYER,
        INSTITUTION,
        f"{CITY.zh}{place.zh}{zh}",
        f"{place.en} {en} of {CITY.en}",
        place,
        (_head("负责人", "Head"),),
        None,
        fields,
    )
    for place in DISTRICTS
    for zh, en, fields in _EMPLOYERS
)
"""Where most experts work: seven kinds of institution in each district."""

DEPARTMENTS: Final = (
    Script(
        _K.APPROVING_DEPARTMENT,
        ORGAN,
        "云汀市发展和改革委员会",
        "Yunting Development and Reform Commission",
        CITY,
        (
            _head("主任", "Director"),
            Post("审批经办人", "Case officer", (_D.CASE_OFFICER,)),
        ),
    ),
)
"""Approving departments beside the competent one; last, so that nobody else's number moves."""


def _agency(zh: str, en: str, place: Place, size: Size = Size.SMALL) -> Script:
    posts = (
        _head("总经理", "General manager"),
        Post("中介服务专员", "Agency clerk", (_D.AGENCY_CLERK,)),
    )
    return Script(_K.AGENCY, ENTERPRISE, zh, en, place, posts, size)


AGENCIES: Final = (
    _agency("云汀经纬测绘有限公司", "Yunting Jingwei Surveying Co., Ltd.", _QINGHE, Size.MEDIUM),
    _agency("东陆青岚环境科技有限公司", "Donglu Qinglan Environment Co., Ltd.", PROVINCE),
    _agency("云汀砥安安全评价有限公司", "Yunting Di'an Safety Assessment Co., Ltd.", _SONGQUAN),
    _agency("望潮衡正检测有限公司", "Wangchao Hengzheng Testing Co., Ltd.", _WANGCHAO),
    _agency("云汀雷盾检测技术有限公司", "Yunting Leidun Testing Co., Ltd.", _BAILU),
    _agency("云汀厚土水利咨询有限公司", "Yunting Houtu Water Consulting Co., Ltd.", _WEIXI),
    _agency("石舫速评咨询有限公司", "Shifang Suping Consulting Co., Ltd.", _SHIFANG, Size.MICRO),
    _agency("苇溪拓界规划设计有限公司", "Weixi Tuojie Planning Co., Ltd.", _WEIXI),
    _agency("松泉图鉴审图有限公司", "Songquan Tujian Drawing Review Co., Ltd.", _SONGQUAN),
    _agency("云汀信衡会计师事务所", "Yunting Xinheng Accountants", CITY),
    _agency("清河节用能源咨询有限公司", "Qinghe Jieyong Energy Consulting Co., Ltd.", _QINGHE),
    _agency("白鹭致远工程咨询有限公司", "Bailu Zhiyuan Engineering Consulting Co., Ltd.", _BAILU),
    _agency("东陆恒估资产评估有限公司", "Donglu Henggu Valuation Co., Ltd.", PROVINCE, Size.MICRO),
)
"""Intermediaries, one at each stage of their entry; last, so that nobody else's number moves."""
