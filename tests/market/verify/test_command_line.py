"""The offline verifier: says in words what holds, and stops at the first thing that does not."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from market.protocol.inclusions import consistency
from market.verify.command_line import main
from tests.support.log_cast import make_trust
from tests.support.verifier import Folder, notices


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


def test_a_checkpoint_is_told_with_its_witnesses_in_both_languages(folder):
    folder.put("checkpoint", notices().checkpoint())
    code, said = folder.run("checkpoint", "checkpoint")
    assert code == 0
    assert (
        "5 entries, cosigned by 1 witnesses (1 needed): clear.example/w1 2026-11-23T04:00" in said
    )
    assert said.endswith("Everything above holds.\n")
    code, said = folder.run("checkpoint", "checkpoint", language="zh")
    assert code == 0
    assert "规模 5" in said
    assert said.endswith("以上各项均成立。\n")


def test_the_first_thing_that_does_not_hold_is_named_and_the_exit_code_is_one(folder):
    folder.put("checkpoint", notices().checkpoint(by=()))
    code, said = folder.run("checkpoint", "checkpoint")
    assert code == 1
    assert said == (
        "Does not hold [not-witnessed]: 0 trusted witnesses cosigned the checkpoint; 1 are needed\n"
    )
    assert folder.run("checkpoint", "checkpoint", language="zh")[1].startswith(
        "不成立 [not-witnessed]"
    )


def test_an_entry_is_told_by_index_kind_and_subject(folder):
    folder.put("proof", notices().inclusion(3))
    code, said = folder.run("inclusion", "proof")
    assert code == 0
    assert "Entry 3 of the log: notice, tender/3" in said
    assert "第 3 条：公告，tender/3" in folder.run("inclusion", "proof", language="zh")[1]


def test_an_entry_at_another_place_is_refused(folder):
    folder.put("proof", {**notices().inclusion(3), "index": 2})
    code, said = folder.run("inclusion", "proof")
    assert code == 1
    assert "[not-included]" in said


def test_a_log_that_continues_and_one_that_was_rewritten(folder):
    log = notices()
    folder.put("growth", consistency(log.checkpoint(2), log.checkpoint(5), log.growth(2, 5)))
    code, said = folder.run("consistency", "growth")
    assert code == 0
    assert "The log of 5 entries continues that of 2" in said
    forged = notices()
    forged.entries[0] = forged.entries[1]
    folder.put("growth", consistency(log.checkpoint(2), forged.checkpoint(5), forged.growth(2, 5)))
    code, said = folder.run("consistency", "growth")
    assert code == 1
    assert "[not-consistent]" in said


def test_a_demonstrations_log_is_said_to_seal_nothing(folder):
    folder.put("trust", make_trust(origin="demo/jiuzhou").write())
    folder.put("checkpoint", notices().checkpoint())
    code, said = folder.run("checkpoint", "checkpoint")
    assert code == 1  # the demonstration's trust file does not pin this log
    assert "not sealed" in said


@pytest.mark.parametrize("what", ["checkpoint", "inclusion", "consistency", "receipt", "draw"])
def test_rubbish_and_missing_files_are_refused_in_words(folder, what):
    folder.put("rubbish", b"\xff\x00 not a file of ours")
    assert folder.run(what, "rubbish")[0] == 1
    code, said = folder.run(what, "no-such-file")
    assert code == 1
    assert "[file-missing]" in said


def test_a_trust_file_that_is_none_is_refused(folder):
    folder.put("trust", b"{}")
    folder.put("checkpoint", notices().checkpoint())
    assert "[malformed]" in folder.run("checkpoint", "checkpoint")[1]


def test_a_file_too_large_is_refused_without_being_read_whole(folder):
    folder.put("checkpoint", b"x" * 65_537)
    said = folder.run("checkpoint", "checkpoint")[1]
    assert "[malformed]" in said
    assert "has more than 65536 bytes" in said


def test_a_command_that_is_not_understood_ends_with_two():
    with pytest.raises(SystemExit) as ended:
        main(["guess"], io.StringIO())
    assert ended.value.code == 2


def test_the_program_runs_by_itself_and_imports_only_protocol_kernel_and_pure_rules(folder):
    folder.put("checkpoint", notices().checkpoint())
    script = (
        "import sys, runpy\n"
        f"sys.argv = ['verify', 'checkpoint', {str(folder.path / 'checkpoint')!r}, '--trust', "
        f"{str(folder.path / 'trust')!r}, '--language', 'en']\n"
        "try:\n    runpy.run_module('market.verify', run_name='__main__')\n"
        "except SystemExit as ended:\n    assert ended.code == 0, ended.code\n"
        "rooms = ('market', 'bidding', 'intermediaries')\n"
        "ours = {n for n in sys.modules if n.split('.')[0] in rooms}\n"
        "allowed = ('market.verify', 'market.protocol', 'market.kernel', "
        "'intermediaries.rulebook')\n"
        "print(sorted(n for n in ours if n not in rooms and not n.startswith(allowed)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    assert done.stdout.splitlines()[-2:] == ["Everything above holds.", "[]"]
