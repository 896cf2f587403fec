"""Each message in docs/check.md is provoked by a test, in which its check names it and is gone after its advice."""

import os
import re

import pgrade
from page_tables import read, rows, section

CONNECTION, SYMPTOMS, SERVER, RIGHTS, HEALTH, TLS, APPLICATION, UNIT, DRIVERS = (
    f"tests/cli/test_check{name}.py"
    for name in ("_connection", "_symptoms", "_server", "", "_health", "_tls", "_application", "_unit", "_drivers"))

# By the first words of a row, the tests of its messages in their order.
PROVOKED = {
    "password authentication failed": [(CONNECTION, "test_a_wrong_password"), (CONNECTION, "test_no_password"),
                                       (CONNECTION, "test_an_unknown_role")],
    "no pg_hba.conf entry for host ..., no encryption": [(TLS, "test_a_server_that_wants_tls"), (CONNECTION, "test_no_entry_in_pg_hba")],
    "Peer authentication failed": [(SYMPTOMS, "test_the_users_of_the_system_are_others"), (UNIT, "test_the_socket_asks_who_is_there")],
    "database \"...\" does not exist": [(CONNECTION, "test_a_database_that_is_not_there"), (CONNECTION, "test_a_role_that_may_not_connect")],
    "permission denied for schema public": [(RIGHTS, "test_nothing_may_be_created")],
    "permission denied for table": [(RIGHTS, "test_a_table_of_somebody_else")],
    "relation \"...\" does not exist": [(RIGHTS, "test_no_tables"), (APPLICATION, "test_migrations_that_are_not_applied")],
    "connection refused": [(CONNECTION, "test_refused_and_waiting"), (CONNECTION, "test_no_answer"),
                           (CONNECTION, "test_a_socket_that_is_not_there_while_tcp_answers"),
                           (SYMPTOMS, "test_a_server_that_listens_on_its_socket_alone")],
    "could not translate host name": [(CONNECTION, "test_an_unknown_host"), (SYMPTOMS, "test_a_name_that_is_known_inside_only")],
    "the database system is starting up": [(SYMPTOMS, "test_starting_up"), (CONNECTION, "test_shutting_down"),
                                           (SYMPTOMS, "test_in_recovery_after_a_crash"), (SYMPTOMS, "test_a_standby_that_lets_nobody_in")],
    "too many connections for role": [(CONNECTION, "test_no_slot_is_free"), (CONNECTION, "test_the_last_slots_are_reserved"),
                                      (RIGHTS, "test_few_connections_left")],
    "server does not support SSL": [(CONNECTION, "test_tls_where_there_is_none"), (SYMPTOMS, "test_a_pooler_that_wants_tls"),
                                    (TLS, "test_a_certificate_of_another_authority"), (TLS, "test_a_certificate_for_another_host")],
    "could not receive data from server": [(SYMPTOMS, "test_an_idle_connection_is_cut_on_the_way"),
                                           (SYMPTOMS, "test_a_pool_that_tests_its_connections"),
                                           (SYMPTOMS, "test_a_session_that_the_server_ends_when_idle"),
                                           (SERVER, "test_settings_of_pgbouncer")],
    "canceling statement due to statement timeout": [(SYMPTOMS, "test_settings_that_end_what_takes_long"),
                                                     (SYMPTOMS, "test_a_limit_that_ends_everything")],
    "cannot execute INSERT in a read-only transaction": [(RIGHTS, "test_read_only"), (CONNECTION, "test_a_standby")],
    "No space left on device": [(SYMPTOMS, "test_the_disk_is_full")],
    "invalid byte sequence for encoding": [(RIGHTS, "test_encoding"), (SYMPTOMS, "test_sessions_of_another_encoding")],
    "duplicate key value violates unique constraint \"..._pkey\"": [(HEALTH, "test_a_sequence_behind_its_table")],
    "integer out of range": [(HEALTH, "test_a_sequence_near_its_end")],
    "prepared statement \"...\" does not exist": [(SERVER, "test_settings_of_pgbouncer"), (RIGHTS, "test_a_pooler_in_transaction_mode")],
    "ModuleNotFoundError: No module named 'psycopg2'": [(APPLICATION, "test_the_driver_is_missing"),
                                                        (APPLICATION, "test_a_query_of_the_application"),
                                                        (DRIVERS, "test_node"), (DRIVERS, "test_ruby")],
    "Can't load plugin: sqlalchemy.dialects:postgres": [(APPLICATION, "test_postgres_is_refused_by_sqlalchemy"),
                                                        (CONNECTION, "test_the_short_scheme")],
    "KeyError: 'DATABASE_URL'": [(UNIT, "test_the_environment_is_not_loaded"), (UNIT, "test_what_keeps_it_from_starting"),
                                 (UNIT, "test_the_unit_names_another_database"), (UNIT, "test_the_shell_names_another_database")],
    "Can't locate revision identified by": [(APPLICATION, "test_a_database_that_is_ahead_of_the_code")],
    "database disk image is malformed": [(HEALTH, "test_a_damaged_file"), (SYMPTOMS, "test_a_file_that_each_deploy_wipes"),
                                         (SYMPTOMS, "test_a_file_in_a_container")],
}


def test_every_message_is_provoked():
    messages = [row[0].partition("`")[0] for row in rows(section(read("docs/check.md"), "What programs say"))]
    assert messages == list(PROVOKED)
    for path, name in (one for tests in PROVOKED.values() for one in tests):
        assert os.path.exists(os.path.join(pgrade.PROJECT, path)) and re.search(rf"^def {name}\(", read(path), re.MULTILINE), name


GONE = re.compile(r'"own layer" not in|is_gone\(|fixed\(|"state"\] == "ok"|"kept" not in|\.scalar\(\) == 1')


def test_each_of_them_sees_it_gone():
    lasting = [f"{path}::{name}" for path, name in sorted({one for tests in PROVOKED.values() for one in tests})
               if not GONE.search(re.search(rf"^def {name}\(.*?(?=\n\n\n|\Z)", read(path), re.MULTILINE | re.DOTALL).group())]
    assert lasting == []
