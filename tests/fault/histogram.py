"""How often something was disturbed, by the phase in which it was, and how it ended."""

import collections


class Histogram:
    """Prints itself with pytest -s, and in the report of a test that failed."""

    def __init__(self, title, ends):
        self.title = title
        self.ends = ends
        self.counts = collections.defaultdict(collections.Counter)

    def add(self, phase, end):
        assert end in self.ends, end
        self.counts[phase][end] += 1

    def total(self, end=None):
        return sum(one[end] if end else one.total() for one in self.counts.values())

    def lines(self):
        width = max(len(phase) for phase in [*self.counts, "total"])
        heads = "".join(f"{end:>{len(end) + 3}}" for end in self.ends)
        yield f"{self.title}"
        yield f"  {'phase':<{width}}    all{heads}"
        for phase, ends in self.counts.items():
            yield self._line(phase, ends.total(), ends, width)
        yield self._line("total", self.total(), {end: self.total(end) for end in self.ends}, width)

    def _line(self, phase, count, ends, width):
        cells = "".join(f"{ends.get(end, 0) or '.':>{len(end) + 3}}" for end in self.ends)
        return f"  {phase:<{width}} {count:>6}{cells}"

    def show(self):
        print("\n" + "\n".join(self.lines()))
