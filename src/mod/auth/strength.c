#include "mod/auth/strength.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/settings.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "loop/fiber.h"
#include "mod/auth/auth_local.h"
#include "mod/auth/leaked.h"
#include "mod/auth/password.h"

int strength_open(int *ret_file, struct err *e)
{
	const char *path = setting(SET_AUTH_LEAKED_PASSWORDS);

	*ret_file = -1;
	if (!path)
		return 0;
	int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return err_set(e, E_INPUT, "PLAT_AUTH_LEAKED_PASSWORDS: %s: %s", path,
			strerror(errno));
	*ret_file = file;
	return 0;
}

void strength_close(int file)
{
	if (file >= 0)
		close(file);
}

/* Every password of eight characters and more among the hundred that are used most. */
static const char *const common[] = {"password", "passw0rd", "password1", "password12",
	"password123", "password1234", "12345678", "123456789", "1234567890", "123456789a",
	"12345678910", "11111111", "111111111", "00000000", "88888888", "99999999", "987654321",
	"87654321", "0987654321", "123123123", "1234qwer", "12341234", "11223344", "1122334455",
	"qwertyui", "qwertyuiop", "qwerty123", "qwerty12", "qwerty1234", "qwer1234", "1q2w3e4r",
	"1q2w3e4r5t", "1qaz2wsx", "1qazxsw2", "qazwsxedc", "q1w2e3r4", "asdfghjk", "asdfghjkl",
	"asdf1234", "zxcvbnm1", "zaq12wsx", "iloveyou", "iloveyou1", "sunshine", "princess",
	"football", "baseball", "superman", "batman123", "starwars", "trustno1", "whatever",
	"computer", "internet", "welcome1", "welcome123", "letmein1", "letmein123", "admin123",
	"admin1234", "administrator", "changeme", "changeme1", "master123", "monkey123",
	"dragon123", "michael1", "jennifer", "jordan23", "liverpool", "chelsea1", "charlie1",
	"abcd1234", "abc12345", "abcdefgh", "a1b2c3d4", "aaaaaaaa", "test1234", "testtest",
	"secret123", "summer2024", "summer2025", "winter2024", "winter2025", "realtor1",
	"realestate", "realestate1", "qweasdzxc", "p@ssw0rd", "p@ssword", "pa$$w0rd", "password!",
	"password1!"};

bool strength_is_common(struct str password)
{
	for (size_t i = 0; i < sizeof common / sizeof *common; i++)
		if (str_eq_nocase(password, str_of(common[i])))
			return true;
	return false;
}

static size_t characters(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

static int refuse(struct auth_call *c, const char *reason, const char *words)
{
	struct buf b;

	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "weak_password"), jsonw_obj(&w);
	jsonw_key(&w, "reasons"), jsonw_arr(&w);
	jsonw_cstr(&w, reason);
	jsonw_end(&w), jsonw_end(&w), jsonw_end(&w);
	c->details = json_parse(c->arena, buf_view(&b), NULL);
	buf_done(&b);
	return auth_fault(c, 422, "weak_password", "%s", words);
}

int strength_check(struct auth_call *c, struct str password)
{
	long long least = setting_int(SET_AUTH_PASSWORD_MIN);

	if (!str_is_utf8(password) || str_find_char(password, '\0') >= 0)
		return auth_fault(c, 400, "validation_failed", "password must be UTF-8");
	if (characters(password) < (size_t)least)
		return refuse(c, "length",
			arena_printf(c->arena, "Password should be at least %lld characters.",
				least));
	if (password.len > PASSWORD_MAX)
		return auth_fault(c, 422, "weak_password",
			"Password cannot be longer than %d bytes", PASSWORD_MAX);
	if (strength_is_common(password) ||
		(c->auth->leaked >= 0 && leaked_has(c->auth->leaked, password)))
		return refuse(c, "pwned",
			"Password is known to be weak and easy to guess, please choose a different one.");
	return 0;
}
