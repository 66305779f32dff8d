/* keyfile: where the server's master keys come from.
 *
 * PLAT_MASTER_KEY when it is set; otherwise the file master.key in the data directory, made with one fresh key on the first
 * start. The file must be a regular file that its owner alone can read (mode 0600); anything else is refused, because whoever
 * reads it can open every stored token. It is replaced by writing a new file, fsync and rename, so that a crash leaves the
 * old or the new one whole.
 *
 * Owner    the caller, of the keyring (keyring_free).
 * Failure  E_INPUT with a sentence that names the file and what is wrong with it.
 */
#pragma once

#include "base/err.h"

struct keyring;

/* data is the data directory. ret_made, when not NULL, tells whether the file was made just now. */
struct keyring *keyfile_load(const char *data, _Bool *ret_made, struct err *e) MUST_CHECK;

/* Writes the keyring over the file. Refused (E_CONFLICT) when the keys come from PLAT_MASTER_KEY. */
int keyfile_save(const char *data, const struct keyring *k, struct err *e) MUST_CHECK;
