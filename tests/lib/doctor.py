"""What `pgrade check` finds, and whether it is gone after its advice was followed."""

import contextlib
import time

import psycopg2

import pgrade

QUIET = ("--skip", "timezone,cache,unused-indexes,slowest,relations,version,service")


def look(*words, **environment):
    """The findings by check, once the document is there."""
    outcome = pgrade.run("check", *words, "--json", **environment)
    assert outcome.report.get("results"), outcome
    assert outcome.report["status"] == outcome.status, outcome
    return outcome


def result_of(outcome, check):
    return next(one for one in outcome.report["results"] if one["check"] == check)


def finding(check, *words, **environment):
    """The only finding of the check, which is looked at alone."""
    outcome = look(*words, "--only", check, **environment)
    found = result_of(outcome, check)["findings"]
    assert len(found) == 1, outcome
    assert found[0]["why"] and found[0]["mend"]
    return found[0]


def stops_at(check, url, **environment):
    """The step at which it stops: it is a problem, all before are not, and all behind are skipped."""
    outcome = look(url, **environment)
    assert outcome.status == pgrade.UNREACHABLE and outcome.report["stopped"], outcome
    results = outcome.report["results"]
    place = [one["check"] for one in results].index(check)
    assert {one["state"] for one in results[:place]} <= {"ok", "advice", "skipped"}, outcome
    assert results[place]["state"] == "problem", outcome
    assert {(one["state"], one["note"]) for one in results[place + 1:]
            if one["group"] not in ("service", "application") and one["check"] not in ("provider", "kept", "expiry")} == {("skipped", "an earlier step failed")}
    return results[place]["findings"][0]


def is_gone(check, *words, **environment):
    outcome = look(*words, "--only", check, **environment)
    assert result_of(outcome, check)["state"] == "ok", outcome
    return outcome


def psycopg2_run(url, statement):
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


def statement(mend, word="new"):
    """That which was printed; where it leaves a password open, with that one."""
    return mend.partition("   --")[0].replace("'...'", f"'{word}'")


def follow(database, mend):
    psycopg2_run(database.url, statement(mend))


@contextlib.contextmanager
def limited(database, most, held=1):
    """The URL of a role that may have so many connections, of which some are open."""
    database.execute(f"CREATE ROLE few LOGIN CONNECTION LIMIT {most}")
    url = database.cluster.url(database.name, "few")
    holders = [psycopg2.connect(url) for _ in range(held)]
    try:
        yield url
    finally:
        for one in holders:
            one.close()
        database.execute("DROP ROLE few")


def until(condition):
    """Asks the server again and again, for half a minute at most."""
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end


def can_connect(url):
    try:
        psycopg2.connect(url).close()
        return True
    except psycopg2.OperationalError:
        return False


def set_rules(cluster, path, text):
    """Until the server has read them."""
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(text)
    (before,) = cluster_value(cluster, "SELECT pg_conf_load_time()")
    cluster.execute("SELECT pg_reload_conf()")
    until(lambda: cluster_value(cluster, "SELECT pg_conf_load_time()") != (before,))


def cluster_value(cluster, sql):
    connection = psycopg2.connect(cluster.url())
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
    connection.close()
    return row
