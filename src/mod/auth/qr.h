/* qr: a text as a QR code, for authenticator apps to scan; on libqrencode.
 *
 * Owner    the arena. Failure absent text when it is too long for a code (beyond 2 kB). Threads pure.
 */
#pragma once
#include "base/str.h"

struct arena;

/* An SVG picture without a prologue, as auth-js puts behind "data:image/svg+xml;utf-8,": no '#', which would end a URL. */
struct str qr_svg(struct arena *a, struct str text);
