/* reso_local: the endpoints of this module (call.h says what they are). */
#pragma once

struct err;
struct job;
struct reso_call;

int reso_oauth_token(struct reso_call *c);
int reso_odata(struct reso_call *c); /* everything below /reso/odata */

int reso_scan_job(struct job *j, struct err *e);
