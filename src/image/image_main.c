/* plat-image: makes a rendition of one picture, in a process of its own.
 *
 *     plat-image WIDTH HEIGHT RESIZE QUALITY FORMAT PICTURE RENDITION
 *
 * WIDTH and HEIGHT 0 are "as it comes"; RESIZE is cover, contain or fill; FORMAT origin, jpeg, png, webp or avif. On standard output one
 * line of JSON says what came in and what went out, or a sentence why nothing did. Exit status: 0; 1 cannot write; 2 wrong usage; 3 not a
 * picture that we take; 4 too large; 5 this libvips does not write that format.
 *
 * The bytes are a stranger's and decoders have bugs: so no plat process has libvips inside, and this one has limits of memory, time and
 * system calls (docs/decisions/0006-images.md). A crash here is one picture that is refused.
 */
#include <fcntl.h>
#include <grp.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <vips/vips.h>

#include "image/jail.h"

#define MAX_PIXELS 50000000.0
#define MAX_SIDE 20000
#define MAX_MEMORY ((rlim_t)1024 << 20) /* of addresses, so with the libraries */
#define MAX_SECONDS 20                  /* of CPU */
#define MAX_OUTPUT ((rlim_t)256 << 20)
#define NOBODY 65534
#define AVIF_EFFORT 2 /* the default of 4 takes three times as long for a tenth less */

enum outcome { DONE, NO_WRITE, USAGE, NO_PICTURE, TOO_LARGE, NO_FORMAT };

struct wish {
	int width, height, quality;
	const char *resize, *format;
};

/* What we read. Others that libvips has are larger than what they are good for: PDF, SVG, ImageMagick's. */
static const struct {
	const char *loader, *format; /* the format that "origin" is then written in */
} readable[] = {
	{"VipsForeignLoadJpegSource", "jpeg"},
	{"VipsForeignLoadPngSource", "png"},
	{"VipsForeignLoadWebpSource", "webp"},
	{"VipsForeignLoadNsgifSource", "png"},
	{"VipsForeignLoadHeifSource", "jpeg"},
	{"VipsForeignLoadTiffSource", "jpeg"},
};

static void limit(int what, rlim_t most)
{
	struct rlimit l;

	if (getrlimit(what, &l))
		return;
	l.rlim_cur = l.rlim_max == RLIM_INFINITY || most < l.rlim_max ? most : l.rlim_max;
	(void)setrlimit(what, &l);
}

static void set_limits(void)
{
	mallopt(M_ARENA_MAX, 1); /* each thread's arena would count as 64 MB of addresses */
#if !defined(__SANITIZE_ADDRESS__) && !defined(PLAT_SANITIZED)
	limit(RLIMIT_AS, MAX_MEMORY);
#endif
	limit(RLIMIT_CPU, MAX_SECONDS);
	limit(RLIMIT_FSIZE, MAX_OUTPUT);
	limit(RLIMIT_CORE, 0);
}

static enum outcome refuse(enum outcome why, const char *words)
{
	printf("%s\n", words);
	return why;
}

/* What "origin" means for these bytes; NULL when nothing of ours reads them. */
static const char *origin_of(VipsSource *from)
{
	const char *loader = vips_foreign_find_load_source(from);

	for (size_t i = 0; loader && i < sizeof readable / sizeof *readable; i++)
		if (!strcmp(readable[i].loader, loader))
			return readable[i].format;
	return NULL;
}

/* The head only, before anything is decoded: a small file may be a very large picture. */
static enum outcome measure(VipsSource *from, int *ret_width, int *ret_height)
{
	VipsImage *head =
		vips_image_new_from_source(from, "", "access", VIPS_ACCESS_SEQUENTIAL, NULL);

	if (!head)
		return refuse(NO_PICTURE, "the picture cannot be read");
	bool sideways = vips_image_get_orientation_swap(head);
	int width = vips_image_get_width(head), height = vips_image_get_page_height(head);
	g_object_unref(head);
	if (width > MAX_SIDE || height > MAX_SIDE || (double)width * height > MAX_PIXELS)
		return refuse(TOO_LARGE, "the picture has too many pixels");
	*ret_width = sideways ? height : width;
	*ret_height = sideways ? width : height;
	return DONE;
}

/* Shrinks while it decodes, turns it upright, brings it to sRGB. Not made larger, but by fill, whose size is exact. */
static VipsImage *resize(VipsSource *from, const struct wish *w)
{
	bool both = w->width && w->height;
	VipsSize size = both && !strcmp(w->resize, "fill") ? VIPS_SIZE_FORCE : VIPS_SIZE_DOWN;
	VipsInteresting crop = both && !strcmp(w->resize, "cover") ? VIPS_INTERESTING_CENTRE
								   : VIPS_INTERESTING_NONE;
	VipsImage *image = NULL;

	if (vips_thumbnail_source(from, &image, w->width ? w->width : VIPS_MAX_COORD, "height",
		    w->height ? w->height : VIPS_MAX_COORD, "size", size, "crop", crop,
		    "export_profile", "srgb", "fail_on", VIPS_FAIL_ON_TRUNCATED, "option_string",
		    "[fail_on=truncated]", NULL)) /* of a source only the second one counts */
		return NULL;
	return image;
}

static int save(VipsImage *image, VipsTarget *to, const char *format, int quality)
{
	VipsArrayDouble *white = vips_array_double_newv(1, 255.0);
	int failed;

	if (!strcmp(format, "jpeg"))
		failed = vips_jpegsave_target(image, to, "Q", quality, "strip", TRUE,
			"optimize_coding", TRUE, "background", white, NULL);
	else if (!strcmp(format, "webp"))
		failed = vips_webpsave_target(image, to, "Q", quality, "strip", TRUE, NULL);
	else if (!strcmp(format, "avif"))
		failed = vips_heifsave_target(image, to, "Q", quality, "strip", TRUE, "compression",
			VIPS_FOREIGN_HEIF_COMPRESSION_AV1, "effort", AVIF_EFFORT, NULL);
	else
		failed = vips_pngsave_target(image, to, "strip", TRUE, NULL);
	vips_area_unref(VIPS_AREA(white));
	return failed;
}

static bool can_save(const char *format)
{
	return strcmp(format, "avif") || vips_type_find("VipsOperation", "heifsave_target");
}

/* Pixels are decoded while they are saved, so a broken picture is found out here as well. */
static enum outcome write_out(VipsSource *from, VipsTarget *to, const struct wish *w,
	const char *format, int *ret_width, int *ret_height)
{
	VipsImage *image = resize(from, w), *pixels = NULL;

	if (!image)
		return refuse(NO_PICTURE, "the picture cannot be read");
	/* A small rendition is decoded first, which tells a bad picture from a full disk. */
	if ((w->width || w->height) && !(pixels = vips_image_copy_memory(image)))
		return refuse(NO_PICTURE, "the picture is damaged");
	*ret_width = vips_image_get_width(image);
	*ret_height = vips_image_get_height(image);
	if (save(pixels ? pixels : image, to, format, w->quality))
		return refuse(pixels ? NO_WRITE : NO_PICTURE, "the picture cannot be written");
	return DONE;
}

static enum outcome render(VipsSource *from, VipsTarget *to, const struct wish *w)
{
	const char *origin = origin_of(from);
	int width, height, made_width, made_height;

	if (!origin)
		return refuse(NO_PICTURE, "the bytes are no picture");
	const char *format = strcmp(w->format, "origin") ? w->format : origin;
	if (!can_save(format))
		return refuse(NO_FORMAT, "this format cannot be written here");
	enum outcome o = measure(from, &width, &height);
	if (o == DONE)
		o = write_out(from, to, w, format, &made_width, &made_height);
	if (o == DONE)
		printf("{\"from\":[%d,%d],\"to\":[%d,%d],\"type\":\"image/%s\"}\n", width, height,
			made_width, made_height, format);
	return o;
}

static bool is_one_of(const char *text, const char *const *words)
{
	while (*words && strcmp(*words, text))
		words++;
	return *words;
}

/* Checked already by who calls us; here again, because this is where it counts. */
static bool read_wish(char **argv, struct wish *w)
{
	static const char *const resizes[] = {"cover", "contain", "fill", NULL};
	static const char *const formats[] = {"origin", "jpeg", "png", "webp", "avif", NULL};

	*w = (struct wish){.width = atoi(argv[1]),
		.height = atoi(argv[2]),
		.resize = argv[3],
		.quality = atoi(argv[4]),
		.format = argv[5]};
	return w->width >= 0 && w->width <= MAX_SIDE && w->height >= 0 && w->height <= MAX_SIDE &&
		w->quality >= 1 && w->quality <= 100 && is_one_of(w->resize, resizes) &&
		is_one_of(w->format, formats);
}

/* The files are open by now, so root's rights are of no more use here. */
static int drop_rights(void)
{
	if (geteuid() != 0)
		return 0;
	return setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY);
}

static void say_nothing(const char *domain, GLogLevelFlags level, const char *words, void *arg)
{
	(void)domain, (void)level, (void)words, (void)arg;
}

static int start_vips(const char *self)
{
	/* A damaged picture has a warning for each line of it. */
	g_log_set_default_handler(say_nothing, NULL);
	if (VIPS_INIT(self))
		return -1;
	vips_block_untrusted_set(TRUE);
	vips_cache_set_max(0);
	vips_concurrency_set(1);
	return 0;
}

int main(int argc, char **argv)
{
	struct wish w;

	if (argc != 8 || !read_wish(argv, &w))
		return refuse(USAGE,
			"usage: plat-image WIDTH HEIGHT RESIZE QUALITY FORMAT PICTURE RENDITION");
	int in = open(argv[6], O_RDONLY | O_CLOEXEC),
	    out = open(argv[7], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (in < 0 || out < 0)
		return refuse(NO_WRITE, "the files cannot be opened");
	set_limits();
	if (start_vips(argv[0]) || drop_rights() || image_jail())
		return refuse(NO_WRITE, "the process cannot be set up");
	VipsSource *from = vips_source_new_from_descriptor(in);
	VipsTarget *to = vips_target_new_to_descriptor(out);
	enum outcome o = from && to ? render(from, to, &w)
				    : refuse(NO_WRITE, "the files cannot be read or written");
	fflush(stdout);
	_exit(o); /* nothing to tidy up; a decoder's state after an error least of all */
}
