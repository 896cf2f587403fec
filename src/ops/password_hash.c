#include "ops/password_hash.h"

#include <crypt.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include <openssl/evp.h>

#include "base/random.h"

enum {
    ITERATIONS = 600000, /* Werkzeug 2.3, Django 4.2 */
    PBKDF2_BYTES = 32,
    SCRYPT_N = 32768,
    SCRYPT_R = 8,
    SCRYPT_BYTES = 64,
    SCRYPT_MEMORY = 132 * SCRYPT_N * SCRYPT_R, /* as Werkzeug allows */
    WERKZEUG_SALT = 16,
    DJANGO_SALT = 22,
    BCRYPT_COST = 12,
    BCRYPT_MAXIMUM = 72, /* what follows is not looked at */
    BCRYPT_SALT = 16
};

static const struct {
    const char *name;
    const char *beginning; /* of its hashes */
} schemes[PASSWORD_SCHEMES] = {
    [PASSWORD_WERKZEUG_PBKDF2] = {"werkzeug-pbkdf2", "pbkdf2:"},
    [PASSWORD_WERKZEUG_SCRYPT] = {"werkzeug-scrypt", "scrypt:"},
    [PASSWORD_DJANGO] = {"django", "pbkdf2_sha256$"},
    [PASSWORD_BCRYPT] = {"bcrypt", "$2b$"},
    [PASSWORD_BCRYPT_PHP] = {"bcrypt-php", "$2y$"},
};

const char *password_scheme_name(enum password_scheme scheme)
{
    return schemes[scheme].name;
}

bool password_scheme_of(const char *name, enum password_scheme *scheme, struct err *err)
{
    for (*scheme = 0; *scheme < PASSWORD_SCHEMES; (*scheme)++)
        if (strcmp(name, schemes[*scheme].name) == 0)
            return true;
    err_set(err, ERR_USAGE, "there is no kind of hash %s", name);
    return err_hint(err, "werkzeug-pbkdf2, werkzeug-scrypt, django, bcrypt or bcrypt-php");
}

bool password_scheme_guess(struct str hash, enum password_scheme *scheme)
{
    for (*scheme = 0; *scheme < PASSWORD_SCHEMES; (*scheme)++)
        if (str_starts_with(hash, schemes[*scheme].beginning))
            return true;
    *scheme = PASSWORD_BCRYPT;
    return str_starts_with(hash, "$2a$"); /* Ruby's name of the same */
}

static bool failed(struct err *err)
{
    return err_set(err, ERR_FAILED, "the password could not be hashed");
}

static struct str hex_of(struct arena *arena, const unsigned char *bytes, size_t count)
{
    char *hex = arena_alloc(arena, 2 * count + 1);

    for (size_t i = 0; i < count; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
    return (struct str){hex, 2 * count};
}

static bool pbkdf2(struct str password, const char *salt, unsigned char *key, struct err *err)
{
    return PKCS5_PBKDF2_HMAC(password.ptr, (int)password.len, (const unsigned char *)salt, (int)strlen(salt),
                             ITERATIONS, EVP_sha256(), PBKDF2_BYTES, key) == 1 ||
           failed(err);
}

static bool hash_werkzeug_pbkdf2(struct arena *arena, struct str password, struct str *hash, struct err *err)
{
    unsigned char key[PBKDF2_BYTES];
    const char *salt;

    if (!random_letters(arena, WERKZEUG_SALT, &salt, err) || !pbkdf2(password, salt, key, err))
        return false;
    *hash = str_printf(arena, "pbkdf2:sha256:%d$%s$%.*s", (int)ITERATIONS, salt,
                       STR_ARGS(hex_of(arena, key, sizeof(key))));
    return true;
}

static bool hash_werkzeug_scrypt(struct arena *arena, struct str password, struct str *hash, struct err *err)
{
    unsigned char key[SCRYPT_BYTES];
    const char *salt;

    if (!random_letters(arena, WERKZEUG_SALT, &salt, err))
        return false;
    if (EVP_PBE_scrypt(password.ptr, password.len, (const unsigned char *)salt, strlen(salt), SCRYPT_N,
                       SCRYPT_R, 1, SCRYPT_MEMORY, key, sizeof(key)) != 1)
        return failed(err);
    *hash = str_printf(arena, "scrypt:%d:%d:1$%s$%.*s", (int)SCRYPT_N, (int)SCRYPT_R, salt,
                       STR_ARGS(hex_of(arena, key, sizeof(key))));
    return true;
}

static bool hash_django(struct arena *arena, struct str password, struct str *hash, struct err *err)
{
    unsigned char key[PBKDF2_BYTES];
    unsigned char base64[PBKDF2_BYTES * 2];
    const char *salt;

    if (!random_letters(arena, DJANGO_SALT, &salt, err) || !pbkdf2(password, salt, key, err))
        return false;
    (void)EVP_EncodeBlock(base64, key, sizeof(key));
    *hash = str_printf(arena, "pbkdf2_sha256$%d$%s$%s", (int)ITERATIONS, salt, (const char *)base64);
    return true;
}

static bool hash_bcrypt(struct arena *arena, const char *prefix, struct str password, struct str *hash,
                        struct err *err)
{
    char random[BCRYPT_SALT];
    char setting[CRYPT_GENSALT_OUTPUT_SIZE];
    struct crypt_data *data = ARENA_NEW(arena, struct crypt_data);
    const char *made;

    if (password.len > BCRYPT_MAXIMUM) {
        err_set(err, ERR_USAGE, "the password has %zu bytes, and bcrypt reads %d", password.len,
                (int)BCRYPT_MAXIMUM);
        return err_hint(err, "choose a shorter one");
    }
    if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random) ||
        crypt_gensalt_rn(prefix, BCRYPT_COST, random, sizeof(random), setting, sizeof(setting)) == NULL)
        return failed(err);
    made = crypt_r(str_cstr(arena, password), setting, data);
    if (made == NULL || made[0] == '*')
        return failed(err);
    *hash = str_dup(arena, str_from(made));
    explicit_bzero(data, sizeof(*data));
    return true;
}

bool password_hash(struct arena *arena, enum password_scheme scheme, struct str password, struct str *hash,
                   struct err *err)
{
    if (str_find(password, '\0') >= 0)
        return err_set(err, ERR_USAGE, "the password holds a NUL byte");
    switch (scheme) {
    case PASSWORD_WERKZEUG_PBKDF2: return hash_werkzeug_pbkdf2(arena, password, hash, err);
    case PASSWORD_WERKZEUG_SCRYPT: return hash_werkzeug_scrypt(arena, password, hash, err);
    case PASSWORD_DJANGO: return hash_django(arena, password, hash, err);
    case PASSWORD_BCRYPT:
    case PASSWORD_BCRYPT_PHP: return hash_bcrypt(arena, schemes[scheme].beginning, password, hash, err);
    case PASSWORD_SCHEMES: break;
    }
    return failed(err);
}
