/*
 * typemap_conditions.h: when a rule of the type map holds: what `when` of a rule asks of the column, of its
 * declared type, its table and its framework.
 */
#ifndef PGRADE_PLAN_TYPEMAP_CONDITIONS_H
#define PGRADE_PLAN_TYPEMAP_CONDITIONS_H

#include "plan/typemap_rules.h"

bool is_rowid_key(const struct question *question);
bool is_rowid_key_as_declared(const struct question *question);
bool is_as_declared(const struct question *question);
bool is_unsigned(const struct question *question);
bool says_text(const struct question *question);
bool is_of_core_data(const struct question *question);
bool is_array(const struct question *question);
bool has_modifier(const struct question *question);
bool has_no_modifier(const struct question *question);
bool has_json_check(const struct question *question);
bool has_enum_check(const struct question *question);
bool has_unnamed_enum_check(const struct question *question);
bool is_rebuilt(const struct question *question);
bool is_short_float(const struct question *question);
bool is_long_integer(const struct question *question);
bool is_key_of_bigint(const struct question *question);
bool is_key_of_integer(const struct question *question);
bool is_key_of_smallint(const struct question *question);

#endif
