/* storage_local: what the files of this module share. Private to src/mod/storage.
 *
 * Owner    the module: from start() to stop().
 */
#pragma once
#include <stdint.h>

#include "app/job.h"
#include "base/err.h"
#include "mod/storage/call.h"

struct arena;
struct service;
struct storage_engine;

struct storage {
	struct arena *arena;
	struct storage_engine *engine;
	int64_t max_bytes;
};

/* NULL: this process has none. */
struct storage *storage_of(const struct service *s);

/* Fills c->caller. -1 after InvalidJWT. */
int storage_login(struct storage_call *c);

/* Signature and times of a token. -1 after InvalidJWT. */
int storage_token_verify(struct storage_call *c, struct str token, const struct json **ret_claims);

extern const struct job_kind storage_jobs[]; /* ends with an empty one */

/* Endpoints, by file. */
storage_handler storage_bucket_create, storage_bucket_list, storage_bucket_get,
	storage_bucket_update, storage_bucket_delete, storage_bucket_empty;
storage_handler storage_object_create, storage_object_replace, storage_object_upload_signed;
storage_handler storage_object_get, storage_object_get_authenticated, storage_object_get_public,
	storage_object_get_signed, storage_object_info, storage_object_info_public;
storage_handler storage_sign_one, storage_sign_many, storage_sign_upload;
storage_handler storage_list_objects, storage_list_pages;
storage_handler storage_move, storage_copy_object;
storage_handler storage_remove_one, storage_remove_many;
storage_handler storage_tus_create, storage_tus_head, storage_tus_patch, storage_tus_delete;
void storage_tus_options(struct req *r);
storage_handler storage_render_public, storage_render_authenticated, storage_render_signed;

/* In a fiber of its own, when a server starts (site.c). */
void storage_site_tell(struct service *s);
