"""`pgrade seed --admin`: an administrator who can log in, by the frameworks' own judgement."""

import hashlib
import subprocess
import sys

import bcrypt
import pytest
from werkzeug.security import check_password_hash

import pgrade
from cluster import PASSWORD
from terminal import Terminal
from test_seed import Place

SECRET = "pass w\u00f6rd' $x"
FLASK = """CREATE TABLE users (id integer PRIMARY KEY {identity}, username varchar(80) UNIQUE, email varchar(120) UNIQUE NOT NULL,
           password_hash varchar(256) NOT NULL, is_admin boolean NOT NULL, active boolean NOT NULL DEFAULT {false}, created_at timestamp NOT NULL)"""
RAILS = """CREATE TABLE users (id integer PRIMARY KEY {identity}, email varchar NOT NULL, encrypted_password varchar NOT NULL DEFAULT '',
           admin boolean DEFAULT {false}, created_at timestamp(6) NOT NULL, updated_at timestamp(6) NOT NULL)"""
LARAVEL = """CREATE TABLE users (id integer PRIMARY KEY {identity}, name varchar NOT NULL, email varchar NOT NULL UNIQUE,
             email_verified_at timestamp, password varchar NOT NULL, remember_token varchar)"""
DJANGO = """
import sys, django
from django.conf import settings
engine, name, port, action = sys.argv[1:]
settings.configure(SECRET_KEY="x", USE_TZ=True, INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends." + engine, "NAME": name, "USER": "pgrade_test", "HOST": "127.0.0.1", "PORT": port}})
django.setup()
if action == "migrate":
    from django.core.management import call_command
    call_command("migrate", verbosity=0)
else:
    from django.contrib.auth import authenticate
    user = authenticate(username="ada", password=action)
    print(user.is_superuser, user.is_staff, user.is_active, user.email, user.date_joined.year > 2020)
"""


# Stretching a password takes a fifth of a second by intention, and checking it again: what does not depend on the
# engine is tried with one of them, and with both in a full run.
SQLITE = pytest.mark.parametrize("place", ["sqlite", pytest.param("postgres", marks=pytest.mark.long)], indirect=True)
POSTGRES = pytest.mark.parametrize("place", [pytest.param("sqlite", marks=pytest.mark.long), "postgres"], indirect=True)


@pytest.fixture(params=["sqlite", "postgres"])
def place(request, tmp_path):
    if request.param == "sqlite":
        place = Place("sqlite", str(tmp_path / "app.db"), tmp_path)
        place.rows("CREATE TABLE other (id INTEGER)")
        return place
    return Place("postgres", request.getfixturevalue("database").url, tmp_path)


def make(place, table):
    postgres = place.kind == "postgres"
    place.rows(table.format(identity="GENERATED ALWAYS AS IDENTITY" if postgres else "AUTOINCREMENT", false="false" if postgres else "0")
               .replace("id integer PRIMARY KEY AUTO", "id INTEGER PRIMARY KEY AUTO"))


def admin(place, *words, secret=SECRET, status=pgrade.OK):
    (place.folder / "secret").write_text(secret + "\n")
    (place.folder / "secret").chmod(0o600)
    return place.seed("--admin", "ada:ada@example.org", "--password-file", "secret", "--json", *words, status=status)


def hash_of(place, column="password_hash"):
    return place.rows(f"SELECT {column} FROM users")[0][0]


def scrypt_verifies(stored, password):
    """As Werkzeug 2.3 does: Debian's does not know scrypt yet."""
    method, salt, value = stored.split("$")
    assert method == "scrypt:32768:8:1"
    return hashlib.scrypt(password.encode(), salt=salt.encode(), n=32768, r=8, p=1, maxmem=132 * 32768 * 8).hex() == value


@pytest.mark.core
def test_flask(place):
    make(place, FLASK)
    outcome = admin(place)
    assert outcome.report["admin"] == {"table": "users", "user": "ada", "email": "ada@example.org", "framework": None, "marked": True,
                                       "hash": "werkzeug-pbkdf2", "created": True, "password": None}
    assert hash_of(place).startswith("pbkdf2:sha256:600000$") and check_password_hash(hash_of(place), SECRET)
    assert [tuple(map(str, row)) for row in place.rows("SELECT username, email, is_admin, active FROM users")] in (
        [("ada", "ada@example.org", "True", "True")], [("ada", "ada@example.org", "1", "1")])
    assert "has a user of that name" in admin(place, status=pgrade.REFUSED).stderr
    assert "the password is hashed" in admin(place, "--admin-set", "password_hash=x", status=pgrade.USAGE).stderr
    assert len(place.rows("SELECT * FROM users")) == 1
    assert SECRET not in outcome.stdout + outcome.stderr


def test_hash_is_that_of_the_rows_that_are_there(place):
    make(place, FLASK)
    flag = "true" if place.kind == "postgres" else "1"
    place.rows("INSERT INTO users (username, email, password_hash, is_admin, created_at) VALUES "
               f"('bo', 'b', 'scrypt:32768:8:1$a$b', {flag}, '2026-01-01')")
    assert admin(place, secret="other").report["admin"]["hash"] == "werkzeug-scrypt"
    assert scrypt_verifies(place.rows("SELECT password_hash FROM users WHERE username = 'ada'")[0][0], "other")
    for beginning in ("$2a$04$", "$2b$12$", "$2y$10$"):
        place.rows(f"UPDATE users SET password_hash = '{beginning}x'")
        assert "bcrypt reads 72" in admin(place, "--force", secret="x" * 73, status=pgrade.USAGE).stderr
    place.rows("UPDATE users SET password_hash = '$argon2id$v=19$x'")
    assert "hashed in a way that pgrade does not know" in admin(place, "--force", status=pgrade.REFUSED).stderr
    outcome = admin(place, "--force", "--admin-hash", "werkzeug-pbkdf2")
    assert not outcome.report["admin"]["created"] and outcome.report["admin"]["hash"] == "werkzeug-pbkdf2"
    assert place.rows("SELECT count(*) FROM users WHERE password_hash LIKE 'pbkdf2:sha256:600000$%'") == [(1,)]


@pytest.mark.parametrize("mode", [0o640, 0o602])
def test_a_password_that_others_may_read_is_not_used(tmp_path, mode):
    place = Place("sqlite", str(tmp_path / "app.db"), tmp_path)
    place.rows("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, password TEXT)")
    (tmp_path / "secret").write_text(SECRET)
    (tmp_path / "secret").chmod(mode)
    refused = place.seed("--admin", "ada", "--password-file", "secret", status=pgrade.REFUSED)
    assert "chmod 600 'secret'" in refused.stderr and SECRET not in refused.stderr, refused
    assert place.rows("SELECT count(*) FROM users") == [(0,)]


@SQLITE
def test_rails_and_laravel(place):
    make(place, RAILS)
    assert admin(place).report["admin"]["framework"] == "Rails"
    stored = hash_of(place, "encrypted_password")
    assert stored.startswith("$2b$12$") and bcrypt.checkpw(SECRET.encode(), stored.encode())
    assert "bcrypt reads 72" in admin(place, "--force", secret="x" * 73, status=pgrade.USAGE).stderr
    place.rows("DROP TABLE users")
    make(place, LARAVEL)
    outcome = admin(place)
    assert outcome.report["admin"]["framework"] == "Laravel" and not outcome.report["admin"]["marked"]
    stored = hash_of(place, "password")
    assert stored.startswith("$2y$12$") and bcrypt.checkpw(SECRET.encode(), stored.encode())
    assert place.rows("SELECT name, email_verified_at IS NOT NULL FROM users")[0][0] == "ada"


@POSTGRES
def test_django_itself_lets_the_administrator_in(place, cluster):
    def django(action):
        engine, name = ("sqlite3", place.where) if place.kind == "sqlite" else ("postgresql", place.where.rpartition("/")[2])
        done = subprocess.run([sys.executable, "-c", DJANGO, engine, name, str(cluster.port), action], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    django("migrate")
    assert admin(place).report["admin"]["framework"] == "Django"
    assert django(SECRET) == "True True True ada@example.org True\n"
    admin(place, "--force", secret="changed")
    assert django("changed") == "True True True ada@example.org True\n"


def test_table_that_is_told(place):
    assert "no users table is recognised" in admin(place, status=pgrade.REFUSED).stderr
    place.rows("CREATE TABLE staff (number integer, handle varchar(9), mail_to varchar(50), pw varchar(255), boss boolean, kind varchar(9) NOT NULL)")
    told = ("--admin-table", "staff", "--admin-columns", "username=handle,email=mail_to,password=pw,admin=boss")
    assert "staff.kind needs a value" in admin(place, *told, status=pgrade.REFUSED).stderr
    assert "no column nothing" in admin(place, *told, "--admin-set", "nothing=1", status=pgrade.REFUSED).stderr
    admin(place, *told, "--admin-set", "kind=a,b", "--admin-hash", "werkzeug-scrypt")
    handle, pw, boss, kind = place.rows("SELECT handle, pw, boss, kind FROM staff")[0]
    assert (handle, bool(boss), kind) == ("ada", True, "a,b") and scrypt_verifies(pw, SECRET)
    place.rows("CREATE TABLE \"user\" (username varchar(9), password varchar(255))")
    place.rows("CREATE TABLE accounts (username varchar(9), password varchar(255))")
    assert "could both be the users table" in admin(place, status=pgrade.REFUSED).stderr


def test_flask_security_is_named(place):
    place.rows("CREATE TABLE \"user\" (id integer, email varchar(9), password varchar(255), fs_uniquifier varchar(64))")
    assert "try: flask users create" in admin(place, status=pgrade.REFUSED).stderr


def test_files_and_administrator_are_one_transaction(place):
    make(place, FLASK)
    place.put(log_sql="INSERT INTO users (email, password_hash, is_admin, created_at) VALUES ('x', 'argon', %s, '2026-01-01')"
              % ("true" if place.kind == "postgres" else "1"))
    quick = ("--admin-hash", "werkzeug-scrypt")
    dry = place.seed("--admin", "ada:ada@example.org", "--admin-generate", "--dry-run", *quick).stdout
    assert "would make ada in users" in dry and "password: " not in dry, "it would be the password of nobody"
    assert place.rows("SELECT * FROM users") == []
    admin(place, "--admin-table", "nowhere", status=pgrade.REFUSED)
    assert place.rows("SELECT * FROM users") == []
    admin(place, *quick)
    assert len(place.rows("SELECT * FROM users")) == 2


@SQLITE
def test_password_typed_twice_generated_or_none(place):
    make(place, FLASK)
    with Terminal("seed", place.where, "--admin", "bo@example.org") as terminal:
        for answer in ("s3cret", "s3cret"):
            terminal.expect("password of bo@example.org.*: ")
            terminal.line(answer)
        terminal.expect("made bo in users")
        assert terminal.close() == pgrade.OK and "s3cret" not in terminal.text()
    assert check_password_hash(hash_of(place), "s3cret")
    with Terminal("seed", place.where, "--admin", "cy") as terminal:
        for answer in ("one", "two"):
            terminal.expect("password of cy.*: ")
            terminal.line(answer)
        terminal.expect("not the same")
        assert terminal.close() == pgrade.USAGE
    shown = place.seed("--admin", "bo@example.org", "--admin-generate", "--force").stdout
    assert check_password_hash(hash_of(place), shown.partition("password: ")[2].strip())
    assert "nothing was given" in place.seed("--admin", "cy:cy@x", status=pgrade.USAGE).stderr
    assert "belongs to --admin" in place.seed("--force", status=pgrade.USAGE).stderr + place.seed("--admin-table", "x", "--json", status=pgrade.USAGE).stderr
    for who in (":a@b", "a:b", "a:@b"):
        place.seed("--admin", who, "--admin-generate", status=pgrade.USAGE)


def test_password_is_nowhere_but_hashed(scram_cluster, tmp_path):
    database = scram_cluster.create_database()
    place = Place("postgres", database.url, tmp_path)
    make(place, FLASK)
    outcome = admin(place, "--trace-sql")
    assert SECRET not in outcome.stderr and PASSWORD not in outcome.stderr
    assert SECRET not in scram_cluster.log()
    database.drop()
