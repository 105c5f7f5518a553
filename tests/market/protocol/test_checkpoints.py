"""Checkpoints: a real log's checkpoint verifies, a forged one does not; requests to witnesses."""

from datetime import UTC, datetime

import pytest

from market.protocol.checkpoints import (
    AddCheckpoint,
    Checkpoint,
    add_checkpoint,
    parse_add_checkpoint,
    parse_checkpoint,
    parse_size_answer,
    parse_text,
    sign_checkpoint,
    size_answer,
    verify_checkpoint,
    whole_number,
)
from market.protocol.encoding import Malformed
from market.protocol.merkle import EMPTY_ROOT
from market.protocol.notes import LOG, cosign_text, joined, parse_key, verifier_key
from tests.support.log_cast import ORIGIN, Log, make_trust, private, public, seconds, witness_key

# A checkpoint of a public staging log of Certificate Transparency with the cosignatures it had
# (facts of the public record): a plain Ed25519 signature among one of another kind, four witnesses.
REAL = """\
arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==
— witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
— witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==
"""  # noqa: E501 (a signature stands on one line)
REAL_LOG = parse_key(
    "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"
)
REAL_WITNESSES = [
    parse_key(text)
    for text in (
        "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
        "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv",
        "transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM",
        "witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO",
    )
]


def small_log(size=5):
    log = Log()
    for number in range(size):
        log.append("notice", seconds(number), f"tender/{number}", {"number": number})
    return log


def test_a_real_logs_checkpoint_holds_with_its_four_witnesses():
    held = verify_checkpoint(REAL.encode(), [REAL_LOG], REAL_WITNESSES, 4)
    assert held.checkpoint.size == 1_432_088_532
    assert set(held.times.values()) == {datetime(2026, 5, 23, 21, 50, 24, tzinfo=UTC)}
    assert parse_checkpoint(REAL.encode())[1].raw() == REAL.encode()


def weighty_bytes():
    """Every byte but those of the line whose kind of signature is unknown here, and ignored."""
    raw = REAL.encode()
    start = raw.index(b"\n\n") + 2
    return [*range(start), *range(raw.index(b"\n", start), len(raw))]


@pytest.mark.parametrize("place", weighty_bytes()[::7])
def test_a_flipped_byte_of_the_real_checkpoint_is_refused(place):
    raw = REAL.encode()
    touched = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
    with pytest.raises(Malformed):
        verify_checkpoint(touched, [REAL_LOG], REAL_WITNESSES, 4)


def test_as_many_witnesses_as_asked_are_enough_and_one_fewer_is_not():
    raw = small_log().checkpoint(by=("clear", "spring"))
    keys = [witness_key("clear"), witness_key("spring")]
    assert len(verify_checkpoint(raw, make_trust().logs, keys, 2).times) == 2
    with pytest.raises(Malformed) as refused:
        verify_checkpoint(raw, make_trust().logs, keys[:1], 2)
    assert refused.value.code == "not-witnessed"


def test_one_witness_that_cosigns_twice_counts_once_with_its_earliest_moment():
    log = small_log()
    note = parse_checkpoint(log.checkpoint(at=seconds(60)))[1]
    earlier = cosign_text(
        note.text, "clear.example/w1", private("clear"), int(seconds(30).timestamp())
    )
    raw = joined(note, [earlier]).raw()
    held = verify_checkpoint(raw, make_trust().logs, make_trust().witnesses, 1)
    assert held.times == {"clear.example/w1": seconds(30)}
    with pytest.raises(Malformed):
        verify_checkpoint(raw, make_trust().logs, make_trust().witnesses, 2)


def test_a_quorum_had_seen_it_when_its_last_member_had():
    log = small_log()
    note = parse_checkpoint(log.checkpoint(at=seconds(60)))[1]
    later = cosign_text(
        note.text, "spring.example/w1", private("spring"), int(seconds(90).timestamp())
    )
    held = verify_checkpoint(
        joined(note, [later]).raw(), make_trust().logs, make_trust().witnesses, 1
    )
    assert held.proved_by(1) == seconds(60)
    assert held.proved_by(2) == seconds(90)
    assert held.proved_by(3) is None
    assert held.proved_by(0) is None


def test_another_logs_checkpoint_is_refused_by_its_origin():
    other = sign_checkpoint(Checkpoint("other.example", 0, EMPTY_ROOT), private("other"))
    with pytest.raises(Malformed) as refused:
        verify_checkpoint(other.raw(), make_trust().logs, (), 0)
    assert refused.value.code == "wrong-origin"


def test_a_checkpoint_that_only_an_unknown_key_signed_is_refused():
    forged = sign_checkpoint(small_log().head(), private("somebody"))
    with pytest.raises(Malformed) as refused:
        verify_checkpoint(forged.raw(), make_trust().logs, (), 0)
    assert refused.value.code == "not-signed"


def test_after_a_change_of_key_both_pinned_keys_serve():
    keys = [verifier_key(ORIGIN, LOG, public(name)) for name in ("log", "log-2")]
    for name, key in zip(("log", "log-2"), keys, strict=True):
        note = sign_checkpoint(small_log().head(), private(name))
        assert verify_checkpoint(note.raw(), keys, (), 0).log == key


@pytest.mark.parametrize(
    "text",
    [
        "log.example\n0\n",
        "log.example\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\nextension\n",
        "log.example\n05\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "log.example\n-5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "log.example\n+5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "log.example\n٥\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "log.example\n9223372036854775808\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "log.example\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n",
        "log.example\n5\nCsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I=\n",
        "log.example\n5\nAAAA\n",
        "log.example\n0\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "log example\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
    ],
)
def test_a_checkpoints_text_of_any_other_form_is_refused(text):
    with pytest.raises(Malformed):
        parse_text(text)


def test_the_largest_size_is_read_and_the_next_is_not():
    assert whole_number(str(2**63 - 1)) == 2**63 - 1
    with pytest.raises(Malformed):
        whole_number(str(2**63))


def test_an_empty_log_has_a_checkpoint_too():
    note = sign_checkpoint(Checkpoint(ORIGIN, 0, EMPTY_ROOT), private("log"))
    assert parse_checkpoint(note.raw())[0].size == 0


def test_a_request_to_a_witness_is_written_and_read_the_same():
    log = small_log(7)
    note = parse_checkpoint(log.checkpoint())[1]
    body = add_checkpoint(3, log.growth(3, 7), note)
    assert body.startswith(b"old 3\n")
    assert parse_add_checkpoint(body) == AddCheckpoint(3, log.growth(3, 7), log.head(), note)


def test_the_published_request_is_read():
    body = (
        "old 20852014\n"
        "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"
        "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"
        "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n"
        "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n"
        "\n"
        "example.com/behind-the-sofa\n"
        "20852163\n"
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
        "\n"
        "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Z"
        "hcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    ).encode()
    held = parse_add_checkpoint(body)
    assert (held.old, len(held.proof), held.checkpoint.size) == (20_852_014, 4, 20_852_163)
    assert add_checkpoint(held.old, held.proof, held.note) == body


def test_from_nothing_and_for_the_same_size_a_request_has_no_proof():
    log = small_log(7)
    note = parse_checkpoint(log.checkpoint())[1]
    assert parse_add_checkpoint(add_checkpoint(0, (), note)).old == 0
    assert parse_add_checkpoint(add_checkpoint(7, (), note)).old == 7
    for old in (0, 7):
        with pytest.raises(Malformed) as refused:
            add_checkpoint(old, (EMPTY_ROOT,), note)
        assert refused.value.code == "old-size"


def test_an_old_size_above_the_checkpoint_is_refused():
    log = small_log(7)
    with pytest.raises(Malformed) as refused:
        add_checkpoint(8, (), parse_checkpoint(log.checkpoint())[1])
    assert refused.value.code == "old-size"


def test_sixty_three_proof_lines_are_read_and_sixty_four_are_not():
    log = small_log(7)
    note = parse_checkpoint(log.checkpoint())[1]
    assert len(parse_add_checkpoint(add_checkpoint(3, (EMPTY_ROOT,) * 63, note)).proof) == 63
    with pytest.raises(Malformed):
        add_checkpoint(3, (EMPTY_ROOT,) * 64, note)


@pytest.mark.parametrize(
    "head",
    [
        "",
        "old\n\n",
        "old 3\n",
        "old 03\n\n",
        "new 3\n\n",
        "old 3\nAAAA\n\n",
        "old  3\n\n",
        "ält 3\n\n",
    ],
)
def test_a_request_of_any_other_form_is_refused(head):
    with pytest.raises(Malformed):
        parse_add_checkpoint(head.encode() + small_log(7).checkpoint())


def test_a_request_without_an_end_is_refused():
    with pytest.raises(Malformed):
        parse_add_checkpoint(b"old 3\n" + b"x" * 65_536)


def test_a_witness_answers_with_the_size_it_knows():
    assert parse_size_answer(size_answer(42)) == 42
    for body in (b"42", b"042\n", b"\n", b"\xff\n"):
        with pytest.raises(Malformed):
            parse_size_answer(body)
