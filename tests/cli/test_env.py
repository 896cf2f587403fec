"""`pgrade env`: an env file for its owner alone, and a program with exactly what it says."""

import io
import os
import re
import resource
import signal
import stat
import subprocess

import dotenv
import pytest

import pgrade
from terminal import Terminal

SYSTEMD = "/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator"
URL = "postgresql://app:s3cret@db.example.org/app?sslmode=require&connect_timeout=5"


@pytest.fixture
def place(tmp_path):
    return tmp_path


def env(place, *words, given=None, status=pgrade.OK, **environment):
    done = subprocess.run([pgrade.program(), "env", *words], input=given, stdin=None if given is not None else subprocess.DEVNULL,
                          capture_output=True, text=True, cwd=place, env=pgrade.clean_environment(environment), check=False)
    outcome = pgrade.Outcome(done.returncode, done.stdout, done.stderr)
    assert outcome.status == status, outcome
    return outcome


def put(place, text, mode=0o600):
    path = place / ".env"
    path.write_bytes(text.encode())
    path.chmod(mode)
    return path


def mode_of(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def test_value_from_stdin_a_file_and_the_command_line(place):
    outcome = env(place, "set", "DATABASE_URL", given=URL + "\n")
    assert "DATABASE_URL is new in .env, a new file of mode 0600" in outcome.stderr
    assert (place / ".env").read_text() == f"DATABASE_URL='{URL}'\n" and mode_of(place / ".env") == 0o600
    (place / "key").write_text("two\nlines\n")
    env(place, "set", "KEY", "--from-file", "key")
    env(place, "set", "DASH", "--from-file", "-", given="x")
    outcome = env(place, "set", "TYPED=a=b")
    assert "can be seen by others" in outcome.stderr
    assert [env(place, "get", name).stdout for name in ("KEY", "DASH", "TYPED")] == ["two\nlines\n", "x\n", "a=b\n"]
    assert "can be seen" not in env(place, "set", "EMPTY=").stderr and env(place, "get", "EMPTY").stdout == "\n"
    assert "s3cret" not in outcome.stderr + outcome.stdout


def test_generated_value(place):
    assert env(place, "set", "SECRET_KEY", "--generate").stdout == ""
    first = env(place, "get", "SECRET_KEY").stdout
    env(place, "set", "SECRET_KEY", "--generate")
    assert len(first) == 44 and first != env(place, "get", "SECRET_KEY").stdout


def test_value_typed_without_echo(place):
    with Terminal("env", "set", "TOKEN", "--file", str(place / ".env")) as terminal:
        terminal.expect("the value of TOKEN: ")
        terminal.line("hunter2 x")
        terminal.expect("TOKEN is new")
        assert terminal.close() == pgrade.OK
        assert "hunter2" not in terminal.text()
    assert env(place, "get", "TOKEN").stdout == "hunter2 x\n"
    with Terminal("env", "set", "TOKEN", "--file", str(place / ".env")) as terminal:
        terminal.expect("the value of TOKEN: ")
        terminal.type("half\x03")
        assert terminal.close() == -signal.SIGINT
    assert env(place, "get", "TOKEN").stdout == "hunter2 x\n"


def test_bytes_that_are_not_the_value_stay(place):
    path = put(place, "\ufeff# head\r\nA = \"1\" # why\r\n\r\nwhat is this\r\nexport B='x'\r\n", 0o400)
    env(place, "set", "A=2")
    env(place, "set", "C=3")
    assert path.read_bytes().decode() == "\ufeff# head\r\nA = '2' # why\r\n\r\nwhat is this\r\nexport B='x'\r\nC=3\r\n"
    assert mode_of(path) == 0o400
    env(place, "set", "B=y", "--keep-old")
    assert "# export B='x'\r\nexport B='y'\r\n" in path.read_bytes().decode()
    outcome = env(place, "unset", "A", "--json")
    assert outcome.report["found"] and not env(place, "unset", "A", "--json").report["found"]
    assert "A =" not in path.read_text()
    assert [entry.name for entry in place.iterdir()] == [".env"], "nothing is left beside it"


def test_a_change_that_was_killed_leaves_no_secret_behind(place):
    put(place, "A=1\n")
    (place / "..env.pgrade-new-mine.txt").touch()
    dead = subprocess.run([pgrade.program(), "env", "set", "B=" + "s3cret" * 9], cwd=place, capture_output=True, check=False,
                          env=pgrade.clean_environment({}), preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20)))
    assert dead.returncode == -signal.SIGXFSZ and len(list(place.iterdir())) == 3, "killed while it wrote"
    assert (place / ".env").read_text() == "A=1\n"
    env(place, "set", "B=2")
    assert sorted(entry.name for entry in place.iterdir()) == ["..env.pgrade-new-mine.txt", ".env"]


@pytest.mark.parametrize("words", [("set", "A=2"), ("get", "A"), ("unset", "A"), ("list",), ("run", "true")], ids=" ".join)
def test_file_for_other_eyes_is_refused(place, words):
    path = put(place, "A=1\n", 0o640)
    outcome = env(place, *words, status=pgrade.REFUSED)
    assert "others may read or write it" in outcome.stderr and "try: chmod 600 '.env'" in outcome.stderr
    assert path.read_text() == "A=1\n"
    subprocess.run(outcome.stderr.partition("try: ")[2], shell=True, cwd=place, check=True)
    env(place, *words)


def test_values_are_hidden_and_urls_redacted(place):
    put(place, f"DATABASE_URL='{URL}'\nSECRET=abc\nNONE=\nSECRET=def\n")
    shown = env(place, "list").stdout
    assert "s3cret" not in shown and "def" not in shown and "postgresql://app:***@db.example.org/app" in shown
    assert "(empty)" in shown and shown.count("SECRET") == 1
    assert "abc" not in env(place, "list", "--show-values").stdout and "def" in env(place, "list", "--show-values").stdout
    document = env(place, "list", "--json").report
    assert [(one["name"], one["line"], one["value"]) for one in document["variables"]] == [
        ("DATABASE_URL", 1, None), ("NONE", 3, None), ("SECRET", 4, None)]
    assert "example.org" not in env(place, "list", "--hide-values", "--show-values").stdout


def test_what_cannot_be_done_is_said(place):
    assert "try: pgrade env set" in env(place, "list", status=pgrade.FAILED).stderr
    assert "there is no file .env" in env(place, "run", "true", status=pgrade.FAILED).stderr
    assert "there is no file" in env(place, "get", "A", status=pgrade.FAILED).stderr
    assert "there is no directory nowhere" in env(place, "set", "A=1", "--file", "nowhere/.env", status=pgrade.FAILED).stderr
    put(place, "A=1\n")
    assert ".env has no B" in env(place, "get", "B", status=pgrade.FAILED).stderr
    for word in ("", "1A=s3cret", "A B", "s3cret value"):
        outcome = env(place, "set", word, status=pgrade.USAGE)
        assert "s3cret" not in outcome.stderr
    assert "nothing was given" in env(place, "set", "A", given="\n", status=pgrade.USAGE).stderr
    env(place, "set", "A=1", "--generate", status=pgrade.USAGE)
    put(place, "A='x\n")
    assert ".env:1: the quote" in env(place, "set", "B=1", status=pgrade.FAILED).stderr
    put(place, "A=1\nrubbish\n")
    assert ".env:2: this is no variable" in env(place, "run", "true", status=pgrade.FAILED).stderr
    assert "names no database" in env(place, "set", "DATABASE_URL=postgres:/x").stderr


def git(place, *words):
    subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *words], cwd=place, check=True,
                   capture_output=True)


def test_git_is_asked(place):
    git(place, "init")
    (place / "conf").mkdir()
    name = "conf/[prod] .env "
    outcome = env(place, "set", "A=1", "--file", name, "--json")
    assert "is not ignored by git" in outcome.stderr and outcome.report["git"] == "exposed"
    (place / ".gitignore").write_text("*.pyc")
    outcome = env(place, "set", "A=1", "--file", name, "--gitignore", "--json")
    assert outcome.report["git"] == "ignored" and "warning: conf" not in outcome.stderr
    assert (place / ".gitignore").read_text() == "*.pyc\n/conf/\\[prod] .env\\ \n"
    env(place, "set", "A=1", "--file", name, "--gitignore")
    assert (place / ".gitignore").read_text().count("prod") == 1
    git(place, "add", "-f", name)
    outcome = env(place, "list", "--file", name, "--json")
    assert "IS IN THE GIT REPOSITORY" in outcome.stderr and outcome.report["git"] == "tracked"


def test_repository_of_others_runs_nothing(place):
    git(place, "init")
    git(place, "config", "core.fsmonitor", "touch was-run; false")
    env(place, "set", "A=1")
    assert not (place / "was-run").exists()


def environment_of(text):
    return dict(line.partition("=")[::2] for line in text.splitlines())


def test_program_gets_exactly_the_environment(place):
    put(place, "A='a b'\nexport B=1\nB=2\nTERM=dumb\n")
    seen = environment_of(env(place, "run", "/usr/bin/env", PGHOST="elsewhere", LANG="C.UTF-8", TERM="xterm").stdout)
    assert seen == {"A": "a b", "B": "2", "TERM": "dumb", "LANG": "C.UTF-8", "HOME": os.environ["HOME"], "PATH": os.environ["PATH"]}
    seen = environment_of(env(place, "run", "--inherit", "--", "/usr/bin/env", PGHOST="elsewhere", A="ours").stdout)
    assert seen["PGHOST"] == "elsewhere" and seen["A"] == "a b"


def test_options_behind_the_program_are_its_own(place):
    put(place, "A=1\n")
    assert env(place, "run", "echo", "--json", "--file", "-q").stdout == "--json --file -q\n"
    assert env(place, "run", "--", "echo", "--", "-x").stdout == "-- -x\n"
    assert env(place, "run", "cat", given="passed on").stdout == "passed on"


def test_exit_status_and_signals_are_the_programs(place):
    put(place, "A=1\n")
    env(place, "run", "sh", "-c", "exit 42", status=42)
    env(place, "run", "sh", "-c", "kill -TERM $$", status=-signal.SIGTERM)
    process = subprocess.Popen([pgrade.program(), "env", "run", "sh", "-c", "echo $$; exec cat"], cwd=place, text=True,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert int(process.stdout.readline()) == process.pid, "the program takes the place of pgrade"
    process.communicate()
    outcome = env(place, "run", "no-such-program", status=127)
    assert "no-such-program cannot be started: it is not on PATH" in outcome.stderr
    (place / "plain").write_text("x")
    assert "Permission denied" in env(place, "run", "./plain", status=126).stderr
    put(place, "PATH=/nowhere\n")
    env(place, "run", "true", status=127)


def test_root_trusts_no_file_of_others(place):
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    os.chown(put(place, "A=1\n"), 65534, 65534)
    assert "belongs to another user" in env(place, "run", "true", status=pgrade.REFUSED).stderr
    env(place, "run", "--yes", "true")
    env(place, "set", "A=2")
    assert os.stat(place / ".env").st_uid == 65534, "it stays theirs"


VALUES = ["plain", URL, "a b  c", "", " edges ", "# no comment", "a # b", "it's", 'say "x"', "$HOME ${A} `id` $(id)", "a\\b",
          "\\\\host\\share", "two\nlines\n", "tab\there", "cr\rlf\r\n", "both ' and \"", "it's $5", "it's `id`",
          "it's\nhere", "it's ${A}", "~root", "caf\u00e9 \U0001f600", "a;b&c|d<e>(f)*[g]?{h}!", "\\n", "it's \\n", "it's \\$x",
          "=", "'", '"', "\\'", "''", "%40:/@", "C:\\", "\\"]
LINES = ["K=a # comment", "K= # comment", "K='a' # b", "K=  a  ", "K = a", "export K=a", "K=a\\b", 'K="a\\nb"', "K=it's", "K=#x",
         'K="$HOME"', "K=$HOME", "K=${HOME}", "K='${HOME}'", 'K="\\${HOME}"', "K.x=1", 'K="a\\ab"', 'K="a\\\nb"', "K='a\\\\b'",
         "K=a b", "K=a&b", "export = a", "K=\"it's\"", "K='a\nb'", "K=~root", 'K="a\\\\nb"']


def read_by_python(path):
    return {name: value for name, value in dotenv.dotenv_values(stream=io.StringIO(path.read_bytes().decode())).items()}


def read_by_shell(path):
    done = subprocess.run(["sh", "-c", "set -a; . \"$0\"; exec /usr/bin/env -0", str(path)], capture_output=True, check=False,
                          env={"HOME": "/nonexistent"})
    return dict(one.partition("=")[::2] for one in done.stdout.decode().split("\0"))


def read_by_systemd(path):
    """Its own reader of such files; the one of environment.d replaces variables too, and drops empty ones, which
    EnvironmentFile= does not."""
    folder = path.parent / "config" / "environment.d"
    folder.mkdir(parents=True, exist_ok=True)
    text = path.read_text()
    dollar = r"\\\\|\\?\$" if '="' in text else r"\$"
    (folder / "x.conf").write_text(re.sub(dollar, lambda found: found[0] if found[0] == "\\\\" else "\u20ac", text))
    done = subprocess.run([SYSTEMD], capture_output=True, text=True, check=True,
                          env={"XDG_CONFIG_HOME": str(folder.parent), "HOME": "/nonexistent"})
    seen = {}
    for line in done.stdout.splitlines():
        name, _, value = line.partition("=")
        value = value[1:-1] if value.startswith('"') else value
        controls = {"n": "\n", "r": "\r", "t": "\t"}
        seen[name] = re.sub(r"\\(.)", lambda found: controls.get(found[1], found[1]), value).replace("\u20ac", "$")
    return seen


def compare_readers(place, path, shell):
    """Each reads what pgrade reads, or is named as one that does not."""
    document = env(place, "list", "--show-values", "--json").report
    seen = {"python-dotenv": read_by_python(path), "a shell": shell}
    if os.access(SYSTEMD, os.X_OK):
        seen["systemd"] = read_by_systemd(path)
    for name, values in seen.items():
        for one in document["variables"]:
            told = name in {odd["by"] for odd in one["read_otherwise"]}
            assert told or values.get(one["name"], "") == one["value"], (name, values.get(one["name"]), one)
    return {one["name"]: one["value"] for one in document["variables"]}


def test_others_read_the_same_or_are_named(place):
    values = {f"K{number}": value for number, value in enumerate(VALUES)}
    for name, value in values.items():
        word = [name, "--from-file", "-"] if value else [name + "="]
        subprocess.run([pgrade.program(), "env", "set", *word], input=(value + "\n").encode(), cwd=place, check=True,
                       capture_output=True)
    assert compare_readers(place, place / ".env", read_by_shell(place / ".env")) == values


def test_others_read_odd_lines_the_same_or_are_named(place):
    """A shell stops at what it does not understand, so it gets each line by itself."""
    lines = [re.sub(r"\bK", f"K{number}_", line) + "\n" for number, line in enumerate(LINES)]
    shell = {}
    for line in lines:
        shell |= {name: value for name, value in read_by_shell(put(place, line)).items() if name not in shell}
    compare_readers(place, put(place, "".join(lines)), shell)


def test_common_values_are_the_same_to_all(place):
    put(place, "A=plain\nURL=postgresql://u:p%40@h:5432/d?sslmode=require\nN=1\n")
    assert [one["read_otherwise"] for one in env(place, "list", "--json").report["variables"]] == [[], [], []]
    assert "read otherwise" in env(place, "list").stdout
    outcome = env(place, "set", "A=it's $5")
    assert "warning: python-dotenv reads another value of A" in outcome.stderr
