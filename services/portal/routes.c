#include "drill.h"
#include "overview.h"
#include "site.h"

const route_t SITE_ROUTES[] = {
    {"GET", "/", ACCESS_PUBLIC, true, overview_enter},
    {"GET", "/{lang}/{plan}/{period}", ACCESS_PUBLIC, false, overview_show},
    {"GET", "/{lang}/{plan}/{period}/files/{file}", ACCESS_READER, false, files_serve},
    {"GET", "/{lang}/{plan}/{period}/files/units/{file}", ACCESS_READER, false, files_serve_unit},
    {"GET", "/data/{plan}/{period}/{file}", ACCESS_READER, false, files_serve},
    {"GET", "/data/{plan}/{file}", ACCESS_READER, false, files_serve},
    {"GET", "/{lang}/{plan}/{period}/tasks/{task}", ACCESS_READER, false, drill_show},
    {"GET", "/{lang}/{plan}/{period}/groups/{group}", ACCESS_READER, false, drill_show},
    {"GET", "/{lang}/{plan}/{period}/units/{unit}", ACCESS_READER, false, drill_show},
    {"GET", "/{lang}/{plan}/{period}/reports/{report}", ACCESS_READER, false, drill_show},
    {"GET", "/{lang}/{plan}/{period}/figures/{figure}", ACCESS_READER, false, drill_show},
    {"GET", "/{lang}/{plan}/{period}/budget/{source}", ACCESS_READER, false, drill_show},
    {"GET", "/{lang}/{plan}/{period}/indicators/{task}/{indicator}", ACCESS_READER, false, drill_show},
    {"GET", "/live/{plan}/{period}", ACCESS_PUBLIC, false, live_open},
    {"GET", "/sign-in", ACCESS_PUBLIC, true, sign_in_show},
    {"GET", "/{lang}/sign-in", ACCESS_PUBLIC, true, sign_in_show},
    {"POST", "/{lang}/sign-in", ACCESS_PUBLIC, true, sign_in_try},
    {"POST", "/{lang}/sign-out", ACCESS_PUBLIC, true, sign_in_leave},
    {"GET", "/account", ACCESS_READER, false, sign_in_account},
    {"GET", "/{lang}/account", ACCESS_READER, false, sign_in_account},
    {"GET", "/assets/{file}", ACCESS_PUBLIC, true, assets_serve},
    {0},
};
