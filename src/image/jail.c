#include "image/jail.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#endif

#define LOAD(member) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, member))
#define ANSWER(what) BPF_STMT(BPF_RET | BPF_K, (what))
#define REFUSE(call)                                            \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##call, 0, 1), \
		ANSWER(SECCOMP_RET_ERRNO | (EPERM & SECCOMP_RET_DATA))

#ifdef ARCH
/* A list of what is refused, not of what is allowed: threads, memory and files of the C library change with its version, while what
 * an attacker wants next does not. */
static struct sock_filter rules[] = {
	LOAD(arch),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0),
	ANSWER(SECCOMP_RET_KILL_PROCESS),
	LOAD(nr),
#ifdef __x86_64__
	BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1), /* the x32 names of the same calls */
	ANSWER(SECCOMP_RET_KILL_PROCESS),
	REFUSE(fork),
	REFUSE(vfork),
#endif
	REFUSE(socket),
	REFUSE(socketpair),
	REFUSE(connect),
	REFUSE(bind),
	REFUSE(execve),
	REFUSE(execveat),
	REFUSE(ptrace),
	REFUSE(process_vm_readv),
	REFUSE(process_vm_writev),
	REFUSE(kill),
	REFUSE(tkill),
	REFUSE(bpf),
	REFUSE(mount),
	REFUSE(unshare),
	REFUSE(setns),
	REFUSE(keyctl),
	REFUSE(add_key),
	REFUSE(request_key),
	REFUSE(io_uring_setup),
	REFUSE(userfaultfd),
	REFUSE(perf_event_open),
	ANSWER(SECCOMP_RET_ALLOW),
};

int image_jail(void)
{
	struct sock_fprog program = {.len = sizeof rules / sizeof *rules, .filter = rules};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -1;
	return (int)syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC,
		&program);
}
#else
int image_jail(void)
{
	return 0;
}
#endif
