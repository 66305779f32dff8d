#include "mod/mls/task_filter.h"

#include "mod/mls/task_local.h"

#include "base/arena.h"
#include "base/json.h"
#include "mod/mls/normal.h"

#include "base/buf.h"
#include "base/jsonw.h"

size_t task_filter_encoded(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
		n += is_plain ? 1 : 3;
	}
	return n;
}

/* A category promises something about what is imported: somebody's own listings are not everybody's. */
static int check_category(const struct json *task, const struct json *config, struct err *e)
{
	struct str category = json_scalar(json_get(task, "category"));

	if (str_eq(category, STR("personal")) && !json_get(config, "agentMlsId") &&
		!json_get(config, "agentKey"))
		return err_set(e, E_INPUT,
			"a personal task says whose listings it wants: filter_config needs \"agentMlsId\"");
	if (str_eq(category, STR("office")) && !json_get(config, "officeMlsId") &&
		!json_get(config, "officeKey"))
		return err_set(e, E_INPUT,
			"an office task says whose listings it wants: filter_config needs \"officeMlsId\"");
	if (str_eq(category, STR("search")) && !json_len(config))
		return err_set(e, E_INPUT,
			"a search task says what it looks for: filter_config needs \"cities\", \"odata\" or another key");
	return 0;
}

/* In RESO's spelling, as JSON again. */
static int take_statuses(struct arena *a, const struct json *list, const struct json **ret_list,
	struct err *e)
{
	struct buf b;
	struct str status;

	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_arr(&w);
	for (struct json_iter it = json_each(list); json_next(&it);) {
		const char *reason = normal_status(a, it.value, &status);
		if (reason || !status.p) {
			buf_done(&b);
			return err_set(e, E_INPUT,
				"status_filters: \"" STR_FMT
				"\" is no StandardStatus; Active, Active Under Contract, Pending, Closed, Coming Soon, Hold, Expired, Canceled and Withdrawn are",
				STR_ARG(str_sub(json_scalar(it.value), 0, 100)));
		}
		jsonw_str(&w, status);
	}
	jsonw_end(&w);
	*ret_list = json_parse(a, buf_view(&b), e);
	buf_done(&b);
	return *ret_list ? 0 : e->code;
}

static int add_statuses(struct task_terms *t, struct arena *a, const struct json *task,
	const struct task_rules *rules, struct err *e)
{
	const struct json *list = json_get(task, "status_filters");

	if (json_type(list) != JSON_ABSENT && json_type(list) != JSON_NULL &&
		json_type(list) != JSON_ARRAY)
		return err_set(e, E_INPUT, "status_filters takes a list, not %s",
			json_type_name(json_type(list)));
	if (!json_len(list))
		return 0;
	return take_statuses(a, list, &list, e)
		? e->code
		: task_term_values(t, a, "StandardStatus", list, rules, e);
}

static int add_price(struct task_terms *t, struct arena *a, const struct json *task,
	const char *key, enum task_term_kind kind, const struct task_rules *rules, struct err *e)
{
	const struct json *v = json_get(task, key);
	int64_t n;

	if (json_type(v) == JSON_ABSENT || json_type(v) == JSON_NULL)
		return 0;
	if (!json_to_i64(v, &n) || n < 0)
		return err_set(e, E_INPUT, "%s takes a whole number from 0 on", key);
	return task_term_number(t, a, "ListPrice", kind, str_printf(a, "%lld", (long long)n), rules,
		e);
}

int task_filter_compile(struct arena *a, const struct json *task, const struct task_rules *rules,
	struct task_filters *ret_filters, struct err *e)
{
	const struct json *config = json_get(task, "filter_config");
	struct task_terms *t = arena_alloc(a, sizeof(*t));

	t->n = 0;
	if (json_type(config) != JSON_ABSENT && json_type(config) != JSON_OBJECT)
		return err_set(e, E_INPUT, "filter_config takes an object, not %s",
			json_type_name(json_type(config)));
	if (check_category(task, config, e))
		return e->code;
	for (struct json_iter it = json_each(config); json_next(&it);)
		if (task_term_add(t, a, it.key, it.value, rules, e))
			return e->code;
	if (add_statuses(t, a, task, rules, e) ||
		add_price(t, a, task, "price_min", TASK_LEAST, rules, e) ||
		add_price(t, a, task, "price_max", TASK_MOST, rules, e))
		return e->code;
	if (t->n)
		return task_write(a, t, rules, ret_filters, e);
	struct str *everything = arena_alloc(a, sizeof(*everything));
	*everything = STR_NULL;
	*ret_filters = (struct task_filters){.text = everything, .n = 1};
	return 0;
}
