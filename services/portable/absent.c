// What libzmq and czmq name but baocao never calls, in the client that is one file. Debian has no static libgssapi_krb5 (Kerberos, a
// mechanism beside CURVE) and no static libsystemd (sockets handed over by systemd, to servers): these stand in their place.
#include <stdlib.h>

// Nobody chooses the Kerberos mechanism, so nobody gets here.
_Noreturn void gss_absent (void);
_Noreturn void gss_absent (void)
{
    abort ();
}

#define ABSENT(name) void name (void) __attribute__ ((alias ("gss_absent")))
ABSENT (gss_accept_sec_context);
ABSENT (gss_acquire_cred);
ABSENT (gss_delete_sec_context);
ABSENT (gss_display_name);
ABSENT (gss_import_name);
ABSENT (gss_init_sec_context);
ABSENT (gss_release_buffer);
ABSENT (gss_release_cred);
ABSENT (gss_release_name);
ABSENT (gss_unwrap);
ABSENT (gss_wrap);
extern const void *const GSS_C_NT_HOSTBASED_SERVICE, *const GSS_C_NT_USER_NAME;
const void *const GSS_C_NT_HOSTBASED_SERVICE = NULL, *const GSS_C_NT_USER_NAME = NULL;

// No socket came from systemd.
int sd_listen_fds (int unset);
int sd_listen_fds (int unset)
{
    (void)unset;
    return 0;
}

int sd_is_socket_inet (void);
int sd_is_socket_inet (void)
{
    return 0;
}

int sd_is_socket_unix (void);
int sd_is_socket_unix (void)
{
    return 0;
}
