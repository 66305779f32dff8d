#include "mod/alerts/letter.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "mod/alerts/link.h"

static struct str text_of(const struct json *v, const char *key)
{
	return json_scalar(json_get(v, key));
}

static struct str site_of(struct arena *a, const struct json *taken)
{
	struct str domain = text_of(taken, "domain");

	return domain.len ? STR_JOIN(a, STR("https://"), domain) : alerts_link_site(a);
}

/* One listing: "Price reduced: 1 Ocean Dr, Miami FL, $450,000"; several: how many, and for what. */
static struct str subject_of(struct arena *a, const struct json *taken)
{
	const struct json *searches = json_get(taken, "searches");
	const struct json *first = json_at(json_get(taken, "listings"), 0);
	struct str count = text_of(taken, "count"), price = text_of(first, "price");

	if (str_eq(count, STR("1")))
		return STR_JOIN(a, text_of(first, "label"), STR(": "), text_of(first, "place"),
			price.len ? STR(", ") : STR(""), price);
	if (!json_len(searches))
		return STR_JOIN(a, count, STR(" of your favorites changed"));
	if (json_len(searches) == 1)
		return STR_JOIN(a, count, STR(" listings for “"),
			text_of(json_at(searches, 0), "name"), STR("”"));
	return STR_JOIN(a, count, STR(" listings for your searches"));
}

static void add_listings(struct jsonw *w, struct arena *a, const struct json *taken)
{
	struct str site = site_of(a, taken);

	jsonw_key(w, "listings"), jsonw_arr(w);
	for (struct json_iter it = json_each(json_get(taken, "listings")); json_next(&it);) {
		jsonw_obj(w);
		jsonw_key(w, "url");
		jsonw_str(w, STR_JOIN(a, site, STR("/listings/"), text_of(it.value, "id")));
		for (struct json_iter part = json_each(it.value); json_next(&part);)
			jsonw_key_str(w, part.key), jsonw_json(w, part.value);
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void add_searches(struct jsonw *w, const struct alerts_letter_for *who,
	const struct json *taken)
{
	struct str site = site_of(who->arena, taken);

	jsonw_key(w, "searches"), jsonw_arr(w);
	for (struct json_iter it = json_each(json_get(taken, "searches")); json_next(&it);) {
		jsonw_obj(w);
		jsonw_key(w, "name"), jsonw_str(w, text_of(it.value, "name"));
		jsonw_key(w, "more"), jsonw_json(w, json_get(it.value, "more"));
		jsonw_key(w, "url");
		jsonw_str(w,
			STR_JOIN(who->arena, site, STR("/searches/"), text_of(it.value, "id")));
		jsonw_key(w, "unsubscribe_url");
		jsonw_str(w,
			alerts_link_unsubscribe(who->arena, who->keyring, who->workspace_id,
				who->user_id, text_of(it.value, "id")));
		jsonw_end(w);
	}
	jsonw_end(w);
}

/* The mail's own link ends what the mail is about: its one search, or everything. */
static struct str unsubscribe_of(const struct alerts_letter_for *who, const struct json *taken)
{
	const struct json *searches = json_get(taken, "searches");
	bool favorites = false;

	json_to_bool(json_get(taken, "has_favorites"), &favorites);
	return alerts_link_unsubscribe(who->arena, who->keyring, who->workspace_id, who->user_id,
		json_len(searches) == 1 && !favorites ? text_of(json_at(searches, 0), "id")
						      : STR_NULL);
}

static void add_data(struct jsonw *w, const struct alerts_letter_for *who, const struct json *taken)
{
	static const char *const plain[] = {"cadence", "count", "more", "has_favorites",
		"workspace", "notice"};

	jsonw_key(w, "Data"), jsonw_obj(w);
	jsonw_key(w, "subject"), jsonw_str(w, subject_of(who->arena, taken));
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		jsonw_key(w, plain[i]), jsonw_json(w, json_get(taken, plain[i]));
	jsonw_key(w, "site_url"), jsonw_str(w, site_of(who->arena, taken));
	jsonw_key(w, "unsubscribe_all_url");
	jsonw_str(w,
		alerts_link_unsubscribe(who->arena, who->keyring, who->workspace_id, who->user_id,
			STR_NULL));
	add_listings(w, who->arena, taken);
	add_searches(w, who, taken);
	jsonw_end(w);
}

int alerts_letter_write(const struct alerts_letter_for *who, struct str text,
	struct alerts_letter *ret_letter, struct err *e)
{
	const struct json *taken = json_parse(who->arena, text, e);
	struct str address = text_of(taken, "email");
	struct buf b;

	if (!taken || !address.len)
		return err_set(e, E_BUG, "a mail of alerts says to nobody what it says");
	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "UnsubscribeURL"), jsonw_str(&w, unsubscribe_of(who, taken));
	add_data(&w, who, taken);
	jsonw_end(&w);
	*ret_letter = (struct alerts_letter){.address = address,
		.data = str_copy(who->arena, buf_view(&b))};
	buf_done(&b);
	return 0;
}
