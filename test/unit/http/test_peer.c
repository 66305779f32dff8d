/* Which addresses are of the internet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "http/peer.h"

static void all(bool is_public, const char *const *list)
{
	for (; *list; list++)
		if (peer_is_public_text(*list) != is_public)
			fail_msg("%s is taken for %s", *list, is_public ? "private" : "public");
}

static void addresses_of_the_internet(void **state)
{
	(void)state;
	all(true,
		(const char *const[]){"8.8.8.8", "1.1.1.1", "9.255.255.255", "11.0.0.0",
			"100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1", "192.169.0.1",
			"198.17.0.1", "198.20.0.1", "223.255.255.255", "2606:4700::1111",
			"::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1", NULL});
}

static void addresses_behind_it(void **state)
{
	(void)state;
	all(false,
		(const char *const[]){"127.0.0.1", "0.0.0.0", "10.1.2.3", "100.64.0.1",
			"169.254.169.254", "172.16.0.1", "172.31.255.255", "192.168.1.1",
			"198.18.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "fe80::1",
			"fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1",
			"64:ff9b::10.0.0.1", "2002:7f00:1::1", "::127.0.0.1", NULL});
}

static void what_is_no_address(void **state)
{
	(void)state;
	all(false, (const char *const[]){"", "localhost", "1.2.3", "0x7f.1", "a::b::c", NULL});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_of_the_internet),
		cmocka_unit_test(addresses_behind_it),
		cmocka_unit_test(what_is_no_address),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
