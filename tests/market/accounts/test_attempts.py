"""Counters: at most so many in a window, kept on the Redis server, refusing when it is away."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from market.accounts.signin.attempts import Attempts, Limit, place_of
from market.kernel.errors import Refusal

THREE = Limit("three", 3)


@pytest.fixture
def attempts(redis_url: str) -> Attempts:
    """Counters with a window of a minute."""
    return Attempts(redis.Redis.from_url(redis_url), "s" * 32, window=60)


def refused(attempts: Attempts, value: str, what: str = "try") -> bool:
    try:
        attempts.count(what, [(THREE, value)])
    except Refusal as refusal:
        return (refusal.code, refusal.status) == ("too-many-attempts", 429)
    return False


def test_the_refusal_says_how_long_to_wait(attempts: Attempts) -> None:
    for _ in range(3):
        attempts.count("try", [(THREE, "a")])
    with pytest.raises(Refusal, match="try again in 1 min"):
        attempts.count("try", [(THREE, "a")])


def test_as_many_as_the_limit_and_not_one_more(attempts: Attempts) -> None:
    assert [refused(attempts, "a") for _ in range(5)] == [False, False, False, True, True]


def test_each_value_and_each_kind_is_counted_apart(attempts: Attempts) -> None:
    for _ in range(3):
        refused(attempts, "a")
    assert not refused(attempts, "b")
    assert not refused(attempts, "a", what="other")
    assert refused(attempts, "a")


def test_attempts_at_once_are_all_counted(attempts: Attempts) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: refused(attempts, "a"), range(10)))
    assert answers.count(False) == THREE.attempts


def test_a_counter_ends_by_itself_even_if_a_crash_left_it_without_end(
    attempts: Attempts, redis_url: str
) -> None:
    refused(attempts, "a")
    connection = redis.Redis.from_url(redis_url)
    (name,) = connection.keys("attempts:*")
    assert 0 < connection.ttl(name) <= 60
    connection.persist(name)
    refused(attempts, "a")
    assert 0 < connection.ttl(name) <= 60


def test_names_on_the_server_tell_nothing(attempts: Attempts, redis_url: str) -> None:
    refused(attempts, "wang")
    names = redis.Redis.from_url(redis_url).keys("*")
    assert all(b"wang" not in name for name in names)


def test_without_its_server_nothing_is_let_through() -> None:
    away = Attempts(redis.Redis.from_url("redis://127.0.0.1:1/0"), "s" * 32)
    with pytest.raises(Refusal, match="sign-in-unavailable") as refusal:
        away.count("try", [(THREE, "a")])
    assert refusal.value.status == 503
    away.forgive("try", [(THREE, "a")])


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.7", "192.0.2.0/24"),
        ("::ffff:192.0.2.9", "192.0.2.0/24"),
        ("2001:db8:1:2345::1", "2001:db8:1:2300::/56"),
        ("2001:db8:1:23ff::1", "2001:db8:1:2300::/56"),
        ("2001:db8:1:2400::1", "2001:db8:1:2400::/56"),
        ("", "unknown"),
        (None, "unknown"),
        ("somewhere", "unknown"),
    ],
)
def test_an_address_counts_by_its_network(address: str | None, place: str) -> None:
    assert place_of(address) == place
