"""Walking again: the recorded skips against the drawn order.

Where the unit of a candidate is open, the cap is recomputed; where it is not, the record's word
that two candidates are of one unit is taken, and counted as taken.
"""

from collections.abc import Mapping, Sequence
from typing import NoReturn

from market.protocol.draws import SKIPS, Consent
from market.protocol.encoding import refuse
from market.protocol.freezes import Freeze
from market.protocol.statements import Account
from market.protocol.walks import (
    NO_ANSWER,
    REPORTED,
    UNIT_CAP,
    Row,
    Step,
    Walk,
    cap_by_tags,
    draw_order,
)


class RecordedCap:
    """A unit cap that follows the record where tags are closed, and refuses it where they differ.

    `taken` counts the recorded collisions that could not be recomputed, `unseen` the calls of
    which it could not be seen whether they should have collided.
    """

    def __init__(
        self, cap: int | None, tags: Mapping[bytes, bytes | None], steps: Sequence[Step]
    ) -> None:
        self._cap = cap
        self._tags = tags
        self._recorded = {
            (step.skip.stratum, step.skip.leaf): step.skip.collides
            for step in steps
            if step.skip.code == UNIT_CAP
        }
        self.taken = 0
        self.unseen = 0

    def __call__(self, stratum: str, leaf: bytes, seated: Sequence[bytes]) -> bytes | None:
        """The seated leaf that the candidate collides with, or None (`wrong-steps`)."""
        said = self._recorded.get((stratum, leaf))
        if all(one in self._tags for one in (leaf, *seated)):
            if cap_by_tags(self._tags, self._cap)(stratum, leaf, seated) != said:
                wrong_steps()
            return said
        if said is None:
            self.unseen += self._cap is not None
            return None
        tags = {self._tags[one] for one in (leaf, said) if one in self._tags}
        if self._cap is None or said not in seated or None in tags or len(tags) > 1:
            wrong_steps()
        self.taken += 1
        return said


def walk_again(
    freeze: Freeze,
    leaves: Sequence[Sequence[bytes]],
    seed: bytes,
    steps: Sequence[Step],
    tags: Mapping[bytes, bytes | None],
    account: Account,
) -> Walk:
    """The walk that seed and reported skips give; `wrong-steps` unless it skips as recorded."""
    rows = [
        Row(item.name, item.quota, draw_order(seed, item.name, held))
        for item, held in zip(freeze.strata, leaves, strict=True)
    ]
    cap = RecordedCap(None if freeze.walk is None else freeze.walk.unit_cap, tags, steps)
    walk = Walk(rows, cap)
    for step in steps:
        if step.skip.code in REPORTED:
            walk.unseat(step.skip.stratum, step.skip.leaf, step.skip.code)
    numbered = [step.number for step in steps] == list(range(len(steps)))
    if not numbered or [step.skip for step in steps] != walk.skips:
        wrong_steps()
    account.prove(
        f"按种子重新排出各层顺序并逐一走过：{len(steps)} 次跳过均与顺序相符",
        f"The order of every stratum was computed from the seed and walked again: "
        f"{len(steps)} skips, each where the record has it",
    )
    _attest_skips(steps, cap, account)
    return walk


def check_skip_consents(
    freeze: Freeze, walk: Walk, consents: Sequence[Consent], account: Account
) -> None:
    """Refuse (`no-consent`) a stratum with more skips than seats that no supervisor signed for."""
    for item in freeze.strata:
        count = walk.skips_in(item.name)
        signed = [one.count for one in consents if (one.reason, one.stratum) == (SKIPS, item.name)]
        if count > max([item.quota, *signed]):
            refuse(
                f"“{item.name}”跳过 {count} 次，超过席位数而无监督方签名",
                f"{item.name}: {count} skips, more than its seats, without a supervisor's consent",
                code="no-consent",
            )
        if count > item.quota:
            account.prove(
                f"“{item.name}”跳过次数超过席位数，监督方已签名同意",
                f"{item.name}: more skips than seats, and a supervisor signed for them",
            )


def wrong_steps() -> NoReturn:
    """Refuse: the recorded skips are not those of the walk."""
    refuse(
        "记录的跳过与重新走过的顺序不符",
        "The recorded skips are not those that walking the order again gives",
        code="wrong-steps",
    )


def _attest_skips(steps: Sequence[Step], cap: RecordedCap, account: Account) -> None:
    reported = [step for step in steps if step.skip.code in REPORTED]
    if reported:
        silent = sum(step.skip.code == NO_ANSWER for step in reported)
        account.attest(
            f"{len(reported)} 次跳过由记录报告（未应答 {silent} 次，均有两家送达凭据）；"
            "凭据内容由其出具人证明，此处只核对形式",
            f"{len(reported)} skips were reported, {silent} of them for no answer, each with the "
            "records of two carriers and 15 minutes; what those records say is attested by who "
            "made them, not proved here",
        )
    if cap.taken or cap.unseen:
        account.attest(
            f"同单位上限：{cap.taken} 次相撞、{cap.unseen} 次未相撞以记录为准；"
            "相关候选人未公开，持有抽取密钥的核验方可以重算",
            f"The unit cap: {cap.taken} collisions and {cap.unseen} calls without one are the "
            "record's word, as the candidates are not open; an auditor with the draw's key can "
            "compute them",
        )
