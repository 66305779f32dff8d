/* Words that RESO has a spelling for: normal_property_type(), normal_state(), normal_postal_code(). */
#include "mod/mls/normal.h"

#include <string.h>

#include "base/arena.h"
#include "mod/mls/normal_local.h"

/* What feeds write, without case and separators, and what is meant. The first ones are RESO's own words: nine types, 31 subtypes. */
static const struct {
	const char *bare, *word;
} types[] = {
	{"residential", "Residential"},
	{"residentiallease", "Residential Lease"},
	{"residentialincome", "Residential Income"},
	{"land", "Land"},
	{"commercialsale", "Commercial Sale"},
	{"commerciallease", "Commercial Lease"},
	{"businessopportunity", "Business Opportunity"},
	{"farm", "Farm"},
	{"manufacturedinpark", "Manufactured In Park"},
	{"agriculture", "Agriculture"},
	{"apartment", "Apartment"},
	{"boatslip", "Boat Slip"},
	{"business", "Business"},
	{"cabin", "Cabin"},
	{"condominium", "Condominium"},
	{"coownership", "Co-Ownership"},
	{"deededparking", "Deeded Parking"},
	{"duplex", "Duplex"},
	{"hotelmotel", "Hotel/Motel"},
	{"industrial", "Industrial"},
	{"manufacturedhome", "Manufactured Home"},
	{"manufacturedonland", "Manufactured On Land"},
	{"mixeduse", "Mixed Use"},
	{"mobilehome", "Mobile Home"},
	{"mobilehomepark", "Mobile Home Park"},
	{"multifamily", "Multi Family"},
	{"office", "Office"},
	{"ownyourown", "Own Your Own"},
	{"quadruplex", "Quadruplex"},
	{"ranch", "Ranch"},
	{"retail", "Retail"},
	{"singlefamilyresidence", "Single Family Residence"},
	{"stockcooperative", "Stock Cooperative"},
	{"tenancyincommon", "Tenancy in Common"},
	{"timeshare", "Timeshare"},
	{"townhouse", "Townhouse"},
	{"triplex", "Triplex"},
	{"unimprovedland", "Unimproved Land"},
	{"warehouse", "Warehouse"},
	{"commercial", "Commercial Sale"},
	{"commercialforsale", "Commercial Sale"},
	{"commercialforlease", "Commercial Lease"},
	{"condo", "Condominium"},
	{"coop", "Stock Cooperative"},
	{"cooperative", "Stock Cooperative"},
	{"farmandranch", "Farm"},
	{"farm/ranch", "Farm"},
	{"fourplex", "Quadruplex"},
	{"income", "Residential Income"},
	{"lot", "Land"},
	{"lots", "Land"},
	{"lots/land", "Land"},
	{"lotsandland", "Land"},
	{"lotsland", "Land"},
	{"quadplex", "Quadruplex"},
	{"rental", "Residential Lease"},
	{"residentialrental", "Residential Lease"},
	{"singlefamily", "Single Family Residence"},
	{"singlefamilyhome", "Single Family Residence"},
	{"singlefamilyresidential", "Single Family Residence"},
	{"townhome", "Townhouse"},
	{"vacantland", "Land"},
};

struct str normal_property_type(struct str s)
{
	char text[40];

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (s.len && s.p[0] == types[i].word[0] && str_eq(s, str_of(types[i].word)))
			return str_of(types[i].word);
	struct str bare = {text, normal_bare(text, sizeof text, s)};
	for (size_t i = 0; bare.len <= sizeof text && i < sizeof types / sizeof *types; i++)
		if (str_eq(bare, str_of(types[i].bare)) ||
			(types[i].word[0] == 'H' && str_eq(bare, STR("hotel/motel"))))
			return str_of(types[i].word);
	return STR_NULL;
}

struct str normal_state(struct str s)
{
	const struct normal_area *area = s.p ? normal_area_of(s) : NULL;

	return area ? str_of(area->code) : STR_NULL;
}

/* --- postal codes --------------------------------------------------------------------------------- */

static size_t digits_of(struct str s, char *out, size_t cap)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == ' ' || s.p[i] == '-')
			continue;
		if (s.p[i] < '0' || s.p[i] > '9' || n == cap)
			return 0;
		out[n++] = s.p[i];
	}
	return n;
}

static bool is_letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "k1a0b1" and "K1A-0B1" are K1A 0B1. */
static bool canadian(struct str s, char out[7])
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		if (c == ' ' || c == '-')
			continue;
		if (n == 7 || !(n == 0 || n == 2 || n == 5 ? is_letter(c) : is_digit(c)))
			return false;
		out[n++] = is_letter(c) ? (char)(c & ~0x20) : c;
		if (n == 3)
			out[n++] = ' ';
	}
	return n == 7;
}

/* A number loses its zero in front; there is one only in the north east and in Puerto Rico. */
static bool begins_with_zero(struct str state)
{
	static const char *const list[] = {"CT", "MA", "ME", "NH", "NJ", "RI", "VT", "PR", "VI"};

	for (size_t i = 0; i < sizeof list / sizeof *list; i++)
		if (str_eq(state, str_of(list[i])))
			return true;
	return false;
}

static bool is_plain(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_digit(s.p[i]))
			return false;
	return s.len == 5;
}

const char *normal_postal_code(struct arena *a, struct str s, struct str state, struct str *ret_s)
{
	char text[9];

	*ret_s = s;
	if (!s.p || is_plain(s))
		return NULL;
	if (canadian(s, text)) {
		if (s.len == 7 && !memcmp(s.p, text, 7))
			return NULL;
		*ret_s = str_copy(a, str_from(text, 7));
		return "is a Canadian code written otherwise";
	}
	size_t n = digits_of(s, text, sizeof text);
	if (n == 9 || n == 5) {
		*ret_s = str_copy(a, str_from(text, 5));
		return n == 9 ? "has four more digits; five are kept"
			      : "has something around its digits";
	}
	if ((n == 4 || n == 8) && begins_with_zero(state)) {
		*ret_s = str_printf(a, "0%.4s", text);
		return "lost its zero in front";
	}
	return NULL;
}
