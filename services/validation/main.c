// baocao-validation: applies the rules to what intake stored. Several can run at once.
#include "common/service.h"

#include "validation.h"

static void *start (bc_service_t *service)
{
    return validation_new (service);
}

static void stop (void **state_p)
{
    validation_destroy ((validation_t **)state_p);
}

static bool idle (void *state)
{
    return validation_idle (state);
}

static bool healthy (void *state)
{
    return validation_healthy (state);
}

int main (int argc, char **argv)
{
    static const bc_service_class_t CLASS = {
        .name = "validation",
        .summary = "Applies the rules to the reports that intake stored.",
        .start = start,
        .stop = stop,
        .idle = idle,
        .healthy = healthy,
    };
    return bc_service_main (argc, argv, &CLASS);
}
