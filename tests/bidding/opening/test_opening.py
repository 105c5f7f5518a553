"""x"""
from bidding.opening.queries import opening
def test_whole(house):
    for n in "abc": house.submit(n)
    house.close()
    house.open_all()
    rec = house.ask(opening, house.no)
    print(rec.record)
    assert rec.state == "done"
