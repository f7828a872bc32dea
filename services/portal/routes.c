#include "overview.h"
#include "site.h"

const route_t SITE_ROUTES[] = {
    {"GET", "/", ACCESS_PUBLIC, true, overview_enter},
    {"GET", "/{lang}/{plan}/{period}", ACCESS_PUBLIC, false, overview_show},
    {"GET", "/live/{plan}/{period}", ACCESS_PUBLIC, false, live_open},
    {"GET", "/assets/{file}", ACCESS_PUBLIC, true, assets_serve},
    {0},
};
