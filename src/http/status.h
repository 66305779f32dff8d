/* status: the words beside a status code (RFC 9110 15). Pure. */
#pragma once

const char *http_status_text(int status); /* "Not Found"; "" when we do not know it */
