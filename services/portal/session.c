#include "session.h"

void session_look (request_t *request)
{
    (void)request;
}
