/* bcrypt: how many bcrypt hashes of cost 10 this machine makes in a second, on that many threads: what a sign-in costs at the least.
 *
 *     bcrypt THREADS SECONDS      prints hashes per second
 *
 * A tool of tools/bench; see docs/bench.md. */
#include <crypt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SETTING "$2b$10$abcdefghijklmnopqrstuu"
#define THREADS_MAX 64

static double until_s;

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void *work(void *arg)
{
	struct crypt_data *data = calloc(1, sizeof *data);
	long *n = arg;

	if (!data)
		abort();
	while (now_s() < until_s) {
		const char *hash = crypt_r("three Blue whales 27", SETTING, data);
		if (!hash || hash[0] == '*')
			abort();
		++*n;
	}
	free(data);
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t threads[THREADS_MAX];
	long counts[THREADS_MAX] = {0}, all = 0;
	int n = argc == 3 ? atoi(argv[1]) : 0;
	double seconds = argc == 3 ? atof(argv[2]) : 0, begin = now_s();

	if (n < 1 || n > THREADS_MAX || seconds <= 0) {
		fprintf(stderr, "usage: bcrypt THREADS SECONDS\n");
		return 2;
	}
	until_s = begin + seconds;
	for (int i = 0; i < n; i++)
		if (pthread_create(&threads[i], NULL, work, &counts[i]))
			abort();
	for (int i = 0; i < n; i++) {
		pthread_join(threads[i], NULL);
		all += counts[i];
	}
	printf("%.2f\n", (double)all / (now_s() - begin));
	return 0;
}
