#include "app/settings.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/nearest.h"

#define NEAR_MISS 2 /* letters */

extern char **environ;

static const struct row {
	const char *name, *fallback, *help;
	bool secret, number;
	long long min, max;
} table[SETTINGS] = {
	[SET_DATABASE_URL] = {.name = "DATABASE_URL",
		.help = "PostgreSQL to use (postgres://user:password@host:port/name). Unset: plat runs "
			"a cluster of its own in the data directory.",
		.secret = true},
	[SET_LOGIN_URL] = {.name = "PLAT_LOGIN_URL",
		.help = "Login that requests use instead of `authenticator` with its derived password; "
			"it must be a member of anon, authenticated, service_role and plat_worker.",
		.secret = true},
	[SET_DATA] = {.name = "PLAT_DATA",
		.help = "Data directory: the cluster, the master key, files. Default: /var/lib/plat for root, "
			"else ~/.local/share/plat."},
	[SET_LISTEN] = {.name = "PLAT_LISTEN",
		.fallback = "127.0.0.1:8080",
		.help = "Address and port that plat serve listens on."},
	[SET_MASTER_KEY] = {.name = "PLAT_MASTER_KEY",
		.help = "Master key ring for secrets at rest, in the form of the file master.key. Unset: "
			"that file in the data directory, made on first start.",
		.secret = true},
	[SET_PG_BIN] = {.name = "PLAT_PG_BIN",
		.help = "Folder with initdb and postgres. Default: the newest installed PostgreSQL from 15 on."},
	[SET_LOG_LEVEL] = {.name = "PLAT_LOG_LEVEL",
		.fallback = "info",
		.help = "debug, info, warn or error."},
	[SET_LOG_FORMAT] = {.name = "PLAT_LOG_FORMAT",
		.help = "json or text. Default: text on a terminal, json otherwise."},
	[SET_DB_CONNECTIONS] = {.name = "PLAT_DB_CONNECTIONS",
		.fallback = "2",
		.help = "Shared PostgreSQL connections of one process; about as many as cores.",
		.number = true,
		.min = 1,
		.max = 64},
	[SET_JWT_SECRET] = {.name = "PLAT_JWT_SECRET",
		.help = "Secret that signs and verifies tokens and API keys: text of at least 32 characters, a JWK or a JWKS. "
			"Unset: it follows from the first master key. `plat keys` prints the API keys.",
		.secret = true},
	[SET_REST_SCHEMAS] = {.name = "PLAT_REST_SCHEMAS",
		.fallback = "public,mls,marketing,ops,org,crm",
		.help = "Schemas that /rest/v1 serves, chosen by the profile headers."},
	[SET_DEFAULT_MODULE] = {.name = "PLAT_DEFAULT_MODULE",
		.fallback = "mls",
		.help = "Schema that /rest/v1 means when a client names none, or `public`, which has no such table."},
	[SET_PUBLIC_URL] = {.name = "PLAT_PUBLIC_URL",
		.help = "Where clients reach this server, for links, issuers and redirects (https://api.example.com). "
			"Unset: http:// and PLAT_LISTEN."},
	[SET_SITE_URL] = {.name = "PLAT_SITE_URL",
		.help = "The front end that links in mails lead to unless they name another. Unset: PLAT_PUBLIC_URL."},
	[SET_AUTH_REDIRECT_URLS] = {.name = "PLAT_AUTH_REDIRECT_URLS",
		.help = "Other addresses that links and sign-ins may lead to, separated by commas; * and ** stand for any text without and with "
			"slashes."},
	[SET_AUTH_SIGNUP] = {.name = "PLAT_AUTH_SIGNUP",
		.fallback = "on",
		.help = "on: anybody may sign up; invited: only who was invited; off: only admins make logins."},
	[SET_AUTH_CONFIRM] = {.name = "PLAT_AUTH_CONFIRM",
		.fallback = "mail",
		.help = "mail: a new address is confirmed by a link; auto: it counts as confirmed at once."},
	[SET_AUTH_ANONYMOUS] = {.name = "PLAT_AUTH_ANONYMOUS",
		.fallback = "off",
		.help = "on: visitors may sign in anonymously."},
	[SET_AUTH_TOKEN_MINUTES] = {.name = "PLAT_AUTH_TOKEN_MINUTES",
		.fallback = "60",
		.help = "How long an access token is good.",
		.number = true,
		.min = 1,
		.max = 10080},
	[SET_AUTH_SESSION_HOURS] = {.name = "PLAT_AUTH_SESSION_HOURS",
		.fallback = "0",
		.help = "How long a session may last altogether; 0: until it is signed out.",
		.number = true,
		.min = 0,
		.max = 87600},
	[SET_AUTH_PASSWORD_MIN] = {.name = "PLAT_AUTH_PASSWORD_MIN",
		.fallback = "8",
		.help = "Shortest password, in characters.",
		.number = true,
		.min = 6,
		.max = 64},
	[SET_AUTH_LEAKED_PASSWORDS] = {.name = "PLAT_AUTH_LEAKED_PASSWORDS",
		.help = "File of leaked passwords, refused on top of the built-in list: SHA-1 hashes in hexadecimal, sorted, one a line, "
			"whatever follows the hash on its line."},
	[SET_AUTH_PROVIDERS] = {.name = "PLAT_AUTH_PROVIDERS",
		.help = "File with the OAuth and OpenID providers that people may sign in with (docs/auth-providers.md)."},
	[SET_AUTH_RATE] = {.name = "PLAT_AUTH_RATE",
		.fallback = "30",
		.help = "Attempts in five minutes from one address on what guesses or mails; 0: no limit.",
		.number = true,
		.min = 0,
		.max = 1000000},
	[SET_AUTH_REAUTHENTICATE] = {.name = "PLAT_AUTH_REAUTHENTICATE",
		.fallback = "off",
		.help = "on: a sign-in of more than a day ago may change the password only with a code that is mailed for it."},
	[SET_TRUST_PROXY] = {.name = "PLAT_TRUST_PROXY",
		.fallback = "0",
		.help = "How many proxies of ours are in front: the client's address is taken from X-Forwarded-For, that many from its end.",
		.number = true,
		.min = 0,
		.max = 8},
	[SET_FORWARDED_HOST] = {.name = "PLAT_FORWARDED_HOST",
		.fallback = "off",
		.help = "on: the proxies of PLAT_TRUST_PROXY overwrite X-Forwarded-Host, whatever a client sent, and it says which host was asked "
			"for. off: the Host does, which proxies can pass on as well."},
	[SET_SMTP_URL] = {.name = "PLAT_SMTP_URL",
		.help = "Mail server: smtp://user:password@host:587 (STARTTLS) or smtps://… Unset: mail stays in the outbox (plat mail).",
		.secret = true},
	[SET_MAIL_FROM] = {.name = "PLAT_MAIL_FROM",
		.fallback = "plat <noreply@localhost>",
		.help = "Sender of mails."},
	[SET_STORAGE_MAX_BYTES] = {.name = "PLAT_STORAGE_MAX_BYTES",
		.fallback = "52428800",
		.help = "Largest object that may be stored; buckets may set less.",
		.number = true,
		.min = 1,
		.max = INT64_C(1099511627776)},
	[SET_S3_URL] = {.name = "PLAT_S3_URL",
		.help = "S3-compatible service that keeps the objects (https://s3.eu-west-1.amazonaws.com). Unset: files in the data directory."},
	[SET_S3_BUCKET] = {.name = "PLAT_S3_BUCKET", .help = "Bucket there."},
	[SET_S3_REGION] = {.name = "PLAT_S3_REGION",
		.fallback = "us-east-1",
		.help = "Its region."},
	[SET_S3_KEY] = {.name = "PLAT_S3_KEY", .help = "Access key id there.", .secret = true},
	[SET_S3_SECRET] = {.name = "PLAT_S3_SECRET",
		.help = "Secret access key there.",
		.secret = true},
	[SET_PRIVATE_FEEDS] = {.name = "PLAT_PRIVATE_FEEDS",
		.fallback = "off",
		.help = "on: the names of feeds may lead into private networks, or over a proxy in one; whoever manages a workspace may then have plat ask there."},
	[SET_DNS] = {.name = "PLAT_DNS",
		.help = "Name server that is asked for the proofs of custom domains (192.0.2.1:53). Unset: those of the system."},
	[SET_SITE_RATE] = {.name = "PLAT_SITE_RATE",
		.fallback = "20",
		.help = "Answers a second that /site/v1 works out for one address, and ten times that at once; those that stand ready do "
			"not count. 0: no limit.",
		.number = true,
		.min = 0,
		.max = 1000000},
	[SET_SITE_CACHE_MB] = {.name = "PLAT_SITE_CACHE_MB",
		.fallback = "64",
		.help = "Memory for answers of /site/v1 that stand ready, in MiB; one workspace has a quarter of it at most.",
		.number = true,
		.min = 1,
		.max = 65536},
	[SET_WORK_SLOTS] = {.name = "PLAT_WORK_SLOTS",
		.fallback = "4",
		.help = "Jobs that one plat work does at a time.",
		.number = true,
		.min = 1,
		.max = 64},
	[SET_SEARCH_MEMORY] = {.name = "PLAT_SEARCH_MEMORY",
		.help = "Megabytes that the search indexes of one process may take (docs/search-store.md). Default: a quarter of the machine's memory.",
		.number = true,
		.min = 1,
		.max = 1048576},
};

const char *setting(enum setting s)
{
	const char *value = getenv(table[s].name);

	if (value && *value)
		return value;
	return table[s].fallback;
}

bool setting_is(enum setting s, const char *word)
{
	const char *value = setting(s);

	return value && !strcmp(value, word);
}

long long setting_int(enum setting s)
{
	const char *value = setting(s);

	return value ? strtoll(value, NULL, 10) : 0;
}

static int check_number(const struct row *r)
{
	const char *value = getenv(r->name);
	char *end;

	if (!r->number || !value || !*value)
		return 0;
	errno = 0;
	long long v = strtoll(value, &end, 10);
	if (!errno && !*end && v >= r->min && v <= r->max)
		return 0;
	fprintf(stderr, "plat: %s must be a whole number from %lld to %lld, not '%s'\n", r->name,
		r->min, r->max, value);
	return -1;
}

static void check_known(const char *variable)
{
	size_t len = strcspn(variable, "=");
	char name[64];

	if (strncmp(variable, "PLAT_", 5) != 0 || len >= sizeof name)
		return;
	memcpy(name, variable, len);
	name[len] = 0;
	struct nearest n = nearest_to(name);
	for (int s = 0; s < SETTINGS; s++) {
		if (!strcmp(table[s].name, name))
			return;
		nearest_offer(&n, table[s].name);
	}
	if (n.best &&
		n.distance <=
			NEAR_MISS) /* others may have variables of their own; only a near miss is a mistake */
		fprintf(stderr, "plat: warning: %s is no setting (did you mean %s?)\n", name,
			n.best);
}

int settings_check(void)
{
	int bad = 0;

	for (int s = 0; s < SETTINGS; s++)
		bad |= check_number(&table[s]);
	for (char **variable = environ; *variable; variable++)
		check_known(*variable);
	return bad;
}

void settings_print(FILE *to)
{
	for (int s = 0; s < SETTINGS; s++) {
		const struct row *r = &table[s];
		const char *value = setting((enum setting)s);

		fprintf(to, "%-20s %s\n%-20s   %s\n", r->name,
			!value              ? "(unset)"
				: r->secret ? "(set)"
					    : value,
			"", r->help);
	}
}

void settings_print_markdown(FILE *to)
{
	fprintf(to,
		"# Settings\n\nGenerated by `plat settings --markdown`; a test compares this page with the program.\n\n"
		"| variable | default | meaning |\n|---|---|---|\n");
	for (int s = 0; s < SETTINGS; s++)
		fprintf(to, "| `%s` | %s | %s |\n", table[s].name,
			table[s].fallback ? table[s].fallback : "", table[s].help);
}
