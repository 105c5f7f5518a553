"""The table of who may do what on a tender that went the whole way: whole, in order, of our cast.

`permissions.txt` names for each way in behind the door those of a cast who are shown the page or
may send the act; with a thing that is nowhere in the address, nobody. It is written and judged by
hand; tests/stories/test_zz_doors.py asks a running exchange as everybody.
"""

from tests.support.doors import NOBODY, PEOPLE, TABLE, VISITOR, behind_the_door, written

LINES = TABLE.read_text(encoding="utf-8").splitlines()


def test_the_table_names_every_way_in_behind_the_door_in_the_order_of_the_routes() -> None:
    """A new page or act gets its line here beside its line in `routes.txt`."""
    assert [line.rpartition(": ")[0] for line in LINES] == [str(way) for way in behind_the_door()]


def test_each_line_names_people_of_the_cast_once_in_their_order() -> None:
    for line in LINES:
        named = line.rpartition(": ")[2].split()
        assert named == [NOBODY] or named == [who for who in PEOPLE if who in named], line
        assert named, line


def test_a_visitor_stands_in_no_line_and_everybody_else_in_one() -> None:
    named = {who for people in written().values() for who in people}
    assert named == set(PEOPLE)
    assert VISITOR not in PEOPLE
