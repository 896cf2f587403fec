/*
 * typemap_rules.c: the rules, as tables.
 *
 * The frameworks' rules were read off schemas that each framework made itself on both databases from one set
 * of models; the comments name the framework's own type where the declared one does not tell.
 */
#include "plan/typemap_conditions.h"

#define RULES(table)                                                                                         \
    {                                                                                                        \
        (table), ARRAY_LENGTH(table)                                                                         \
    }

static const struct type_rule sqlalchemy[] = {
    /* Enum(..., create_constraint=True, name=n), native on PostgreSQL under the name of the CHECK */
    {.names = "varchar", .when = has_enum_check, .kind = PG_ENUM, .why = "an Enum with its CHECK"},
    /* Uuid, the GUID recipe of the documentation, fastapi-users, UUIDType of SQLAlchemy-Utils */
    {.names = "char", .modifier = 32, .kind = PG_UUID, .voice = VOICE_UUID},
    {.names = "char", .modifier = 36, .kind = PG_UUID, .voice = VOICE_UUID},
    {.names = "binary", .modifier = 16, .kind = PG_UUID, .voice = VOICE_UUID},
    /* BINARY(16) is read back by its affinity when Alembic makes a table anew in batch mode. */
    {.names = "numeric", .modifier = 16, .column = "*uuid", .kind = PG_UUID, .voice = VOICE_UUID},
};

static const struct type_rule django[] = {
    {.when = is_key_of_bigint, .kind = PG_INT8, .why = "columns that reference it are bigint"},
    {.when = is_key_of_integer,
     .kind = PG_INT4,
     .voice = VOICE_KEY,
     .why = "columns that reference it are integer"},
    {.when = is_key_of_smallint,
     .kind = PG_INT2,
     .voice = VOICE_KEY,
     .why = "columns that reference it are smallint"},
    /* django.contrib.admin says AutoField for itself */
    {.table = "django_admin_log", .when = is_rowid_key, .kind = PG_INT4, .voice = VOICE_KEY},
    {.when = is_rowid_key, .kind = PG_INT8, .why = "keys are BigAutoField from 3.2 on"},
    {.names = "text", .when = has_json_check, .kind = PG_JSONB, .why = "a JSONField"},
    {.names = "char", .modifier = 32, .kind = PG_UUID, .why = "char(32) is a UUIDField"},
    {.names = "char", .modifier = 39, .kind = PG_INET, .why = "char(39) is a GenericIPAddressField"},
    {.names = "real", .kind = PG_FLOAT8},
    {.names = "datetime", .kind = PG_TIMESTAMPTZ, .voice = VOICE_UNIT},
};

static const struct type_rule rails[] = {
    {.when = is_rowid_key, .kind = PG_INT8, .why = "keys are bigint from 5.1 on"},
    {.names = "integer", .modifier = 1, .kind = PG_INT2},
    {.names = "integer", .modifier = 2, .kind = PG_INT2},
    {.names = "integer", .when = is_long_integer, .kind = PG_INT8},
    {.names = "integer", .column = "*_id", .kind = PG_INT8, .why = "references are bigint from 5.1 on"},
    {.names = "integer", .when = is_rebuilt, .kind = PG_INT4, .voice = VOICE_WIDTH},
    {.names = "float", .when = is_short_float, .kind = PG_FLOAT4, .voice = VOICE_SINGLE},
};

static const struct type_rule sequelize[] = {
    {.names = "tinyint", .modifier = 1, .kind = PG_BOOL},
    {.names = "varchar binary|char binary", .kind = PG_BYTEA},
    {.names = "datetime", .kind = PG_TIMESTAMPTZ, .voice = VOICE_UNIT},
};

static const struct type_rule knex[] = {
    /* uuid(), uuid({useBinaryUuid: true}) */
    {.names = "char", .modifier = 36, .kind = PG_UUID, .voice = VOICE_UUID},
    {.names = "binary", .modifier = 16, .kind = PG_UUID, .voice = VOICE_UUID},
    /* better-sqlite3 and sqlite3 bind a Date as its milliseconds; CURRENT_TIMESTAMP beside it is a text. */
    {.names = "datetime", .kind = PG_TIMESTAMPTZ, .voice = VOICE_UNIT, .unit = UNIT_MILLISECONDS},
    {.names = "date", .kind = PG_DATE, .voice = VOICE_UNIT, .unit = UNIT_MILLISECONDS},
};

static const struct type_rule laravel[] = {
    {.table = "migrations", .when = is_rowid_key, .kind = PG_INT4, .voice = VOICE_KEY},
    {.when = is_rowid_key, .kind = PG_INT8, .why = "id() is bigint"},
    {.names = "integer", .column = "*_id", .kind = PG_INT8, .why = "foreignId() and morphs() are bigint"},
    {.names = "integer", .kind = PG_INT4, .voice = VOICE_WIDTH},
    {.names = "tinyint", .modifier = 1, .kind = PG_BOOL},
    /* SQLite's grammar drops the length of a string(): 255 unless said otherwise, and these are Laravel's
       own. */
    {.names = "varchar",
     .column = "remember_token",
     .kind = PG_VARCHAR,
     .modifiers = MODIFIERS_FIXED,
     .fixed = {100},
     .voice = VOICE_LENGTH},
    {.names = "varchar",
     .table = "personal_access_tokens",
     .column = "token",
     .kind = PG_VARCHAR,
     .modifiers = MODIFIERS_FIXED,
     .fixed = {64},
     .voice = VOICE_LENGTH},
    {.names = "varchar",
     .kind = PG_VARCHAR,
     .modifiers = MODIFIERS_FIXED,
     .fixed = {255},
     .voice = VOICE_LENGTH},
    {.names = "datetime", .kind = PG_TIMESTAMP, .modifiers = MODIFIERS_FIXED, .voice = VOICE_DIGITS},
    {.names = "time", .kind = PG_TIME, .modifiers = MODIFIERS_FIXED, .voice = VOICE_DIGITS},
};

static const struct type_rule typeorm[] = {
    /* enum and simple-enum, native on PostgreSQL; @Check() writes its CHECKs with a name */
    {.names = "varchar", .when = has_unnamed_enum_check, .kind = PG_ENUM, .why = "an enum with its CHECK"},
};

static const struct type_rule prisma[] = {
    {.names = "text",
     .table = "_prisma_migrations",
     .column = "id",
     .kind = PG_VARCHAR,
     .modifiers = MODIFIERS_FIXED,
     .fixed = {36}},
    {.names = "text",
     .table = "_prisma_migrations",
     .column = "checksum",
     .kind = PG_VARCHAR,
     .modifiers = MODIFIERS_FIXED,
     .fixed = {64}},
    {.names = "text",
     .table = "_prisma_migrations",
     .column = "migration_name",
     .kind = PG_VARCHAR,
     .modifiers = MODIFIERS_FIXED,
     .fixed = {255}},
    {.names = "datetime",
     .table = "_prisma_migrations",
     .kind = PG_TIMESTAMPTZ,
     .voice = VOICE_UNIT,
     .unit = UNIT_MILLISECONDS},
    {.names = "real", .kind = PG_FLOAT8},
    {.names = "decimal", .kind = PG_NUMERIC, .modifiers = MODIFIERS_FIXED, .fixed = {65, 30}},
    /* Engines up to 6 wrote milliseconds, the driver adapters write texts. */
    {.names = "datetime",
     .kind = PG_TIMESTAMP,
     .modifiers = MODIFIERS_FIXED,
     .fixed = {3},
     .voice = VOICE_UNIT,
     .unit = UNIT_MILLISECONDS},
};

static const struct type_rule drizzle[] = {
    {.names = "numeric", .table = "__drizzle_migrations", .column = "created_at", .kind = PG_INT8},
    /* integer() is the only integer, for bigint, timestamp and boolean modes too. */
    {.names = "integer", .kind = PG_INT4, .voice = VOICE_WIDTH},
    {.names = "real", .kind = PG_FLOAT8},
    {.names = "text", .when = has_modifier, .kind = PG_VARCHAR, .modifiers = MODIFIERS_DECLARED},
};

static const struct type_rule peewee[] = {
    /* every integer field, BigIntegerField too */
    {.names = "integer", .kind = PG_INT4, .voice = VOICE_WIDTH},
    /* FloatField and DoubleField */
    {.names = "real", .kind = PG_FLOAT8},
};

/* What all of them have in common: declared types are meant as written, because the framework wrote the
 * values too. */
static const struct type_rule frameworks[] = {
    {.when = is_key_of_bigint, .kind = PG_INT8, .why = "columns that reference it are bigint"},
    {.when = is_rowid_key, .kind = PG_INT4, .voice = VOICE_KEY},
    {.names = "integer|int|int4|mediumint|serial", .kind = PG_INT4},
    {.names = "smallint|int2", .kind = PG_INT2},
    {.names = "tinyint", .when = has_no_modifier, .kind = PG_INT2},
    {.names = "bigint|int8|bigserial", .kind = PG_INT8},
    {.names = "real", .kind = PG_FLOAT4, .voice = VOICE_SINGLE},
    {.names = "numeric|decimal", .kind = PG_NUMERIC, .modifiers = MODIFIERS_DECLARED},
    {.names = "datetime|timestamp",
     .kind = PG_TIMESTAMP,
     .modifiers = MODIFIERS_DECLARED,
     .voice = VOICE_UNIT},
    {.names = "date", .kind = PG_DATE, .voice = VOICE_UNIT},
    {.names = "time", .kind = PG_TIME, .modifiers = MODIFIERS_DECLARED},
    {.names = "char", .kind = PG_CHAR, .modifiers = MODIFIERS_DECLARED},
    {.names = "blob|tinyblob|mediumblob|longblob|binary|varbinary", .kind = PG_BYTEA},
    {.names = "uuid", .kind = PG_UUID},
};

/* Schemas written by hand.  SQLite enforced none of this, so types that are narrower than what SQLite stores
 * need the values' consent; INTEGER holds 64 bits there. */
static const struct type_rule general[] = {
    {.when = is_array, .kind = PG_TEXT, .why = "arrays are kept as their text"},
    {.when = is_rowid_key_as_declared, .kind = PG_INT4, .voice = VOICE_KEY},
    {.when = is_rowid_key, .kind = PG_INT8, .why = "INTEGER PRIMARY KEY"},
    {.names = "tinyint|bit", .modifier = 1, .kind = PG_INT2, .voice = VOICE_WIDTH, .flag = true},
    {.names = "bit", .when = has_no_modifier, .kind = PG_INT2, .voice = VOICE_WIDTH, .flag = true},
    {.names = "tinyint|smallint|int1|int2|short|short integer", .kind = PG_INT2, .voice = VOICE_WIDTH},
    {.names = "mediumint|middleint|int3|int4", .kind = PG_INT4, .voice = VOICE_WIDTH},
    {.names = "year", .kind = PG_INT4, .voice = VOICE_INTEGERS},
    {.names = "int|integer|bigint|big int|int8|int64|uint64|long",
     .when = is_unsigned,
     .kind = PG_INT8,
     .voice = VOICE_UNSIGNED},
    {.names = "uint64", .kind = PG_INT8, .voice = VOICE_UNSIGNED},
    {.names = "int|integer", .when = is_as_declared, .kind = PG_INT4},
    {.names = "int|integer|bigint|big int|int8|int64|long|serial|bigserial", .kind = PG_INT8},
    {.names = "boolean|bool", .kind = PG_BOOL},
    {.names = "real|float|float4|float8|double|double precision|single", .kind = PG_FLOAT8},
    {.names = "numeric|decimal|dec|number|fixed",
     .when = has_modifier,
     .kind = PG_NUMERIC,
     .modifiers = MODIFIERS_DECLARED},
    {.names = "numeric|decimal|dec|number|fixed|money|smallmoney|currency",
     .kind = PG_NUMERIC,
     .voice = VOICE_NUMBERS},
    {.names = "text|clob", .when = has_json_check, .kind = PG_JSON, .why = "its CHECK says JSON"},
    {.names = "text|ntext|tinytext|mediumtext|longtext|citext|clob|nclob|longvarchar|long varchar|enum|set",
     .kind = PG_TEXT},
    /* CHAR(n) too: PostgreSQL's would give texts back with spaces at their end, which SQLite never put there.
     */
    {.names =
         "varchar|nvarchar|varchar2|nvarchar2|character varying|varying character|char varying|char|nchar|"
         "character|bpchar",
     .kind = PG_VARCHAR,
     .modifiers = MODIFIERS_DECLARED},
    {.names = "blob|tinyblob|mediumblob|longblob|binary|varbinary|binary varying|bytea|image|raw",
     .kind = PG_BYTEA,
     .voice = VOICE_BYTES},
    {.names = "geometry|geography|geometrycollection|point|linestring|polygon|multipoint|multilinestring|"
              "multipolygon",
     .kind = PG_BYTEA,
     .voice = VOICE_BYTES},
    {.names = "date", .kind = PG_DATE, .voice = VOICE_DATE},
    {.names = "timestamp",
     .when = is_of_core_data,
     .kind = PG_TIMESTAMPTZ,
     .unit = UNIT_COREDATA,
     .why = "declared TIMESTAMP beside Core Data's Z_PRIMARYKEY and Z_METADATA: seconds since 2001"},
    {.names = "datetime|datetime2|smalldatetime|timestamp|timestamp without time zone",
     .kind = PG_TIMESTAMP,
     .voice = VOICE_MOMENT},
    {.names = "timestamptz|timestamp with time zone|datetimeoffset",
     .kind = PG_TIMESTAMPTZ,
     .voice = VOICE_MOMENT},
    {.names = "time|time without time zone", .kind = PG_TIME, .voice = VOICE_TIME},
    {.names = "timetz|time with time zone", .kind = PG_TIMETZ, .voice = VOICE_TIME},
    {.names = "uuid|guid|uniqueidentifier", .kind = PG_UUID, .voice = VOICE_UUID},
    {.names = "json", .kind = PG_JSON},
    {.names = "jsonb", .kind = PG_JSONB},
    {.names = "inet", .kind = PG_INET},
    {.names = "cidr", .kind = PG_CIDR},
    {.names = "macaddr", .kind = PG_MACADDR},
    {.names = "interval", .kind = PG_TEXT, .why = "intervals are kept as their text"},
    {.when = says_text, .kind = PG_TEXT, .voice = VOICE_READABLE},
    {.kind = PG_TEXT, .voice = VOICE_ALL},
};

struct type_rules rules_of_framework(enum framework_id id)
{
    static const struct type_rules rules[FRAMEWORK_COUNT] = {
        [FRAMEWORK_NONE] = {NULL, 0},
        [FRAMEWORK_SQLALCHEMY] = RULES(sqlalchemy),
        [FRAMEWORK_DJANGO] = RULES(django),
        [FRAMEWORK_RAILS] = RULES(rails),
        [FRAMEWORK_SEQUELIZE] = RULES(sequelize),
        [FRAMEWORK_KNEX] = RULES(knex),
        [FRAMEWORK_LARAVEL] = RULES(laravel),
        [FRAMEWORK_TYPEORM] = RULES(typeorm),
        [FRAMEWORK_PRISMA] = RULES(prisma),
        [FRAMEWORK_DRIZZLE] = RULES(drizzle),
        [FRAMEWORK_PEEWEE] = RULES(peewee),
    };

    return rules[id];
}

struct type_rules rules_of_frameworks(void)
{
    return (struct type_rules)RULES(frameworks);
}

struct type_rules rules_general(void)
{
    return (struct type_rules)RULES(general);
}
