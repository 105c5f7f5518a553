"""What states and kinds of projects are called in both languages."""

from typing import Final

from market.kernel.ids import Track
from market.projects.rules import PartyKind, ProjectState
from market.projects.tracks import FundSource, Subject
from market.web.words import words_of

WORDS: Final = (
    words_of(
        ProjectState,
        {
            ProjectState.DRAFT: ("草稿", "draft"),
            ProjectState.SUBMITTED: ("待核验", "to be checked"),
            ProjectState.ADMITTED: ("已准入", "let in"),
            ProjectState.CLOSED: ("已办结", "closed"),
            ProjectState.CANCELLED: ("已取消", "cancelled"),
        },
    ),
    words_of(
        Track,
        {
            Track.ENGINEERING: ("工程建设", "construction tendering"),
            Track.GOVERNMENT: ("政府采购", "government procurement"),
            Track.LAND: ("土地和矿业权出让", "land and mining rights"),
            Track.ASSETS: ("国有产权交易", "state-owned assets"),
            Track.SUPERMARKET: ("网上中介超市", "intermediary supermarket"),
        },
    ),
    words_of(
        Subject,
        {
            Subject.WORKS: ("工程施工", "works"),
            Subject.GOODS_FOR_WORKS: ("与工程有关的货物", "goods that belong to works"),
            Subject.SURVEY_OR_DESIGN: ("勘察、设计", "survey or design"),
            Subject.SUPERVISION: ("监理", "supervision of works"),
            Subject.GOODS: ("货物", "goods"),
            Subject.SERVICES: ("服务", "services"),
            Subject.INTERMEDIARY: ("中介服务", "intermediary services"),
            Subject.LAND: ("土地使用权", "land-use right"),
            Subject.MINING: ("矿业权", "mining right"),
            Subject.STATE_ASSETS: ("国有产权或资产", "state-owned rights or assets"),
        },
    ),
    words_of(
        FundSource,
        {
            FundSource.FISCAL: ("财政资金", "fiscal money"),
            FundSource.STATE_OWNED: ("国有资金", "state-owned money"),
            FundSource.OTHER: ("其他资金", "other money"),
        },
    ),
    words_of(
        PartyKind,
        {
            PartyKind.DESIGNER: ("整体设计", "overall design"),
            PartyKind.SPECIFICATION: ("规范编制", "specification"),
            PartyKind.MANAGEMENT: ("项目管理", "project management"),
            PartyKind.SUPERVISION: ("监理", "supervision"),
            PartyKind.INSPECTION: ("检测", "inspection"),
            PartyKind.REFERENCE_PRICE: ("标底编制", "reference price"),
            PartyKind.PREPARER: ("前期咨询", "preparation"),
        },
    ),
)
