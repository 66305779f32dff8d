/* What stands beside listings, and which fields are none of the public's: by workspace, for seconds, or until its profile changes. */
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/sieve.h"
#include "base/uuid.h"
#include "db/batch.h"
#include "db/listen.h"
#include "db/result.h"
#include "mod/search/document.h"
#include "mod/search/search_local.h"

#define NOTICE_KEPT_US (3 * US_PER_SECOND)
#define KEY_HEAD "notice\n"
#define KEY_HEAD_LEN (sizeof KEY_HEAD - 1)

struct kept {
	int64_t until_us;
	struct search_notice notice; /* its json is behind this */
	size_t len;
	char json[];
};

static void read_notice(struct arena *a, const struct result *r, struct search_notice *ret)
{
	struct err ignored = {.arena = a};
	const struct json *v = json_parse(a, result_text(r, 0, 0), &ignored);
	const struct json *hidden = json_parse(a, result_text(r, 0, 1), &ignored);
	int64_t most = 0;

	*ret = (struct search_notice){.json = result_text(r, 0, 0),
		.profile = (uint64_t)result_i64(r, 0, 2)};
	json_to_bool(json_get(v, "display_on_search"), &ret->is_on_search);
	json_to_i64(json_get(v, "max_results"), &most);
	ret->most = most > 0 ? (size_t)most : 0;
	for (struct json_iter it = json_each(hidden); json_next(&it);) {
		int field = search_field_find(json_scalar(it.value), SEARCH_AGENTS);
		if (field >= 0)
			ret->is_hidden[field] = true;
	}
}

static void keep(struct sieve *s, struct str key, const struct search_notice *notice)
{
	sieve_remove(s, key); /* of an earlier time, and maybe shorter */
	struct kept *k = sieve_put(s, key, sizeof *k + notice->json.len);

	if (!k)
		return;
	*k = (struct kept){.until_us = mono_us() + NOTICE_KEPT_US,
		.notice = *notice,
		.len = notice->json.len};
	k->notice.json = STR_NULL;
	memcpy(k->json, notice->json.p, notice->json.len);
}

/* The profile's hash as an index has it (store_load.c). */
static int ask(struct arena *a, const char *workspace, struct search_notice *ret, struct err *e)
{
	static const struct stmt notice = {"search_notice",
		"select coalesce(mls.display_notice($1::uuid), '{}')::text, coalesce(to_jsonb(p.hidden_fields), '[]')::text, "
		"coalesce(hashtextextended(p::text, 0), 0) "
		"from (values (1)) one (line) left join mls.compliance_profiles p on p.workspace_id = $1::uuid"};
	struct batch *b = search_document_batch(a);

	batch_add_prepared(b, &notice, 1, (struct db_param[]){db_text(workspace)});
	if (search_document_run(b, e))
		return e->code;
	read_notice(a, batch_result(b, 0), ret);
	return 0;
}

int search_document_notice(struct arena *a, const char *workspace, struct search_notice *ret,
	struct err *e)
{
	struct search_site *site = search_site();
	struct str key = STR_JOIN(a, STR(KEY_HEAD), str_of(workspace));
	const struct kept *k = sieve_get(site->kept, key);
	uint64_t changes = site->profile_changes;

	if (k && k->until_us > mono_us()) {
		*ret = k->notice;
		ret->json = str_copy(a, str_from(k->json, k->len));
		return 0;
	}
	if (ask(a, workspace, ret, e))
		return e->code;
	if (changes == site->profile_changes) /* else it may be from before */
		keep(site->kept, key, ret);
	return 0;
}

void search_document_renewed(const char *channel, struct str payload, void *arg)
{
	struct search_site *site = arg;
	char key[KEY_HEAD_LEN + UUID_LEN];

	(void)channel;
	site->profile_changes++;
	if (payload.len != UUID_LEN) { /* of all, or nobody knows of whom */
		sieve_clear(site->kept);
		return;
	}
	memcpy(key, KEY_HEAD, KEY_HEAD_LEN);
	memcpy(key + KEY_HEAD_LEN, payload.p, UUID_LEN);
	sieve_remove(site->kept, str_from(key, sizeof key));
}
