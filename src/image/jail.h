/* jail: takes from this process what reading a picture does not need: the network, other programs, other processes.
 *
 * Owner    the process, until its end. Threads  those that are and those that come.
 * Failure  -1 when the kernel refuses. On machines whose system calls we do not know (others than x86-64 and arm64) nothing happens, 0.
 */
#pragma once

int image_jail(void);
