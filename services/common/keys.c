#include "keys.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"
#include "system.h"
#include "xmem.h"

enum {
    MAX_FILE = 65536,
    Z85_KEY_TEXT = 41,
    SHARED_SECRET = 32,
    SECRET_TEXT = 2 * crypto_sign_SECRETKEYBYTES + 1,
};

static int sodium_ready (void)
{
    if (sodium_init () >= 0)
        return 0;
    bc_log (BC_LOG_ERROR, "key.unavailable", NULL, "libsodium cannot be initialised");
    return -1;
}

static void free_secret (char **text_p, size_t size)
{
    if (*text_p) {
        sodium_memzero (*text_p, size);
        free (*text_p);
        *text_p = NULL;
    }
}

// The opened file's text, NUL terminated, in fresh memory; or NULL with the reason logged. Rights are asked of the very file
// that is read, so it cannot be exchanged in between.
static char *read_opened (int fd, const char *path, size_t *size_p)
{
    struct stat status;
    if (fstat (fd, &status) || !S_ISREG (status.st_mode) || status.st_size > MAX_FILE) {
        bc_log (BC_LOG_ERROR, "key.unreadable", NULL, "%s is not a key file", path);
        return NULL;
    }
    if (status.st_mode & (S_IRWXG | S_IRWXO)) {
        bc_log (BC_LOG_ERROR, "key.exposed", NULL,
                "%s is open to other users (mode %04o): run chmod 600 on it, and make a new "
                "key if somebody may have read it",
                path, (unsigned)(status.st_mode & 07777));
        return NULL;
    }
    size_t size = (size_t)status.st_size;
    char *text = xcalloc (1, size + 1);
    size_t got = 0;
    ssize_t n = 1;
    while (got < size && (n = read (fd, text + got, size - got)) > 0)
        got += (size_t)n;
    *size_p = size;
    if (n < 0) {
        bc_log (BC_LOG_ERROR, "key.unreadable", NULL, "cannot read %s: %s", path, strerror (errno));
        free_secret (&text, size);
    }
    return text;
}

static char *read_secret (const char *path, size_t *size_p)
{
    // Not blocking: a pipe in the place of the file must not stop the service.
    int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        bc_log (BC_LOG_ERROR, "key.unreadable", NULL, "cannot open the key file %s: %s", path, strerror (errno));
        return NULL;
    }
    char *text = read_opened (fd, path, size_p);
    close (fd);
    return text;
}

// A new name is on disk only when its directory is.
static int sync_directory_of (const char *path)
{
    char *copy = xstrdup (path);
    int fd = open (dirname (copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free (copy);
    if (fd < 0)
        return -1;
    int rc = fsync (fd);
    close (fd);
    return rc;
}

static int write_whole (int fd, const char *text, size_t size)
{
    while (size) {
        ssize_t n = write (fd, text, size);
        if (n < 0 && errno != EINTR)
            return -1;
        if (n > 0) {
            text += n;
            size -= (size_t)n;
        }
    }
    return fsync (fd);
}

// Saves text at path with mode 0600, durably, whole or not at all; never replaces a file. 0 or -1 (logged).
static int save_secret (const char *path, const char *text)
{
    char *temporary = xasprintf ("%s.XXXXXX", path);
    int rc = -1;
    int fd = bc_system_temporary (temporary);
    if (fd >= 0) {
        // link() refuses an existing name, which rename() would replace.
        if (write_whole (fd, text, strlen (text)) == 0 && link (temporary, path) == 0 && sync_directory_of (path) == 0)
            rc = 0;
        int error = errno;
        close (fd);
        unlink (temporary);
        errno = error;
    }
    if (rc)
        bc_log (BC_LOG_ERROR, "key.unsaved", NULL, "cannot save the key file %s: %s", path, strerror (errno));
    free (temporary);
    return rc;
}

// The key of that name in a zcert file's section "curve". 0, or -1: there is none. Not with zconfig, which prints the lines it
// does not understand: they may be the secret.
static int find_key (const char *text, const char *name, char key[Z85_KEY_TEXT], uint8_t bytes[32])
{
    bool in_curve = false;
    int rc = -1;
    for (const char *line = text; *line && rc; line += strcspn (line, "\n"), line += *line == '\n') {
        char item[16], quote[2];
        if (*line != ' ' && *line != '#')
            in_curve = strcspn (line, " \r\n") == 5 && strncmp (line, "curve", 5) == 0;
        else if (in_curve && sscanf (line, "    %15[a-z-] = %*1[\"']%40[^\"'\r\n]%1[\"']", item, key, quote) == 3 &&
                 streq (item, name) && strlen (key) == Z85_KEY_TEXT - 1 && zmq_z85_decode (bytes, key))
            rc = 0;
    }
    return rc;
}

// The certificate in a zcert file's text, or NULL: no secret key in it, or the two keys do not belong together.
static zcert_t *cert_of (const char *text)
{
    uint8_t public[32], secret[32];
    char public_text[Z85_KEY_TEXT], secret_text[Z85_KEY_TEXT], derived[Z85_KEY_TEXT];
    zcert_t *cert = NULL;
    if (find_key (text, "public-key", public_text, public) == 0 && find_key (text, "secret-key", secret_text, secret) == 0 &&
        zmq_curve_public (derived, secret_text) == 0 && streq (derived, public_text))
        cert = zcert_new_from (public, secret);
    sodium_memzero (secret, sizeof secret);
    sodium_memzero (secret_text, sizeof secret_text);
    return cert;
}

zcert_t *bc_cert_load (const char *path)
{
    size_t size;
    char *text = read_secret (path, &size);
    if (!text)
        return NULL;
    zcert_t *cert = cert_of (text);
    free_secret (&text, size);
    if (!cert)
        bc_log (BC_LOG_ERROR, "key.invalid", NULL,
                "%s is not a certificate with a secret key that fits its public key: make a "
                "new one",
                path);
    return cert;
}

zcert_t *bc_cert_create (const char *path)
{
    zcert_t *cert = sodium_ready () == 0 ? zcert_new () : NULL;
    if (!cert)
        return NULL;
    // What zcert_save_secret writes; written here because that would neither sync nor spare an existing file.
    char *text = xasprintf ("#   ZeroMQ CURVE **Secret** Certificate\n"
                            "#   DO NOT PROVIDE THIS FILE TO OTHER USERS nor change its permissions.\n"
                            "\n"
                            "metadata\n"
                            "curve\n"
                            "    public-key = \"%s\"\n"
                            "    secret-key = \"%s\"\n",
                            zcert_public_txt (cert), zcert_secret_txt (cert));
    int rc = save_secret (path, text);
    free_secret (&text, strlen (text));
    if (rc)
        zcert_destroy (&cert);
    return cert;
}

// From the hexadecimal text of a secret key, with or without a line end. 0 or -1.
static int set_signing_key (bc_signing_key_t *self, const char *text)
{
    uint8_t given[crypto_sign_SECRETKEYBYTES];
    size_t size;
    const char *end;
    int rc = -1;
    if (sodium_hex2bin (given, sizeof given, text, strlen (text), NULL, &size, &end) == 0 && size == sizeof given &&
        strspn (end, "\r\n") == strlen (end)) {
        // The public half is derived anew: a key whose halves differ would leak the secret with its first signature.
        crypto_sign_seed_keypair (self->public, self->secret, given);
        rc = sodium_memcmp (self->secret, given, sizeof given);
        bc_signing_key_id (self->public, self->id);
    }
    sodium_memzero (given, sizeof given);
    if (rc)
        bc_signing_key_wipe (self);
    return rc;
}

int bc_signing_key_load (bc_signing_key_t *self, const char *path)
{
    size_t size;
    char *text = sodium_ready () == 0 ? read_secret (path, &size) : NULL;
    if (!text)
        return -1;
    int rc = set_signing_key (self, text);
    free_secret (&text, size);
    if (rc)
        bc_log (BC_LOG_ERROR, "key.invalid", NULL, "%s does not hold an Ed25519 secret key (%d hexadecimal digits)", path,
                SECRET_TEXT - 1);
    return rc;
}

int bc_signing_key_create (bc_signing_key_t *self, const char *path)
{
    if (sodium_ready ())
        return -1;
    crypto_sign_keypair (self->public, self->secret);
    bc_signing_key_id (self->public, self->id);
    char text[SECRET_TEXT + 1];
    sodium_bin2hex (text, SECRET_TEXT, self->secret, sizeof self->secret);
    memcpy (text + SECRET_TEXT - 1, "\n", 2);
    int rc = save_secret (path, text);
    sodium_memzero (text, sizeof text);
    if (rc)
        bc_signing_key_wipe (self);
    return rc;
}

void bc_signing_key_wipe (bc_signing_key_t *self)
{
    sodium_memzero (self, sizeof *self);
}

char *bc_secret_create (const char *path)
{
    uint8_t secret[SHARED_SECRET];
    char *text = xcalloc (1, 2 * sizeof secret + 2);
    if (sodium_ready ()) {
        free (text);
        return NULL;
    }
    randombytes_buf (secret, sizeof secret);
    sodium_bin2hex (text, 2 * sizeof secret + 1, secret, sizeof secret);
    sodium_memzero (secret, sizeof secret);
    text[2 * sizeof secret] = '\n';
    if (save_secret (path, text) != 0)
        free_secret (&text, strlen (text));
    else
        text[2 * sizeof secret] = '\0';
    return text;
}

char *bc_secret_load (const char *path)
{
    size_t size;
    char *text = read_secret (path, &size);
    if (!text)
        return NULL;
    text[strcspn (text, "\r\n")] = '\0';
    if (*text)
        return text;
    bc_log (BC_LOG_ERROR, "key.invalid", NULL, "%s is empty: its first line is the secret", path);
    free_secret (&text, size);
    return NULL;
}

void bc_signing_key_id (const uint8_t public[crypto_sign_PUBLICKEYBYTES], char id[BC_KEY_ID_TEXT])
{
    uint8_t digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256 (digest, public, crypto_sign_PUBLICKEYBYTES);
    sodium_bin2hex (id, BC_KEY_ID_TEXT, digest, (BC_KEY_ID_TEXT - 1) / 2);
}
