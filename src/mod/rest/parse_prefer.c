/* Prefer: a list of name=value. The first of each kind counts. */
#include "base/arena.h"
#include "base/buf.h"
#include "mod/rest/parse.h"

enum part { RETURN, COUNT, RESOLUTION, MISSING, HANDLING, TX, UNFILTERED, PARTS };

static const struct preference {
	struct str text;
	enum part part;
	int value;
} known[] = {
	{{STR_INIT("return=representation")}, RETURN, REST_RETURN_ROWS},
	{{STR_INIT("return=minimal")}, RETURN, REST_RETURN_MINIMAL},
	{{STR_INIT("return=headers-only")}, RETURN, REST_RETURN_HEADERS},
	{{STR_INIT("count=exact")}, COUNT, REST_COUNT_EXACT},
	{{STR_INIT("count=planned")}, COUNT, REST_COUNT_PLANNED},
	{{STR_INIT("count=estimated")}, COUNT, REST_COUNT_ESTIMATED},
	{{STR_INIT("resolution=merge-duplicates")}, RESOLUTION, REST_RESOLUTION_MERGE},
	{{STR_INIT("resolution=ignore-duplicates")}, RESOLUTION, REST_RESOLUTION_IGNORE},
	{{STR_INIT("missing=default")}, MISSING, REST_MISSING_DEFAULT},
	{{STR_INIT("missing=null")}, MISSING, REST_MISSING_NULL},
	{{STR_INIT("handling=strict")}, HANDLING, REST_HANDLING_STRICT},
	{{STR_INIT("handling=lenient")}, HANDLING, REST_HANDLING_LENIENT},
	{{STR_INIT("tx=commit")}, TX, REST_TX_COMMIT},
	{{STR_INIT("tx=rollback")}, TX, REST_TX_ROLLBACK},
	{{STR_INIT("unfiltered=allow")}, UNFILTERED, true},
};

static struct str text_of(enum part part, int value)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].part == part && known[i].value == value)
			return known[i].text;
	return STR_NULL;
}

static bool read_known(struct str word, int values[PARTS])
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (!str_eq(known[i].text, word))
			continue;
		if (!values[known[i].part])
			values[known[i].part] = known[i].value;
		return true;
	}
	return false;
}

/* timezone=X, max-affected=N: any value is known, also one that is no number. */
static bool read_open(struct str word, struct rest_prefer *p)
{
	struct str value = word, name = str_cut(&value, '=');
	int64_t n;

	if (!value.p)
		return false;
	if (str_eq(name, STR("timezone"))) {
		if (!p->timezone.p)
			p->timezone = value;
		return true;
	}
	if (!str_eq(name, STR("max-affected")))
		return false;
	if (!p->has_max_affected && str_to_i64(value, &n) && n >= 0) {
		p->has_max_affected = true;
		p->max_affected = n;
	}
	return true;
}

static void add_word(struct buf *b, struct str word)
{
	if (!word.p)
		return;
	if (b->len)
		buf_cstr(b, ", ");
	buf_str(b, word);
}

static int refuse_unknown(const struct buf *unknown, struct rest_fault *f)
{
	struct str list = buf_view(unknown);

	rest_fault(f, 400, "PGRST122", "Invalid preferences given with handling=strict");
	return rest_fault_details(f, "Invalid preferences: " STR_FMT, STR_ARG(list));
}

int rest_parse_prefer(struct arena *a, struct str header, struct rest_prefer *ret_prefer,
	struct rest_fault *f)
{
	struct rest_prefer p = {.timezone = STR_NULL};
	int values[PARTS] = {0}, refused = 0;
	struct buf unknown;

	buf_init(&unknown, 0);
	for (struct str rest = header; rest.p;) {
		struct str word = str_trim(str_cut(&rest, ','));
		if (word.len && !read_known(word, values) && !read_open(word, &p))
			add_word(&unknown, word);
	}
	p.ret = (enum rest_return)values[RETURN];
	p.count = (enum rest_count)values[COUNT];
	p.resolution = (enum rest_resolution)values[RESOLUTION];
	p.missing = (enum rest_missing)values[MISSING];
	p.handling = (enum rest_handling)values[HANDLING];
	p.tx = (enum rest_tx)values[TX];
	p.allow_unfiltered = values[UNFILTERED];
	p.timezone = str_copy(a, p.timezone);
	if (unknown.len && p.handling == REST_HANDLING_STRICT)
		refused = refuse_unknown(&unknown, f);
	else
		*ret_prefer = p;
	buf_done(&unknown);
	return refused;
}

struct str rest_prefer_applied(struct arena *a, const struct rest_prefer *p, bool tx_allowed)
{
	struct buf b;

	buf_init(&b, 0);
	add_word(&b, text_of(RESOLUTION, (int)p->resolution));
	add_word(&b, text_of(MISSING, (int)p->missing));
	add_word(&b, text_of(RETURN, (int)p->ret));
	add_word(&b, text_of(COUNT, (int)p->count));
	if (tx_allowed)
		add_word(&b, text_of(TX, (int)p->tx));
	add_word(&b, text_of(HANDLING, (int)p->handling));
	if (p->timezone.p) {
		add_word(&b, STR("timezone="));
		buf_str(&b, p->timezone);
	}
	if (p->has_max_affected && p->handling == REST_HANDLING_STRICT) {
		add_word(&b, STR("max-affected="));
		buf_i64(&b, p->max_affected);
	}
	add_word(&b, text_of(UNFILTERED, p->allow_unfiltered));
	struct str list = b.len ? str_copy(a, buf_view(&b)) : STR_NULL;
	buf_done(&b);
	return list;
}
