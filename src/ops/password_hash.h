/*
 * password_hash.h: a password as frameworks keep it.
 *
 *     werkzeug-pbkdf2   pbkdf2:sha256:600000$SALT$HEX          Flask; any version of Werkzeug reads it
 *     werkzeug-scrypt   scrypt:32768:8:1$SALT$HEX              Flask with Werkzeug 2.3 or newer
 *     django            pbkdf2_sha256$600000$SALT$BASE64
 *     bcrypt            $2b$12$...                             Rails (Devise, has_secure_password),
 * Flask-Bcrypt bcrypt-php        $2y$12$...                             Laravel, and PHP's password_hash()
 */
#ifndef PGRADE_OPS_PASSWORD_HASH_H
#define PGRADE_OPS_PASSWORD_HASH_H

#include "base/err.h"
#include "base/str.h"

enum password_scheme {
    PASSWORD_WERKZEUG_PBKDF2,
    PASSWORD_WERKZEUG_SCRYPT,
    PASSWORD_DJANGO,
    PASSWORD_BCRYPT,
    PASSWORD_BCRYPT_PHP,
    PASSWORD_SCHEMES
};

const char *password_scheme_name(enum password_scheme scheme);

/* ERR_USAGE for a name that is none. */
bool password_scheme_of(const char *name, enum password_scheme *scheme, struct err *err) MUST_USE;

/* By which scheme a hash was made; false: none of these. */
bool password_scheme_guess(struct str hash, enum password_scheme *scheme);

/* With a new salt each time.  ERR_USAGE for what the scheme cannot take: bcrypt reads 72 bytes. */
bool password_hash(struct arena *arena, enum password_scheme scheme, struct str password, struct str *hash,
                   struct err *err) MUST_USE;

#endif
