"""What people and programs see: words in two languages, exit codes, the demonstration's warning."""

import io
import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from bidding.client.main import main
from market.accounts.proofs import check_possession
from market.protocol import age
from market.protocol.encoding import parse
from market.protocol.keypool import open_pool
from tests.support.log_cast import NOTARY_USCC, make_trust
from tests.support.sources import ROOT


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    out = io.StringIO()
    return main(["--home", str(folder / "home"), *arguments], out, environment={}), out.getvalue()


def trust_file(folder: Path, *, demo: bool = False) -> Path:
    held = make_trust()
    if demo:
        held = make_trust(origin="demo/journal")
    path = folder / "trust.json"
    path.write_bytes(held.write())
    return path


def test_a_demonstration_says_on_every_command_that_it_seals_nothing(tmp_path: Path) -> None:
    real = run(tmp_path, "--trust", str(trust_file(tmp_path)), "bond", "list")
    assert "not sealed" not in real[1]
    demo = str(trust_file(tmp_path, demo=True))
    for language, words in (("zh", "演示环境：未密封（not sealed）"), ("en", "not sealed")):
        said = run(tmp_path, "--trust", demo, "--language", language, "bond", "list")
        assert said[0] == 0
        assert said[1].startswith("! ")
        assert words in said[1]
    assert (
        "not sealed"
        in json.loads(run(tmp_path, "--trust", demo, "--json", "bond", "list")[1])["warnings"][0]
    )


def test_a_refusal_has_code_and_words_in_the_readers_language(tmp_path: Path) -> None:
    code, said = run(tmp_path, "--language", "en", "tender", "check", "ZC-1")
    assert (code, said.split("]")[0]) == (1, "[no-trust-file")
    assert "run setup first" in said
    assert "先执行 setup" in run(tmp_path, "tender", "check", "ZC-1")[1]
    as_json = json.loads(run(tmp_path, "--json", "tender", "check", "ZC-1")[1])
    assert (as_json["ok"], as_json["code"]) == (False, "no-trust-file")


def test_a_host_that_does_not_answer_is_told_apart(tmp_path: Path) -> None:
    trust = str(trust_file(tmp_path))
    arguments = ["--trust", trust, "--anonymous", "http://127.0.0.1:1", "tender", "check", "ZC-1"]
    code, said = run(tmp_path, *arguments)
    assert code == 3
    assert "no-answer" in said


def test_setup_is_kept_and_two_names_for_one_host_are_refused(tmp_path: Path) -> None:
    trust = str(trust_file(tmp_path))
    same = ["--platform", "https://a.example", "--anonymous", "https://a.example"]
    assert run(tmp_path, "--trust", trust, *same, "setup")[1].startswith("[same-host]")
    hosts = ["--platform", "https://a.example", "--anonymous", "https://b.example"]
    assert run(tmp_path, "--trust", trust, "--language", "en", *hosts, "setup")[0] == 0
    assert "holds no token" in run(tmp_path, "bond", "list")[1]


def test_an_unknown_command_is_not_understood(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as no:
        run(tmp_path, "bid", "fly")
    assert no.value.code == 2


@pytest.mark.parametrize("locked", [True, False])
def test_an_organisation_key_is_made_once_and_proved(tmp_path: Path, locked: bool) -> None:
    out, proof = tmp_path / "org.key", tmp_path / "org.proof"
    arguments = ["org", "keygen", "--uscc", NOTARY_USCC, "--name", "公证处"]
    arguments += ["--out", str(out), "--proof", str(proof), *(["--locked"] if locked else [])]
    code, said = run(tmp_path, "--json", *arguments)
    assert code == 0
    check_possession(parse(proof.read_bytes()), NOTARY_USCC)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    if locked:
        word = json.loads(said)["warnings"][0].rpartition("：")[2]
        assert b"organisation-secret" in age.read_passphrase(word, out.read_bytes())
    before = out.read_bytes()
    assert run(tmp_path, *arguments)[1].startswith("[file-exists]")
    assert out.read_bytes() == before


def test_a_pool_opens_with_the_passphrase_told_once(tmp_path: Path) -> None:
    out = tmp_path / "pool.age"
    code, said = run(tmp_path, "--json", "officer", "keygen", "--count", "2", "--out", str(out))
    word = json.loads(said)["warnings"][0].rpartition("：")[2]
    assert code == 0
    assert len(open_pool(out.read_bytes(), word)) == 2
    held = "".join(path.read_text() for path in (tmp_path / "home").rglob("*") if path.is_file())
    assert word not in held


def test_the_program_starts_without_the_server(tmp_path: Path) -> None:
    barred = "flask,sqlalchemy,celery,redis,jinja2,pyrage,psycopg,werkzeug"
    code = (
        "import sys\n"
        f"sys.modules.update(dict.fromkeys('{barred}'.split(',')))\n"
        "from bidding.client.main import main\n"
        f"sys.exit(main(['--home', {str(tmp_path)!r}, '--language', 'en', 'bond', 'list']))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "holds no token" in done.stdout
    module = [sys.executable, "-m", "bidding.client", "--home", str(tmp_path), "bond", "list"]
    assert subprocess.run(module, cwd=ROOT, timeout=60, check=False).returncode == 0
