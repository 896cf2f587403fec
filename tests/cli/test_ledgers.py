"""The table in which a framework keeps its versions is carried: else its migrations would begin at zero."""

import sqlite3

import pytest

import pgrade

MOMENT = "2024-02-29 12:34:56.789+00"
PRISMA = (
    'CREATE TABLE "_prisma_migrations" (\n    "id" TEXT PRIMARY KEY NOT NULL,\n'
    '    "checksum" TEXT NOT NULL,\n'
    '    "finished_at" DATETIME,\n    "migration_name" TEXT NOT NULL,\n    "logs" TEXT,\n'
    '    "rolled_back_at" DATETIME,\n    "started_at" DATETIME NOT NULL DEFAULT current_timestamp,\n'
    '    "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0\n)'
)
# Framework, DDL, the ledger, its rows as SQLite has them, and as PostgreSQL gives them as text.
LEDGERS = [
    (
        "SQLAlchemy",
        "CREATE TABLE alembic_version (\n\tversion_num VARCHAR(32) NOT NULL, \n"
        "\tCONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)\n)",
        "alembic_version",
        [("7c3a1f0b9d2e",)],
        [("7c3a1f0b9d2e",)],
    ),
    (
        "Django",
        'CREATE TABLE "django_migrations" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app" '
        'varchar(255) NOT NULL, "name" varchar(255) NOT NULL, "applied" datetime NOT NULL)',
        "django_migrations",
        [(1, "blog", "0001_initial", "2024-02-29 12:34:56.789012")],
        [("1", "blog", "0001_initial", "2024-02-29 12:34:56.789012+00")],
    ),
    (
        "Rails",
        'CREATE TABLE "schema_migrations" ("version" varchar NOT NULL PRIMARY KEY)',
        "schema_migrations",
        [("20240101000000",), ("20240202000000",)],
        [("20240101000000",), ("20240202000000",)],
    ),
    (
        "Rails",
        'CREATE TABLE "ar_internal_metadata" ("key" varchar NOT NULL PRIMARY KEY, "value" varchar, '
        '"created_at" datetime(6) NOT NULL, "updated_at" datetime(6) NOT NULL)',
        "ar_internal_metadata",
        [("environment", "production", "2024-02-29 12:34:56.789012", "2024-02-29 12:34:56")],
        [("environment", "production", "2024-02-29 12:34:56.789012", "2024-02-29 12:34:56")],
    ),
    (
        "Knex",
        "CREATE TABLE `knex_migrations` (`id` integer not null primary key autoincrement, `name` "
        "varchar(255), `batch` integer, `migration_time` datetime)",
        "knex_migrations",
        [(1, "1_first.js", 1, 1709210096789)],
        [("1", "1_first.js", "1", "2024-02-29 12:34:56.789+00")],
    ),
    (
        "Knex",
        "CREATE TABLE `knex_migrations_lock` (`index` integer not null primary key autoincrement, "
        "`is_locked` integer)",
        "knex_migrations_lock",
        [(1, 0)],
        [("1", "0")],
    ),
    (
        "Sequelize",
        "CREATE TABLE `SequelizeMeta` (`name` VARCHAR(255) NOT NULL UNIQUE PRIMARY KEY)",
        "SequelizeMeta",
        [("1-first.js",)],
        [("1-first.js",)],
    ),
    (
        "Prisma",
        PRISMA,
        "_prisma_migrations",
        [("3f5c", "ab12", 1709210096789, "1_init", None, None, 1709210096789, 1)],
        [("3f5c", "ab12", MOMENT, "1_init", None, None, MOMENT, "1")],
    ),
    (
        "Laravel",
        'CREATE TABLE "migrations" ("id" integer not null primary key autoincrement, "migration" varchar not '
        'null, "batch" integer not null)',
        "migrations",
        [(1, "2014_10_12_000000_create_users_table", 1)],
        [("1", "2014_10_12_000000_create_users_table", "1")],
    ),
    (
        "TypeORM",
        'CREATE TABLE "migrations" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "timestamp" bigint NOT '
        'NULL, "name" varchar NOT NULL)',
        "migrations",
        [(1, 1709210096789, "First1709210096789")],
        [("1", "1709210096789", "First1709210096789")],
    ),
]


@pytest.mark.parametrize("ledger", LEDGERS, ids=[ledger[2] + " of " + ledger[0] for ledger in LEDGERS])
def test_ledger_is_carried(ledger, tmp_path, database):
    framework, _, name, _, expected = ledger
    path = tmp_path / "app.db"
    connection = sqlite3.connect(path)
    for other, ddl, table, rows, _ in LEDGERS:
        if other == framework:
            connection.execute(ddl)
            marks = ", ".join("?" * len(rows[0]))
            connection.executemany(f'INSERT INTO "{table}" VALUES ({marks})', rows)
    connection.commit()
    connection.close()
    outcome = pgrade.upgrade(path, database.url)
    assert outcome.status == pgrade.OK, outcome
    assert outcome.report["framework"] == framework
    with database.connect() as there, there.cursor() as cursor:
        cursor.execute("SET timezone TO 'UTC'; SET datestyle TO ISO")
        columns = [f'"{column}"::text' for column in column_names(cursor, name)]
        cursor.execute(f'SELECT {", ".join(columns)} FROM "{name}" ORDER BY 1')
        assert cursor.fetchall() == expected
    there.close()


def column_names(cursor, table):
    cursor.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = quote_ident(%s)::regclass AND attnum > 0"
        " ORDER BY attnum",
        (table,),
    )
    return [name for name, in cursor.fetchall()]
