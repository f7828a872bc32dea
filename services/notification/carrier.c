#include "carrier.h"

#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/xmem.h"

enum {
    LOOK_MS = 3600000,  // whoever wants something wakes the thread
    CONNECTION_TRANSFERS = 10,
};

struct carrier {
    zloop_t *loop;
    zactor_t *thread;
    CURLM *multi;  // the thread's; only the wakeup is for others
    carrier_ended_fn *ended;
    void *arg;
    size_t load, taken;
    atomic_bool over;
    int *sockets;  // the thread's, open ones
    size_t n_sockets;
};

// --- The thread ------------------------------------------------------------------------------------------------------------------

// libcurl asks while it waits, too: not 0 breaks the transfer off.
static int on_progress (void *arg, curl_off_t to_get, curl_off_t got, curl_off_t to_send, curl_off_t sent)
{
    const carrier_t *self = arg;
    (void)to_get, (void)got, (void)to_send, (void)sent;
    return atomic_load (&self->over);
}

static curl_socket_t on_open (void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    carrier_t *self = arg;
    (void)purpose;
    int fd = socket (address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd == -1)
        return CURL_SOCKET_BAD;
    self->sockets = xrealloc (self->sockets, (self->n_sockets + 1) * sizeof *self->sockets);
    self->sockets[self->n_sockets++] = fd;
    return fd;
}

static int on_close (void *arg, curl_socket_t fd)
{
    carrier_t *self = arg;
    for (size_t i = 0; i < self->n_sockets; i++)
        if (self->sockets[i] == fd) {
            self->sockets[i] = self->sockets[--self->n_sockets];
            break;
        }
    return close (fd);
}

static void take_in (carrier_t *self, zsock_t *pipe)
{
    while (zsock_events (pipe) & ZMQ_POLLIN) {
        CURL *handle = NULL;
        if (zsock_recv (pipe, "p", &handle) == 0 && handle && curl_multi_add_handle (self->multi, handle) != CURLM_OK)
            zsock_send (pipe, "pi", handle, (int)CURLE_FAILED_INIT);
    }
}

static void give_back (carrier_t *self, zsock_t *pipe)
{
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read (self->multi, &left));) {
        CURL *handle = message->easy_handle;
        int result = (int)message->data.result;
        curl_multi_remove_handle (self->multi, handle);
        zsock_send (pipe, "pi", handle, result);
    }
}

static void carry (zsock_t *pipe, void *arg)
{
    carrier_t *self = arg;
    int running;
    zsock_signal (pipe, 0);
    while (!atomic_load (&self->over)) {
        take_in (self, pipe);
        curl_multi_perform (self->multi, &running);
        give_back (self, pipe);
        if (!atomic_load (&self->over))
            curl_multi_poll (self->multi, NULL, 0, LOOK_MS, NULL);
    }
    // libcurl would end a mail that is half said as if it were whole, and wait for the answers to its farewells.
    for (size_t i = 0; i < self->n_sockets; i++)
        shutdown (self->sockets[i], SHUT_RDWR);
    curl_multi_perform (self->multi, &running);
}

// --- The loop --------------------------------------------------------------------------------------------------------------------

static int on_ended (zloop_t *loop, zsock_t *pipe, void *arg)
{
    carrier_t *self = arg;
    CURL *handle = NULL;
    int result = 0;
    (void)loop;
    if (zsock_recv (pipe, "pi", &handle, &result) == 0 && handle) {
        self->load--;
        self->ended (handle, (CURLcode)result, self->arg);
    }
    return 0;
}

carrier_t *carrier_new (zloop_t *loop, carrier_ended_fn *ended, void *arg)
{
    carrier_t *self = xcalloc (1, sizeof *self);
    *self = (carrier_t){.loop = loop, .ended = ended, .arg = arg, .multi = curl_multi_init ()};
    if (!self->multi)
        abort ();
    self->thread = zactor_new (carry, self);
    zloop_reader (loop, zactor_sock (self->thread), on_ended, self);
    zloop_reader_set_tolerant (loop, zactor_sock (self->thread));
    return self;
}

void carrier_stop (carrier_t *self)
{
    atomic_store (&self->over, true);
    curl_multi_wakeup (self->multi);
}

void carrier_destroy (carrier_t **self_p)
{
    carrier_t *self = *self_p;
    if (!self)
        return;
    carrier_stop (self);
    zloop_reader_end (self->loop, zactor_sock (self->thread));
    zactor_destroy (&self->thread);
    curl_multi_cleanup (self->multi);
    free (self->sockets);
    free (self);
    *self_p = NULL;
}

void carrier_take (carrier_t *self, CURL *handle)
{
    self->load++;
    // Servers take so many mails of a connection and no more (OpenSMTPD 100): every tenth transfer is its connection's last.
    curl_easy_setopt (handle, CURLOPT_FORBID_REUSE, (long)(++self->taken % CONNECTION_TRANSFERS == 0));
    curl_easy_setopt (handle, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt (handle, CURLOPT_XFERINFODATA, self);
    curl_easy_setopt (handle, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt (handle, CURLOPT_OPENSOCKETFUNCTION, on_open);
    curl_easy_setopt (handle, CURLOPT_OPENSOCKETDATA, self);
    curl_easy_setopt (handle, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    curl_easy_setopt (handle, CURLOPT_CLOSESOCKETDATA, self);
    zsock_send (self->thread, "p", handle);
    curl_multi_wakeup (self->multi);
}

size_t carrier_load (const carrier_t *self)
{
    return self->load;
}
