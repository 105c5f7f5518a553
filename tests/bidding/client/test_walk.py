"""From the officers' keys to the opening record: every secret made by the client, over HTTP."""

from sqlalchemy import select

from bidding.opening.model import Opening
from tests.bidding.client.scene import OFFICERS, Scene


def test_three_bids_go_from_deposit_to_the_opening_record(scene: Scene) -> None:
    no = scene.published()
    firms = [scene.firm(name) for name in ("jia", "yi", "bing")]
    for firm, yuan in zip(firms, (3_000_000, 2_900_000, 3_100_000), strict=True):
        scene.buy(firm)
        checked = scene.run(firm.home, "tender", "check", no)
        assert (checked["k"], checked["n"], checked["free_tokens"]) == (2, 3, 1)
        scene.sealed(firm, no, yuan)
        scene.run(firm.home, "bid", "send", no)
    scene.tick()
    for firm in firms:
        assert scene.run(firm.home, "bid", "receipt", no)["index"] > 0
        assert scene.run(firm.home, "bid", "watch")["tenders"][0]["stands"]
    scene.close(no)
    for round_no in (1, 2, 3):
        for _, _, account in OFFICERS[:2]:
            done = scene.officer(account, "open", no)
            assert (done["round"], done["posted"], done["refused"]) == (round_no, 3, [])
        scene.tick()
        assert scene.open() == 1
    opened = scene.office.read(lambda session: session.scalars(select(Opening)).one())
    record = opened.record.decode()
    assert opened.state == "done"
    assert all(firm.uscc in record for firm in firms)
    assert "叁佰万元整" in record
