"""The table of the upgraded databases, printed after the tests."""

import pytest

COLUMNS = ("file", "exit", "seconds", "tables", "rows", "values", "differences", "not carried")
LINES = pytest.StashKey()


def pytest_configure(config):
    config.stash[LINES] = []


@pytest.fixture
def table_line(request):
    """Takes one line of the table, as values for COLUMNS."""
    return request.config.stash[LINES].append


def pytest_terminal_summary(terminalreporter, config):
    lines = [COLUMNS] + [tuple(str(value) for value in line) for line in config.stash[LINES]]
    if len(lines) == 1:
        return
    widths = [max(len(line[place]) for line in lines) for place in range(len(COLUMNS))]
    terminalreporter.section("upgraded databases")
    for line in lines:
        cells = [line[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(line[1:], widths[1:])]
        terminalreporter.write_line("  ".join(cells).rstrip())
