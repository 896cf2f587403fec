"""`pgrade check --app` of applications in Node and Ruby: their driver, as far as files tell."""

import json
import subprocess

import pytest

from cluster import free_port
from doctor import finding, is_gone, look, result_of

AWAY = f"postgresql://app@127.0.0.1:{free_port()}/app"


@pytest.fixture
def app(tmp_path):
    return App(tmp_path / "it's here")


class App:
    def __init__(self, folder):
        self.folder = folder
        self.words = (AWAY, "--app", str(folder))

    def write(self, name, text):
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text)

    def package(self, dependencies, later=()):
        self.write("package.json", json.dumps({"name": "app", "dependencies": dict.fromkeys(dependencies, "*"),
                                               "devDependencies": dict.fromkeys(later, "*")}))

    def module(self, name):
        self.write(f"node_modules/{name}/package.json", "{}")

    def state(self):
        result = result_of(look(*self.words, "--only", "driver"), "driver")
        return result["state"], result["note"]

    def finding(self):
        return finding("driver", *self.words)

    def is_gone(self):
        is_gone("driver", *self.words)


def test_node(app):
    app.package(["better-sqlite3", "express"])
    found = app.finding()
    assert "Cannot find module 'pg'" in found["what"] and found["mend"].endswith("install pg"), found
    assert found["mend"].startswith("npm --prefix ") and str(app.folder).replace("'", "'\\''") in found["mend"]
    app.package(["express", "pg"])
    assert app.state()[0] == "skipped"
    app.module("express")
    assert "node_modules has none" in app.finding()["what"]
    app.module("pg")
    app.is_gone()


def test_a_driver_for_development_only(app):
    app.package(["knex"], ["pg"])
    app.module("pg")
    found = app.finding()
    assert "--omit=dev leaves it out" in found["what"] and "--save-prod pg" in found["mend"]
    app.package(["knex", "pg"])
    app.is_gone()


def test_modules_of_the_folder_above(app):
    """Workspaces have one node_modules for all."""
    app.package(["@neondatabase/serverless"])
    above = App(app.folder.parent)
    above.module("@neondatabase/serverless")
    app.is_gone()


def test_prisma(app):
    app.package(["@prisma/client"])
    app.write("prisma/schema.prisma", 'generator client {\n  provider = "prisma-client-js"\n}\ndatasource db {\n  provider = "sqlite"\n}\n')
    found = app.finding()
    assert "provider sqlite" in found["what"]
    subprocess.run(found["mend"], shell=True, check=True)
    app.is_gone()
    assert "prisma-client-js" in (app.folder / "prisma/schema.prisma").read_text()


@pytest.mark.parametrize("name, text", [("package.json", '{"devDependencies": {"vite": "5"}}'), ("Gemfile", 'gem "jekyll"\n')])
def test_what_has_no_database(app, name, text):
    app.write(name, text)
    state, note = app.state()
    assert state == "skipped" and "Gemfile" in note


def test_a_package_json_that_is_none(app):
    app.write("package.json", "{")
    state, note = app.state()
    assert state == "skipped" and "package.json" in note


RAILS = """source "https://rubygems.org"
# gem "pg"
gem "rails", "~> 7.1"
{0}
group :development, :test do
  gem "debug"
  {1}
end
"""


def test_ruby(app):
    app.write("Gemfile", RAILS.format("", 'gem "sqlite3"'))
    found = app.finding()
    assert "Add `gem 'pg'` to your Gemfile" in found["what"] and found["mend"].endswith("&& bundle add pg")
    app.write("Gemfile", RAILS.format("gem 'pg', '~> 1.5'", 'gem "sqlite3"'))
    assert app.state()[0] == "skipped"
    app.write("Gemfile.lock", "GEM\n  specs:\n    rails (7.1)\n      pg (>= 1)\n")
    found = app.finding()
    assert "Gemfile.lock does not" in found["what"] and found["mend"].endswith("bundle lock")
    app.write("Gemfile.lock", "GEM\n  specs:\n    pg (1.5.4)\n")
    app.write("vendor/bundle/ruby/3.1.0/gems/rails-7.1/x", "")
    assert "vendor/bundle has none" in app.finding()["what"]
    app.write("vendor/bundle/ruby/3.1.0/gems/pg-1.5.4/x", "")
    app.is_gone()


@pytest.mark.parametrize("line, inside, says", [("", 'gem "pg"', "without"), ('gem("pg", group: :test)', "", "without"),
                                                ('gem "pg"\ngem "sqlite3"', "", "sqlite3 for the application at work")])
def test_groups_of_gems(app, line, inside, says):
    app.write("Gemfile", RAILS.format(line, inside))
    app.write("vendor/bundle/ruby/3.1.0/gems/pg-1.5.4/x", "")
    assert says in app.finding()["what"]
    app.write("Gemfile", RAILS.format('platforms :ruby do\ngem "pg"\nend', 'gem "sqlite3"'))
    app.is_gone()


DATABASE = """default: &default
  adapter: {0}
  pool: 5
development:
  <<: *default
production:
  <<: *default
  {1}
"""


@pytest.mark.parametrize("usual, own, wrong", [("sqlite3", "", True), ("sqlite3", "adapter: postgresql", False), ("postgresql", "", False),
                                               ("postgresql", "adapter: sqlite3", True), ("postgresql", "# adapter: sqlite3", False),
                                               ("sqlite3", "adapter: <%= ENV['ADAPTER'] || 'sqlite3' %>", False)])
def test_the_adapter_of_rails(app, usual, own, wrong):
    app.write("Gemfile", RAILS.format('gem "pg"', ""))
    app.write("vendor/bundle/ruby/3.1.0/gems/pg-1.5.4/x", "")
    app.write("config/database.yml", DATABASE.format(usual, own))
    if wrong:
        assert "adapter: sqlite3 for production" in app.finding()["what"]
    else:
        app.is_gone()


def test_two_languages(app):
    """Each is told, and the worst is what counts."""
    app.write("requirements.txt", "psycopg2\n")
    app.package(["pg"])
    app.module("pg")
    state, note = app.state()
    assert state == "skipped" and "pg is in node_modules" in note and "requirements.txt names a driver" in note
