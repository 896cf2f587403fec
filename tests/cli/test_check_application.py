"""`pgrade check` of the application: its driver, its SQLAlchemy, its code, its migrations, its own query."""

import glob
import os
import shlex
import subprocess
import zipfile

import pytest

import pgrade
from cluster import free_port
from doctor import finding, is_gone, look, result_of

AWAY = f"postgresql://app@127.0.0.1:{free_port()}/app"
SYSTEM = "/usr/lib/python3/dist-packages"
PYTHON = "/usr/bin/python3"

needs_packages = pytest.mark.skipif(not os.path.isdir(f"{SYSTEM}/psycopg2"), reason="needs psycopg2 of the system")


@pytest.fixture(scope="module")
def environments(tmp_path_factory):
    """A virtual environment without packages; install() puts some into it, as pip would."""
    folder = tmp_path_factory.mktemp("venv")
    os.chmod(folder, 0o755)
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", str(folder / "empty")], check=True)
    return folder


@pytest.fixture
def application(tmp_path, environments):
    made = Application(tmp_path)
    subprocess.run(["cp", "-a", str(environments / "empty"), str(tmp_path / ".venv")], check=True)
    return made


class Application:
    def __init__(self, folder):
        self.folder = folder
        self.write("requirements.txt", "flask\nsqlalchemy  # psycopg2 is not here\n")

    def write(self, name, text):
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text)

    def install(self, *names):
        """From the system's packages, since there is no network."""
        (packages,) = glob.glob(str(self.folder / ".venv/lib/python3*/site-packages"))
        for name in names:
            os.symlink(f"{SYSTEM}/{name}", f"{packages}/{name}")

    def offer(self, module, package):
        """The environment's pip, and a folder to install the system's module from, since there is no network."""
        (own,) = glob.glob("/usr/share/python-wheels/pip-*.whl")
        (self.folder / ".venv/bin/pip").write_text(
            f"#!/bin/sh\nPYTHONPATH={own} exec {PYTHON} -m pip --python {shlex.quote(f'{self.folder}/.venv/bin/python')} \"$@\"\n")
        (self.folder / ".venv/bin/pip").chmod(0o755)
        name = f"{package.replace('-', '_')}-2.9"
        with zipfile.ZipFile(self.folder / f"{name}-py3-none-any.whl", "w") as wheel:
            for path in glob.glob(f"{SYSTEM}/{module}/*.*"):
                wheel.write(path, f"{module}/{os.path.basename(path)}")
            wheel.writestr(f"{name}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: 2.9\n")
            wheel.writestr(f"{name}.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{name}.dist-info/RECORD", "")
        return {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": self.folder.as_uri(), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}

    def python(self, code):
        return subprocess.run([str(self.folder / ".venv/bin/python"), "-c", code], capture_output=True, text=True, check=False)

    def words(self, url=AWAY):
        return (url, "--app", str(self.folder))


@needs_packages
def test_the_driver_is_missing(tmp_path, environments):
    application = Application(tmp_path / "it's an app")
    subprocess.run(["cp", "-a", str(environments / "empty"), str(application.folder / ".venv")], check=True)
    assert "No module named 'psycopg2'" in application.python("import psycopg2").stderr
    found = result_of(look(*application.words(), "--only", "driver"), "driver")["findings"]
    assert "ModuleNotFoundError: No module named 'psycopg2'" in found[0]["what"]
    assert shlex.split(found[0]["mend"]) == [f"{application.folder}/.venv/bin/pip", "install", "psycopg2-binary"]
    assert "names no driver" in found[1]["what"]
    subprocess.run(found[1]["mend"], shell=True, check=True)
    assert (application.folder / "requirements.txt").read_text().endswith("psycopg2-binary\n")
    pip = application.offer("psycopg2", "psycopg2-binary")
    subprocess.run(found[0]["mend"], shell=True, check=True, env=dict(os.environ, **pip))
    assert application.python("import psycopg2").returncode == 0
    is_gone("driver", *application.words())


@needs_packages
def test_an_environment_that_sees_the_systems(application):
    application.write("requirements.txt", "psycopg2\n")
    settings = application.folder / ".venv/pyvenv.cfg"
    settings.write_text(settings.read_text().replace("packages = false", "packages = true"))
    assert application.python("import psycopg2").returncode == 0
    is_gone("driver", *application.words())


@needs_packages
def test_sqlalchemy_takes_one_driver(application):
    """psycopg is there, and postgresql:// means psycopg2 to SQLAlchemy."""
    (packages,) = glob.glob(str(application.folder / ".venv/lib/python3*/site-packages"))
    application.write(f"{packages}/psycopg/__init__.py", "")
    application.write("requirements.txt", "psycopg\n")
    is_gone("driver", *application.words())
    application.install("sqlalchemy", "SQLAlchemy-1.4.46.egg-info")
    assert "postgresql+psycopg://" in str(look(*application.words(), "--only", "driver").report)
    is_gone("driver", *application.words(AWAY.replace("postgresql:", "postgresql+psycopg:")))


@pytest.mark.parametrize("name, text, good", [
    ("requirements.txt", "psycopg2-binary==2.9.9\n", True), ("requirements.txt", "psycopg[binary,pool]>=3.1\n", True),
    ("requirements.txt", "mypsycopg2\n# psycopg2\n", False), ("pyproject.toml", 'dependencies = ["asyncpg>=0.29"]\n', True),
    ("requirements/base.txt", "pg8000\n", True), ("Pipfile", "[packages]\nflask = '*'\n", False)])
def test_lists_of_packages(tmp_path, name, text, good):
    application = Application(tmp_path)
    application.write("requirements.txt", "")
    application.write(name, text)
    result = result_of(look(*application.words(), "--only", "driver"), "driver")
    assert result["state"] == ("skipped" if good else "problem"), result
    assert "--venv" in (result["note"] or "--venv")


@needs_packages
def test_postgres_is_refused_by_sqlalchemy(application):
    short = AWAY.replace("postgresql://", "postgres://")
    application.install("sqlalchemy", "SQLAlchemy-1.4.46.egg-info", "psycopg2")
    refused = application.python(f"import sqlalchemy; sqlalchemy.create_engine('{short}')").stderr
    found = finding("sqlalchemy", *application.words(short))
    assert "Can't load plugin: sqlalchemy.dialects:postgres" in refused and "Can't load plugin" in found["what"]
    assert "1.4.46" in found["what"]
    assert application.python(f"import sqlalchemy; sqlalchemy.create_engine('{AWAY}')").returncode == 0
    is_gone("sqlalchemy", *application.words())


@pytest.mark.parametrize("version, state", [("1.3.24", "ok"), ("1.4.0b1", "problem"), ("2.0.52", "problem")])
def test_versions_of_sqlalchemy(application, version, state):
    (packages,) = glob.glob(str(application.folder / ".venv/lib/python3*/site-packages"))
    os.mkdir(f"{packages}/sqlalchemy-{version}.dist-info")
    outcome = look(*application.words(AWAY.replace("postgresql:", "postgres:")), "--only", "sqlalchemy")
    assert result_of(outcome, "sqlalchemy")["state"] == state, outcome


@pytest.mark.parametrize("line, says", [
    ('URI = "postgresql://app:my%40password1@db/app"', "holds a URL with a password"),
    ('URI = "postgresql://app:hunter2@db/app"', "holds a URL with a password"),
    ('URI = os.environ.get("DATABASE_URL", "sqlite:///app.db")', "falls back to a SQLite file"),
    ('URI = "sqlite:///app.db"', "names a SQLite file")])
def test_urls_in_the_code(tmp_path, line, says):
    application = Application(tmp_path)
    application.write("app/config.py", f"import os\n\n{line}\n")
    found = finding("code", *application.words())
    assert says in found["what"] and f"{tmp_path}/app/config.py:3" in found["what"] and "hunter2" not in str(found) and "password1" not in str(found)
    application.write("app/config.py", 'import os\nURI = os.environ["DATABASE_URL"]\n'
                                       'other = f"postgresql://{user}:{word}@{host}/"\n# postgresql://a:b@c/d\n'
                                       'third = "postgresql://%s:%s@%s/" % who\nfourth = "postgresql://USER:PASSWORD@HOST/d"\n')
    is_gone("code", *application.words())


def test_what_is_not_read_is_not_called_good(tmp_path):
    application = Application(tmp_path)
    application.write("app.py", "pass\n")
    application.write("data.js", "x" * 600_000)
    result = result_of(look(*application.words(), "--only", "code"), "code")
    assert result["state"] == "skipped" and "were not read" in result["note"]
    empty = tmp_path / "empty"
    empty.mkdir()
    assert result_of(look(AWAY, "--app", str(empty), "--only", "code"), "code")["state"] == "skipped"


def test_a_broken_environment(application, database):
    os.unlink(application.folder / ".venv/bin/python")
    os.symlink("/nowhere/python", application.folder / ".venv/bin/python")
    assert "no such program" in finding("query", *application.words(database.url))["what"]
    assert "no folder" in finding("driver", database.url, "--venv", "/nowhere")["what"]


def test_others_code_is_not_read(application):
    application.write(".venv/lib/x.py", 'U = "postgresql://a:b@c/d"')
    application.write("node_modules/x.js", 'U = "postgresql://a:b@c/d"')
    application.write("app.py", "pass\n")
    is_gone("code", *application.words())


ALEMBIC = "revision: str = '{0}'\ndown_revision: Union[str, None] = {1}\n"
FRAMEWORKS = {
    "alembic": ({"migrations/versions/a_one.py": ALEMBIC.format("aaa", "None"),
                 "migrations/versions/b_two.py": ALEMBIC.format("bbb", "'aaa'")},
                "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); INSERT INTO alembic_version VALUES ('aaa')",
                "UPDATE alembic_version SET version_num = 'bbb'", "bbb, and the database is at aaa"),
    "django": ({"blog/migrations/0001_initial.py": "", "blog/migrations/0002_more.py": "", "blog/migrations/__init__.py": ""},
               "CREATE TABLE django_migrations (id serial PRIMARY KEY, app text, name text);"
               "INSERT INTO django_migrations (app, name) VALUES ('blog', '0001_initial')",
               "INSERT INTO django_migrations (app, name) VALUES ('blog', '0002_more')", "1 of 2 migrations of Django are not applied: blog.0002_more"),
    "rails": ({"db/migrate/20260101000000_a.rb": "", "db/migrate/20260102000000_b.rb": ""},
              "CREATE TABLE schema_migrations (version varchar PRIMARY KEY); INSERT INTO schema_migrations VALUES ('20260101000000')",
              "INSERT INTO schema_migrations VALUES ('20260102000000')", "20260102000000"),
    "prisma": ({"prisma/migrations/2026_init/migration.sql": "", "prisma/migrations/2027_more/migration.sql": ""},
               "CREATE TABLE _prisma_migrations (id text PRIMARY KEY, migration_name text, finished_at timestamptz);"
               "INSERT INTO _prisma_migrations VALUES ('1', '2026_init', now()), ('2', '2027_more', NULL)",
               "UPDATE _prisma_migrations SET finished_at = now()", "2027_more"),
    "knex": ({"migrations/1_a.js": "", "migrations/2_b.js": ""},
             "CREATE TABLE knex_migrations (id serial PRIMARY KEY, name text); INSERT INTO knex_migrations (name) VALUES ('1_a.js')",
             "INSERT INTO knex_migrations (name) VALUES ('2_b.js')", "2_b.js"),
    "sequelize": ({"migrations/1-a.js": ""}, 'CREATE TABLE "SequelizeMeta" (name text PRIMARY KEY)',
                  """INSERT INTO "SequelizeMeta" VALUES ('1-a.js')""", "1-a.js"),
}


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_migrations_that_are_not_applied(database, tmp_path, framework):
    files, before, mend, says = FRAMEWORKS[framework]
    application = Application(tmp_path)
    for name, text in files.items():
        application.write(name, text)
    if framework in ("alembic", "django", "rails", "prisma"):
        assert finding("migrations", *application.words(database.url))["state"] == "problem"
    database.execute(before)
    assert says in finding("migrations", *application.words(database.url))["what"]
    database.execute(mend)
    is_gone("migrations", *application.words(database.url))


def test_a_database_that_is_ahead_of_the_code(database, tmp_path):
    application = Application(tmp_path)
    application.write("migrations/versions/a.py", ALEMBIC.format("aaa", "None"))
    database.execute("CREATE TABLE alembic_version (version_num varchar(32)); INSERT INTO alembic_version VALUES ('zzz')")
    found = finding("migrations", *application.words(database.url))
    assert "none of the migrations here" in found["what"] and "bring the code to the version" in found["mend"]
    database.execute("CREATE ROLE newcomer LOGIN")
    url = database.cluster.url(database.name, "newcomer")
    hidden = result_of(look(*application.words(url), "--only", "migrations"), "migrations")
    assert hidden["state"] == "skipped" and "permission denied" in hidden["note"], hidden
    database.execute("DROP ROLE newcomer")
    application.write("migrations/versions/z.py", ALEMBIC.format("zzz", "'aaa'"))
    is_gone("migrations", *application.words(database.url))


@needs_packages
@pytest.mark.core
def test_a_query_of_the_application(scram_cluster, application):
    """By its own Python, as the owner of its folder, with the URL of the unit's file."""
    database = scram_cluster.create_database()
    os.chmod(application.folder, 0o755)
    application.write("env", f"DATABASE_URL='{database.url.replace('postgresql:', 'postgresql+psycopg2:')}'\n")
    application.write("app.service", "[Service]\nUser=root\nEnvironmentFile={0}/env\nWorkingDirectory={0}\n"
                                     "ExecStart={0}/.venv/bin/python app.py\n".format(application.folder))
    words = (database.url, "--unit", str(application.folder / "app.service"))
    assert "No module named 'psycopg2'" in finding("query", *words)["what"]
    application.install("psycopg2")
    assert f"{database.name} as {scram_cluster.user}" in result_of(is_gone("query", *words), "query")["note"]
    application.write("env", f"DATABASE_URL='{scram_cluster.url(password='stale')}'\n")
    found = finding("query", *words)
    assert "password authentication failed" in found["what"] and "stale" not in str(found)
    application.write("env", f"DATABASE_URL='{scram_cluster.url('postgres')}'\n")
    assert "reaches the database postgres" in finding("query", *words)["what"]
    assert "query" not in [one["check"] for one in look(*words).report["results"]]


def test_without_an_application_nothing_is_said(database):
    assert "application" not in {one["group"] for one in look(database.url).report["results"]}
    named = look(database.url, "--only", "driver,sqlalchemy,code,migrations,query", directory=pgrade.a_folder())
    assert {one["state"] for one in named.report["results"]} == {"skipped"}, named
