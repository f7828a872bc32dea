// The overview of a plan and period: the page that the committee opens.
#pragma once

#include "baocao/v1/feed.pb-c.h"
#include "html.h"
#include "page.h"

// The whole document. Its sections are those of picture.h; it needs nothing but the snapshot.
void page_overview (html_t *html, const page_t *page, const Baocao__V1__Snapshot *snapshot);
