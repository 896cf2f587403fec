"""Where source and target come from when they are not typed: the environment, .env, the local instance."""

import contextlib
import os

import psycopg2
import pytest

import pgrade
from catalog_text import table_names
from trouble import Trouble, assert_clean, assert_trouble, one_document

REMOTE = "postgresql://me:geheim@db.invalid:6543/shop"


@pytest.fixture(autouse=True)
def source_stays(small, untouched):
    untouched()


@pytest.fixture
def project(tmp_path):
    """Where the command is called; the source lies elsewhere."""
    (tmp_path / "project").mkdir()
    return tmp_path / "project"


ASSIGNMENTS = {
    "plain": "DATABASE_URL={url}\n",
    "in quotes": 'DATABASE_URL="{url}"\n',
    "in single quotes": "DATABASE_URL='{url}'\n",
    "with export": "# settings\n\nSECRET=x\nexport DATABASE_URL={url}\n",
    "spaces, comment, no line end": "DATABASE_URL = {url} # the real one",
    "carriage returns": "DATABASE_URL={url}\r\nDEBUG=1\r\n",
    "the other name": "DB_URI={url}\n",
    "a later one wins": "DATABASE_URL=postgresql://nobody@127.0.0.1:1/x\nDATABASE_URL={url}\n",
    "a driver": "DATABASE_URL={driver}\n",
}


@pytest.mark.core
@pytest.mark.parametrize("how", ASSIGNMENTS)
def test_target_from_the_file(how, small, project, database):
    driver = database.url.replace("postgresql://", "postgresql+psycopg2://")
    (project / ".env").write_text(ASSIGNMENTS[how].format(url=database.url, driver=driver), encoding="utf-8")
    outcome = pgrade.run("upgrade", str(small), directory=project)
    assert outcome.status == pgrade.OK, outcome
    name = "DB_URI" if how == "the other name" else "DATABASE_URL"
    assert f"from {name} in .env" in outcome.stderr.splitlines()[0]
    assert table_names(database) == ["author", "post"]


@pytest.mark.parametrize("name", ["DATABASE_URL", "DB_URI"])
def test_target_from_the_environment(name, small, project, database):
    (project / ".env").write_text("DATABASE_URL=postgresql://nobody@127.0.0.1:1/x\n", encoding="utf-8")
    outcome = pgrade.run("upgrade", str(small), directory=project, **{name: database.url})
    assert outcome.status == pgrade.OK, outcome
    assert outcome.stderr.splitlines()[0].endswith(f"from {name}")


def test_typed_target_wins(small, project, database):
    outcome = pgrade.run("upgrade", str(small), database.url, directory=project, DATABASE_URL=REMOTE)
    assert outcome.status == pgrade.OK, outcome


def test_database_url_comes_before_db_uri(small, project, database):
    outcome = pgrade.run("upgrade", str(small), directory=project, DATABASE_URL=database.url, DB_URI=REMOTE)
    assert outcome.status == pgrade.OK, outcome


@pytest.mark.core
def test_sqlite_url_is_the_source(small, project, database):
    outcome = pgrade.run("upgrade", directory=project, DATABASE_URL=f"sqlite:///{small}", DB_URI=database.url)
    assert outcome.status == pgrade.OK, outcome
    assert f"source: {small}, from DATABASE_URL" in outcome.stderr
    assert table_names(database) == ["author", "post"]


def test_source_from_the_file(small, project):
    (project / ".env").write_text(f"DATABASE_URL=sqlite:///{small}\n", encoding="utf-8")
    outcome = pgrade.run("plan", "--json", directory=project)
    assert outcome.status == pgrade.OK, outcome
    assert outcome.stderr.splitlines()[0] == f"source: {small}, from DATABASE_URL in .env"
    assert one_document(outcome)["source"] == str(small)


def test_relative_source_is_that_of_the_folder(small, project):
    os.link(small, project / "app.db")
    outcome = pgrade.run("plan", "--json", directory=project, DATABASE_URL="sqlite:///app.db")
    assert outcome.status == pgrade.OK, outcome


def test_no_source_at_all(project, database):
    told = Trouble(2, "no source was given", None, "pgrade upgrade app.db", "ERR_USAGE")
    assert_trouble(told, "upgrade", directory=project)
    assert_trouble(told, "upgrade", directory=project, DATABASE_URL=database.url)


@pytest.mark.parametrize(
    "text", ["DATABASE_URL=mysql://me:geheim@h/d\n", "DATABASE_URL=postgresql://me:geheim@h:x/d\n"]
)
def test_url_in_the_file_that_is_none(text, small, project):
    (project / ".env").write_text(text, encoding="utf-8")
    plain = pgrade.run("upgrade", str(small), directory=project)
    assert plain.status == pgrade.USAGE, plain
    assert plain.stderr.startswith("pgrade: DATABASE_URL in .env: ") and "geheim" not in plain.stderr


NO_URL = {
    "a scheme with a typing error": ("postgress://me:geheim@h/d", '"postgress:" begins no URL'),
    "no scheme": ("localhost/geheim", "neither a URL nor the path of a file"),
    "no scheme, with a password": ("me:geheim@localhost/d", "neither a path nor a URL"),
    "a word": ("geheim", "neither a URL nor the path of a file"),
    "a folder": ("geheim/", "neither a URL nor the path of a file"),
    "another kind of database": ("mysql://me:geheim@h/d", '"mysql:" begins no URL'),
}


@pytest.mark.parametrize("name", ["DATABASE_URL", "DB_URI"])
@pytest.mark.parametrize("how", NO_URL)
def test_variable_that_is_no_url(how, name, small, project):
    """It is not passed over in favour of the local instance: somebody meant a database by it."""
    (project / "geheim").mkdir()
    text, says = NO_URL[how]
    plain = assert_trouble(
        Trouble(2, says, code="ERR_URL", why=None if "begins" in says else "", hint="postgresql://"),
        "upgrade", str(small), directory=project, **{name: text}
    )
    assert plain.stderr.startswith(f"pgrade: {name}: ") and "geheim" not in plain.stderr
    (project / ".env").write_text(f"{name}={text}\n", encoding="utf-8")
    in_file = pgrade.run("upgrade", str(small), directory=project)
    assert in_file.status == pgrade.USAGE and in_file.stderr.startswith(f"pgrade: {name} in .env: ")


def test_file_without_a_scheme_is_the_source(small, project, database):
    outcome = pgrade.run("upgrade", directory=project, DATABASE_URL=str(small), DB_URI=database.url)
    assert outcome.status == pgrade.OK, outcome


def test_env_that_is_a_folder(small, project):
    """A virtual environment is often called so."""
    (project / ".env").mkdir()
    outcome = pgrade.run("plan", str(small), directory=project)
    assert outcome.status == pgrade.OK, outcome
    outcome = pgrade.run("upgrade", str(small), directory=project, DATABASE_URL=REMOTE)
    assert outcome.status == pgrade.REFUSED, outcome


REMOTES = {
    "a host": {"DATABASE_URL": REMOTE},
    "several hosts": {"DATABASE_URL": "postgresql://me:geheim@127.0.0.1,db.invalid/shop"},
    "hostaddr": {"DATABASE_URL": "postgresql://me:geheim@/shop?hostaddr=192.0.2.1"},
    "PGHOST": {"DATABASE_URL": "postgresql:///shop", "PGHOST": "db.invalid"},
    "PGHOSTADDR": {"DATABASE_URL": "postgresql:///shop", "PGHOSTADDR": "192.0.2.1"},
    "PGSERVICE": {"DATABASE_URL": "postgresql:///shop", "PGSERVICE": "shop"},
}


@pytest.mark.parametrize("how", REMOTES)
def test_remote_target_that_was_not_typed_is_asked_about(how, small, project):
    """Nobody can be asked: stdin is no terminal. Nothing is connected to."""
    told = Trouble(4, "upgrade into postgresql://", None, "--yes answers yes", "ERR_REFUSED")
    outcome = assert_trouble(told, "upgrade", str(small), directory=project, **REMOTES[how])
    assert "(from DATABASE_URL)?: nobody can be asked" in outcome.stderr and "geheim" not in outcome.stderr


def test_remote_target_and_yes(small, project):
    outcome = pgrade.run("upgrade", str(small), "--yes", directory=project, DATABASE_URL=REMOTE)
    assert outcome.status == pgrade.UNREACHABLE, outcome
    assert "the host name is unknown" in outcome.stderr and "geheim" not in outcome.stderr


def test_typed_remote_target_is_not_asked_about(small, project):
    outcome = pgrade.run("upgrade", str(small), REMOTE, directory=project)
    assert outcome.status == pgrade.UNREACHABLE, outcome


@pytest.mark.parametrize("answer, status", [("y\n", 5), ("yes\n", 5), ("n\n", 4), ("\n", 4), ("", 4)])
def test_question_on_a_terminal(answer, status, small, project):
    told, code = talk(answer, "upgrade", str(small), directory=project, DATABASE_URL=REMOTE)
    assert code == status, told
    assert "upgrade into postgresql://me:***@db.invalid:6543/shop (from DATABASE_URL)? [y/N]" in told
    assert (status == 5) == ("the host name is unknown" in told)
    assert (status == 4) == ("nothing was done: the answer was no" in told)


def talk(answer, *arguments, directory, **environment):
    """Runs it on a terminal of its own and types the answer ("" hangs up: end of input)."""
    pid, terminal = os.forkpty()
    if pid == 0:
        os.chdir(directory)
        os.execve(pgrade.program(), [pgrade.program(), *arguments], pgrade.clean_environment(environment))
    told = b""
    with contextlib.suppress(OSError):  # a terminal whose other end has gone gives EIO
        while b"[y/N]" not in told:
            told += os.read(terminal, 4096)
        os.write(terminal, answer.encode() or b"\x04")
        while piece := os.read(terminal, 4096):
            told += piece
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    return told.decode(), os.waitstatus_to_exitcode(status)


@pytest.fixture
def instance(project):
    """The local instance of the project, gone afterwards: for root it lies outside of the project."""
    yield project
    outcome = pgrade.run("local", "destroy", "--yes", directory=project)
    assert outcome.status == pgrade.OK, outcome


def test_local_instance_when_nothing_is_configured(folder, small, instance):
    os.link(small, folder / "My Blog.2.sqlite3")
    try:
        outcome = pgrade.run("upgrade", str(folder / "My Blog.2.sqlite3"), "--json", directory=instance)
        assert outcome.status == pgrade.OK, outcome
        assert_clean(outcome)
        assert "target: the local instance " in outcome.stderr and "database my_blog_2" in outcome.stderr
        assert "/my_blog_2" in one_document(outcome)["target"] and "***" in one_document(outcome)["target"]
        url = pgrade.run("local", "url", "--database", "my_blog_2", directory=instance).stdout.strip()
        told = Trouble(4, "has no database nope", None, "named after the file", "ERR_REFUSED")
        assert assert_trouble(told, "local", "url", "--database", "nope", directory=instance).stdout == ""
        connection = psycopg2.connect(url)
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT count(*), current_setting('server_encoding') FROM post")
            assert cursor.fetchone() == (3, "UTF8")
        connection.close()
        again = pgrade.run("upgrade", str(folder / "My Blog.2.sqlite3"), directory=instance)
        assert again.status == pgrade.REFUSED and "--replace" in again.stderr, again
        state = one_document(pgrade.run("local", "status", "--json", directory=instance))
        assert state["state"] == "running"
    finally:
        os.unlink(folder / "My Blog.2.sqlite3")


def test_local_commands_without_an_instance(project):
    status = pgrade.run("local", "status", "--json", directory=project)
    assert one_document(status)["state"] == "absent"
    told = Trouble(4, "there is no local instance in", None, "pgrade local start", "ERR_REFUSED")
    assert_trouble(told, "local", "url", directory=project)
    told = Trouble(4, "", None, None, "ERR_REFUSED")
    assert pgrade.run("local", "destroy", "--yes", "--json", directory=project).status == pgrade.REFUSED
    assert list(project.iterdir()) == []
