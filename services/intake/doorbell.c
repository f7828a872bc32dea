#include "doorbell.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "common/log.h"
#include "common/xmem.h"

enum { BELLS_AT_ONCE = 256 };

struct bell {
    doorbell_t *doorbell;
    void *door;
    int fd;
    bool again;  // in the doorbell's list
    bell_t *next;
};

struct doorbell {
    zloop_t *loop;
    doorbell_handler_t handler;
    int epoll;
    int wake;  // eventfd: readable while `again` is not empty
    bell_t *again;
};

// --- Bells -----------------------------------------------------------------------------------------------------------------------

void bell_again (bell_t *self)
{
    doorbell_t *doorbell = self->doorbell;
    if (self->again)
        return;
    if (!doorbell->again)
        eventfd_write (doorbell->wake, 1);
    self->again = true;
    self->next = doorbell->again;
    doorbell->again = self;
}

bell_t *bell_new (doorbell_t *doorbell, zsock_t *socket, void *door)
{
    bell_t *self = xcalloc (1, sizeof *self);
    *self = (bell_t){.doorbell = doorbell, .door = door, .fd = (int)zsock_fd (socket)};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = self};
    if (epoll_ctl (doorbell->epoll, EPOLL_CTL_ADD, self->fd, &event) == -1) {
        bc_log (BC_LOG_ERROR, "door.watch", NULL, "cannot watch a door's socket: %s", strerror (errno));
        free (self);
        return NULL;
    }
    bell_again (self);
    return self;
}

void bell_destroy (bell_t **self_p)
{
    bell_t *self = *self_p;
    if (!self)
        return;
    for (bell_t **at = &self->doorbell->again; *at; at = &(*at)->next)
        if (*at == self) {
            *at = self->next;
            break;
        }
    epoll_ctl (self->doorbell->epoll, EPOLL_CTL_DEL, self->fd, NULL);
    free (self);
    *self_p = NULL;
}

// --- The loop's side -------------------------------------------------------------------------------------------------------------

static void answer (bell_t *bell)
{
    if (bell->doorbell->handler.answer (bell->door))
        bell_again (bell);
}

static void answer_again (doorbell_t *self)
{
    eventfd_t count;
    eventfd_read (self->wake, &count);
    bell_t *list = self->again;
    self->again = NULL;
    while (list) {
        bell_t *bell = list;
        list = bell->next;
        bell->again = false;  // from here on it can be put into the next list
        answer (bell);
    }
}

static int on_rung (zloop_t *loop, zmq_pollitem_t *item, void *arg)
{
    (void)loop, (void)item;
    doorbell_t *self = arg;
    struct epoll_event events[BELLS_AT_ONCE];
    int count = epoll_wait (self->epoll, events, BELLS_AT_ONCE, 0);
    bool again = false;
    for (int i = 0; i < count; i++)
        if (events[i].data.ptr)
            answer (events[i].data.ptr);
        else
            again = true;
    if (again)
        answer_again (self);
    self->handler.rung (self->handler.arg);
    return 0;
}

// --- Life ------------------------------------------------------------------------------------------------------------------------

doorbell_t *doorbell_new (zloop_t *loop, const doorbell_handler_t *handler)
{
    doorbell_t *self = xcalloc (1, sizeof *self);
    *self = (doorbell_t){
        .loop = loop, .handler = *handler, .epoll = epoll_create1 (EPOLL_CLOEXEC), .wake = eventfd (0, EFD_NONBLOCK | EFD_CLOEXEC)};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    zmq_pollitem_t item = {.fd = self->epoll, .events = ZMQ_POLLIN};
    if (self->epoll == -1 || self->wake == -1 || epoll_ctl (self->epoll, EPOLL_CTL_ADD, self->wake, &event) == -1 ||
        zloop_poller (loop, &item, on_rung, self) == -1) {
        bc_log (BC_LOG_ERROR, "door.watch", NULL, "cannot watch the doors: %s", strerror (errno));
        doorbell_destroy (&self);
        return NULL;
    }
    zloop_poller_set_tolerant (loop, &item);
    return self;
}

void doorbell_destroy (doorbell_t **self_p)
{
    doorbell_t *self = *self_p;
    if (!self)
        return;
    zmq_pollitem_t item = {.fd = self->epoll};
    zloop_poller_end (self->loop, &item);
    if (self->wake != -1)
        close (self->wake);
    if (self->epoll != -1)
        close (self->epoll);
    free (self);
    *self_p = NULL;
}
