"""Runs pgrade and reads what it says.  $PGRADE names the program; without it the one of ../build."""

import atexit
import dataclasses
import functools
import json
import os
import pwd
import re
import subprocess
import tempfile

PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DEFAULT_PROGRAM = os.path.join(PROJECT, "build", "src", "cli", "pgrade")
TIMEOUT_SECONDS = 300

OK, FAILED, USAGE, DECISION, REFUSED, UNREACHABLE, SHORTFALL = range(7)

# The answers that let an upgrade go on, each to the part of the report that asks for it.
ANSWERS = (
    ("not_carried", ("--accept", "all")),
    ("misfits", ("--misfit", "widen")),
    ("contradictions", ("--orphans", "not-valid")),
)


@dataclasses.dataclass
class Outcome:
    status: int
    stdout: str
    stderr: str

    @property
    def messages(self):
        """What went to stderr, but for the line that every source in rollback mode brings."""
        return re.sub(r"^the source is read from a copy .*\n", "", self.stderr, flags=re.MULTILINE)

    @property
    def report(self):
        """What --json printed; {} when it printed nothing that is JSON."""
        try:
            return json.loads(self.stdout)
        except ValueError:
            return {}

    def __str__(self):
        return f"exit {self.status}\n{self.stdout[-4000:]}\n{self.stderr[-4000:]}"


def program():
    return os.path.abspath(os.environ.get("PGRADE", DEFAULT_PROGRAM))


def available():
    return os.access(program(), os.X_OK)


def run(*arguments, timeout=TIMEOUT_SECONDS, directory=None, account=None, **environment):
    """Never asks: stdin is closed, and no target of the caller's environment is taken by mistake.

    `account` is the name of a user of the system to run as, which only root can ask for.
    """
    done = subprocess.run(
        [program(), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=timeout,
        cwd=directory or a_folder(),
        env=clean_environment(environment),
        check=False,
        **as_account(account),
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


@functools.lru_cache(maxsize=None)
def a_folder():
    """Where files lie that nobody asked for."""
    folder = tempfile.TemporaryDirectory(prefix="pgrade-run-")
    os.chmod(folder.name, 0o777)
    atexit.register(folder.cleanup)
    return folder.name


def start(*arguments, directory=None, **environment):
    """The same in the background: finish() waits for its end."""
    return subprocess.Popen(
        [program(), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        cwd=directory or a_folder(),
        env=clean_environment(environment),
    )


def finish(process, timeout=TIMEOUT_SECONDS):
    stdout, stderr = process.communicate(timeout=timeout)
    return Outcome(process.returncode, stdout, stderr)


def clean_environment(more):
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DATABASE_URL", "DB_URI") and not name.startswith("PG")
    }
    return dict(kept, **more)


def as_account(name):
    if name is None:
        return {}
    account = pwd.getpwnam(name)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def upgrade(source, target, *options, **keywords):
    return run("upgrade", str(source), target, "--yes", "--json", *options, **keywords)


def upgrade_with_answers(source, target, check=lambda outcome: None, options=(), **keywords):
    """Answers what is asked until nothing new is; `check` sees each outcome that asks.  `options` come first.

    Gives the last outcome and the exit status of each run.
    """
    options, statuses = list(options), []
    while True:
        outcome = upgrade(source, target, *options, **keywords)
        statuses.append(outcome.status)
        if outcome.status != DECISION:
            return outcome, statuses
        check(outcome)
        answers = [
            answer
            for key, answer in ANSWERS
            if unanswered(outcome.report, key) and not set(answer) <= set(options)
        ]
        answers += rename(outcome.report, len(statuses))
        if not answers:
            return outcome, statuses
        options += [word for answer in answers for word in answer]


def rename(report, number):
    """Of two names that would be one, the hint names the second: it gets another."""
    error = report.get("error") or {}
    hint = re.match(r"--rename '(.*)=NAME' gives", error.get("hint") or "", re.DOTALL)
    return [("--rename", f"{hint[1]}=renamed_{number}")] if hint else []


def unanswered(report, key):
    return [entry for entry in report.get(key, []) if not entry.get("accepted")]
