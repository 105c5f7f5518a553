import time
from sqlalchemy import text
def test_x(house):
    t=time.monotonic(); house.submit("a"); print("submit", time.monotonic()-t)
    t=time.monotonic(); house.another_token("a"); print("token", time.monotonic()-t)
    t=time.monotonic(); house.tick(); print("tick", time.monotonic()-t)
    with house.engine.connect() as c:
        print(c.scalar(text("show data_directory")), c.scalar(text("select usesuper from pg_user where usename=current_user")))
    print(house.no, house.bidders["a"].uscc, house.bidders["a"].wallet.holder, house.clock.at, house.deadline)
