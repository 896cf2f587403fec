"""Random expressions over the columns of tests/unit/schema/translate_scope.h, the same ones for the same seed."""

import random

# A bare char(n), or a number among texts, is no value that both hand over alike; jsonb and dates in numbers never are.
COLUMNS = "i j r q n w t v k l f d z y h x g e s".split()
DEEPER = COLUMNS + ["c", "o"]
LITERALS = ("0", "1", "2", "-1", "5", "10", "0.5", "1.0", "1e3", "NULL", "TRUE", "FALSE", "''", "'abc'", "'5'", "'0'", "'A'",
            "' 5 '", "'1e0'", "'a%'", "'trail'", "'x y'", "'new'", "x'00'", "'2020-01-01'", "'2020-01-01 10:20:30'")

# % stands for a part of its own.
SHAPES = (
    "(% = %)", "(% <> %)", "(% < %)", "(% <= %)", "(% > %)", "(% >= %)", "(% IS %)", "(% IS NOT %)", "(% + %)", "(% - %)",
    "(% * %)", "(% / %)", "(% @ %)", "(% & %)", "(% | %)", "(% << %)", "(% >> %)", "(% || %)", "(% || %)", "(% AND %)",
    "(% OR %)", "(NOT %)", "(-%)", "(+%)", "(~%)", "(% BETWEEN % AND %)", "(% NOT BETWEEN % AND %)", "(% IN (%, %))",
    "(% NOT IN (%, %, %))", "(% IN ())", "(% LIKE 'a@')", "(% LIKE 'A_c')", "(% NOT LIKE %)", "(% GLOB '[a-c]*')", "(% GLOB '?')",
    "(CASE WHEN % THEN % ELSE % END)", "(CASE % WHEN % THEN % WHEN % THEN % END)", "CAST(% AS TEXT)", "CAST(% AS INTEGER)",
    "CAST(% AS REAL)", "CAST(% AS NUMERIC)", "CAST(% AS BLOB)", "(% COLLATE NOCASE)", "(% COLLATE RTRIM)",
    "(% COLLATE BINARY)", "(% IS NULL)", "(% NOTNULL)", "(% IS TRUE)", "(% IS NOT FALSE)", "abs(%)", "lower(%)", "upper(%)",
    "length(%)", "trim(%)", "ltrim(%, %)", "rtrim(%, %)", "coalesce(%, %)", "coalesce(%, %, %)", "ifnull(%, %)", "nullif(%, %)",
    "iif(%, %, %)", "round(%)", "max(%, %)", "min(%, %, %)", "typeof(%)", "instr(%, %)", "replace(%, %, %)", "hex(%)",
    "unicode(%)", "sign(%)", "likely(%)", "substr(%, 1, 2)", "substr(%, 3)", "substr(%, %)", "substr(%, %, %)",
    "substr(%, -2)", "substr(%, -3, 2)", "quote(%)", "printf('@d', %)", "printf('@05d|@s', %, %)", "printf('@x', %)",
    "printf('@.2f', %)", "glob('a*', %)", "like('A@', %)", "replace(%, 'a', %)", "trim(%, %)", "char(65, 66)",
    "(m ->> 'a' = %)", "(json_extract(u, '$.n') > %)", "(js ->> 'list' IS NULL OR %)", "(json_extract(m, '$.a') IN (%, 1))",
    "json_array_length(m, '$.list') + %", "json_type(u, '$.a') || %", "json_array(%, %)", "json_object('a', %)", "json_quote(%)",
    "(u ->> 'n' BETWEEN % AND 5)",
    "date(%)", "time(%)", "datetime(%)", "date(%, '+1 month')", "datetime(%, '-90 minutes', 'start of day')", "strftime('@Y-@m', %)",
    "datetime(%, 'unixepoch')", "date(%, 'weekday 2')", "julianday(%)", "unixepoch(%)", "strftime('@W', %, '+1 year')",
)


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def expression(self, depth, top=True):
        if depth == 0 or self.random.random() < 0.15:
            columns = COLUMNS if top else DEEPER
            return self.random.choice(columns if self.random.random() < 0.65 else LITERALS)
        parts = self.random.choice(SHAPES).split("%")
        made = parts[0]
        for part in parts[1:]:
            made += self.expression(depth - 1, False) + part
        return made.replace("@", "%")

    def expressions(self, count):
        return [self.expression(self.random.choice((1, 2, 2, 3, 3, 4))) for _ in range(count)]
